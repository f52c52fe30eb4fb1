use async_trait::async_trait;
use channel_api::connection::Subscribed;
use channel_api::facets::{
    Connection, Handshake, MediaDownload, MediaUpload, Operations, People, ProfileHooks, Window,
};
use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{
    BuildContext, ByteRange, Capabilities, ChannelAdapter, ChannelId, ConnectionStatus, Delivery, Denormalized,
    Download, Error, ErrorKind, Event, Judgement, MediaRef, Opening, Operation, OutboundMessage, Performed, Proof,
    ProviderRequest, Receipt, Received, Result, Said, Secret, Subscription, Timestamp, Token, Upload, Uploaded,
    UserProfile, Verified, VerifierId, WebhookReply,
};
use channel_http::SigningKeys;
use serde_json::Value;

use crate::capabilities::CAPABILITIES;
use crate::config::{GRAPH_API_URL, GRAPH_API_URL_VARIABLE, GRAPH_API_VERSION, PageConfig, RetiredTags, TrialPage};
use crate::graph::connection::{self, Expected};
use crate::graph::{App, GraphClient, Page, UserProfiles, address_of, last_messages};
use crate::send::Translator;
use crate::webhook::{self, ChannelFacts, Normalizer, challenge, offline_keys, signing_keys, stamped};
use crate::{media, operations, profile, window};

/// One Page, or the translation alone where there is no account.
#[derive(Debug)]
pub(crate) struct FacebookChannel {
    /// What deliveries may call it.
    accounts: Vec<String>,
    normalizer: Normalizer,
    translator: Translator,
    /// Without an app secret there are none, and every delivery is refused.
    signatures: SigningKeys,
    account: Option<Account>,
    graph_api_version: String,
}

#[derive(Debug)]
struct Account {
    page_id: String,
    /// Absent where a connection is only checked: then every handshake is refused.
    verify_token: Option<Secret>,
    graph: GraphClient,
    people: UserProfiles,
    /// The app's id, and a client that speaks for the app.
    app: Option<(String, GraphClient)>,
    /// The webhook fields that the Page shall get.
    fields: Vec<&'static str>,
    /// Whether a lost subscription may be made again unasked.
    repair: bool,
}

/// How the Graph API is reached for one account.
struct GraphSettings<'a> {
    page_id: &'a str,
    page_access_token: Secret,
    app_secret: Option<&'a Secret>,
    app_id: Option<&'a str>,
    graph_api_version: &'a str,
    graph_api_url: Option<String>,
    fields: Vec<&'static str>,
    repair: bool,
}

impl Account {
    fn new(settings: GraphSettings<'_>, verify_token: Option<Secret>, context: &BuildContext) -> Result<Self> {
        let base = settings.graph_api_url.or_else(|| context.variable(GRAPH_API_URL_VARIABLE));
        let base = base.as_deref().unwrap_or(GRAPH_API_URL);
        let (version, secret) = (settings.graph_api_version, settings.app_secret);
        let app = match (settings.app_id, secret) {
            (Some(id), Some(secret)) => {
                let token = Secret::new(format!("{id}|{}", secret.expose()));
                Some((id.to_owned(), GraphClient::new(context, base, version, token, Some(secret))?))
            }
            _ => None,
        };
        let graph = GraphClient::new(context, base, version, settings.page_access_token, secret)?;
        Ok(Self {
            page_id: settings.page_id.to_owned(),
            verify_token,
            graph,
            people: UserProfiles::default(),
            app,
            fields: settings.fields,
            repair: settings.repair,
        })
    }

    fn page(&self) -> Page<'_> {
        let app = self.app.as_ref().map(|(id, graph)| App { id, graph });
        Page { id: &self.page_id, graph: &self.graph, app }
    }
}

