//! The composition root: everything that `serve`, `demo` and the tests run is put together here.

#[cfg(test)]
mod tests;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use channel_api::{ErrorKind, Registry};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::adapter_builder::AdapterBuilder;
use crate::broadcasts::Broadcasts;
use crate::channels::{ChannelList, Channels};
use crate::config::{Environment, HostConfig};
use crate::connections::Connections;
use crate::erasure::Erasure;
use crate::http::{self, BodyReader, Parts, PublicUrl};
use crate::ingest::Ingest;
use crate::linktor::{self, Linktor, Untaken};
use crate::media::{Addresses, Downloads, MediaKey, ReceivedMedia, Uploads};
use crate::people::Profiles;
use crate::retention::Retention;
use crate::sending::{self, Pace, Sender};
use crate::statuses::{Clocks, Statuses, Watermarks};
use crate::store::{EventLog, Message, Outbox, StoreError, Stores};
use crate::telemetry::Metrics;
use crate::threads::Threads;

/// How long everything in flight may take to end once the host has been asked to stop. Less than the 30 seconds after which
/// Kubernetes kills.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(25);

/// How long what is done last may take, each: to write down what may have been sent, and to close the store.
const LAST_TIMEOUT: Duration = Duration::from_secs(2);

/// Where events go.
#[derive(Clone, Copy, Debug)]
pub enum Storage<'a> {
    /// On the disk, in this directory.
    Durable(&'a Path),
    /// In memory, the most recent of it. For measuring what storage costs; a restart loses every event.
    Memory,
}

/// A host, ready to serve.
#[derive(Debug)]
pub struct App {
    /// What HTTP serves, each handler its part of it.
    parts: Parts,
    /// Follows what becomes of messages.
    follower: Statuses,
    /// How often connections are checked; `None` for never.
    check_connections: Option<Duration>,
    /// What sweeps out what is old.
    retention: Option<Retention>,
    /// What talks to Linktor's core.
    linktor: Option<Linktor>,
}

/// Why a host could not be built or did not stop well.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The configuration or a channel.
    #[error(transparent)]
    Config(#[from] channel_api::Error),
    /// The event store.
    #[error(transparent)]
    Store(#[from] StoreError),
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
        let (mut metrics, clocks) = (Metrics::new(), Clocks::default());
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let (stores, directory) = match storage {
            Storage::Durable(directory) => (Stores::open(directory)?, Some(directory)),
            Storage::Memory => (Stores::in_memory(), None),
        };
        // What is in memory is the most recent anyway.
        let channels = Channels::default();
        let untaken = config.linktor.is_some().then(|| {
            let (cursors, marks) = (Arc::clone(&stores.cursors), Arc::clone(&stores.marks));
            Untaken { channels: channels.clone(), cursors, marks }
        });
        let retention = directory.map(|_| Retention::new(stores.clone(), config.retention).with_bus(untaken));
        let Stores { events, outbox, conversations, statuses, .. } = stores.clone();
        let pace = Pace::new(channels.clone(), config.rate, Arc::clone(&stores.pauses));
        let calls = |id: &str| clocks.watching(id, pace.listening(id, metrics.calls().of(id)));
        channels.replace(ChannelList::build(&config.channels, registry, &client, environment, calls)?);
        let people = Profiles::new(Arc::clone(&stores.profiles), Arc::clone(&events), stopping.clone());
        let connections = Connections::new(
            channels.clone(),
            config.public_url.as_deref(),
            Arc::clone(&stores.subscriptions),
            Some(pace.clone()),
        );
        metrics.watch(connections.clone());
        if let Some(retention) = &retention {
            metrics.watch(retention.clone());
        }
        let threads = Threads::new(Arc::clone(&conversations), Arc::clone(&events));
        let uploads = Arc::new(Uploads::new(Arc::clone(&stores.uploads), directory));
        let sender = Sender::new(sending::Parts {
            channels: channels.clone(),
            outbox: Arc::clone(&outbox),
            statuses: Arc::clone(&statuses),
            uploads: Arc::clone(&uploads),
            profiles: people.clone(),
            threads: threads.clone(),
            metrics: metrics.messages(),
            pace: pace.clone(),
            retry: config.retry,
            tasks: tasks.clone(),
            stopping: stopping.clone(),
        });
        metrics.watch(sender.clone());
        let broadcasts =
            Broadcasts::new(Arc::clone(&stores.broadcasts), sender.clone(), tasks.clone(), stopping.clone());
        let watermarks = Watermarks::new(Arc::clone(&statuses), clocks.clone());
        let follower = Statuses {
            store: Arc::clone(&statuses),
            events: Arc::clone(&events),
            cursors: Arc::clone(&stores.cursors),
            channels: channels.clone(),
            clocks,
            unknown_after: config.retry.unknown_after,
        };
        let (addresses, downloads, received_media) = received_media(config, directory, &events, &channels, &tasks)?;
        let linktor = config.linktor.clone().map(|config| {
            let (channels, sender, threads) = (channels.clone(), sender.clone(), threads.clone());
            let (people, stores) = (people.clone(), stores.clone());
            Linktor::new(config, linktor::Parts { channels, sender, threads, people, stores, addresses })
        });
        let standing = linktor.as_ref().map(Linktor::standing);
        if let Some(standing) = &standing {
            metrics.watch(standing.clone());
        }
        let ingest = Ingest::new(Arc::clone(&events), conversations, people.clone(), watermarks);
        let parts = Parts {
            channels,
            connections,
            linktor: standing,
            profiles: Arc::default(),
            logins: Arc::default(),
            erasure: Erasure::new(stores, sender.clone(), people.clone(), ingest.clone()),
            ingest,
            bodies: BodyReader::new(config.max_body),
            log_throttle: Arc::default(),
            people,
            threads,
            sender,
            pace,
            broadcasts,
            outbox,
            statuses,
            uploads,
            events,
            downloads,
            received_media,
            api_keys: config.api_keys.clone(),
            metrics: Arc::new(metrics),
            builder: Arc::new(AdapterBuilder::new(registry.clone(), client, environment)),
            public_url: PublicUrl(config.public_url.as_deref().map(Into::into)),
            tasks,
            readiness: Arc::default(),
            stopping,
        };
        Ok(Self { parts, follower, check_connections: config.check_connections, retention, linktor })
    }

    /// Serves until `stop` is done, then finishes what is in flight, closes the store and returns, within half a minute.
    ///
    /// # Errors
    /// When the store cannot settle what an earlier host has left, or cannot be closed.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), AppError> {
        let Self { parts, follower, check_connections, retention, linktor } = self;
        let (halt, tasks, events) = (parts.stopping.clone(), parts.tasks.clone(), Arc::clone(&parts.events));
        let outbox = Arc::clone(&parts.outbox);
        tokio::spawn({
            let halt = halt.clone();
            async move {
                stop.await;
                halt.cancel();
            }
        });
        let started = async {
            // Before what an earlier host has left is called unknown: its copies may be there.
            follower.catch_up().await?;
            if let Some(linktor) = &linktor {
                linktor.begin().await?;
            }
            let unknown = parts.outbox.recover().await?;
            if unknown > 0 {
                tracing::warn!(unknown, "the host ended while it was sending: these messages may have been sent");
            }
            parts.broadcasts.settle().await?;
            parts.sender.start().await?;
            parts.broadcasts.start().await
        };
        // Whoever stops it need not wait until it has looked through what was left: the next start does.
        halt.run_until_cancelled(started).await.transpose()?;
        let (sender, stopping) = (parts.sender.clone(), parts.stopping.clone());
        parts.tasks.spawn(async move {
            let again = |message: Message| sender.resume(message);
            tokio::join!(follower.follow(again, stopping.clone()), follower.settle(again, stopping));
        });
        if let Some(every) = check_connections {
            parts.connections.watch(every, &halt, &tasks);
        }
        if let Some(retention) = retention {
            retention.watch(&halt, &tasks);
        }
        if let Some(linktor) = linktor {
            linktor.start(&halt, &tasks);
        }
        let ended = async {
            http::serve(listener, http::router(parts), halt.clone()).await;
            tasks.close();
            tasks.wait().await;
        };
        let too_long = async {
            halt.cancelled().await;
            tokio::time::sleep(SHUTDOWN_TIMEOUT).await;
        };
        tokio::select! {
            () = ended => {}
            () = too_long => give_up(&*outbox, tasks.len()).await,
        }
        timeout(LAST_TIMEOUT, events.close()).await.unwrap_or_else(|_| {
            tracing::warn!(
                "the store was not closed within {LAST_TIMEOUT:?}: it is as after a crash, and loses nothing"
            );
            Ok(())
        })?;
        Ok(())
    }
}

