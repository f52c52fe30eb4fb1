use async_trait::async_trait;
use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{
    BuildContext, Capabilities, ChannelAdapter, ChannelId, ConnectionStatus, Delivery, Denormalized, Error, ErrorKind,
    Event, Operation, OutboundMessage, Performed, ProviderRequest, Receipt, Result, Secret, Subscription, Timestamp,
    Upload, Uploaded, UserProfile, Verified,
};
use channel_http::SigningKeys;
use serde_json::Value;

use crate::capabilities::CAPABILITIES;
use crate::config::{GRAPH_API_URL, GRAPH_API_URL_VARIABLE, GRAPH_API_VERSION, PageConfig, RetiredTags, TrialPage};
use crate::graph::{App, GraphClient, Page, connection};
use crate::send::Translator;
use crate::webhook::{self, Normalizer, challenge, offline_keys, signing_keys};
use crate::{media, operations, profile};

/// One Page, or the translation alone where there is no account.
#[derive(Debug)]
pub(crate) struct FacebookChannel {
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
    /// The app's id, and a client that speaks for the app.
    app: Option<(String, GraphClient)>,
}

/// How the Graph API is reached for one account.
struct Reach<'a> {
    page_id: &'a str,
    page_access_token: Secret,
    app_secret: Option<&'a Secret>,
    app_id: Option<&'a str>,
    graph_api_version: &'a str,
    graph_api_url: Option<String>,
}

impl Account {
    fn new(reach: Reach<'_>, verify_token: Option<Secret>, context: &BuildContext) -> Result<Self> {
        let base = reach.graph_api_url.or_else(|| context.variable(GRAPH_API_URL_VARIABLE));
        let base = base.as_deref().unwrap_or(GRAPH_API_URL);
        let (version, secret) = (reach.graph_api_version, reach.app_secret);
        let app = match (reach.app_id, secret) {
            (Some(id), Some(secret)) => {
                let token = Secret::new(format!("{id}|{}", secret.expose()));
                Some((id.to_owned(), GraphClient::new(context, base, version, token, Some(secret))?))
            }
            _ => None,
        };
        let graph = GraphClient::new(context, base, version, reach.page_access_token, secret)?;
        Ok(Self { page_id: reach.page_id.to_owned(), verify_token, graph, app })
    }

    fn page(&self) -> Page<'_> {
        let app = self.app.as_ref().map(|(id, graph)| App { id, graph });
        Page { id: &self.page_id, graph: &self.graph, app }
    }
}

impl FacebookChannel {
    pub(crate) fn connected(config: PageConfig, context: &BuildContext) -> Result<Self> {
        let reach = Reach {
            page_id: &config.page_id,
            page_access_token: config.page_access_token,
            app_secret: config.app_secrets.first(),
            app_id: config.app_id.as_deref(),
            graph_api_version: &config.graph_api_version,
            graph_api_url: config.graph_api_url,
        };
        let account = Account::new(reach, Some(config.verify_token), context)?;
        Ok(Self {
            normalizer: Normalizer {
                channel_id: context.channel_id.clone(),
                page_id: Some(config.page_id.clone()),
                app_id: config.app_id.clone(),
                keep_raw: config.keep_raw,
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
        let reach = Reach {
            page_id: &config.page_id,
            page_access_token: config.page_access_token,
            app_secret: config.app_secret.as_ref(),
            app_id: config.app_id.as_deref(),
            graph_api_version: &config.graph_api_version,
            graph_api_url: config.graph_api_url,
        };
        let account = Account::new(reach, None, context)?;
        Ok(Self {
            normalizer: Normalizer {
                channel_id: context.channel_id.clone(),
                page_id: Some(config.page_id.clone()),
                app_id: config.app_id,
                keep_raw: false,
            },
            translator: Translator::new(&config.graph_api_version, &config.page_id, RetiredTags::Warn),
            signatures: offline_keys(None),
            account: Some(account),
            graph_api_version: config.graph_api_version,
        })
    }

    pub(crate) fn offline(channel_id: ChannelId, webhook_secret: Option<&Secret>) -> Self {
        Self {
            normalizer: Normalizer { channel_id, page_id: None, app_id: None, keep_raw: false },
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
        &self.normalizer.channel_id
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn challenge(&self, subscription: &Subscription) -> Result<String> {
        // An empty token equals none.
        let nothing = Secret::default();
        challenge(self.account()?.verify_token.as_ref().unwrap_or(&nothing), subscription)
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<()> {
        webhook::verify(&self.signatures, delivery)
    }

    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Event>> {
        self.normalizer.normalize(delivery.body())
    }

    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        self.translator.denormalize(message)
    }

    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        self.account()?.graph.send(request).await
    }

    async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        match self.account() {
            Ok(account) => account.graph.send_batch(requests).await,
            // Each says for itself that there is no account.
            Err(_) => requests.iter().map(|_| self.account().map(|_| Receipt::default())).collect(),
        }
    }

    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        media::upload(self.account()?.page(), media).await
    }

    fn operations(&self) -> &'static [Operation] {
        operations::all()
    }

    async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        operations::perform(name, input, || self.account().map(Account::page)).await
    }

    async fn user_profile(&self, person: &str) -> Result<UserProfile> {
        self.account()?.graph.user_profile(person).await
    }

    async fn profile_read(&self) -> Result<Profile> {
        profile::read(self.account()?.page()).await
    }

    fn profile_plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        // The Page's own id, as in every call: a token of another Page then changes nothing there.
        let page = self.account.as_ref().map_or("me", |account| &account.page_id);
        profile::plan(current, desired, &self.graph_api_version, page)
    }

    async fn profile_apply(&self, plan: &ProfilePlan) -> Result<()> {
        profile::apply(self.account()?.page(), plan).await
    }

    async fn connection_check(&self) -> Result<ConnectionStatus> {
        connection::check(self.account()?.page(), Timestamp::now()).await
    }

    async fn connection_subscribe(&self) -> Result<()> {
        let account = self.account()?;
        account.graph.subscribe(&account.page_id).await
    }

    async fn connection_unsubscribe(&self) -> Result<()> {
        let account = self.account()?;
        account.graph.unsubscribe(&account.page_id).await
    }
}
