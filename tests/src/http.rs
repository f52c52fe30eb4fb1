//! A small HTTP client, which sends what a test says and nothing of its own.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap};
use hyper::{Method, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::within;

/// Why there is no answer: refused, reset, closed.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// A request with its whole body.
pub type Request = hyper::Request<Full<Bytes>>;

/// A request to `path_and_query`. Headers go out as they are given, in order, repeated names included.
///
/// `content-type: application/json` is added to a request with a body, unless the headers name another.
#[must_use]
pub fn request(method: Method, path_and_query: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Request {
    let body = body.into();
    let mut builder = hyper::Request::builder().method(method).uri(path_and_query).header(HOST, "linktor.test");
    if !body.is_empty() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        builder = builder.header(CONTENT_TYPE, "application/json");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::new(body)).expect("a request of the test's own making")
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    async fn read(response: Response<Incoming>) -> Result<Self, Error> {
        let (head, body) = response.into_parts();
        Ok(Self { status: head.status.as_u16(), headers: head.headers, body: body.collect().await?.to_bytes() })
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} with a body that is no JSON ({error}): {}", self.status, self.text()))
    }

    /// A header's value, or an empty string.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The status line's number, the headers and the body: everything that a caller can see.
    #[must_use]
    pub fn everything(&self) -> String {
        format!("{} {:?} {}", self.status, self.headers, self.text())
    }

    /// Fails unless the status is this one.
    #[expect(clippy::return_self_not_must_use, reason = "often the status is all that counts")]
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// A connection that is kept.
#[derive(Debug)]
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its errors reach the caller through the sender.
        drop(tokio::spawn(connection));
        Ok(Self { sender })
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// When the connection ends before the answer does.
    pub async fn exchange(&mut self, request: Request) -> Result<Reply, Error> {
        Reply::read(self.start(request).await?).await
    }

    /// Sends a request and reads the answer's head.
    pub(crate) async fn start(&mut self, request: Request) -> Result<Response<Incoming>, Error> {
        self.sender.ready().await?;
        Ok(self.sender.send_request(request).await?)
    }
}

/// One request on a connection of its own.
///
/// # Errors
/// When there is no answer. Waiting too long is a failed test, not an error.
pub async fn exchange(address: SocketAddr, request: Request) -> Result<Reply, Error> {
    let what = format!("an answer to {} {}", request.method(), request.uri().path());
    within(&what, async { Connection::open(address).await?.exchange(request).await }).await
}
