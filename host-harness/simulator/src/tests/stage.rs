//! What every test needs: a simulator, a webhook receiver, and deadlines.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::{broadcast, mpsc};

use crate::{Clock, DeliveryPolicy, Page, Person, Running, Simulator, SimulatorEvent};

pub(super) const PAGE: &str = "1098765432100001";
pub(super) const PSID: &str = "7411002233445566";
pub(super) const TOKEN: &str = "page-token-for-tests";
pub(super) const SECRET: &str = "s3cr3t";
/// 22 November 2026, noon.
pub(super) const START_MS: i64 = 1_795_348_800_000;

pub(super) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("this takes far less than ten seconds")
}

pub(super) fn page() -> Page {
    Page {
        id: PAGE.into(),
        name: "Acme Support".into(),
        app_id: "2233445566778899".into(),
        app_secret: SECRET.into(),
        access_token: TOKEN.into(),
        webhook_url: None,
        verify_token: "verify-me".into(),
        subscribed_fields: ["messages", "messaging_postbacks", "message_echoes", "message_deliveries", "message_reads"]
            .map(String::from)
            .into(),
        require_appsecret_proof: false,
    }
}

pub(super) fn person() -> Person {
    Person {
        psid: PSID.into(),
        first_name: "Ana".into(),
        last_name: "Pérez".into(),
        profile_pic: "https://cdn.example.org/ana.jpg".into(),
        email: Some("ana@example.org".into()),
        ..Person::default()
    }
}

pub(super) fn quick_retries() -> DeliveryPolicy {
    let delay = Duration::from_millis(1);
    DeliveryPolicy { attempts: 4, first_delay: delay, longest_delay: delay, ..DeliveryPolicy::default() }
}

pub(super) fn simulator() -> Simulator {
    Simulator::new().seed(7).clock(Clock::fixed(START_MS)).delivery(quick_retries()).page(page()).person(person())
}

/// One webhook that arrived.
pub(super) struct Received {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Received {
    /// The element of `messaging`.
    pub(super) fn messaging(&self) -> Value {
        let entries = self.entries();
        assert_eq!(entries.len(), 1);
        entries[0]["messaging"][0].clone()
    }

    /// The entries, after the signature was checked with code of the test's own.
    pub(super) fn entries(&self) -> Vec<Value> {
        let signature = self.headers["x-hub-signature-256"].to_str().unwrap();
        let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap().chain_update(&self.body).finalize();
        assert_eq!(signature, format!("sha256={}", hex::encode(mac.into_bytes())));
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(body["object"], "page");
        let entries = body["entry"].as_array().unwrap().clone();
        assert!(entries.iter().all(|entry| entry["id"] == PAGE));
        entries
    }
}

/// Statuses to answer with first; then 200.
pub(super) type Answers = Arc<Mutex<VecDeque<u16>>>;

pub(super) struct Stage {
    pub(super) sim: Running,
    pub(super) webhooks: mpsc::UnboundedReceiver<Received>,
    pub(super) answers: Answers,
    pub(super) http: reqwest::Client,
}

impl Stage {
    pub(super) async fn new() -> Self {
        Self::with(simulator()).await
    }

    pub(super) async fn with(simulator: Simulator) -> Self {
        let (sender, webhooks) = mpsc::unbounded_channel();
        let answers = Answers::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let app = Router::new().fallback(receive).with_state((sender, Arc::clone(&answers)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let sim = simulator.start().await.unwrap();
        sim.set_webhook_url(PAGE, &url).unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([])
            .build()
            .unwrap();
        Self { sim, webhooks, answers, http }
    }

    /// With the window open, and the webhook of the person's first message taken.
    pub(super) async fn in_conversation() -> Self {
        let mut stage = Self::new().await;
        stage.sim.say(None, "hello").unwrap();
        stage.webhook().await;
        stage
    }

    pub(super) async fn webhook(&mut self) -> Value {
        within(self.webhooks.recv()).await.expect("the receiver runs").messaging()
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.http.post(format!("{}{path}", self.sim.url())).bearer_auth(TOKEN).json(body);
        answer(request).await
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.http.get(format!("{}{path}", self.sim.url())).bearer_auth(TOKEN)).await
    }

    /// Calls with another token than the Page's; `None` without any.
    pub(super) async fn get_as(&self, token: Option<&str>, path: &str) -> (u16, Value) {
        let request = self.http.get(format!("{}{path}", self.sim.url()));
        answer(if let Some(token) = token { request.bearer_auth(token) } else { request }).await
    }

    pub(super) async fn delete(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.http.delete(format!("{}{path}", self.sim.url())).bearer_auth(TOKEN).json(body)).await
    }

    /// Does something at `/_sim/…` that must succeed.
    pub(super) async fn act(&self, what: &str, body: Value) -> Value {
        let (status, answer) = self.post(&format!("/_sim/{what}"), &body).await;
        assert_eq!(status, 200, "{what} {body} {answer}");
        answer
    }

    /// Everything that arrives until all webhooks are delivered, as pairs of the entry's member and its element.
    pub(super) async fn all_webhooks(&mut self) -> Vec<(String, Value)> {
        within(self.sim.settled()).await;
        let mut all = Vec::new();
        while let Ok(received) = self.webhooks.try_recv() {
            all.extend(received.entries().into_iter().map(|entry| {
                let member = ["messaging", "standby", "changes"].into_iter().find(|member| entry[member].is_array());
                match member {
                    Some(member) => (member.to_owned(), entry[member][0].clone()),
                    None => ("entry".to_owned(), entry),
                }
            }));
        }
        all
    }

    /// Sends a `message` to the person.
    pub(super) async fn message(&self, message: Value) -> (u16, Value) {
        let body = json!({"recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": message});
        self.post("/v26.0/me/messages", &body).await
    }

    /// Sends a `message` that must be accepted; returns its id. Its three webhooks stay unread.
    pub(super) async fn sent(&self, message: Value) -> String {
        let (status, answer) = self.message(message).await;
        assert_eq!((status, &answer["recipient_id"]), (200, &json!(PSID)), "{answer}");
        answer["message_id"].as_str().unwrap().to_owned()
    }
}

/// Code and sub-code of a refusal; `None` twice for anything else.
pub(super) fn codes((_, body): &(u16, Value)) -> (Option<i64>, Option<i64>) {
    (body["error"]["code"].as_i64(), body["error"]["error_subcode"].as_i64())
}

/// What `codes` gives for a call that was carried out.
pub(super) const GOOD: (Option<i64>, Option<i64>) = (None, None);

pub(super) async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    within(async {
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    })
    .await
}

/// Waits for the first event that this accepts.
pub(super) async fn until<T>(
    events: &mut broadcast::Receiver<SimulatorEvent>,
    pick: impl Fn(&SimulatorEvent) -> Option<T>,
) -> T {
    within(async {
        loop {
            if let Some(found) = pick(&events.recv().await.unwrap()) {
                return found;
            }
        }
    })
    .await
}

async fn receive(
    State((sender, answers)): State<(mpsc::UnboundedSender<Received>, Answers)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(query) = parts.uri.query() {
        let verified = query.contains("hub.mode=subscribe") && query.contains("hub.verify_token=verify-me&");
        let challenge = query.split("hub.challenge=").nth(1).unwrap_or_default().to_owned();
        return if verified { challenge.into_response() } else { StatusCode::FORBIDDEN.into_response() };
    }
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    sender.send(Received { headers: parts.headers, body }).unwrap();
    let status = answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap().into_response()
}
