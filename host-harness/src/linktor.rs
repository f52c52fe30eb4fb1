//! The bus on which Linktor's core talks to its channels: NATS JetStream. What people write goes to the core, its agents' answers come
//! back, and what has become of them goes to the core again. A host that has no `[linktor]` has none of this.

mod connection;
mod inbound;
mod outbound;
mod standing;
mod streams;
mod wire;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::connection::{Bus, Connection};
use self::standing::Counts;
pub(crate) use self::standing::Standing;
use crate::channels::Channels;
use crate::config;

/// What talks to Linktor's core, made and not yet begun.
#[derive(Debug)]
pub(crate) struct Linktor {
    connection: Connection,
    bus: Bus,
    counts: Arc<Counts>,
    parts: Parts,
}

/// What of the host talks to the core.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) channels: Channels,
}

impl Linktor {
    pub(crate) fn new(config: config::Linktor, parts: Parts) -> Self {
        let (connection, bus) = Connection::new(config);
        Self { connection, bus, counts: Arc::default(), parts }
    }

    /// How it stands with the core.
    pub(crate) fn standing(&self) -> Standing {
        Standing::new(self.bus.clone(), self.parts.channels.clone(), Arc::clone(&self.counts))
    }

    /// Talks to the core from now on, until the host stops.
    pub(crate) fn start(self, stopping: &CancellationToken, tasks: &TaskTracker) {
        let Self { connection, .. } = self;
        let stopping = stopping.clone();
        tasks.spawn(async move { stopping.run_until_cancelled(connection.keep()).await });
    }
}
