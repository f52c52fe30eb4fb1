//! What Meta accepts at `POST /{page}/messages`, judged on the request alone.
//!
//! One refusal at a time, the first that is found, as Meta does it. What needs the conversation (who the recipient is, the
//! window, whether an attachment id exists) is judged by [`super::send`].
//!
//! The documentation's root is
//! `https://developers.facebook.com/documentation/business-messaging/messenger-platform`, written `…/` below.

pub(super) mod file;
pub(super) mod message;
pub(super) mod param;
pub(super) mod recipient;
pub(super) mod schema;
mod template;

use serde_json::{Map, Value};

use super::dates::{NOTIFICATIONS_END, REPLIES, TAGS_END, UNREACT};
use super::graph_error::GraphError;
use super::multipart::File;
use param::Param;
pub(super) use recipient::Recipient;

/// What the rules depend on besides the request.
#[derive(Clone, Debug)]
pub(super) struct Conditions {
    /// Milliseconds since the epoch.
    pub(super) now: i64,
    /// The Page's country, two letters.
    pub(super) country: String,
}

/// Where notification messages still work. `GB` is what ISO calls `UK`.
/// Source: `…/changelog`, 10 February 2026.
const NOTIFICATION_COUNTRIES: &[&str] = &[
    "AU", "GB", "JP", "KR", "UK", "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl Conditions {
    /// Refuses notification messages where they have ended. The code is not documented; an invalid parameter fits.
    pub(super) fn notifications(&self) -> Result<(), GraphError> {
        if self.now < NOTIFICATIONS_END || NOTIFICATION_COUNTRIES.contains(&self.country.as_str()) {
            return Ok(());
        }
        Err(GraphError::parameter("Notification messages are no longer supported for this Page"))
    }
}

/// How long after the person's last message this request may still go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// 24 hours. Source: `…/send-messages`.
    Day,
    /// 7 days, with `HUMAN_AGENT` or `CUSTOMER_FEEDBACK`. Source: `…/reference/send-api`.
    Week,
    /// At any time, with one of the tags that have ended since.
    Tagged,
    /// Always: utility templates. Source: `…/send-messages/utility-messages`.
    Always,
}

/// A request that breaks no rule.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) recipient: Recipient,
    pub(super) window: Window,
    pub(super) tag: Option<&'a str>,
    pub(super) persona: Option<String>,
    pub(super) what: What<'a>,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum What<'a> {
    Message { message: &'a Map<String, Value>, reply_to: Option<&'a str>, control: Option<Control> },
    Action { action: &'a str, payload: Option<&'a Value> },
}

/// `thread_control` of a message. Source: `…/conversation-routing`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// To this app, or to the default one.
    Pass(Option<String>),
    Release,
}

/// Tags that every request is refused for since 27 April 2026, on all Graph versions.
/// Source: `…/reference/send-api`, `…/changelog`; text and sub-code seen at <https://github.com/chatwoot/chatwoot/issues/14669>.
const DEAD_TAGS: &[&str] = &["CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "ACCOUNT_UPDATE"];

/// Judges the parameters of one call, and the file that came with it.
pub(super) fn judge<'a>(
    params: &'a Map<String, Value>,
    file: Option<&File>,
    on: &Conditions,
) -> Result<Judged<'a>, GraphError> {
    let recipient = recipient::judge(params, on)?;
    let message = Param::top(params, "message");
    if let Some(kind) = Param::top(params, "notification_type") {
        // Source: `…/reference/send-api`.
        kind.one_of(&["REGULAR", "SILENT_PUSH", "NO_PUSH"])?;
    }
    let persona = Param::top(params, "persona_id").map(|persona| persona.id()).transpose()?;
    let Some(action) = Param::top(params, "sender_action") else {
        let message = message.ok_or_else(|| GraphError::parameter("The parameter message is required"))?;
        let (window, tag) = window(params, &message, on)?;
        let what = What::Message {
            message: message::judge(&message, file, window, on)?,
            reply_to: reply_to(params, on)?,
            control: control(params)?,
        };
        return Ok(Judged { recipient, window, tag, persona, what });
    };
    if message.is_some() {
        // Source: `…/error-codes`: a sender action stands alone.
        return Err(
            GraphError::parameter("Message and sender_action cannot be sent in the same request").subcode(2_018_014)
        );
    }
    let what = sender_action(params, &action, on)?;
    Ok(Judged { recipient, window: Window::Day, tag: None, persona, what })
}

