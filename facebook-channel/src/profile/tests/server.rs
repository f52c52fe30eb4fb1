//! A stand-in for the Graph API on the wire: it gives its answers one after the other and keeps what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::PAGE;
use crate::graph::tests::server::client_of;
use crate::graph::{GraphClient, Page};

/// No call of these tests takes so long.
const DEADLINE: Duration = Duration::from_secs(20);

pub(super) struct Server {
    graph: GraphClient,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

/// One request: `GET /v26.0/…?fields=…`, without the proof, and its body.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) call: String,
    pub(super) body: Value,
}

impl Server {
    /// With a status and a body for each call to come; then it takes no more.
    pub(super) async fn start(answers: Vec<(u16, Value)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            for (status, body) in answers {
                let (stream, _) = listener.accept().await.unwrap();
                let request = serve(stream, status, &body).await;
                kept.lock().unwrap().push(request);
            }
        });
        Self { graph: client_of(&base, "canary-token", None).unwrap(), asked, task }
    }

    pub(super) fn page(&self) -> Page<'_> {
        Page { id: PAGE, graph: &self.graph, app: None }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, status: u16, body: &Value) -> Asked {
    let mut request = Vec::new();
    while !is_whole(&request) {
        assert!(stream.read_buf(&mut request).await.unwrap() > 0, "the request ends early");
    }
    let body = body.to_string();
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let text = String::from_utf8(request).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let call = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    Asked { call, body: serde_json::from_str(body).unwrap_or_default() }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

pub(super) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("the call takes far too long")
}