impl FacebookChannel {
    pub(crate) fn connected(config: PageConfig, context: &BuildContext) -> Result<Self> {
        let settings = GraphSettings {
            page_id: &config.page_id,
            page_access_token: config.page_access_token,
            app_secret: config.app_secrets.first(),
            app_id: config.app_id.as_deref(),
            graph_api_version: &config.graph_api_version,
            graph_api_url: config.graph_api_url,
            fields: config.subscribe,
            repair: config.repair,
        };
        let account = Account::new(settings, Some(config.verify_token), context)?;
        Ok(Self {
            accounts: std::iter::once(&config.page_id).chain(&config.instagram_id).cloned().collect(),
            normalizer: Normalizer {
                channel: ChannelFacts {
                    channel_id: context.channel_id.clone(),
                    page_id: Some(config.page_id.clone()),
                    instagram_id: config.instagram_id.clone(),
                    app_id: config.app_id.clone(),
                },
                keep_raw: config.keep_raw,
                keep_other_accounts: context.keeps_other_accounts(),
            },
            translator: Translator::new(&config.graph_api_version, &config.page_id, config.retired_tags)
                .with_app(config.app_id),
            signatures: signing_keys(&config.app_secrets)?,
            account: Some(account),
            graph_api_version: config.graph_api_version,
        })
    }

    /// A channel to check a connection with. It refuses every delivery and every handshake.
    pub(crate) fn trial(config: TrialPage, context: &BuildContext) -> Result<Self> {
        let settings = GraphSettings {
            page_id: &config.page_id,
            page_access_token: config.page_access_token,
            app_secret: config.app_secret.as_ref(),
            app_id: config.app_id.as_deref(),
            graph_api_version: &config.graph_api_version,
            graph_api_url: config.graph_api_url,
            fields: config.subscribe,
            repair: false,
        };
        let account = Account::new(settings, None, context)?;
        Ok(Self {
            accounts: vec![config.page_id.clone()],
            normalizer: Normalizer {
                channel: ChannelFacts {
                    channel_id: context.channel_id.clone(),
                    page_id: Some(config.page_id.clone()),
                    instagram_id: None,
                    app_id: config.app_id,
                },
                keep_raw: false,
                keep_other_accounts: false,
            },
            translator: Translator::new(&config.graph_api_version, &config.page_id, RetiredTags::Warn),
            signatures: offline_keys(None),
            account: Some(account),
            graph_api_version: config.graph_api_version,
        })
    }

    pub(crate) fn offline(channel_id: ChannelId, webhook_secret: Option<&Secret>) -> Self {
        Self {
            accounts: Vec::new(),
            normalizer: Normalizer {
                channel: ChannelFacts { channel_id, page_id: None, instagram_id: None, app_id: None },
                keep_raw: false,
                keep_other_accounts: false,
            },
            translator: Translator::new(GRAPH_API_VERSION, "me", RetiredTags::Warn),
            signatures: offline_keys(webhook_secret),
            account: None,
            graph_api_version: GRAPH_API_VERSION.to_owned(),
        }
    }

    fn account(&self) -> Result<&Account> {
        self.account.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Config, "facebook.no_account", "this channel only translates: it has no Page")
                .with_hint("configure the channel with a Page and its token")
        })
    }
}

#[async_trait]
impl ChannelAdapter for FacebookChannel {
    fn channel_type(&self) -> &'static str {
        "facebook"
    }

    fn channel_id(&self) -> &ChannelId {
        &self.normalizer.channel.channel_id
    }

    fn accounts(&self) -> &[String] {
        &self.accounts
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn verifier(&self) -> VerifierId {
        self.signatures.verifier()
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof> {
        webhook::verify(&self.signatures, delivery)
    }

    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Received>> {
        self.normalizer.normalize(delivery.body(), delivery.others())
    }

    fn reply(&self, _: &Verified<'_>) -> WebhookReply {
        webhook::reply()
    }

    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        self.translator.denormalize(message)
    }

    fn stamp(&self, request: &mut ProviderRequest, token: &Token) -> bool {
        let Some(message) = request.body.get_mut("message").and_then(Value::as_object_mut) else { return false };
        if message.contains_key("metadata") {
            return false;
        }
        message.insert("metadata".to_owned(), stamped(token).into());
        true
    }

    fn told_by(&self, message_id: &str) -> Vec<String> {
        webhook::told_by(message_id)
    }

    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        self.account()?.graph.send(request).await
    }

    async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        match self.account() {
            Ok(account) => account.graph.send_batch(requests).await,
            Err(error) => requests.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    fn handshake(&self) -> Option<&dyn Handshake> {
        Some(self)
    }

    fn profile(&self) -> Option<&dyn ProfileHooks> {
        Some(self)
    }

    fn connection(&self) -> Option<&dyn Connection> {
        Some(self)
    }

    fn media_up(&self) -> Option<&dyn MediaUpload> {
        Some(self)
    }

    fn media_down(&self) -> Option<&dyn MediaDownload> {
        Some(self)
    }

    fn people(&self) -> Option<&dyn People> {
        Some(self)
    }

    fn operations(&self) -> Option<&dyn Operations> {
        Some(self)
    }

    fn window(&self) -> Option<&dyn Window> {
        Some(self)
    }
}

