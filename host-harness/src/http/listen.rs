#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::answered::{Answers, Watched};

/// How long a client may take over the head of a request, and how long it may keep a connection without one.
const HEAD: Duration = Duration::from_secs(30);
/// How many connections are served at once; the next ones wait to be accepted.
const CONNECTIONS: usize = 4_096;
/// How long to wait when a connection cannot be accepted: most likely the process has too many files open.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// Serves until `stopping`, then lets the requests in flight end. Whoever waits for this sets a limit.
pub(crate) async fn serve(listener: TcpListener, router: Router, stopping: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    loop {
        let accepted = async {
            // The semaphore is never closed, so there is always a permit in the end.
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, stream) = tokio::select! {
            () = stopping.cancelled() => break,
            (permit, accepted) = accepted => match accepted {
                Ok((stream, _)) => (permit, stream),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                    continue;
                }
            },
        };
        let (answers, router) = (Answers::default(), TowerToHyperService::new(router.clone()));
        let stream = TokioIo::new(Watched::new(stream, answers.clone()));
        let service = service_fn(move |request| {
            let (answering, answers) = (router.call(request), answers.clone());
            async move { answering.await.map(|response| answers.follow(response)) }
        });
        let connection = http.serve_connection(stream, service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}
