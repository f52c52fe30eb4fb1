//! A stand-in for a provider on the wire, with all that can go wrong there.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "it is part of tests: they fail where it cannot go on"
)]

use std::error::Error as _;
use std::fmt::{Display, Write as _};
use std::time::Duration;

use channel_api::Error;
use reqwest::dns::{Name, Resolve, Resolving};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// No call of a test takes so long.
const DEADLINE: Duration = Duration::from_secs(20);

/// What the stand-in does once it has read a request.
#[derive(Clone, Debug)]
pub enum Then {
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
pub fn answer(status: &str, body: impl Display) -> Then {
    answer_with(status, "", body)
}

/// The same with more header lines, each with its line end.
pub fn answer_with(status: &str, headers: &str, body: impl Display) -> Then {
    let body = body.to_string();
    let length = body.len();
    Then::Write(
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}").into(),
    )
}

/// A stand-in, on a port of this machine.
#[derive(Debug)]
pub struct Server {
    /// Where it is.
    pub url: String,
    seen: watch::Sender<Vec<String>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Does the same with every request.
    pub async fn start(then: Then) -> Self {
        Self::script(vec![then]).await
    }

    /// Does one thing after the other; the last one again and again.
    pub async fn script(script: Vec<Then>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = watch::Sender::new(Vec::new());
        let record = seen.clone();
        let task = tokio::spawn(async move {
            for then in script.iter().chain(std::iter::repeat(script.last().unwrap())) {
                let (stream, _) = listener.accept().await.unwrap();
                serve(stream, then, &record).await;
            }
        });
        Self { url, seen, task }
    }

    /// Each request as it came over the wire.
    pub fn requests(&self) -> Vec<String> {
        self.seen.borrow().clone()
    }

    /// Waits until so many requests have come.
    pub async fn arrived(&self, count: usize) {
        let mut seen = self.seen.subscribe();
        drop(within(seen.wait_for(|seen| seen.len() >= count)).await.unwrap());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, then: &Then, record: &watch::Sender<Vec<String>>) {
    let mut request = Vec::new();
    let interrupts = matches!(then, Then::Interrupt(_));
    while !is_whole(&request) {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 || interrupts {
            break;
        }
    }
    record.send_modify(|seen| seen.push(String::from_utf8_lossy(&request).into_owned()));
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

/// An address at which nobody listens.
pub async fn nobody() -> String {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    format!("http://{address}")
}

/// The outcome of a call, or a failed test where it takes far too long.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    let Ok(outcome) = tokio::time::timeout(DEADLINE, future).await else { panic!("the call takes far too long") };
    outcome
}

/// Everything that a host could print of an error.
pub fn printed(error: &Error) -> String {
    let mut all = format!("{error} {error:?} {error:#?} {:?} {:?}", error.hint(), error.context());
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(all, " {error} {error:?} {error:#?}").unwrap();
        cause = error.source();
    }
    write!(all, " {}", serde_json::to_string(&error.provider()).unwrap()).unwrap();
    all
}

/// A machine without DNS.
#[derive(Clone, Debug)]
pub struct NoNames;

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("no such name".into()) })
    }
}
