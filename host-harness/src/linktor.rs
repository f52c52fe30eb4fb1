//! The bus on which Linktor's core talks to its channels: NATS JetStream. What people write goes to the core, its agents' answers come
//! back, and what has become of them goes to the core again. A host that has no `[linktor]` has none of this.

mod connection;
mod inbound;
mod outbound;
mod publishing;
mod standing;
mod streams;
mod wire;

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::connection::{Bus, Connection};
use self::publishing::{Follower, OfChannels, Publisher};
use self::standing::Counts;
pub(crate) use self::standing::Standing;
use crate::channels::Channels;
use crate::config;
use crate::people::Profiles;
use crate::store::{StoreError, StoredEvent, Stores};

/// The short address of what stands in this place among an event's attachments; `None` where none can be made.
pub(crate) type Addresses = Arc<dyn Fn(&StoredEvent, usize) -> Option<String> + Send + Sync>;

/// What talks to Linktor's core, made and not yet begun.
#[derive(Debug)]
pub(crate) struct Linktor {
    connection: Connection,
    bus: Bus,
    counts: Arc<Counts>,
    progress: OfChannels,
    followers: Vec<Follower>,
    parts: Parts,
}

/// What of the host talks to the core.
pub(crate) struct Parts {
    pub(crate) channels: Channels,
    pub(crate) people: Profiles,
    pub(crate) stores: Stores,
    pub(crate) addresses: Addresses,
}

impl Linktor {
    pub(crate) fn new(config: config::Linktor, parts: Parts) -> Self {
        let media_in_content = config.media_in_content;
        let (connection, bus) = Connection::new(config);
        let counts = Arc::<Counts>::default();
        let publisher = Publisher {
            channels: parts.channels.clone(),
            people: parts.people.clone(),
            events: Arc::clone(&parts.stores.events),
            addresses: Arc::clone(&parts.addresses),
            media_in_content,
            counts: Arc::clone(&counts),
        };
        let list = parts.channels.list();
        let since = Timestamp::now();
        let followers: Vec<Follower> = list
            .in_linktor()
            .map(|(place, adapter)| Follower {
                channel_id: adapter.channel_id().to_string(),
                publisher: publisher.clone(),
                bus: bus.clone(),
                cursors: Arc::clone(&parts.stores.cursors),
                marks: Arc::clone(&parts.stores.marks),
                settings: digest(place, media_in_content),
                since,
                progress: Arc::default(),
            })
            .collect();
        let progress = followers.iter().map(|follower| (follower.channel_id.clone(), Arc::clone(&follower.progress)));
        Self { connection, bus, counts, progress: Arc::new(progress.collect()), followers, parts }
    }

    /// How it stands with the core.
    pub(crate) fn standing(&self) -> Standing {
        let (bus, channels) = (self.bus.clone(), self.parts.channels.clone());
        Standing::new(bus, channels, Arc::clone(&self.counts), Arc::clone(&self.progress))
    }

    /// Decides where publishing begins, before anything happens that is to be published.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn begin(&self) -> Result<(), StoreError> {
        for follower in &self.followers {
            follower.begin().await?;
        }
        Ok(())
    }

    /// Talks to the core from now on, until the host stops.
    pub(crate) fn start(self, stopping: &CancellationToken, tasks: &TaskTracker) {
        let Self { connection, followers, .. } = self;
        for follower in followers {
            tasks.spawn(follower.follow(stopping.clone()));
        }
        let stopping = stopping.clone();
        tasks.spawn(async move { stopping.run_until_cancelled(connection.keep()).await });
    }
}

/// By what is known that the settings have changed by which messages are made.
fn digest(place: &config::Place, media_in_content: bool) -> u64 {
    let settings = format!("{} {} {media_in_content}", place.channel_id, place.tenant_id);
    let digest = Sha256::digest(settings);
    u64::from_be_bytes(std::array::from_fn(|place| digest[place]))
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parts")
    }
}
