//! The composition root: everything that `serve`, `demo` and the tests run is put together here.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use channel_api::{ErrorKind, Registry, Secret};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::channels::Channels;
use crate::config::{Environment, HostConfig};
use crate::engine::{Discard, Embedded, Engine, EngineError, SendLedger};
use crate::feed::Feed;
use crate::http;
use crate::people::People;
use crate::telemetry::Metrics;

/// How long a request in flight may take once the host has been asked to stop.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(30);

/// Where events go.
#[derive(Clone, Copy, Debug)]
pub enum Storage<'a> {
    /// On the disk, in this directory.
    Durable(&'a Path),
    /// Nowhere. For measuring what storage costs; it loses every event.
    Discard,
}

/// A host, ready to serve.
#[derive(Debug)]
pub struct App {
    pub(crate) channels: Channels,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) feed: Feed,
    pub(crate) people: Option<People>,
    pub(crate) sends: Option<SendLedger>,
    pub(crate) api_key: Secret,
    pub(crate) metrics: Metrics,
    /// Work that outlives the request that began it: a message on its way is never dropped half-way.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the host shall stop.
    pub(crate) stopping: CancellationToken,
}

/// Why a host could not be built or did not stop well.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The configuration or a channel.
    #[error(transparent)]
    Config(#[from] channel_api::Error),
    /// The event store.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The listener.
    #[error("cannot serve: {0}")]
    Serve(#[from] std::io::Error),
}

impl App {
    /// Builds a host. Nothing is listening yet.
    ///
    /// # Errors
    /// Without an API key, when a channel cannot be built, and when the event store cannot be opened.
    pub fn build(
        config: &HostConfig,
        storage: Storage<'_>,
        registry: &Registry,
        environment: Environment,
    ) -> Result<Self, AppError> {
        config.require_api_key()?;
        let client = http_client()?;
        let channels = Channels::build(&config.channels, registry, &client, environment)?;
        let tasks = TaskTracker::new();
        let (engine, sends, people): (Arc<dyn Engine>, _, _) = match storage {
            Storage::Durable(directory) => {
                let embedded = Embedded::open(directory)?;
                let (sends, people) = (embedded.sends(), People::new(embedded.people(), tasks.clone()));
                (Arc::new(embedded), Some(sends), Some(people))
            }
            Storage::Discard => (Arc::new(Discard::new()), None, None),
        };
        Ok(Self {
            channels,
            feed: Feed::new(Arc::clone(&engine), people.clone()),
            engine,
            people,
            sends,
            api_key: config.api_key.clone(),
            metrics: Metrics::new(),
            tasks,
            stopping: CancellationToken::new(),
        })
    }

    /// Serves until `stop` is done, then finishes what is in flight, closes the store and returns.
    ///
    /// # Errors
    /// When the listener fails, or the store cannot be closed.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), AppError> {
        let app = Arc::new(self);
        let halt = app.stopping.clone();
        let router = http::router(Arc::clone(&app));
        let server = axum::serve(listener, router).with_graceful_shutdown({
            let halt = halt.clone();
            async move {
                stop.await;
                halt.cancel();
            }
        });
        let patience = async {
            halt.cancelled().await;
            tokio::time::sleep(SHUTDOWN_PATIENCE).await;
        };
        tokio::select! {
            ended = server => ended?,
            () = patience => tracing::warn!("requests are still in flight after {SHUTDOWN_PATIENCE:?}; closing their connections"),
        }
        app.tasks.close();
        if tokio::time::timeout(SHUTDOWN_PATIENCE, app.tasks.wait()).await.is_err() {
            tracing::warn!("messages are still on their way after {SHUTDOWN_PATIENCE:?}; their outcome stays unknown");
        }
        app.engine.close().await?;
        Ok(())
    }
}

/// The one HTTP client of all channels. An adapter sets its own deadline on each call.
///
/// # Errors
/// When the system has no certificates to check servers with.
pub(crate) fn http_client() -> channel_api::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_mins(1))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("linktor-host-harness/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| {
            channel_api::Error::new(ErrorKind::Config, "host.http_client", "the HTTP client cannot be made")
                .hint("install the system's CA certificates (on Debian: apt install ca-certificates)")
                .caused_by(error.without_url())
        })
}
