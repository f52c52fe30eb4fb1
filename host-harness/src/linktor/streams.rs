//! The two streams of the core that a channel needs. One that is missing is made as the core makes it; one that is there belongs to
//! somebody, and is looked at and left as it is.

use std::time::Duration;

use async_nats::jetstream::context::{CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{Context, ErrorCode};

/// Messages both ways, and their statuses.
pub(crate) const MESSAGES: &str = "LINKTOR_MESSAGES";
/// What has happened.
pub(crate) const EVENTS: &str = "LINKTOR_EVENTS";

/// What the core keeps of messages.
const MESSAGES_SUBJECTS: [&str; 3] =
    ["linktor.messages.inbound.>", "linktor.messages.outbound.>", "linktor.messages.status.>"];
const EVENTS_SUBJECTS: [&str; 1] = ["linktor.events.>"];

const DAY: Duration = Duration::from_hours(24);

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// What was made.
    pub(super) made: Vec<&'static str>,
    /// What is otherwise than the core makes it, and works.
    pub(super) notices: Vec<String>,
    /// What does not work.
    pub(super) refusals: Vec<String>,
}

/// Why it could not be looked: for now.
#[derive(Debug, thiserror::Error)]
#[error("the stream {stream} could not be looked at: {reason}")]
pub(super) struct NotLooked {
    stream: &'static str,
    reason: String,
}

/// Looks at both streams, and makes those that are missing.
pub(super) async fn look(context: &Context) -> Result<Found, NotLooked> {
    let mut found = Found::default();
    for expected in [messages(), events()] {
        let (stream, name) = (expected.name.clone(), if expected.name == MESSAGES { MESSAGES } else { EVENTS });
        let not_looked = |reason: String| NotLooked { stream: name, reason };
        let there = match context.get_stream(&stream).await {
            Ok(stream) => Some(stream.cached_info().config.clone()),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(told) if told.error_code() == ErrorCode::STREAM_NOT_FOUND => None,
                _ => return Err(not_looked(reason(&error))),
            },
        };
        if let Some(there) = there {
            compare(&expected, &there, &mut found);
            continue;
        }
        match context.create_stream(expected).await {
            Ok(_) => found.made.push(name),
            Err(error) => match error.kind() {
                CreateStreamErrorKind::JetStream(told) if told.error_code() == ErrorCode::STREAM_SUBJECT_OVERLAP => {
                    found.refusals.push(format!(
                        "{name} is missing and cannot be made: another stream has its subjects; find it with `nats stream find`"
                    ));
                }
                // Also where the core was quicker: it is there the next time.
                _ => return Err(not_looked(reason(&error))),
            },
        }
    }
    Ok(found)
}

/// What an error of the client says, with what is below it.
pub(super) fn reason(error: &dyn std::error::Error) -> String {
    let mut reason = error.to_string();
    let mut below = error.source();
    while let Some(error) = below {
        let text = error.to_string();
        if !reason.contains(&text) {
            reason = format!("{reason}: {text}");
        }
        below = error.source();
    }
    reason
}

fn messages() -> Config {
    Config {
        name: MESSAGES.to_owned(),
        description: Some("Linktor message stream for inbound and outbound messages".to_owned()),
        subjects: MESSAGES_SUBJECTS.map(str::to_owned).to_vec(),
        retention: RetentionPolicy::WorkQueue,
        max_bytes: 500 << 20,
        max_age: 7 * DAY,
        max_message_size: 4 << 20,
        duplicate_window: Duration::from_mins(5),
        ..common()
    }
}

fn events() -> Config {
    Config {
        name: EVENTS.to_owned(),
        description: Some("Linktor event stream for system events".to_owned()),
        subjects: EVENTS_SUBJECTS.map(str::to_owned).to_vec(),
        retention: RetentionPolicy::Interest,
        max_bytes: 256 << 20,
        max_age: DAY,
        max_message_size: 1 << 20,
        duplicate_window: Duration::from_mins(2),
        ..common()
    }
}

fn common() -> Config {
    Config {
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        num_replicas: 1,
        ..Config::default()
    }
}

