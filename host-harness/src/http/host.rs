//! What handlers may be handed of the host: each takes the parts that its signature names, and can touch no other.

use std::sync::Arc;

use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::body::BodyReader;
use super::health::Readiness;
use super::operations::Performing;
use super::profile::ProfileAccess;
use super::public_url::PublicUrl;
use super::webhooks::Inbox;
use crate::adapter_builder::AdapterBuilder;
use crate::broadcasts::Broadcasts;
use crate::channels::Channels;
use crate::config::ApiKeys;
use crate::connections::Connections;
use crate::erasure::Erasure;
use crate::ingest::Ingest;
use crate::linktor;
use crate::logins::Logins;
use crate::media::{Downloads, ReceivedMedia, Uploads};
use crate::people::Profiles;
use crate::profile::ProfileLocks;
use crate::sending::{Pace, Sender};
use crate::store::{EventLog, Outbox, Statuses};
use crate::telemetry::{LogThrottle, Metrics};
use crate::threads::Threads;

/// All that HTTP serves, as [`app`](crate::app) puts it together.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) channels: Channels,
    pub(crate) connections: Connections,
    /// How it stands with Linktor's core, where there is one.
    pub(crate) linktor: Option<linktor::Standing>,
    pub(crate) profiles: Arc<ProfileLocks>,
    pub(crate) logins: Arc<Logins>,
    pub(crate) events: Arc<dyn EventLog>,
    pub(crate) ingest: Ingest,
    pub(crate) erasure: Erasure,
    pub(crate) bodies: BodyReader,
    /// What is written into the log only once in a while.
    pub(crate) log_throttle: Arc<LogThrottle>,
    pub(crate) people: Profiles,
    pub(crate) threads: Threads,
    pub(crate) sender: Sender,
    pub(crate) pace: Pace,
    pub(crate) broadcasts: Broadcasts,
    pub(crate) outbox: Arc<dyn Outbox>,
    pub(crate) statuses: Arc<dyn Statuses>,
    pub(crate) uploads: Arc<Uploads>,
    pub(crate) downloads: Arc<Downloads>,
    pub(crate) received_media: Arc<ReceivedMedia>,
    pub(crate) api_keys: ApiKeys,
    pub(crate) metrics: Arc<Metrics>,
    /// What builds channels that are not configured yet: to try a configuration, to sign in.
    pub(crate) builder: Arc<AdapterBuilder>,
    pub(crate) public_url: PublicUrl,
    /// Work that outlives the request that began it: what has begun at a provider is never dropped half-way.
    pub(crate) tasks: TaskTracker,
    pub(crate) readiness: Arc<Readiness>,
    /// Cancelled when the host shall stop.
    pub(crate) stopping: CancellationToken,
}

/// The router's state. It can only be taken apart.
#[derive(Clone, Debug)]
pub(super) struct Host(Arc<Parts>);

impl Host {
    pub(super) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl FromRef<Host> for Performing {
    fn from_ref(Host(host): &Host) -> Self {
        Self { profiles: Arc::clone(&host.profiles), metrics: Arc::clone(&host.metrics), threads: host.threads.clone() }
    }
}

impl FromRef<Host> for ProfileAccess {
    fn from_ref(Host(host): &Host) -> Self {
        Self { locks: Arc::clone(&host.profiles), tasks: host.tasks.clone() }
    }
}

impl FromRef<Host> for Inbox {
    fn from_ref(Host(host): &Host) -> Self {
        Self {
            channels: host.channels.clone(),
            ingest: host.ingest.clone(),
            bodies: host.bodies.clone(),
            public_url: host.public_url.clone(),
            metrics: Arc::clone(&host.metrics),
            readiness: Arc::clone(&host.readiness),
            log_throttle: Arc::clone(&host.log_throttle),
        }
    }
}

macro_rules! handed_out {
    ($($field:ident: $part:ty,)*) => {
        $(impl FromRef<Host> for $part {
            fn from_ref(Host(host): &Host) -> Self {
                Clone::clone(&host.$field)
            }
        })*
    };
}

handed_out! {
    channels: Channels,
    connections: Connections,
    linktor: Option<linktor::Standing>,
    events: Arc<dyn EventLog>,
    logins: Arc<Logins>,
    people: Profiles,
    threads: Threads,
    erasure: Erasure,
    sender: Sender,
    pace: Pace,
    broadcasts: Broadcasts,
    outbox: Arc<dyn Outbox>,
    statuses: Arc<dyn Statuses>,
    uploads: Arc<Uploads>,
    downloads: Arc<Downloads>,
    received_media: Arc<ReceivedMedia>,
    metrics: Arc<Metrics>,
    builder: Arc<AdapterBuilder>,
    public_url: PublicUrl,
    tasks: TaskTracker,
    readiness: Arc<Readiness>,
    log_throttle: Arc<LogThrottle>,
    stopping: CancellationToken,
}
