//! A stand-in for the Graph API on the wire, with all that can go wrong there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use channel_api::{ProviderRequest, Result, Secret};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::super::client::GraphClient;
use super::super::transport::http_client;

/// Looks like no token, so that only knowing it can hide it.
pub(crate) const TOKEN: &str = "canary-page-token";
pub(crate) const APP_SECRET: &str = "canarysecret";
pub(crate) const PAGE: &str = "1098765432100001";
pub(crate) const APP: &str = "2233445566778899";
pub(crate) const PSID: &str = "7411002233445566";

/// No call of these tests takes so long.
const DEADLINE: Duration = Duration::from_secs(20);

/// What the server does once it has read a request.
#[derive(Clone, Debug)]
pub(crate) enum Then {
    /// Writes these bytes and closes.
    Write(Vec<u8>),
    /// Writes nothing and keeps the connection.
    Hang,
    /// Cuts the connection.
    Reset,
    /// Reads only the first bytes, whatever they are, then writes these and closes.
    Interrupt(Vec<u8>),
}

/// An answer with a body, its length, and nothing else.
pub(crate) fn answer(status: &str, body: impl std::fmt::Display) -> Then {
    answer_with(status, "", body)
}

/// The same with more header lines, each with its line end.
pub(crate) fn answer_with(status: &str, headers: &str, body: impl std::fmt::Display) -> Then {
    let body = format!("{body}");
    let length = body.len();
    Then::Write(
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}").into(),
    )
}

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Does the same with every request.
    pub(crate) async fn start(then: Then) -> Self {
        Self::script(vec![then]).await
    }

    /// Does one thing after the other; the last one again and again.
    pub(crate) async fn script(script: Vec<Then>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            for then in script.iter().chain(std::iter::repeat(script.last().unwrap())) {
                let (stream, _) = listener.accept().await.unwrap();
                serve(stream, then, &record).await;
            }
        });
        Self { url, seen, task }
    }

    /// Each request as it came over the wire.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> GraphClient {
        client(&self.url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, then: &Then, record: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let interrupts = matches!(then, Then::Interrupt(_));
    while !is_whole(&request) {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 || interrupts {
            break;
        }
    }
    record.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
    match then {
        Then::Write(bytes) | Then::Interrupt(bytes) => {
            // A client that has read enough hangs up; that is its right.
            drop(stream.write_all(bytes).await);
            drop(stream.shutdown().await);
        }
        Then::Hang => std::future::pending().await,
        Then::Reset => stream.set_zero_linger().unwrap(),
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

pub(crate) fn client(base: &str) -> GraphClient {
    let secret = Secret::new(APP_SECRET);
    GraphClient::new(http_client().unwrap(), base, "v26.0", Secret::new(TOKEN), Some(&secret)).unwrap()
}

/// A client with the app's own token.
pub(crate) fn app_client(base: &str) -> GraphClient {
    let token = Secret::new(format!("{APP}|{APP_SECRET}"));
    let secret = Secret::new(APP_SECRET);
    GraphClient::new(http_client().unwrap(), base, "v26.0", token, Some(&secret)).unwrap()
}

pub(crate) fn message() -> ProviderRequest {
    let body = serde_json::json!({
        "recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": {"text": "canary words"}
    });
    ProviderRequest::post(format!("/v26.0/{PAGE}/messages"), body)
}

/// One call, within the deadline.
pub(crate) async fn call(client: &GraphClient, request: &ProviderRequest) -> Result<Value> {
    within(client.call(request)).await
}

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("the call takes far too long")
}
