//! The streams and consumers as the core makes them.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, ReplayPolicy, pull};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use super::habits::Habits;

/// The stream of messages and statuses.
pub const MESSAGES: &str = "LINKTOR_MESSAGES";
/// The stream of events.
pub const EVENTS: &str = "LINKTOR_EVENTS";

/// Where messages of this channel type come in.
#[must_use]
pub fn inbound(kind: &str) -> String {
    format!("linktor.messages.inbound.{kind}")
}

/// Where agents' answers of this channel type go out.
#[must_use]
pub fn outbound(kind: &str) -> String {
    format!("linktor.messages.outbound.{kind}")
}

/// Where statuses of this channel type come in.
#[must_use]
pub fn status(kind: &str) -> String {
    format!("linktor.messages.status.{kind}")
}

const DAY: Duration = Duration::from_hours(24);

/// All four, whole.
pub(super) fn streams(habits: &Habits) -> [Config; 4] {
    let messages = ["linktor.messages.inbound.>", "linktor.messages.outbound.>", "linktor.messages.status.>"];
    [
        Config {
            description: said("Linktor message stream for inbound and outbound messages"),
            max_bytes: habits.max_bytes,
            max_age: 7 * DAY,
            max_message_size: 4 * 1024 * 1024,
            duplicate_window: habits.duplicate_window,
            ..stream(MESSAGES, &messages, RetentionPolicy::WorkQueue)
        },
        Config {
            description: said("Linktor event stream for system events"),
            max_bytes: 256 * 1024 * 1024,
            max_age: DAY,
            max_message_size: 1024 * 1024,
            duplicate_window: Duration::from_mins(2),
            ..stream(EVENTS, &["linktor.events.>"], RetentionPolicy::Interest)
        },
        Config {
            description: said("Linktor webhook delivery stream"),
            max_bytes: 128 * 1024 * 1024,
            max_age: 3 * DAY,
            max_message_size: 1024 * 1024,
            duplicate_window: Duration::from_mins(2),
            ..stream("LINKTOR_WEBHOOKS", &["linktor.webhooks.>"], RetentionPolicy::WorkQueue)
        },
        Config {
            description: said("Linktor AI/Bot processing stream"),
            max_bytes: -1,
            max_age: DAY,
            max_message_size: -1,
            duplicate_window: Duration::from_mins(5),
            ..stream("LINKTOR_AI", &["linktor.bot.>"], RetentionPolicy::WorkQueue)
        },
    ]
}

#[expect(clippy::unnecessary_wraps, reason = "a description is optional")]
fn said(description: &str) -> Option<String> {
    Some(description.to_owned())
}

fn stream(name: &str, subjects: &[&str], retention: RetentionPolicy) -> Config {
    Config {
        name: name.to_owned(),
        subjects: subjects.iter().map(|subject| (*subject).to_owned()).collect(),
        retention,
        max_consumers: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        num_replicas: 1,
        ..Config::default()
    }
}

/// The core's consumer of messages.
pub(super) fn inbound_processor(habits: &Habits) -> pull::Config {
    pull::Config {
        ack_wait: habits.ack_waits[0],
        max_deliver: 5,
        max_ack_pending: 100,
        ..consumer("inbound-processor", "linktor.messages.inbound.>")
    }
}

/// The core's consumer of statuses.
pub(super) fn status_processor(habits: &Habits) -> pull::Config {
    pull::Config {
        ack_wait: habits.ack_waits[1],
        max_deliver: 3,
        max_ack_pending: 200,
        ..consumer("status-processor", "linktor.messages.status.>")
    }
}

fn consumer(name: &str, filter: &str) -> pull::Config {
    pull::Config {
        durable_name: Some(name.to_owned()),
        name: Some(name.to_owned()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        filter_subject: filter.to_owned(),
        replay_policy: ReplayPolicy::Instant,
        max_waiting: 512,
        ..pull::Config::default()
    }
}