impl Handshake for FacebookChannel {
    fn challenge(&self, subscription: &Subscription) -> Result<String> {
        // An empty token equals none.
        let nothing = Secret::default();
        challenge(self.account()?.verify_token.as_ref().unwrap_or(&nothing), subscription)
    }
}

#[async_trait]
impl MediaUpload for FacebookChannel {
    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        media::upload(self.account()?.page(), media).await
    }
}

#[async_trait]
impl MediaDownload for FacebookChannel {
    async fn download(&self, media: &MediaRef, _: Option<ByteRange>) -> Result<Download> {
        let url = address_of(self.account()?.page(), media).await?;
        Ok(Download::Address { url, expires: None })
    }
}

#[async_trait]
impl Operations for FacebookChannel {
    fn list(&self) -> &'static [Operation] {
        operations::all()
    }

    async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        operations::perform(name, input, || self.account().map(Account::page)).await
    }

    fn desired(&self, name: &str, input: &Value) -> Option<Result<Profile>> {
        operations::desired(name, input)
    }
}

#[async_trait]
impl People for FacebookChannel {
    async fn look_up(&self, person: &str) -> Result<UserProfile> {
        let account = self.account()?;
        account.people.look_up(account.page(), person).await
    }

    async fn last_messages(&self, person: &str) -> Result<Vec<Said>> {
        last_messages(self.account()?.page(), person).await
    }
}

impl Window for FacebookChannel {
    fn opened_by(&self, event: &Event) -> Option<Opening> {
        window::opened_by(event)
    }

    fn ends_at(&self, opening: &Opening) -> Option<Timestamp> {
        window::ends_at(opening)
    }

    fn judge(&self, message: &OutboundMessage, opening: Option<&Opening>, now: Timestamp) -> Judgement {
        window::judge(message, opening, now)
    }
}

#[async_trait]
impl ProfileHooks for FacebookChannel {
    async fn read(&self) -> Result<Profile> {
        profile::read(self.account()?.page()).await
    }

    fn judge(&self, desired: &Profile) -> Result<()> {
        profile::judge(desired)
    }

    fn plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        // The Page's own id, as in every call: a token of another Page then changes nothing there.
        let page = self.account.as_ref().map_or("me", |account| &account.page_id);
        profile::plan(current, desired, &self.graph_api_version, page)
    }

    async fn apply(&self, plan: &ProfilePlan) -> Result<()> {
        profile::apply(self.account()?.page(), plan).await
    }
}

/// The app's one callback address is set in Meta's dashboard: it is compared, and not told.
#[async_trait]
impl Connection for FacebookChannel {
    async fn check(&self, webhook: Option<&str>) -> Result<ConnectionStatus> {
        let account = self.account()?;
        let expected = Expected { fields: &account.fields, webhook, now: Timestamp::now() };
        connection::check(account.page(), expected).await
    }

    async fn subscribe(&self, _: Option<&str>) -> Result<Subscribed> {
        let account = self.account()?;
        account.graph.subscribe(&account.page_id, account.page().app.map(|app| app.id), &account.fields).await
    }

    fn may_mend(&self, found: &ConnectionStatus) -> bool {
        // Where Meta has told that the app has no address, a subscription of the Page would bring nothing.
        let delivered = found.webhook.as_ref().is_none_or(|app| app.url.is_some() && app.is_here != Some(false));
        let wanted = self.account.as_ref().is_some_and(|account| account.repair);
        wanted && delivered && found.can_be_repaired()
    }

    async fn unsubscribe(&self) -> Result<()> {
        let account = self.account()?;
        account.graph.unsubscribe(&account.page_id).await
    }
}
