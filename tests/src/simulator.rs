//! A running `host-harness simulate`: Meta as strict as it is, and the people on their phones.

use std::net::SocketAddr;
use std::process::Stdio;

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio::task::JoinHandle;

use crate::binary::clean_command;
use crate::http::{Reply, exchange, request};
use crate::{HostConfig, HostProcess, ids, within};

/// A simulator on a port of its own, with the Page, the app and the person of [`ids`]. It is killed when this is dropped.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    _child: Child,
    /// Keeps the pipe empty, so that the simulator never waits for it.
    _reading: JoinHandle<()>,
}

impl HostConfig {
    /// One channel, [`ids::CHANNEL`], of the Page and the app that this simulator plays. Connections are checked only when a
    /// test asks for it, and media are fetched from the simulator.
    #[must_use]
    pub fn with_simulator(simulator: &Simulator) -> Self {
        let config = Self::alone().set("graph_api_url", simulator.url()).set("app_id", ids::APP);
        config.server("check_connections", "off").allow_media(&simulator.host())
    }
}

impl Simulator {
    /// Starts it and waits until it says where it listens.
    pub async fn start() -> Self {
        let given = [
            ("--listen", "127.0.0.1:0"),
            ("--page-id", ids::PAGE),
            ("--page-name", "Acme Support"),
            ("--app-id", ids::APP),
            ("--app-secret", ids::APP_SECRET),
            ("--page-token", ids::PAGE_TOKEN),
            ("--verify-token", ids::VERIFY_TOKEN),
            ("--psid", ids::PERSON),
        ];
        let mut child = clean_command()
            .arg("simulate")
            .args(given.iter().flat_map(|(name, value)| [name, value]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("host-harness can be run");
        let mut lines = BufReader::new(child.stdout.take().expect("a piped stdout")).lines();
        let first = within("the simulator to listen", lines.next_line()).await.expect("a pipe can be read");
        let first = first.unwrap_or_default();
        let address = first.trim().strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("the simulator does not listen; it said {first:?}"));
        let reading = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { address, _child: child, _reading: reading }
    }

    /// What a channel is configured with in place of `https://graph.facebook.com`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Address and port, as an allow-list names them.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Sends a request as it is, with the Page's token for calls of the Graph API.
    pub async fn request(&self, method: Method, path: &str, body: impl Into<Bytes>) -> Reply {
        let host = self.host();
        let bearer = format!("Bearer {}", ids::PAGE_TOKEN);
        let headers = [("host", host.as_str()), ("authorization", &bearer), ("content-type", "application/json")];
        let mut asked = request(method, path, &[], body);
        for (name, value) in headers {
            asked.headers_mut().insert(name, value.parse().expect("a header of the test's own making"));
        }
        exchange(self.address, asked).await.unwrap_or_else(|error| panic!("no answer to {path}: {error}"))
    }

    /// Does something under `/_sim/` that must succeed.
    pub async fn act(&self, what: &str, body: Value) -> Value {
        self.request(Method::POST, &format!("/_sim/{what}"), body.to_string()).await.expect_status(200).json()
    }

    /// Asks something under `/_sim/`, or of the Graph API with the Page's token.
    pub async fn get(&self, path: &str) -> Value {
        self.request(Method::GET, path, Bytes::new()).await.json()
    }

    /// Points the Page's webhooks at this host.
    pub async fn connect(&self, host: &HostProcess) {
        let url = format!("http://{}/api/v1/webhooks/facebook/{}", host.address(), ids::CHANNEL);
        self.act("pages", json!({"id": ids::PAGE, "webhookUrl": url})).await;
    }

    /// The Graph calls that came in so far and whose path ends so.
    pub async fn calls(&self, path: &str) -> Vec<Value> {
        let all = self.get("/_sim/requests").await["requests"].take();
        let all: Vec<Value> = serde_json::from_value(all).expect("a list of calls");
        all.into_iter().filter(|call| call["path"].as_str().is_some_and(|asked| asked.ends_with(path))).collect()
    }

    /// `GET`, `POST` and so on of those calls, in their order.
    pub async fn verbs(&self, path: &str) -> Vec<String> {
        let calls = self.calls(path).await;
        calls.iter().map(|call| call["method"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What is on the person's phone, from the oldest to the newest.
    pub async fn screen(&self) -> Vec<Value> {
        let all = self.get(&format!("/_sim/transcript?person={}", ids::PERSON)).await;
        all["conversations"][0]["entries"].as_array().cloned().unwrap_or_default()
    }

    /// Waits until the host has answered every webhook.
    pub async fn settled(&self) {
        within("the host to take all webhooks", async {
            while self.get("/_sim/state").await["pendingWebhooks"] != 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}
