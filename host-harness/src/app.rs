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
use crate::http::{self, Readiness};
use crate::people::People;
use crate::telemetry::Metrics;

/// How long everything in flight may take to end once the host has been asked to stop. Less than the 30 seconds after which
/// Kubernetes kills.
const PATIENCE: Duration = Duration::from_secs(25);

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
    pub(crate) readiness: Readiness,
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
        let client = http_client(environment)?;
        let channels = Channels::build(&config.channels, registry, &client, environment)?;
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let (engine, sends, people): (Arc<dyn Engine>, _, _) = match storage {
            Storage::Durable(directory) => {
                let embedded = Embedded::open(directory)?;
                let (sends, people) = (embedded.sends(), People::new(embedded.people(), stopping.clone()));
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
            readiness: Readiness::default(),
            stopping,
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
        tokio::spawn({
            let halt = halt.clone();
            async move {
                stop.await;
                halt.cancel();
            }
        });
        let ended = async {
            http::serve(listener, http::router(Arc::clone(&app)), halt.clone()).await;
            app.tasks.close();
            app.tasks.wait().await;
        };
        let too_long = async {
            halt.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::select! {
            () = ended => {}
            () = too_long => tracing::warn!(
                messages = app.tasks.len(),
                "still in flight after {PATIENCE:?}; the outcome of these messages stays unknown"
            ),
        }
        app.engine.close().await?;
        Ok(())
    }
}

/// The one HTTP client of all channels. It never repeats a call and follows no redirect, since a token would go along; each
/// call has its adapter's own deadline. A proxy of the environment is used, but never for this machine: a token must not take a
/// way round through it.
///
/// # Errors
/// When the system has no certificates to check servers with, or a proxy of the environment is no address.
pub(crate) fn http_client(environment: Environment) -> channel_api::Result<reqwest::Client> {
    let unusable = |error: reqwest::Error| {
        channel_api::Error::new(ErrorKind::Config, "host.http_client", "the HTTP client cannot be made")
            .hint("install the system's CA certificates (on Debian: apt install ca-certificates), and look at HTTPS_PROXY")
            .caused_by(error.without_url())
    };
    let variable = |name: &str| {
        environment(name).or_else(|| environment(&name.to_ascii_lowercase())).filter(|value| !value.is_empty())
    };
    let near = format!("localhost,127.0.0.0/8,::1,{}", variable("NO_PROXY").unwrap_or_default());
    let mut client = reqwest::Client::builder()
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        // Short: a connection that the other side closes just as a call is written leaves it open whether the call arrived.
        .pool_idle_timeout(Duration::from_secs(20))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(concat!("linktor-host-harness/", env!("CARGO_PKG_VERSION")));
    for (name, schemes) in [("HTTPS_PROXY", "https"), ("HTTP_PROXY", "http"), ("ALL_PROXY", "all")] {
        let Some(address) = variable(name) else { continue };
        let proxy = match schemes {
            "https" => reqwest::Proxy::https(address),
            "http" => reqwest::Proxy::http(address),
            _ => reqwest::Proxy::all(address),
        };
        client = client.proxy(proxy.map_err(unusable)?.no_proxy(reqwest::NoProxy::from_string(&near)));
    }
    client.build().map_err(unusable)
}
