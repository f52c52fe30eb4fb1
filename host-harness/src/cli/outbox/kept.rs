use serde_json::{Map, Value};

use crate::cli::Failure;
use crate::cli::hint::hint;
use crate::cli::opened::{self, Readable};
use crate::cli::running_host::{self, Answer};
use crate::config::HostConfig;
use crate::http::{self, Fields, Problem};
use crate::sending::Wait;
use crate::store::sqlite::Reader;
use crate::store::{Message, MessageQuery, Status};

/// The messages that are kept, to be looked at: in the store, beside whatever command works with it, or by the host that runs with it.
/// Both answer alike.
pub(super) enum Kept<'a> {
    Here(Reader, Left),
    Running(&'a HostConfig),
}

/// In whose hands the messages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nobody's: what waits waits for a host, and what was begun may have been sent.
    Alone,
    /// A command's.
    ToACommand,
}

impl<'a> Kept<'a> {
    pub(super) fn open(config: &'a HostConfig) -> Result<Self, Failure> {
        Ok(match opened::to_read(config)? {
            Readable::Here { reader, is_free: true } => Self::Here(reader, Left::Alone),
            Readable::Here { reader, is_free: false } => Self::Here(reader, Left::ToACommand),
            Readable::Running => Self::Running(config),
        })
    }

    /// One page of messages.
    pub(super) async fn list(&self, filter: &Map<String, Value>) -> Result<Value, Failure> {
        match self {
            Self::Here(reader, left) => {
                let (asked, limit) = http::asked(Fields::of(filter.clone())).map_err(refused)?;
                let messages =
                    reader.messages(left.asked(asked)).await?.into_iter().map(|message| left.found(message)).collect();
                Ok(http::page(messages, limit, |message| left.wait(message)))
            }
            Self::Running(config) => {
                let texts: Vec<(&str, String)> =
                    filter.iter().filter_map(|(name, value)| Some((&**name, text(value)?))).collect();
                let query: Vec<_> = texts.iter().map(|(name, value)| (*name, &**value)).collect();
                good(running_host::get(config, &["messages"], &query).await?)
            }
        }
    }

    /// All that is known of a message.
    pub(super) async fn show(&self, id: &str) -> Result<Value, Failure> {
        match self {
            Self::Here(reader, left) => {
                let message = reader.message(id).await?.ok_or_else(|| refused(http::unknown_message()))?;
                let (message, wait) = (left.found(message.clone()), left.wait(&message));
                Ok(http::whole(message, wait, reader.attempts(id).await?, reader.steps_of(id).await?))
            }
            Self::Running(config) => good(running_host::get(config, &["messages", id], &[]).await?),
        }
    }

    /// A channel that messages are chosen by is one of the configuration, or one of which messages are kept: all else is a mistake.
    pub(super) async fn require(&self, channel: Option<&str>, config: &HostConfig) -> Result<(), Failure> {
        let Some(channel) = channel.filter(|channel| config.channels.iter().all(|known| known.id != **channel)) else {
            return Ok(());
        };
        let any = [("channel".to_owned(), channel.into()), ("limit".to_owned(), 1.into())];
        let page = self.list(&any.into_iter().collect()).await?;
        if page["data"].as_array().is_some_and(|data| !data.is_empty()) {
            return Ok(());
        }
        let ids: Vec<_> = config.channels.iter().map(|known| known.id.as_str()).collect();
        let hint = format!("no message is kept under this name either: check it. Configured are: {}", ids.join(", "));
        Err(Failure::new(format!("there is no channel {channel:?} here"), Some(&hint)))
    }
}

impl Left {
    /// What is asked for, in the words of what is kept.
    fn asked(self, mut asked: MessageQuery) -> MessageQuery {
        if self == Self::Alone && !asked.statuses.is_empty() {
            asked.statuses.retain(|status| *status != Status::Begun);
            if asked.statuses.contains(&Status::Unknown) {
                asked.statuses.push(Status::Begun);
            }
        }
        asked
    }

    /// A message as it is: nobody will ever end what a host had begun.
    fn found(self, message: Message) -> Message {
        match message.status {
            Status::Begun if self == Self::Alone => Message { status: Status::Unknown, ..message },
            _ => message,
        }
    }

    /// Why a message waits.
    fn wait(self, message: &Message) -> Option<Wait> {
        (self == Self::Alone && message.status == Status::Accepted).then(Wait::for_a_host)
    }
}

/// Why it was refused, in this command's words.
pub(super) fn refused(problem: Problem) -> Failure {
    failure(&problem.document())
}

/// What the host answered, or why it refused that, in this command's words.
pub(super) fn good(answer: Answer) -> Result<Value, Failure> {
    if answer.is_good { Ok(answer.body) } else { Err(failure(&answer.body)) }
}

fn failure(problem: &Value) -> Failure {
    let message = problem["message"].as_str().unwrap_or("the running host refused it");
    Failure::new(message, hint(problem).as_deref())
}

/// As it stands in an address.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