/// What of a stream works, works otherwise, and does not.
fn compare(expected: &Config, there: &Config, found: &mut Found) {
    let name = &expected.name;
    if there.retention != expected.retention {
        found.refusals.push(format!(
            "{name} has the retention {:?} in place of {:?}: somebody else made it; give Linktor an account or a server of its own",
            there.retention, expected.retention
        ));
    }
    for subject in &expected.subjects {
        if !there.subjects.iter().any(|wider| covers(wider, subject)) {
            found.refusals.push(format!("{name} does not take the subject {subject}: what is published there is lost"));
        }
    }
    let differences = [
        ("storage", format!("{:?}", there.storage), format!("{:?}", expected.storage)),
        ("discard", format!("{:?}", there.discard), format!("{:?}", expected.discard)),
        ("max_bytes", there.max_bytes.to_string(), expected.max_bytes.to_string()),
        ("max_age", format!("{:?}", there.max_age), format!("{:?}", expected.max_age)),
        ("max_msgs", there.max_messages.to_string(), expected.max_messages.to_string()),
        (
            "max_msgs_per_subject",
            there.max_messages_per_subject.to_string(),
            expected.max_messages_per_subject.to_string(),
        ),
        ("max_msg_size", there.max_message_size.to_string(), expected.max_message_size.to_string()),
        ("max_consumers", there.max_consumers.to_string(), expected.max_consumers.to_string()),
        ("duplicate_window", format!("{:?}", there.duplicate_window), format!("{:?}", expected.duplicate_window)),
        ("num_replicas", there.num_replicas.to_string(), expected.num_replicas.to_string()),
        ("subjects", there.subjects.join(", "), expected.subjects.join(", ")),
        ("sealed", there.sealed.to_string(), expected.sealed.to_string()),
        ("deny_delete", there.deny_delete.to_string(), expected.deny_delete.to_string()),
    ];
    for (setting, is, usual) in differences {
        if is != usual {
            found.notices.push(format!("{name}: {setting} is {is}, and {usual} where the core makes it"));
        }
    }
}

/// Whether everything that `narrower` matches is matched by `wider`, too.
fn covers(wider: &str, narrower: &str) -> bool {
    let mut narrower = narrower.split('.');
    for token in wider.split('.') {
        match (token, narrower.next()) {
            (">", Some(_)) => return true,
            ("*", Some(given)) if given != ">" => {}
            (token, Some(given)) if token == given => {}
            _ => return false,
        }
    }
    narrower.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_covered_by_a_wider_one() {
        for (wider, narrower, is) in [
            ("a.>", "a.b.>", true),
            ("a.b.>", "a.b.>", true),
            ("a.*.>", "a.b.>", true),
            (">", "a.b", true),
            ("a.*", "a.b", true),
            ("a.*", "a.>", false),
            ("a.b.*", "a.b.>", false),
            ("a.b", "a.b.c", false),
            ("a.b.c", "a.b", false),
            ("a.b.>", "a.>", false),
            ("a.>", "a", false),
        ] {
            assert_eq!(covers(wider, narrower), is, "{wider} {narrower}");
        }
    }

    #[test]
    fn what_works_is_a_notice_and_what_does_not_is_refused() {
        let looked = |change: fn(&mut Config)| {
            let mut there = messages();
            change(&mut there);
            let mut found = Found::default();
            compare(&messages(), &there, &mut found);
            (found.notices.len(), found.refusals.len())
        };
        assert_eq!(looked(|_| {}), (0, 0));
        assert_eq!(looked(|there| there.retention = RetentionPolicy::Limits), (0, 1));
        assert_eq!(looked(|there| drop(there.subjects.pop())), (1, 1));
        assert_eq!(looked(|there| there.subjects = vec!["linktor.messages.>".to_owned()]), (1, 0));
        assert_eq!(looked(|there| (there.max_bytes, there.num_replicas) = (1 << 30, 3)), (2, 0));
        assert_eq!(looked(|there| there.description = None), (0, 0));
    }
}
