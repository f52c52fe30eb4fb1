//! One call over one connection.

mod whole_file;

use std::net::SocketAddr;
use std::time::Duration;

use channel_api::media::MediaStream;
use channel_api::{Error, ErrorKind, Method, ProviderRequest, Result, Retry, Secret};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
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
pub(super) async fn call(api: SocketAddr, token: &Secret, request: &ProviderRequest) -> Result<Answer> {
    let body = if request.body.is_null() { Bytes::new() } else { request.body.to_string().into() };
    let body = Full::new(body).map_err(|never| match never {}).boxed_unsync();
    make(api, build(api, token, &request.method, &request.path, "application/json", body)?).await
}

/// Sends a file as it comes. One that is not as long as it says, or that breaks off, never arrives whole.
pub(super) async fn send_file(
    api: SocketAddr,
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

async fn make(api: SocketAddr, request: Request<Body>) -> Result<Answer> {
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
    api: SocketAddr,
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
        .header(HOST, api.to_string())
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
