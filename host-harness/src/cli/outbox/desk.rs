use std::time::Duration;

use channel_api::Registry;
use serde_json::{Map, Value};

use super::kept::{good, refused};
use crate::cli::Failure;
use crate::cli::alone::Alone;
use crate::cli::opened::{self, Opened};
use crate::cli::running_host::{self, Answer};
use crate::cli::send::{self, SETTLES};
use crate::cli::waiting::{QUIET, Watch};
use crate::config::HostConfig;
use crate::http::{self, Many, Problem};

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

    /// Sends a message again, and waits for what becomes of it, saying why that takes long.
    pub(super) async fn retry(&self, id: &str, force: bool) -> Result<Answer, Failure> {
        match self {
            Self::Own(own) => {
                let mut watch = Watch::begin(SETTLES)?;
                let first = http::retried(&own.sender, id, force, QUIET, None).await.1;
                let first = answered(first.map(|(_, body)| body));
                if !first.is_pending() {
                    return Ok(first);
                }
                watch.settled(id, async || send::look(&own.sender, id).await).await?;
                Ok(Answer::good_of(send::look(&own.sender, id).await?.message))
            }
            Self::Running(config) => {
                let mut watch = Watch::begin(running_host::BESIDE)?;
                let wait = QUIET.as_secs().to_string();
                let query = [("wait", &*wait), ("force", if force { "true" } else { "false" })];
                let first = running_host::post(config, &["messages", id, "retry"], &query, Vec::new()).await?;
                if !first.is_pending() {
                    return Ok(first);
                }
                running_host::settled(config, &mut watch, id).await
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
                Err(problem) => Err(refused(problem)),
            },
            Self::Running(config) => {
                let path = ["messages", if matches!(what, Many::Retry) { "retry" } else { "drop" }];
                let told = running_host::post(config, &path, &[], serde_json::to_vec(filter)?).await?;
                Ok((good(told)?, Vec::new()))
            }
        }
    }

    /// How many of these were sent in the end.
    pub(super) async fn sent(&self, ids: &[String]) -> Result<usize, Failure> {
        let Self::Own(own) = self else { return Ok(0) };
        let mut watch = Watch::begin(SETTLES)?;
        let mut sent = 0;
        for id in ids {
            watch.settled(id, async || send::look(&own.sender, id).await).await?;
            let settled = own.sender.settled(id, Duration::ZERO).await;
            sent += usize::from(settled.is_ok_and(|message| message.status.is_sent()));
        }
        Ok(sent)
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