/// What people have sent besides words: under which addresses, and what fetches it.
fn received_media(
    config: &HostConfig,
    directory: Option<&Path>,
    events: &Arc<dyn EventLog>,
    channels: &Channels,
    tasks: &TaskTracker,
) -> Result<(Addresses, Arc<Downloads>, Arc<ReceivedMedia>), AppError> {
    // The directory is there, and nobody else writes in it.
    let key = directory.map_or_else(MediaKey::passing, MediaKey::kept_in)?;
    let addresses = Addresses::new(key, config.public_url.as_deref());
    let downloads = Arc::new(Downloads::new(&config.media_hosts)?);
    let (events, channels, tasks) = (Arc::clone(events), channels.clone(), tasks.clone());
    let received = ReceivedMedia::new(addresses.clone(), events, channels, Arc::clone(&downloads), tasks);
    Ok((addresses, downloads, Arc::new(received)))
}

/// Writes down of calls that do not end that they may have been made, so that whoever asks before the next host starts is told so.
async fn give_up(outbox: &dyn Outbox, tasks: usize) {
    match timeout(LAST_TIMEOUT, outbox.recover()).await {
        Ok(Ok(unknown)) => {
            tracing::warn!(
                unknown,
                tasks,
                "still in flight after {SHUTDOWN_TIMEOUT:?}: these messages may have been sent"
            );
        }
        Ok(Err(error)) => tracing::error!(%error, tasks, "what is still in flight could not be written down"),
        Err(_) => tracing::error!(tasks, "what is still in flight was not written down within {LAST_TIMEOUT:?}"),
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
            .with_hint("install the system's CA certificates (on Debian: apt install ca-certificates), and look at HTTPS_PROXY")
            .with_source(error.without_url())
    };
    let variable = |name: &str| {
        environment(name).or_else(|| environment(&name.to_ascii_lowercase())).filter(|value| !value.is_empty())
    };
    let near = format!("localhost,127.0.0.0/8,::1,{}", variable("NO_PROXY").unwrap_or_default());
    let mut client =
        channel_http::builder().no_proxy().user_agent(concat!("linktor-host-harness/", env!("CARGO_PKG_VERSION")));
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
