//! The stand-in's listener.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::GraphRequest;

/// One answer.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A status and a JSON body.
    Json(u16, Value),
    /// A status, a header and a text.
    Text(u16, (&'static str, String), String),
    /// The first half of what a text would be, and the end of the connection.
    Half(String),
    /// None, ever.
    Hang,
    /// None: the connection is reset.
    Reset,
}

/// Whoever says what is answered.
pub(crate) trait Answering: Send + Sync + 'static {
    /// What this request is answered, when the time has come.
    fn answer(self: Arc<Self>, request: GraphRequest) -> impl Future<Output = Answer> + Send;
}

/// Accepts until it is aborted; its connections end with it.
pub(crate) async fn serve(listener: TcpListener, state: Arc<impl Answering>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(connection(stream, Arc::clone(&state)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, state: Arc<impl Answering>) {
    // A second handle to the socket, which is what makes a reset out of the close.
    let Ok((stream, socket)) = twice(stream) else { return };
    let service = service_fn(|request| answer(request, &state, &socket));
    // A host that goes away in the middle is none of the stand-in's business.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

fn twice(stream: TcpStream) -> io::Result<(TcpStream, TcpStream)> {
    let stream = stream.into_std()?;
    let again = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, TcpStream::from_std(again)?))
}

async fn answer(
    request: Request<Incoming>,
    state: &Arc<impl Answering>,
    socket: &TcpStream,
) -> io::Result<Response<Said>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = GraphRequest {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    match Arc::clone(state).answer(request).await {
        Answer::Json(status, body) => reply(status, ("content-type", "application/json"), body.to_string()),
        Answer::Text(status, (name, value), text) => reply(status, (name, &value), text),
        Answer::Half(text) => {
            let half = text.get(..text.len() / 2).unwrap_or_default().to_owned();
            Ok(reply(200, ("content-type", "application/json"), half)?.map(|half| Said { breaks_off: true, ..half }))
        }
        Answer::Hang => std::future::pending::<Result<_, Infallible>>().await.map_err(io::Error::other),
        Answer::Reset => {
            socket.set_zero_linger()?;
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
}

fn reply(status: u16, header: (&str, &str), body: String) -> io::Result<Response<Said>> {
    let said = Said { text: Some(body.into()), breaks_off: false };
    Response::builder().status(status).header(header.0, header.1).body(said).map_err(io::Error::other)
}

/// A body, which may break off where more was to come.
struct Said {
    text: Option<Bytes>,
    breaks_off: bool,
}

impl Body for Said {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.text.take() {
            // An empty text says that the first has gone out: what follows is no part of it.
            Some(text) if self.breaks_off && !text.is_empty() => {
                self.text = Some(Bytes::new());
                Poll::Ready(Some(Ok(Frame::data(text))))
            }
            Some(text) if self.breaks_off => {
                drop(text);
                // Once more round, so that what there is has been written.
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(text) => Poll::Ready(Some(Ok(Frame::data(text)))),
            None if self.breaks_off => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
            None => Poll::Ready(None),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.text {
            Some(text) if !self.breaks_off => SizeHint::with_exact(text.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
