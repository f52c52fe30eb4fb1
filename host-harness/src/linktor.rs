//! The bus on which Linktor's core talks to its channels: NATS `JetStream`. What people write goes to the core, its agents' answers come
//! back, and what has become of them goes to the core again. A host that has no `[linktor]` has none of this.

mod acts;
mod again;
mod connection;
mod counts;
mod cursors;
mod durable;
mod inbound;
mod outbound;
mod progress;
mod published;
mod publishing;
mod pulling;
mod queue;
mod refusals;
mod room;
mod standing;
mod status;
mod streams;
mod untaken;
mod upstream;
mod wire;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::acts::Acts;
pub(crate) use self::again::Again;
use self::connection::{Bus, Connection};
use self::counts::Counts;
use self::outbound::{Judge, Outbound};
use self::pulling::Pulling;
pub(crate) use self::standing::Standing;
pub(crate) use self::untaken::Untaken;
use self::upstream::{Settings, Upstream};
use crate::channels::Channels;
use crate::config;
use crate::media::Addresses;
use crate::people::Profiles;
use crate::sending::Sender;
use crate::store::{StoreError, Stores};
use crate::threads::Threads;

/// What talks to Linktor's core, made and not yet begun.
#[derive(Debug)]
pub(crate) struct Linktor {
    connection: Connection,
    bus: Bus,
    counts: Arc<Counts>,
    upstream: Upstream,
    max_age: Duration,
    parts: Parts,
}

/// What of the host talks to the core.
pub(crate) struct Parts {
    pub(crate) channels: Channels,
    pub(crate) sender: Sender,
    pub(crate) threads: Threads,
    pub(crate) people: Profiles,
    pub(crate) stores: Stores,
    pub(crate) addresses: Addresses,
}

impl Linktor {
    pub(crate) fn new(config: config::Linktor, parts: Parts) -> Self {
        let max_age = config.max_age;
        let settings = Settings { media_in_content: config.media_in_content, watch: config.watch };
        let (connection, bus) = Connection::new(config);
        let counts = Arc::default();
        let upstream = Upstream::new(&parts, &bus, &settings, &counts);
        Self { connection, bus, counts, upstream, max_age, parts }
    }

    /// How it stands with the core.
    pub(crate) fn standing(&self) -> Standing {
        Standing::new(self.bus.clone(), &self.parts, Arc::clone(&self.counts), self.upstream.published())
    }

    /// Decides where publishing begins, before anything happens that is to be published.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn begin(&self) -> Result<(), StoreError> {
        self.upstream.begin().await
    }

    /// Talks to the core from now on, until the host stops.
    pub(crate) fn start(self, stopping: &CancellationToken, tasks: &TaskTracker) {
        for channel_type in self.types() {
            let (answers, acts) = (self.outbound(channel_type.clone()), self.acts(channel_type));
            let (stopping, bus) = (stopping.clone(), self.bus.clone());
            // Each for as long as the host runs, and large.
            let (answers, acts) = (Box::pin(answers.keep(bus.clone())), Box::pin(acts.keep(bus)));
            tasks.spawn(async move { stopping.run_until_cancelled(futures::future::join(answers, acts)).await });
        }
        let Self { connection, upstream, .. } = self;
        upstream.start(stopping, tasks);
        let stopping = stopping.clone();
        tasks.spawn(async move { stopping.run_until_cancelled(connection.keep()).await });
    }

    /// One host serves all channels of a type.
    fn types(&self) -> BTreeSet<String> {
        let list = self.parts.channels.list();
        list.in_linktor().map(|(_, adapter)| adapter.channel_type().to_owned()).collect()
    }

    fn outbound(&self, channel_type: String) -> Pulling<Outbound> {
        let Parts { channels, sender, threads, .. } = &self.parts;
        let counts = Arc::clone(&self.counts);
        let judge = Judge { channels: channels.clone(), threads: threads.clone(), max_age: self.max_age };
        Pulling {
            durable: outbound::durable(&channel_type),
            taker: Outbound { channel_type, judge, sender: sender.clone(), counts: Arc::clone(&counts) },
            counts,
        }
    }

    fn acts(&self, channel_type: String) -> Pulling<Acts> {
        let Parts { channels, stores, sender, threads, .. } = &self.parts;
        let (counts, outbox) = (Arc::clone(&self.counts), Arc::clone(&stores.outbox));
        let (channels, sender, threads) = (channels.clone(), sender.clone(), threads.clone());
        Pulling {
            durable: acts::durable(&channel_type),
            taker: Acts { channel_type, channels, outbox, threads, sender, counts: Arc::clone(&counts) },
            counts,
        }
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parts")
    }
}
