//! Where broadcasts are asked for: the host that runs with the store, or the store itself.

use std::sync::Arc;

use channel_api::{ErrorKind, Registry};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::broadcasts::{Broadcasts, Request, Wish};
use crate::cli::denormalize::refuse;
use crate::cli::{Failure, input, running_host, send};
use crate::config::HostConfig;
use crate::sending::{NotSent, Sender};
use crate::store::{EventLog, StoreError, Stores};

/// Where broadcasts are asked for.
pub(super) enum Desk {
    Running(Box<HostConfig>),
    Own(Box<Own>),
}

/// The store, and what works on it.
pub(super) struct Own {
    broadcasts: Broadcasts,
    sender: Sender,
    log: Arc<dyn EventLog>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

/// What somebody wants of a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wished {
    Pause,
    Resume,
    Cancel,
}

impl Desk {
    pub(super) async fn open(config: HostConfig) -> Result<Self, Failure> {
        let stores = match Stores::open(&config.data_dir) {
            Ok(stores) => stores,
            Err(StoreError::InUse { .. }) => return Ok(Self::Running(Box::new(config))),
            Err(error) => return Err(error.into()),
        };
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let (kept, log) = (Arc::clone(&stores.broadcasts), Arc::clone(&stores.events));
        let sender = send::sender(&config, &Registry::discover()?, stores, tasks.clone(), stopping.clone())?;
        let broadcasts = Broadcasts::new(kept, sender.clone(), tasks.clone(), stopping.clone());
        broadcasts.settle().await?;
        Ok(Self::Own(Box::new(Own { broadcasts, sender, log, tasks, stopping })))
    }

    /// Makes a broadcast of this body.
    pub(super) async fn create(&mut self, body: Vec<u8>) -> Result<Value, Failure> {
        match self {
            Self::Running(config) => shown(running_host::post(config, &["broadcasts"], &[], body).await?),
            Self::Own(own) => {
                let request = request(&body)?;
                own.sender.start().await?;
                own.broadcasts.start().await?;
                let (broadcast, _) = own.broadcasts.create(request).await.map_err(refused)?;
                Ok(json!({ "id": broadcast.id }))
            }
        }
    }

    /// How many of these people may be written to now.
    pub(super) async fn windows(&mut self, body: Vec<u8>) -> Result<Value, Failure> {
        match self {
            Self::Running(config) => {
                shown(running_host::post(config, &["broadcasts"], &[("dryRun", "true")], body).await?)
            }
            Self::Own(own) => {
                let request = request(&body)?;
                let windows = own.broadcasts.windows(&request).await.map_err(refused)?;
                serde_json::to_value(windows).map_err(Failure::from)
            }
        }
    }

    pub(super) async fn report(&mut self, id: &str) -> Result<Value, Failure> {
        match self {
            Self::Running(config) => running_host::get(config, &["broadcasts", id], &[]).await?.good(),
            Self::Own(own) => {
                let report = own.broadcasts.report(id).await?.ok_or_else(unknown)?;
                serde_json::to_value(report).map_err(Failure::from)
            }
        }
    }

    pub(super) async fn wish(&mut self, id: &str, wished: Wished) -> Result<(), Failure> {
        match self {
            Self::Running(config) => running_host::post(config, &["broadcasts", id, wished.as_str()], &[], Vec::new())
                .await?
                .good()
                .map(drop),
            Self::Own(own) => {
                let wish = match wished {
                    Wished::Pause => Wish::Pause,
                    Wished::Resume => Wish::Resume,
                    Wished::Cancel => Wish::Cancel,
                };
                own.broadcasts.wish(id, wish).await?.ok_or_else(unknown)?;
                if wished == Wished::Resume {
                    own.sender.start().await?;
                    own.broadcasts.start().await?;
                }
                Ok(())
            }
        }
    }

    /// Waits for what is under way. What still waits is for the next one that opens the store.
    pub(super) async fn close(self) -> Result<(), Failure> {
        let Self::Own(own) = self else { return Ok(()) };
        own.stopping.cancel();
        own.tasks.close();
        own.tasks.wait().await;
        Ok(own.log.close().await?)
    }
}

fn request(body: &[u8]) -> Result<Request, Failure> {
    let read = input::document(body, "the broadcast")
        .and_then(|document| Request::read(document, Sha256::digest(body).into(), None));
    read.map_err(|error| refused(NotSent::Refused(error)))
}

impl Wished {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
        }
    }
}

fn refused(reason: NotSent) -> Failure {
    match reason {
        NotSent::Refused(error) if error.kind() == ErrorKind::InvalidMessage => {
            refuse(&error).err().unwrap_or(Failure::Shown)
        }
        NotSent::Refused(error) => error.into(),
        reason => Failure::new(reason.to_string(), reason.hint().as_deref()),
    }
}

/// What the running host answered, told as if it had been refused here.
fn shown(answer: running_host::Answer) -> Result<Value, Failure> {
    let issues = answer.body["issues"].as_array().filter(|issues| !answer.is_good && !issues.is_empty());
    if let Some(issues) = issues {
        crate::cli::output::line(&json!({ "issues": issues }))?;
        return Err(Failure::Shown);
    }
    answer.good()
}

fn unknown() -> Failure {
    Failure::new("there is no such broadcast in this store", Some("its id was told when it was made"))
}
