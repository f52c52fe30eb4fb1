//! Whom a message is for: exactly one of several kinds of address. Source: `…/reference/send-api`.

use serde_json::{Map, Value};

use super::Conditions;
use super::param::Param;
use crate::graph_error::GraphError;

/// An address as it was given; who that is, is found out later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Recipient {
    Psid(String),
    UserRef(String),
    CommentId(String),
    PostId(String),
    PhoneNumber(String),
    OneTimeToken(String),
    NotificationToken(String),
    /// In the schema, without a documented meaning.
    Nobody,
}

const KINDS: &[&str] = &[
    "id",
    "user_ref",
    "comment_id",
    "post_id",
    "phone_number",
    "one_time_notif_token",
    "notification_messages_token",
    "login_id",
    "follow_id",
    "story_id",
    "poll_response_id",
    "player_id",
];

pub(super) fn judge(params: &Map<String, Value>, on: &Conditions) -> Result<Recipient, GraphError> {
    let recipient = Param::required(params, "recipient")?;
    let members = recipient.object(&[KINDS, &["name"]].concat())?;
    let kinds: Vec<&str> = KINDS.iter().filter(|kind| recipient.get(kind).is_some()).copied().collect();
    let kind = match kinds[..] {
        [kind] => kind,
        [] => return Err(no_matching_user()),
        _ => return Err(recipient.must("have exactly one kind of address")),
    };
    if members.contains_key("name") {
        let name = recipient.require("name")?;
        if kind != "phone_number" {
            return Err(name.must("come with phone_number only"));
        }
        name.object(&["first_name", "last_name"])?;
    }
    // Graph parameters are untyped on the wire, so a number is understood.
    let value = match recipient.require(kind)?.value() {
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(no_matching_user()),
    };
    Ok(match kind {
        "id" => Recipient::Psid(value),
        "user_ref" => Recipient::UserRef(value),
        "comment_id" => Recipient::CommentId(value),
        "post_id" => Recipient::PostId(value),
        "phone_number" => Recipient::PhoneNumber(value),
        "one_time_notif_token" => Recipient::OneTimeToken(value),
        "notification_messages_token" => {
            on.notifications()?;
            Recipient::NotificationToken(value)
        }
        _ => Recipient::Nobody,
    })
}

/// Source: `…/error-codes`.
pub(crate) fn no_matching_user() -> GraphError {
    GraphError::parameter("No matching user found").subcode(2_018_001)
}