/// `messaging_type` and `tag`. Source: `…/reference/send-api`; samples without `messaging_type` exist and work.
fn window<'a>(
    params: &'a Map<String, Value>,
    message: &Param<'_>,
    on: &Conditions,
) -> Result<(Window, Option<&'a str>), GraphError> {
    let kind = match Param::top(params, "messaging_type") {
        Some(kind) => Some(kind.one_of(&["RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"])?),
        None => None,
    };
    let Some(tag) = Param::top(params, "tag") else {
        return match kind {
            Some("MESSAGE_TAG") => {
                Err(GraphError::parameter("The parameter tag is required with messaging_type MESSAGE_TAG"))
            }
            Some("UTILITY") => Ok((Window::Always, None)),
            _ => Ok((Window::Day, None)),
        };
    };
    let tag = tag.string()?;
    if kind.is_some_and(|kind| kind != "MESSAGE_TAG") {
        return Err(GraphError::parameter("The parameter tag needs messaging_type MESSAGE_TAG"));
    }
    let window = match tag {
        "HUMAN_AGENT" => Window::Week,
        "CUSTOMER_FEEDBACK" if template_type(message) == Some("customer_feedback") => Window::Week,
        "CUSTOMER_FEEDBACK" => {
            return Err(GraphError::parameter("The tag CUSTOMER_FEEDBACK needs the customer_feedback template"));
        }
        // Source: `…/policy`: only for Pages in the News Page Index.
        "NON_PROMOTIONAL_SUBSCRIPTION" => {
            return Err(GraphError::not_allowed(
                "This message is sent outside of allowed window. You need page_messaging_subscriptions permission to be \
                 able to do it.",
            )
            .subcode(2_018_065));
        }
        dead if DEAD_TAGS.contains(&dead) && on.now < TAGS_END => Window::Tagged,
        dead if DEAD_TAGS.contains(&dead) => {
            return Err(GraphError::parameter("Invalid parameter").subcode(1_893_061));
        }
        // Text seen at <https://github.com/ker0x/messenger/issues/67>.
        _ => return Err(GraphError::parameter("Invalid tag.")),
    };
    Ok((window, Some(tag)))
}

fn template_type<'a>(message: &Param<'a>) -> Option<&'a str> {
    message.value().pointer("/attachment/payload/template_type")?.as_str()
}

/// Source: `…/send-messages` (replying to a message).
fn reply_to<'a>(params: &'a Map<String, Value>, on: &Conditions) -> Result<Option<&'a str>, GraphError> {
    let Some(reply_to) = Param::top(params, "reply_to") else { return Ok(None) };
    if on.now < REPLIES {
        return Err(GraphError::parameter("The parameter reply_to is not available yet"));
    }
    reply_to.object(&["mid"])?;
    reply_to.require("mid")?.string().map(Some)
}

/// Source: `…/conversation-routing`: without `control_type`, control is released.
fn control(params: &Map<String, Value>) -> Result<Option<Control>, GraphError> {
    let Some(control) = Param::top(params, "thread_control") else { return Ok(None) };
    control.object(&["control_type", "app_id"])?;
    let app = control.get("app_id").map(|app| app.id()).transpose()?;
    let kind = control.get("control_type").map(|kind| kind.one_of(&["pass", "release"])).transpose()?;
    Ok(Some(if kind == Some("pass") { Control::Pass(app) } else { Control::Release }))
}

/// Source: `…/send-messages/sender-actions`.
fn sender_action<'a>(
    params: &'a Map<String, Value>,
    action: &Param<'a>,
    on: &Conditions,
) -> Result<What<'a>, GraphError> {
    let action = match action.one_of(&["typing_on", "typing_off", "mark_seen", "react", "unreact"])? {
        "unreact" if on.now < UNREACT => {
            return Err(action.must("be one of {typing_on, typing_off, mark_seen, react}"));
        }
        action => action,
    };
    let payload = Param::top(params, "payload");
    if matches!(action, "react" | "unreact") {
        let payload = payload.as_ref().ok_or_else(|| GraphError::parameter("The parameter payload is required"))?;
        payload.object(&["message_id", "reaction"])?;
        payload.require("message_id")?.string()?;
        if action == "react" {
            let reaction = payload.require("reaction")?;
            // An emoji is documented, a name such as `love` is not.
            if reaction.text(32)?.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                return Err(reaction.must("be an emoji"));
            }
        }
    }
    Ok(What::Action { action, payload: payload.map(|payload| payload.value()) })
}
