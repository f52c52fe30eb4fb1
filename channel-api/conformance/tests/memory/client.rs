//! One call over one connection.

mod whole_file;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use channel_api::calls::{CallObserver, Exchange, Unobserved};
use channel_api::media::MediaStream;
use channel_api::{ByteRange, Error, ErrorKind, Method, ProviderRequest, Result, Retry, Secret};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, RANGE};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use whole_file::WholeFile;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the answer may take.
const ANSWER: Duration = Duration::from_secs(20);
/// How much of an answer is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Where the provider listens, and who hears of each call.
#[derive(Clone, Debug)]
pub(super) struct Api {
    address: SocketAddr,
    calls: Arc<dyn CallObserver>,
}

impl Api {
    /// At this address; nobody hears of its calls.
    pub(super) fn at(address: SocketAddr) -> Self {
        Self { address, calls: Arc::new(Unobserved) }
    }

    /// Lets somebody hear of each call.
    pub(super) fn told_to(self, calls: &Arc<dyn CallObserver>) -> Self {
        Self { calls: Arc::clone(calls), ..self }
    }
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;
type Body = UnsyncBoxBody<Bytes, Cause>;

/// Makes one call, once: no retry, no redirect.
pub(super) async fn call(api: &Api, token: &Secret, request: &ProviderRequest) -> Result<Answer> {
    let body = if request.body.is_null() { Bytes::new() } else { request.body.to_string().into() };
    let body = Full::new(body).map_err(|never| match never {}).boxed_unsync();
    make(api, build(api, token, &request.method, &request.path, "application/json", body)?).await
}

/// Sends a file as it comes. One that is not as long as it says, or that breaks off, never arrives whole.
pub(super) async fn send_file(
    api: &Api,
    token: &Secret,
    path: &str,
    content_type: &str,
    (length, bytes): (u64, MediaStream),
) -> Result<Answer> {
    let body = StreamBody::new(WholeFile::new(length, bytes)).boxed_unsync();
    let mut request = build(api, token, &Method::POST, path, content_type, body)?;
    request.headers_mut().insert(CONTENT_LENGTH, length.into());
    make(api, request).await.map_err(whole_file::explain)
}

/// Gets bytes: a part of them, where the provider gives parts.
pub(super) async fn bytes(api: &Api, token: &Secret, path: &str, range: Option<ByteRange>) -> Result<Answer> {
    let body = Full::new(Bytes::new()).map_err(|never| match never {}).boxed_unsync();
    let mut request = build(api, token, &Method::GET, path, "application/json", body)?;
    if let Some(ByteRange { first, last, .. }) = range {
        let last = last.map(|last| last.to_string()).unwrap_or_default();
        request.headers_mut().extend(HeaderValue::try_from(format!("bytes={first}-{last}")).map(|part| (RANGE, part)));
    }
    make(api, request).await
}

/// Makes a call and tells of it.
async fn make(api: &Api, request: Request<Body>) -> Result<Answer> {
    let (method, path, start) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    let told = exchanged(api.address, request).await;
    let exchange = Exchange::new(&method, &path, start.elapsed());
    match &told {
        Ok(answer) => api.calls.called(&exchange.with_answer(answer.status, None, &[])),
        Err(error) => api.calls.called(&exchange.with_error(Some(error.code()))),
    }
    told
}

async fn exchanged(api: SocketAddr, request: Request<Body>) -> Result<Answer> {
    let connecting = tokio::time::timeout(CONNECT, TcpStream::connect(api));
    let stream = match connecting.await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(nobody(error.into())),
        Err(late) => return Err(nobody(late.into())),
    };
    match tokio::time::timeout(ANSWER, exchange(stream, request)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(no_answer(error)),
        Err(late) => Err(no_answer(late.into())),
    }
}

fn build(
    api: &Api,
    token: &Secret,
    method: &Method,
    path: &str,
    content_type: &str,
    body: Body,
) -> Result<Request<Body>> {
    let unusable = |error: http::Error| {
        Error::new(ErrorKind::InvalidMessage, "memory.unusable_call", "the call cannot be written; nothing was sent")
            .with_source(error)
    };
    let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| {
        Error::new(ErrorKind::Config, "memory.unusable_token", "the token holds characters that no header has")
            .with_hint("copy it again, without the line's end")
    })?;
    authorization.set_sensitive(true);
    let built = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, api.address.to_string())
        .header(AUTHORIZATION, authorization)
        .header(CONTENT_TYPE, content_type)
        .body(body)
        .map_err(unusable)?;
    // An address of another host would take the token there.
    if built.uri().authority().is_some() || !path.starts_with('/') {
        return Err(Error::new(ErrorKind::InvalidMessage, "memory.unusable_call", "the call's path is no path"));
    }
    Ok(built)
}

async fn exchange(stream: TcpStream, request: Request<Body>) -> Result<Answer, Cause> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // The connection ends with the answer; its failure is the answer's.
    let running = tokio::spawn(connection);
    let answer = async {
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, LONGEST_ANSWER).collect().await?.to_bytes();
        Ok(Answer { status: head.status, headers: head.headers, body })
    };
    let answer = answer.await;
    running.abort();
    answer
}

fn nobody(cause: Cause) -> Error {
    Error::new(ErrorKind::Unreachable, "memory.unreachable", "the provider cannot be reached; nothing was sent")
        .with_retry(Retry::SAFE)
        .with_hint("look whether the provider listens at api_url")
        .with_source(cause)
}

fn no_answer(cause: Cause) -> Error {
    Error::new(ErrorKind::Unreachable, "memory.no_answer", "the provider was called but its answer did not arrive")
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint("wait for the echo of the message before sending it again")
        .with_source(cause)
}
