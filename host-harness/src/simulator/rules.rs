//! What Meta accepts at `POST /{page}/messages`, judged on the request alone.
//!
//! One refusal at a time, the first that is found, as Meta does it. What needs the conversation (who the recipient is, the
//! window, whether an attachment id exists) is judged by [`super::send`].
//!
//! The documentation's root is
//! `https://developers.facebook.com/documentation/business-messaging/messenger-platform`, written `…/` below.

mod message;
mod param;
mod template;

use serde_json::{Map, Value};

use super::graph_error::GraphError;
use param::Param;

/// How long after the person's last message this request may still go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// 24 hours. Source: `…/send-messages`.
    Day,
    /// 7 days, with `HUMAN_AGENT` or `CUSTOMER_FEEDBACK`. Source: `…/reference/send-api`.
    Week,
    /// Always: utility templates. Source: `…/send-messages/utility-messages`.
    Always,
}

/// A request that breaks no rule.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) psid: String,
    pub(super) window: Window,
    pub(super) what: What<'a>,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum What<'a> {
    Message { message: &'a Map<String, Value>, reply_to: Option<&'a str> },
    Action { action: &'a str, payload: Option<&'a Value> },
}

/// Tags that every request is refused for since 27 April 2026, on all Graph versions.
/// Source: `…/reference/send-api`, `…/changelog`. The sub-code is not documented, so there is none.
const DEAD_TAGS: &[&str] = &["CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "ACCOUNT_UPDATE"];

/// Judges the parameters of one call.
pub(super) fn judge(params: &Map<String, Value>) -> Result<Judged<'_>, GraphError> {
    let psid = recipient(params)?;
    let message = Param::top(params, "message");
    if let Some(kind) = Param::top(params, "notification_type") {
        // Source: `…/reference/send-api`.
        kind.one_of(&["REGULAR", "SILENT_PUSH", "NO_PUSH"])?;
    }
    let Some(action) = Param::top(params, "sender_action") else {
        let message = message.ok_or_else(|| GraphError::parameter("The parameter message is required"))?;
        let window = window(params, &message)?;
        return Ok(Judged {
            psid,
            window,
            what: What::Message { message: message::judge(&message, window)?, reply_to: reply_to(params)? },
        });
    };
    if message.is_some() {
        // Source: `…/error-codes`: a sender action stands alone.
        return Err(
            GraphError::parameter("Message and sender_action cannot be sent in the same request").subcode(2_018_014)
        );
    }
    Ok(Judged { psid, window: Window::Day, what: sender_action(params, &action)? })
}

/// Exactly one recipient. Source: `…/reference/send-api`. Only PSIDs live here; other kinds match nobody.
fn recipient(params: &Map<String, Value>) -> Result<String, GraphError> {
    let recipient =
        Param::top(params, "recipient").ok_or_else(|| GraphError::parameter("The parameter recipient is required"))?;
    recipient.object(&[
        "id",
        "user_ref",
        "comment_id",
        "post_id",
        "phone_number",
        "name",
        "notification_messages_token",
    ])?;
    match recipient.get("id").map(|id| id.value()) {
        Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
        // Graph parameters are untyped on the wire, so a number is understood.
        Some(Value::Number(id)) => Ok(id.to_string()),
        _ => Err(no_matching_user()),
    }
}

/// Source: `…/error-codes`.
pub(super) fn no_matching_user() -> GraphError {
    GraphError::parameter("No matching user found").subcode(2_018_001)
}

/// `messaging_type` and `tag`. Source: `…/reference/send-api`; samples without `messaging_type` exist and work.
fn window(params: &Map<String, Value>, message: &Param<'_>) -> Result<Window, GraphError> {
    let kind = match Param::top(params, "messaging_type") {
        Some(kind) => Some(kind.one_of(&["RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"])?),
        None => None,
    };
    let Some(tag) = Param::top(params, "tag") else {
        return match kind {
            Some("MESSAGE_TAG") => {
                Err(GraphError::parameter("The parameter tag is required with messaging_type MESSAGE_TAG"))
            }
            Some("UTILITY") => Ok(Window::Always),
            _ => Ok(Window::Day),
        };
    };
    let tag = tag.string()?;
    if kind.is_some_and(|kind| kind != "MESSAGE_TAG") {
        return Err(GraphError::parameter("The parameter tag needs messaging_type MESSAGE_TAG"));
    }
    match tag {
        "HUMAN_AGENT" => Ok(Window::Week),
        "CUSTOMER_FEEDBACK" if template_type(message) == Some("customer_feedback") => Ok(Window::Week),
        "CUSTOMER_FEEDBACK" => Err(GraphError::parameter("The tag CUSTOMER_FEEDBACK needs the customer_feedback template")),
        // Source: `…/policy`: only for Pages in the News Page Index.
        "NON_PROMOTIONAL_SUBSCRIPTION" => Err(GraphError::new(
            10,
            "(#10) This message is sent outside of allowed window. You need page_messaging_subscriptions permission to be able to do it.",
        )
        .subcode(2_018_065)),
        dead if DEAD_TAGS.contains(&dead) => Err(GraphError::parameter(format!(
            "Message tag {dead} is no longer supported. Use utility messages instead."
        ))),
        // Text seen at <https://github.com/ker0x/messenger/issues/67>.
        _ => Err(GraphError::parameter("Invalid tag.")),
    }
}

fn template_type<'a>(message: &Param<'a>) -> Option<&'a str> {
    message.value().pointer("/attachment/payload/template_type")?.as_str()
}

/// Source: `…/send-messages` (replying to a message).
fn reply_to(params: &Map<String, Value>) -> Result<Option<&str>, GraphError> {
    let Some(reply_to) = Param::top(params, "reply_to") else { return Ok(None) };
    reply_to.object(&["mid"])?;
    reply_to.require("mid")?.string().map(Some)
}

/// Source: `…/send-messages/sender-actions`.
fn sender_action<'a>(params: &'a Map<String, Value>, action: &Param<'a>) -> Result<What<'a>, GraphError> {
    let action = action.one_of(&["typing_on", "typing_off", "mark_seen", "react", "unreact"])?;
    let payload = Param::top(params, "payload");
    if matches!(action, "react" | "unreact") {
        let payload = payload.as_ref().ok_or_else(|| GraphError::parameter("The parameter payload is required"))?;
        payload.object(&["message_id", "reaction"])?;
        payload.require("message_id")?.string()?;
        if action == "react" {
            payload.require("reaction")?.string()?;
        }
    }
    Ok(What::Action { action, payload: payload.map(|payload| payload.value()) })
}
