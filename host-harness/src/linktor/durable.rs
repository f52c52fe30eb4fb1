//! A durable consumer of the core's streams: bound to where it is there and right, made where it is missing, and never altered.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, Info};
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use async_nats::jetstream::stream::ConsumerErrorKind;
use async_nats::jetstream::{Context, ErrorCode};

use super::streams::reason;

/// How long the server waits for an acknowledgement before it delivers again, as Linktor's own channels have it.
const ACK_WAIT: Duration = Duration::from_mins(1);
/// How many deliveries may be open, as Linktor's own channels have it.
const MAX_ACK_PENDING: i64 = 50;

/// What is consumed.
#[derive(Clone, Debug)]
pub(super) struct Durable {
    pub(super) stream: &'static str,
    pub(super) name: String,
    pub(super) subjects: Vec<String>,
    /// How often a message is delivered, at most; −1 for as often as it takes.
    pub(super) max_deliver: i64,
}

/// Why it cannot be consumed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unbound {
    /// For now.
    #[error("{0}")]
    Away(String),
    /// Until somebody mends it.
    #[error("{0}")]
    Refused(String),
}

/// A consumer that is there.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) consumer: Consumer<Config>,
    /// It was missing.
    pub(super) is_new: bool,
}

impl Durable {
    /// Binds to it.
    pub(super) async fn bind(&self, context: &Context) -> Result<Bound, Unbound> {
        let Self { stream, name, .. } = self;
        let away = |error: &dyn std::error::Error| Unbound::Away(reason(error));
        let handle = context.get_stream_no_info(*stream).await.map_err(|error| away(&error))?;
        let found = match handle.consumer_info(name).await {
            Ok(info) => Some(info),
            Err(error) if is_not_found(&error.kind()) => None,
            Err(error) => return Err(away(&error)),
        };
        if let Some(info) = found {
            self.check(&info).map_err(Unbound::Refused)?;
            // It has been read as a pull consumer's.
            return Ok(Bound { consumer: Consumer::new(self.config(), info, context.clone()), is_new: false });
        }
        match context.create_consumer_on_stream(self.config(), *stream).await {
            Ok(consumer) => Ok(Bound { consumer, is_new: true }),
            Err(error) => Err(match error.kind() {
                ConsumerErrorKind::JetStream(told) if is_clash(told.error_code()) => Unbound::Refused(format!(
                    "another consumer of {stream} has {}, and the server refuses a second one: end the other channel of this type, or delete its consumer (nats consumer ls {stream}, nats consumer rm {stream} …)",
                    self.subjects.join(", ")
                )),
                ConsumerErrorKind::JetStream(told) if told.error_code() == ErrorCode::MAXIMUM_CONSUMERS_LIMIT => {
                    Unbound::Refused(format!("{stream} takes no more consumers: raise its max_consumers"))
                }
                _ => away(&error),
            }),
        }
    }

    /// What of a consumer that is there has to be so.
    fn check(&self, info: &Info) -> Result<(), String> {
        let config = &info.config;
        let of = |list: &[String]| list.iter().filter(|subject| !subject.is_empty()).cloned().collect::<BTreeSet<_>>();
        let filters = [config.filter_subjects.as_slice(), std::slice::from_ref(&config.filter_subject)].concat();
        let mut wrong = Vec::new();
        if config.deliver_subject.is_some() {
            wrong.push("it must be a pull consumer".to_owned());
        }
        if config.ack_policy != AckPolicy::Explicit {
            wrong.push("its ack policy must be explicit".to_owned());
        }
        if of(&filters) != of(&self.subjects) {
            wrong.push(format!("its subjects must be {}", self.subjects.join(", ")));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let Self { stream, name, .. } = self;
        let hint = format!("delete it, and it is made again: nats consumer rm {stream} {name}");
        Err(format!("the consumer {name} of {stream} cannot be used: {}; {hint}", wrong.join("; ")))
    }

    fn config(&self) -> Config {
        let subjects = self.subjects.clone();
        let (filter_subject, filter_subjects) = match subjects.as_slice() {
            [only] => (only.clone(), Vec::new()),
            _ => (String::new(), subjects),
        };
        Config {
            durable_name: Some(self.name.clone()),
            name: Some(self.name.clone()),
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            max_deliver: self.max_deliver,
            max_ack_pending: MAX_ACK_PENDING,
            filter_subject,
            filter_subjects,
            ..Config::default()
        }
    }
}

fn is_not_found(kind: &ConsumerInfoErrorKind) -> bool {
    match kind {
        ConsumerInfoErrorKind::NotFound => true,
        ConsumerInfoErrorKind::JetStream(told) => told.error_code() == ErrorCode::CONSUMER_NOT_FOUND,
        _ => false,
    }
}

fn is_clash(code: ErrorCode) -> bool {
    [ErrorCode::CONSUMER_WQ_CONSUMER_NOT_UNIQUE, ErrorCode::CONSUMER_WQ_MULTIPLE_UNFILTERED].contains(&code)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn durable(subjects: &[&str]) -> Durable {
        let subjects = subjects.iter().map(|subject| (*subject).to_owned()).collect();
        Durable { stream: "S", name: "d".to_owned(), subjects, max_deliver: 5 }
    }

    /// What the server says of a consumer that somebody else has made.
    fn there(change: &Value) -> Info {
        let mut config = json!({
            "durable_name": "d", "deliver_policy": "all", "ack_policy": "explicit", "replay_policy": "instant",
            "filter_subject": "a.b", "ack_wait": 1_000_000_000, "max_deliver": 99, "max_waiting": 512,
        });
        for (name, value) in change.as_object().into_iter().flatten() {
            config[name] = value.clone();
        }
        let none = json!({"consumer_seq": 0, "stream_seq": 0});
        let info = json!({
            "stream_name": "S", "name": "d", "created": "2026-11-28T12:00:00Z", "config": config, "delivered": none,
            "ack_floor": none, "num_ack_pending": 0, "num_redelivered": 0, "num_waiting": 0, "num_pending": 0,
        });
        serde_json::from_value(info).unwrap()
    }

    #[test]
    fn what_matters_of_a_consumer_is_compared_and_nothing_else() {
        let one = durable(&["a.b"]);
        for (change, wrong) in [
            (json!({}), None),
            (json!({"name": "d", "max_ack_pending": 7, "description": "mine"}), None),
            (json!({"filter_subject": "", "filter_subjects": ["a.b"]}), None),
            (json!({"filter_subject": "a.>"}), Some("its subjects must be a.b")),
            (json!({"filter_subject": ""}), Some("its subjects must be a.b")),
            (json!({"ack_policy": "none"}), Some("its ack policy must be explicit")),
            (json!({"deliver_subject": "x"}), Some("it must be a pull consumer")),
        ] {
            let found = one.check(&there(&change)).err();
            assert_eq!(found.is_some(), wrong.is_some(), "{change}");
            assert!(found.is_none_or(|found| wrong.is_some_and(|wrong| found.contains(wrong))), "{change}");
        }
        let two = durable(&["a.b", "a.c"]);
        let both = |subjects: Value| there(&json!({"filter_subject": "", "filter_subjects": subjects}));
        assert_eq!(two.check(&both(json!(["a.c", "a.b"]))), Ok(()));
        assert!(two.check(&both(json!(["a.b"]))).is_err());
    }
}
