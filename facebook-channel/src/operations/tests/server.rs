//! A stand-in for the Graph API that gives one answer and keeps what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use channel_api::{Performed, Result};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::graph::tests::server::client_of;
use crate::graph::{App, Page};

pub(super) const PAGE: &str = "1098765432100001";
pub(super) const APP: &str = "2233445566778899";

/// No call of these tests takes so long.
const DEADLINE: Duration = Duration::from_secs(20);

pub(super) struct Meta {
    url: String,
    asked: Arc<Mutex<Vec<Value>>>,
    task: JoinHandle<()>,
}

impl Meta {
    pub(super) async fn answers(status: u16, body: &Value) -> Self {
        let body = body.to_string();
        let answer =
            format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                serve(stream, &answer, &record).await;
            }
        });
        Self { url, asked, task }
    }

    /// The requests so far, as a person would read them.
    pub(super) fn asked(&self) -> Vec<Value> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        self.perform_with(name, input, true).await
    }

    /// With or without the app's id.
    pub(super) async fn perform_with(&self, name: &str, input: &Value, app_is_known: bool) -> Result<Performed> {
        let client = |token: &str| client_of(&self.url, token, None).unwrap();
        let (graph, app) = (client("page-token"), client("app-token"));
        let app = app_is_known.then_some(App { id: APP, graph: &app });
        let page = Page { id: PAGE, graph: &graph, app };
        let done = crate::operations::perform(name, input, || Ok(page));
        tokio::time::timeout(DEADLINE, done).await.expect("the call takes far too long")
    }
}

impl Drop for Meta {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, answer: &str, record: &Mutex<Vec<Value>>) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            break;
        }
    }
    record.lock().unwrap().push(readable(&String::from_utf8(request).unwrap()));
    stream.write_all(answer.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

fn readable(request: &str) -> Value {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let line: Vec<&str> = head.lines().next().unwrap().split(' ').collect();
    let url = reqwest::Url::parse(&format!("http://meta{}", line[1])).unwrap();
    let query: Map<String, Value> = url.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect();
    let token = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).unwrap();
    let mut seen = json!({ "call": format!("{} {}", line[0], url.path()), "token": token });
    if !query.is_empty() {
        seen["query"] = query.into();
    }
    if !body.is_empty() {
        seen["body"] = serde_json::from_str(body).unwrap();
    }
    seen
}
