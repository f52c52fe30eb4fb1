use async_trait::async_trait;
use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{
    BuildContext, Capabilities, ChannelAdapter, ChannelId, ConnectionStatus, Delivery, Denormalized, Error, ErrorKind,
    Event, Operation, OutboundMessage, Performed, ProviderRequest, Receipt, Result, Secret, Subscription, Upload,
    Uploaded, UserProfile, Verified,
};
use serde_json::Value;

use crate::capabilities::CAPABILITIES;
use crate::config::{GRAPH_API_URL, GRAPH_API_URL_VARIABLE, GRAPH_API_VERSION, PageConfig, RetiredTags};
use crate::graph::{GraphClient, http_client};
use crate::page::{App, Page};
use crate::send::Translator;
use crate::webhook::{Normalizer, SignatureKeys, challenge};
use crate::{media, operations, profile};

/// One Page, or the translation alone where there is no account.
#[derive(Debug)]
pub(crate) struct FacebookChannel {
    normalizer: Normalizer,
    translator: Translator,
    signatures: Option<SignatureKeys>,
    account: Option<Account>,
    graph_api_version: String,
}

#[derive(Debug)]
struct Account {
    page_id: String,
    verify_token: Secret,
    graph: GraphClient,
    /// The app's id, and a client that speaks for the app.
    app: Option<(String, GraphClient)>,
}

impl Account {
    fn page(&self) -> Page<'_> {
        let app = self.app.as_ref().map(|(id, graph)| App { id, graph });
        Page { id: &self.page_id, graph: &self.graph, app }
    }
}

impl FacebookChannel {
    pub(crate) fn connected(config: PageConfig, context: &BuildContext) -> Result<Self> {
        let base = config.graph_api_url.or_else(|| context.variable(GRAPH_API_URL_VARIABLE));
        let http = context.shared::<reqwest::Client>().map_or_else(http_client, |client| Ok(client.clone()))?;
        let base = base.as_deref().unwrap_or(GRAPH_API_URL);
        let (version, secret) = (config.graph_api_version.as_str(), config.app_secrets.first());
        let app = match (&config.app_id, secret) {
            (Some(id), Some(secret)) => {
                let token = Secret::new(format!("{id}|{}", secret.expose()));
                Some((id.clone(), GraphClient::new(http.clone(), base, version, token, None)?))
            }
            _ => None,
        };
        let graph = GraphClient::new(http, base, version, config.page_access_token, secret)?;
        Ok(Self {
            normalizer: Normalizer {
                channel_id: context.channel_id.clone(),
                page_id: Some(config.page_id.clone()),
                app_id: config.app_id,
                keep_raw: config.keep_raw,
            },
            translator: Translator::new(&config.graph_api_version, &config.page_id, config.retired_tags),
            signatures: Some(SignatureKeys::new(&config.app_secrets)?),
            account: Some(Account { page_id: config.page_id, verify_token: config.verify_token, graph, app }),
            graph_api_version: config.graph_api_version,
        })
    }

    pub(crate) fn offline(channel_id: ChannelId, webhook_secret: Option<Secret>) -> Self {
        Self {
            normalizer: Normalizer { channel_id, page_id: None, app_id: None, keep_raw: false },
            translator: Translator::new(GRAPH_API_VERSION, "me", RetiredTags::Warn),
            // An empty secret makes no keys, and without keys every delivery is refused.
            signatures: webhook_secret.and_then(|secret| SignatureKeys::new(&[secret]).ok()),
            account: None,
            graph_api_version: GRAPH_API_VERSION.to_owned(),
        }
    }

    fn account(&self) -> Result<&Account> {
        self.account.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Config, "facebook.no_account", "this channel only translates: it has no Page")
                .hint("configure the channel with a Page and its token")
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
        challenge(&self.account()?.verify_token, subscription)
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<()> {
        let keys = self.signatures.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::Unauthenticated,
                "webhook.no_secret",
                "there is no app secret to check the signature with",
            )
        })?;
        keys.verify(delivery.headers, delivery.body)
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
        profile::plan(current, desired, &self.graph_api_version)
    }

    async fn profile_apply(&self, plan: &ProfilePlan) -> Result<()> {
        profile::apply(self.account()?.page(), plan).await
    }

    async fn connection_check(&self) -> Result<ConnectionStatus> {
        let account = self.account()?;
        account.graph.connection_check(&account.page_id).await
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
