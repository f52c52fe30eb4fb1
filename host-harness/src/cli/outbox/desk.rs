use std::time::Duration;

use channel_api::Registry;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli::Failure;
use crate::cli::running_host::{self, Answer};
use crate::cli::send::{self, SETTLES};
use crate::config::HostConfig;
use crate::http::{self, Many, Problem};
use crate::sending::Sender;
use crate::store::{StoreError, Stores};

/// How long the running host is asked to wait for what becomes of a message, in seconds.
const WAIT: &str = "30";

/// Where messages are looked at and sent again: the store, or the host that runs with it. Both answer alike.
pub(super) enum Desk<'a> {
    Own(Box<Own>),
    Running(&'a HostConfig),
}

pub(super) struct Own {
    stores: Stores,
    sender: Sender,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl<'a> Desk<'a> {
    pub(super) fn open(config: &'a HostConfig, registry: &Registry) -> Result<Self, Failure> {
        match Stores::open(&config.data_dir) {
            Ok(stores) => {
                let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
                let sender = send::sender(config, registry, stores.clone(), tasks.clone(), stopping.clone())?;
                Ok(Self::Own(Box::new(Own { stores, sender, tasks, stopping })))
            }
            Err(StoreError::InUse { .. }) => Ok(Self::Running(config)),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends what was begun here. What still waits is for the next one that opens this store.
    pub(super) async fn close(self) -> Result<(), Failure> {
        if let Self::Own(own) = self {
            own.stopping.cancel();
            own.tasks.close();
            own.tasks.wait().await;
            own.stores.events.close().await?;
        }
        Ok(())
    }

    /// One page of messages.
    pub(super) async fn list(&self, filter: &Map<String, Value>) -> Result<Value, Failure> {
        match self {
            Self::Own(own) => {
                let which = serde_json::from_value(Value::Object(filter.clone()))?;
                answered(http::page(&*own.stores.outbox, which, |message| own.sender.wait(message)).await).good()
            }
            Self::Running(config) => {
                let texts: Vec<(&str, String)> =
                    filter.iter().filter_map(|(name, value)| Some((&**name, text(value)?))).collect();
                let query: Vec<_> = texts.iter().map(|(name, value)| (*name, &**value)).collect();
                running_host::get(config, &["messages"], &query).await?.good()
            }
        }
    }

    /// All that is known of a message.
    pub(super) async fn show(&self, id: &str) -> Result<Value, Failure> {
        match self {
            Self::Own(own) => {
                let Stores { outbox, statuses, .. } = &own.stores;
                answered(http::one(&**outbox, &**statuses, id, |message| own.sender.wait(message)).await).good()
            }
            Self::Running(config) => running_host::get(config, &["messages", id], &[]).await?.good(),
        }
    }

    /// Has to come before anything is sent again or dropped.
    pub(super) async fn start(&self, what: Many) -> Result<(), Failure> {
        match (self, what) {
            (Self::Own(own), Many::Retry) => own.sender.start().await?,
            // Nothing is sent by who only drops.
            (Self::Own(own), Many::Drop) => own.stores.outbox.recover().await.map(drop)?,
            (Self::Running(_), _) => {}
        }
        Ok(())
    }

    /// Sends a message again, and waits for what becomes of it.
    pub(super) async fn retry(&self, id: &str, force: bool) -> Result<Answer, Failure> {
        match self {
            Self::Own(own) => {
                Ok(answered(http::retried(&own.sender, id, force, SETTLES, None).await.1.map(|(_, body)| body)))
            }
            Self::Running(config) => {
                let query = [("wait", WAIT), ("force", if force { "true" } else { "false" })];
                running_host::post(config, &["messages", id, "retry"], &query, Vec::new()).await
            }
        }
    }

    /// Drops a message.
    pub(super) async fn drop(&self, id: &str) -> Result<Answer, Failure> {
        match self {
            Self::Own(own) => Ok(answered(http::dropped(&own.sender, id).await)),
            Self::Running(config) => running_host::post(config, &["messages", id, "drop"], &[], Vec::new()).await,
        }
    }

    /// Does this with one page of messages. From here they are waited for: what is told are their ids.
    pub(super) async fn many(&self, what: Many, filter: &Map<String, Value>) -> Result<(Value, Vec<String>), Failure> {
        match self {
            Self::Own(own) => match http::many(&own.sender, what, Value::Object(filter.clone()), None).await {
                Ok(done) => Ok((done.told, done.ids)),
                Err(problem) => Ok((answered(Err(problem)).good()?, Vec::new())),
            },
            Self::Running(config) => {
                let path = ["messages", if matches!(what, Many::Retry) { "retry" } else { "drop" }];
                let told = running_host::post(config, &path, &[], serde_json::to_vec(filter)?).await?;
                Ok((told.good()?, Vec::new()))
            }
        }
    }

    /// How many of these were sent in the end.
    pub(super) async fn sent(&self, ids: &[String]) -> usize {
        let Self::Own(own) = self else { return 0 };
        let until = tokio::time::Instant::now() + SETTLES;
        let mut sent = 0;
        for id in ids {
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            let settled = own.sender.settled(id, left.max(Duration::from_millis(1))).await;
            sent += usize::from(settled.is_ok_and(|message| message.status.is_sent()));
        }
        sent
    }

    /// Whether what is sent again is sent from here.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

/// As the running host would answer.
fn answered(answer: Result<Value, Problem>) -> Answer {
    match answer {
        Ok(body) => Answer { is_good: true, body },
        Err(problem) => Answer { is_good: false, body: problem.document() },
    }
}

/// As it stands in an address.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
