//! All that goes to the core, put together.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Parts;
use super::again::Again;
use super::connection::Bus;
use super::counts::Counts;
use super::published::Published;
use super::publishing::{Follower, Publisher};
use super::refusals::Refusals;
use super::room::Room;
use crate::config::{Place, Watch};
use crate::store::StoreError;

/// What publishes, made and not yet begun.
#[derive(Debug)]
pub(super) struct Upstream {
    followers: Vec<Follower>,
    refusals: Refusals,
    published: Published,
}

/// What of `[linktor]` is about publishing.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) media_in_content: bool,
    pub(super) watch: Watch,
}

impl Upstream {
    pub(super) fn new(parts: &Parts, bus: &Bus, settings: &Settings, counts: &Arc<Counts>) -> Self {
        let publisher = Publisher {
            channels: parts.channels.clone(),
            people: parts.people.clone(),
            events: Arc::clone(&parts.stores.events),
            outbox: Arc::clone(&parts.stores.outbox),
            statuses: Arc::clone(&parts.stores.statuses),
            addresses: parts.addresses.clone(),
            media_in_content: settings.media_in_content,
            counts: Arc::clone(counts),
        };
        let room = Arc::<Room>::default();
        let since = Timestamp::now();
        let follower = |channel_id: &str, place: &Place| Follower {
            channel_id: channel_id.to_owned(),
            publisher: publisher.clone(),
            bus: bus.clone(),
            cursors: Arc::clone(&parts.stores.cursors),
            marks: Arc::clone(&parts.stores.marks),
            settings: digest(place, settings.media_in_content),
            since,
            room: Arc::clone(&room),
            progress: Arc::default(),
        };
        let list = parts.channels.list();
        let followers: Vec<Follower> =
            list.in_linktor().map(|(place, adapter)| follower(adapter.channel_id().as_str(), place)).collect();
        let progress = followers.iter().map(|follower| (follower.channel_id.clone(), Arc::clone(&follower.progress)));
        let standing = Published { progress: Arc::new(progress.collect()), room, again: Again::of(&parts.stores) };
        let refusals = Refusals {
            publisher: publisher.clone(),
            bus: bus.clone(),
            marks: Arc::clone(&parts.stores.marks),
            cursors: Arc::clone(&parts.stores.cursors),
            published: standing.clone(),
            watch: settings.watch,
            settings: followers.iter().map(|follower| (follower.channel_id.clone(), follower.settings)).collect(),
        };
        Self { followers, refusals, published: standing }
    }

    /// How it stands.
    pub(super) fn published(&self) -> Published {
        self.published.clone()
    }

    /// Decides where each channel begins.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn begin(&self) -> Result<(), StoreError> {
        for follower in &self.followers {
            follower.begin().await?;
        }
        Ok(())
    }

    /// Publishes from now on, until the host stops.
    pub(super) fn start(self, stopping: &CancellationToken, tasks: &TaskTracker) {
        for follower in self.followers {
            tasks.spawn(Box::pin(follower.follow(stopping.clone())));
        }
        let Self { refusals, published, .. } = self;
        let bus = refusals.bus.clone();
        let beside = async move { tokio::join!(Box::pin(refusals.look()), Box::pin(published.room.measure(bus))) };
        let stopping = stopping.clone();
        tasks.spawn(async move { stopping.run_until_cancelled(beside).await });
    }
}

/// By what is known that the settings have changed by which messages are made.
fn digest(place: &Place, media_in_content: bool) -> u64 {
    let settings = format!("{} {} {media_in_content}", place.channel_id, place.tenant_id);
    let digest = Sha256::digest(settings);
    u64::from_be_bytes(std::array::from_fn(|place| digest[place]))
}
