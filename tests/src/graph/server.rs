//! The stand-in's listener.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::scripted::Answer;
use super::{GraphRequest, State, locked};

/// Accepts until it is aborted; its connections end with it.
pub(super) async fn serve(listener: TcpListener, state: Arc<State>) {
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

async fn connection(stream: TcpStream, state: Arc<State>) {
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

async fn answer(request: Request<Incoming>, state: &State, socket: &TcpStream) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = GraphRequest {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let answer = locked(&state.script).answer(&request);
    locked(&state.requests).push(request);
    state.count.send_modify(|count| *count += 1);
    match answer {
        Answer::Json(status, body) => reply(status, ("content-type", "application/json"), body.to_string()),
        Answer::Text(status, (name, value), text) => reply(status, (name, &value), text),
        Answer::Hang => std::future::pending::<Result<_, Infallible>>().await.map_err(io::Error::other),
        Answer::Reset => {
            socket.set_zero_linger()?;
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
}

fn reply(status: u16, header: (&str, &str), body: String) -> io::Result<Response<Full<Bytes>>> {
    Response::builder().status(status).header(header.0, header.1).body(Full::from(body)).map_err(io::Error::other)
}
