//! [`Alone`]: what a command works with that has the store for itself, while no host runs.

use std::sync::Arc;

use channel_api::Registry;
use channel_api::calls::Unobserved;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Failure, environment, output};
use crate::app::http_client;
use crate::channels::{ChannelList, Channels};
use crate::config::HostConfig;
use crate::media::Uploads;
use crate::people::Profiles;
use crate::sending::{self, Pace, Sender};
use crate::statuses::{Clocks, Statuses};
use crate::store::Stores;
use crate::telemetry::Metrics;
use crate::threads::Threads;

/// Sends, and follows what becomes of messages as a host does.
pub(super) struct Alone {
    pub(super) stores: Stores,
    pub(super) sender: Sender,
    /// What is waited for at the end.
    pub(super) tasks: TaskTracker,
    /// Nothing is begun after this.
    pub(super) stopping: CancellationToken,
    follower: Statuses,
}

impl Alone {
    /// Settles what a host has left that came to a sudden end. Nothing is sent before the sender is started.
    pub(super) async fn open(config: &HostConfig, registry: &Registry, stores: Stores) -> Result<Self, Failure> {
        let client = http_client(environment)?;
        let channels = ChannelList::build(&config.channels, registry, &client, environment, |_| Arc::new(Unobserved))?;
        let channels = Channels::new(channels);
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let follower = Statuses {
            store: Arc::clone(&stores.statuses),
            events: Arc::clone(&stores.events),
            cursors: Arc::clone(&stores.cursors),
            channels: channels.clone(),
            clocks: Clocks::default(),
            unknown_after: config.retry.unknown_after,
        };
        let kept = stores.clone();
        let sender = Sender::new(sending::Parts {
            outbox: kept.outbox,
            statuses: kept.statuses,
            uploads: Arc::new(Uploads::new(kept.uploads, None)),
            profiles: Profiles::new(kept.profiles, Arc::clone(&kept.events), stopping.clone()),
            threads: Threads::new(kept.conversations, kept.events),
            metrics: Metrics::new().messages(),
            pace: Pace::new(channels.clone(), config.rate, kept.pauses),
            retry: config.retry,
            channels,
            tasks: tasks.clone(),
            stopping: stopping.clone(),
        });
        // Before what was begun is called unknown: its copies may be there.
        follower.catch_up().await?;
        let unknown = stores.outbox.recover().await?;
        if unknown > 0 {
            let list = "`outbox list --status unknown` has them";
            output::note(&format!(
                "a host ended while it was sending: {unknown} message(s) may have been sent; {list}"
            ))?;
        }
        Ok(Self { stores, sender, tasks, stopping, follower })
    }

    /// Ends what was begun here, and tells how messages came on. What still waits is for the next one that opens this store.
    pub(super) async fn close(self) -> Result<(), Failure> {
        self.stopping.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        let told = self.follower.tell().await;
        self.stores.events.close().await?;
        Ok(told?)
    }
}
