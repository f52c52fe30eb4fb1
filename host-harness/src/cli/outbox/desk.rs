use std::time::Duration;

use channel_api::Registry;
use serde_json::{Map, Value};

use super::kept::{good, refused};
use crate::cli::Failure;
use crate::cli::alone::Alone;
use crate::cli::opened::{self, Opened};
use crate::cli::running_host::{self, Answer};
use crate::cli::send::{self, SETTLES};
use crate::cli::waiting::{Interrupt, QUIET, Watch};
use crate::config::HostConfig;
use crate::http::{self, Many, Problem};

/// What was answered, and why it is not waited for any longer.
pub(super) type Watched = (Answer, Result<(), Failure>);

/// Where messages are sent again or dropped: in the store, or by the host that runs with it. Both answer alike.
pub(super) enum Desk<'a> {
    Own(Box<Alone>),
    Running(&'a HostConfig),
}

impl<'a> Desk<'a> {
    pub(super) async fn open(config: &'a HostConfig, registry: &Registry, what: Many) -> Result<Self, Failure> {
        let command = match what {
            Many::Retry => "outbox retry",
            Many::Drop => "outbox drop",
        };
        match opened::open(config, command).await? {
            Opened::Own(stores) => Ok(Self::Own(Box::new(Alone::open(config, registry, stores).await?))),
            Opened::Running => Ok(Self::Running(config)),
        }
    }

    /// Ends what was begun here. What still waits is for the next one that opens this store.
    pub(super) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Own(own) => own.close().await,
            Self::Running(_) => Ok(()),
        }
    }

    /// Has to come before anything is sent again or dropped.
    pub(super) async fn start(&self, what: Many) -> Result<(), Failure> {
        match (self, what) {
            (Self::Own(own), Many::Retry) => Ok(own.sender.start().await?),
            // Nothing is sent by who only drops.
            (Self::Own(_), Many::Drop) | (Self::Running(_), _) => Ok(()),
        }
    }

    /// Sends a message again, and waits for what becomes of it, saying why that takes long. Answers too why it is not waited for any
    /// longer.
    pub(super) async fn retry(&self, id: &str, force: bool, interrupt: &Interrupt) -> Result<Watched, Failure> {
        match self {
            Self::Own(own) => {
                let first = http::retried(&own.sender, id, force, QUIET, None).await.1;
                let first = answered(first.map(|(_, body)| body));
                let mut watch = Watch::new(interrupt, SETTLES);
                Ok(first.settled(&mut watch, async |id: &str| send::look(&own.sender, id).await).await)
            }
            Self::Running(config) => {
                let wait = QUIET.as_secs().to_string();
                let query = [("wait", &*wait), ("force", if force { "true" } else { "false" })];
                let path = ["messages", id, "retry"];
                let first = interrupt.or(running_host::post(config, &path, &query, Vec::new())).await?;
                let mut watch = Watch::new(interrupt, running_host::BESIDE);
                Ok(first.settled(&mut watch, async |id: &str| running_host::look(config, id).await).await)
            }
        }
    }

    /// Drops a message.
    pub(super) async fn drop(&self, id: &str, interrupt: &Interrupt) -> Result<Answer, Failure> {
        match self {
            Self::Own(own) => Ok(answered(http::dropped(&own.sender, id).await)),
            Self::Running(config) => {
                interrupt.or(running_host::post(config, &["messages", id, "drop"], &[], Vec::new())).await
            }
        }
    }

    /// Does this with one page of messages. From here they are waited for: what is told are their ids.
    pub(super) async fn many(
        &self,
        what: Many,
        filter: &Map<String, Value>,
        interrupt: &Interrupt,
    ) -> Result<(Value, Vec<String>), Failure> {
        match self {
            Self::Own(own) => match http::many(&own.sender, what, Value::Object(filter.clone()), None).await {
                Ok(done) => Ok((done.told, done.ids)),
                Err(problem) => Err(refused(problem)),
            },
            Self::Running(config) => {
                let path = ["messages", if matches!(what, Many::Retry) { "retry" } else { "drop" }];
                let posted = running_host::post(config, &path, &[], serde_json::to_vec(filter)?);
                Ok((good(interrupt.or(posted).await?)?, Vec::new()))
            }
        }
    }

    /// Waits for these. Tells how many were sent, and why they are not waited for any longer.
    pub(super) async fn sent(&self, ids: &[String], interrupt: &Interrupt) -> (usize, Result<(), Failure>) {
        let Self::Own(own) = self else { return (0, Ok(())) };
        let (mut watch, mut sent, mut watched) = (Watch::new(interrupt, SETTLES), 0, Ok(()));
        for id in ids {
            if watched.is_ok() {
                watched = watch.settled(id, &mut Value::Null, async || send::look(&own.sender, id).await).await;
            }
            let now = own.sender.settled(id, Duration::ZERO).await;
            sent += usize::from(now.is_ok_and(|message| message.status.is_sent()));
        }
        (sent, watched)
    }

    /// Whether what is sent again is sent from here.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

/// As the running host would answer.
fn answered(answer: Result<Value, Problem>) -> Answer {
    match answer {
        Ok(body) => Answer::good_of(body),
        Err(problem) => Answer::refused_with(problem.document()),
    }
}
