//! What people do, and what other apps on the Page do.

use std::sync::Arc;

use axum::extract::State;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refusal::ApiError;
use super::{Answer, read};
use crate::entities::PAGE_INBOX;
use crate::inbox::Act;
use crate::person::{Attachment, Choice, OptIn, PersonError};
use crate::platform::Platform;

type Shared = State<Arc<Platform>>;

fn done(key: &str, value: Result<String, PersonError>) -> Answer {
    Ok(axum::Json(json!({ key: value? })))
}

/// A text of somebody.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextInput {
    from: Option<String>,
    text: String,
}

pub(super) async fn say(State(platform): Shared, body: Bytes) -> Answer {
    let input: TextInput = read(&body)?;
    done("mid", platform.say(input.from.as_deref(), &input.text))
}

pub(super) async fn comment(State(platform): Shared, body: Bytes) -> Answer {
    let input: TextInput = read(&body)?;
    done("commentId", platform.publish(input.from.as_deref(), &input.text, false))
}

pub(super) async fn publish(State(platform): Shared, body: Bytes) -> Answer {
    let input: TextInput = read(&body)?;
    done("postId", platform.publish(input.from.as_deref(), &input.text, true))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tapped {
    from: Option<String>,
    payload: Option<String>,
    title: Option<String>,
}

impl Tapped {
    fn choice(self) -> Result<(Option<String>, Choice), ApiError> {
        match (self.payload, self.title) {
            (Some(payload), None) => Ok((self.from, Choice::Payload(payload))),
            (None, Some(title)) => Ok((self.from, Choice::Title(title))),
            _ => Err(ApiError::invalid("say what is tapped: exactly one of payload and title")),
        }
    }
}

pub(super) async fn tap(State(platform): Shared, body: Bytes) -> Answer {
    let (from, choice) = read::<Tapped>(&body)?.choice()?;
    done("mid", platform.tap(from.as_deref(), &choice))
}

pub(super) async fn quick_reply(State(platform): Shared, body: Bytes) -> Answer {
    let (from, choice) = read::<Tapped>(&body)?.choice()?;
    done("mid", platform.quick_reply(from.as_deref(), &choice))
}

pub(super) async fn attach(State(platform): Shared, body: Bytes) -> Answer {
    let mut body: Map<String, Value> = read(&body)?;
    let from = body.remove("from").and_then(|from| from.as_str().map(str::to_owned));
    let attachment: Attachment = serde_json::from_value(body.into())
        .map_err(|error| ApiError::invalid(format!("not an attachment: {error}")))?;
    done("mid", platform.attach(from.as_deref(), &attachment))
}

/// Something done to a message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToMessage {
    from: Option<String>,
    mid: Option<String>,
    emoji: Option<String>,
    text: Option<String>,
}

pub(super) async fn react(State(platform): Shared, body: Bytes) -> Answer {
    let to: ToMessage = read(&body)?;
    let emoji = to.emoji.as_deref().unwrap_or("👍");
    done("mid", platform.react(to.from.as_deref(), to.mid.as_deref(), Some(emoji)))
}

pub(super) async fn unreact(State(platform): Shared, body: Bytes) -> Answer {
    let to: ToMessage = read(&body)?;
    done("mid", platform.react(to.from.as_deref(), to.mid.as_deref(), None))
}

pub(super) async fn edit(State(platform): Shared, body: Bytes) -> Answer {
    let to: ToMessage = read(&body)?;
    let text = to.text.ok_or_else(|| ApiError::invalid("say what the message reads now: text"))?;
    done("mid", platform.edit(to.from.as_deref(), to.mid.as_deref(), &text))
}

pub(super) async fn unsend(State(platform): Shared, body: Bytes) -> Answer {
    let to: ToMessage = read(&body)?;
    done("mid", platform.unsend(to.from.as_deref(), to.mid.as_deref()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Who {
    from: Option<String>,
}

pub(super) async fn read_all(State(platform): Shared, body: Bytes) -> Answer {
    let read = platform.read(read::<Who>(&body)?.from.as_deref())?;
    Ok(axum::Json(json!({ "read": read })))
}

pub(super) async fn block(State(platform): Shared, body: Bytes) -> Answer {
    done("person", platform.block(read::<Who>(&body)?.from.as_deref(), true))
}

pub(super) async fn unblock(State(platform): Shared, body: Bytes) -> Answer {
    done("person", platform.block(read::<Who>(&body)?.from.as_deref(), false))
}

pub(super) async fn leave(State(platform): Shared, body: Bytes) -> Answer {
    done("person", platform.leave(read::<Who>(&body)?.from.as_deref()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    from: Option<String>,
    #[serde(rename = "ref")]
    link: Option<String>,
}

pub(super) async fn open(State(platform): Shared, body: Bytes) -> Answer {
    let opened: Opened = read(&body)?;
    done("mid", platform.open(opened.from.as_deref(), opened.link.as_deref()))
}

pub(super) async fn opt_in(State(platform): Shared, body: Bytes) -> Answer {
    done("userRef", platform.opt_in(&read::<OptIn>(&body)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    from: Option<String>,
    token: String,
}

pub(super) async fn stop_notifications(State(platform): Shared, body: Bytes) -> Answer {
    let input: Token = read(&body)?;
    done("token", platform.stop_notifications(input.from.as_deref(), &input.token, true))
}

pub(super) async fn resume_notifications(State(platform): Shared, body: Bytes) -> Answer {
    let input: Token = read(&body)?;
    done("token", platform.stop_notifications(input.from.as_deref(), &input.token, false))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LogIn {
    from: Option<String>,
    authorization_code: Option<String>,
}

/// At the log-in page of the business: comes there, or has finished.
pub(super) async fn log_in(State(platform): Shared, body: Bytes) -> Answer {
    let log_in: LogIn = read(&body)?;
    let from = log_in.from.as_deref();
    match log_in.authorization_code {
        None => done("accountLinkingToken", platform.open_log_in(from)),
        Some(code) => done("accountLinkingToken", platform.finish_log_in(from, &code)),
    }
}

fn page_inbox() -> String {
    PAGE_INBOX.to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FromInbox {
    to: Option<String>,
    text: String,
    #[serde(default = "page_inbox")]
    app: String,
}

pub(super) async fn inbox(State(platform): Shared, body: Bytes) -> Answer {
    let input: FromInbox = read(&body)?;
    done("mid", platform.other_app_says(input.to.as_deref(), &input.app, &input.text))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Controls {
    to: Option<String>,
    action: Act,
    #[serde(default = "page_inbox")]
    app: String,
    metadata: Option<String>,
}

pub(super) async fn thread_control(State(platform): Shared, body: Bytes) -> Answer {
    let act: Controls = read(&body)?;
    platform.other_app_controls(act.to.as_deref(), act.action, &act.app, act.metadata.as_deref())?;
    Ok(axum::Json(json!({ "app": act.app })))
}
