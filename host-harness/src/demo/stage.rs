use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use channel_api::Registry;
use messenger_simulator::{Page, Person, Running, Simulator, StartError, SubscribeError};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::consumer::Consumer;
use super::{bot, listen};
use crate::app::{App, AppError, Storage};
use crate::config::HostConfig;

pub(super) const PAGE: &str = "1098765432100001";
pub(super) const PAGE_NAME: &str = "Acme Support";
pub(super) const PERSON: &str = "7411002233445566";
pub(super) const CHANNEL: &str = "ch_facebook_123";
/// Known to everybody who reads this; it guards a host on loopback that lives as long as the demo.
pub(super) const API_KEY: &str = "demo-key";

const APP: &str = "2233445566778899";
const APP_SECRET: &str = "demo-app-secret";
const PAGE_TOKEN: &str = "demo-page-token";
const VERIFY_TOKEN: &str = "demo-verify-token";

/// Why the demo did not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The host.
    #[error(transparent)]
    App(#[from] AppError),
    /// The simulator.
    #[error("the simulator did not start: {0}")]
    Simulator(#[from] StartError),
    /// The handshake.
    #[error("the simulated Meta did not accept the webhook's address: {0}")]
    Subscribe(#[from] SubscribeError),
    /// The terminal, or a file.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The bus between host and core.
    #[error("{0}")]
    Nats(String),
    /// The play went wrong.
    #[error("the conversation got stuck: {0}")]
    Stuck(String),
}

impl From<channel_api::Error> for DemoError {
    fn from(error: channel_api::Error) -> Self {
        Self::App(error.into())
    }
}

/// Where the host finds Linktor's core.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bus<'a> {
    pub(super) url: &'a str,
    pub(super) tenant: &'a str,
    pub(super) channel: &'a str,
}

/// Host and simulator, running and connected to each other.
pub(super) struct Stage {
    pub(super) simulator: Arc<Running>,
    pub(super) host: String,
    pub(super) webhook: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), AppError>>,
    _data: TempDir,
}

impl Stage {
    pub(super) async fn set(host: &str, simulator: &str, bus: Option<Bus<'_>>) -> Result<Self, DemoError> {
        let simulator = start(simulator).await?;
        let data = tempfile::tempdir()?;
        let registry = Registry::discover()?;
        let config = HostConfig::parse(&configuration(&simulator.url(), bus), data.path(), &registry, |_| None)?;
        let app = App::build(&config, Storage::Durable(&config.data_dir), &registry, |_| None)?;
        let listener = listen(host).await?;
        let host = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(app.serve(listener, async {
            // A sender that is gone means the same as one that speaks: the demo is over.
            drop(stopped.await);
        }));
        let webhook = format!("{host}/api/v1/webhooks/facebook/{CHANNEL}");
        simulator.set_webhook_url(PAGE, &webhook)?;
        simulator.subscribe(PAGE).await?;
        let set = Consumer::new(&host, API_KEY).set_profile(CHANNEL, &profile()).await;
        set.map_err(|error| DemoError::Stuck(format!("the Page's profile was not set: {error}")))?;
        Ok(Self { simulator: Arc::new(simulator), host, webhook, stop, server, _data: data })
    }

    pub(super) fn start_bot(&self) -> JoinHandle<()> {
        tokio::spawn(bot::run(Consumer::new(&self.host, API_KEY)))
    }

    /// Stops everything in order: the host finishes what it has, then the simulator goes.
    pub(super) async fn clear(self) -> Result<(), DemoError> {
        drop(self.stop);
        let served = self.server.await.map_err(io::Error::other)?;
        if let Some(simulator) = Arc::into_inner(self.simulator) {
            simulator.shutdown().await;
        }
        Ok(served?)
    }
}

/// The simulator at its usual address, or with another port where that is taken.
async fn start(address: &str) -> Result<Running, DemoError> {
    let at = |address| Simulator::new().listen(address).page(page()).person(person()).start();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    match at(address.parse().unwrap_or(any)).await {
        Err(StartError::Listen { .. }) => Ok(at(any).await?),
        started => Ok(started?),
    }
}

fn page() -> Page {
    // All that the channel reads, so that its connection is in order.
    let fields = [
        "messages",
        "messaging_postbacks",
        "messaging_optins",
        "message_deliveries",
        "message_reads",
        "message_echoes",
        "messaging_handovers",
        "standby",
        "message_edits",
        "message_reactions",
        "messaging_optouts",
        "messaging_referrals",
        "messaging_account_linking",
        "messaging_policy_enforcement",
        "messaging_feedback",
    ];
    Page {
        id: PAGE.to_owned(),
        name: PAGE_NAME.to_owned(),
        app_id: APP.to_owned(),
        app_secret: APP_SECRET.to_owned(),
        access_token: PAGE_TOKEN.to_owned(),
        webhook_url: None,
        verify_token: VERIFY_TOKEN.to_owned(),
        subscribed_fields: fields.map(str::to_owned).to_vec(),
        require_appsecret_proof: true,
    }
}

/// What Ana sees before she writes, as in the documentation's examples.
fn profile() -> serde_json::Value {
    json!({
        "getStarted": { "payload": "GET_STARTED" },
        "greeting": [
            {
                "locale": "default",
                "text": "Hi {{user_first_name}}! Welcome to Acme Support. Tap Get Started to begin."
            },
            { "locale": "pt_BR", "text": "Oi {{user_first_name}}! Bem-vindo ao suporte da Acme." }
        ],
        "persistentMenu": [{
            "locale": "default",
            "composerInputDisabled": false,
            "callToActions": [
                { "type": "postback", "title": "Get Started", "payload": "GET_STARTED" },
                { "type": "nested", "title": "Products", "callToActions": [
                    { "type": "postback", "title": "New Arrivals", "payload": "PRODUCTS_NEW" },
                    { "type": "postback", "title": "Best Sellers", "payload": "PRODUCTS_BEST" },
                    { "type": "web_url", "title": "All Products", "url": "https://example.com/products" }
                ] },
                { "type": "postback", "title": "Contact Support", "payload": "CONTACT_SUPPORT" }
            ]
        }]
    })
}

fn person() -> Person {
    Person {
        psid: PERSON.to_owned(),
        first_name: "Ana".to_owned(),
        last_name: "Lima".to_owned(),
        profile_pic: "https://example.org/ana.jpg".to_owned(),
        ..Person::default()
    }
}

/// The same file that an operator writes for a real Page.
fn configuration(graph: &str, bus: Option<Bus<'_>>) -> String {
    let (mut linktor, mut place) = (String::new(), String::new());
    if let Some(Bus { url, tenant, channel }) = bus {
        linktor = format!("[linktor]\nnats = \"{url}\"\ntenant_id = \"{tenant}\"\n");
        place = format!("linktor_channel_id = \"{channel}\"\n");
    }
    format!(
        r#"
[server]
api_key = "{API_KEY}"

{linktor}
[[channels]]
id = "{CHANNEL}"
type = "facebook"
{place}
[channels.config]
name = "{PAGE_NAME}"
page_id = "{PAGE}"
page_access_token = "{PAGE_TOKEN}"
app_secret = "{APP_SECRET}"
verify_token = "{VERIFY_TOKEN}"
app_id = "{APP}"
graph_api_url = "{graph}"
"#
    )
}
