//! What happens in the simulator, one value an occurrence, for a person or a test to follow.

use std::fmt;

use super::phone::Shown;

/// One occurrence. `Display` is a sentence.
///
/// Everywhere: `page` is a Page id, `person` a PSID, `name` that person's name, `mid` a message id, `field` a webhook
/// field, `attempt` counts from 1, and times are milliseconds since the epoch.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are explained above, once")]
pub enum SimulatorEvent {
    /// A person wrote a text.
    PersonSaid { page: String, person: String, name: String, mid: String, text: String },
    /// A person sent a picture, a file, a place.
    PersonAttached { page: String, person: String, name: String, mid: String, kind: String },
    /// A person tapped a button.
    PersonTapped { page: String, person: String, name: String, mid: String, title: String, payload: String },
    /// A person tapped a quick reply.
    PersonTappedQuickReply { page: String, person: String, name: String, mid: String, title: String, payload: String },
    /// A message of the Page was accepted and is on the phone.
    PageSent { page: String, person: String, mid: String, message: Shown },
    /// The Page is typing, has seen, reacts.
    SenderAction { page: String, person: String, action: String },
    /// A Graph call was refused.
    Refused { page: Option<String>, code: i64, subcode: Option<i64>, message: String },
    /// A fault was played instead of an answer.
    FaultPlayed { fault: String, path: String },
    /// The phone received messages of the Page.
    Delivered { page: String, person: String, mids: Vec<String> },
    /// The person read up to this time, in milliseconds.
    Read { page: String, person: String, watermark: i64 },
    /// The host answered a webhook with 200.
    WebhookDelivered { page: String, field: String, status: u16, attempt: u32 },
    /// The host did not answer a webhook with 200.
    WebhookFailed { page: String, field: String, reason: String, attempt: u32, gave_up: bool },
    /// The webhook address passed the subscription handshake.
    WebhookVerified { page: String },
    /// Webhooks failed for so long that the Page's fields were unsubscribed.
    Unsubscribed { page: String },
    /// A person put an emoji on a message, or took it away (`None`).
    PersonReacted { page: String, person: String, name: String, mid: String, emoji: Option<String> },
    /// A person changed a message of theirs.
    PersonEdited { page: String, person: String, name: String, mid: String, text: String },
    /// A person took a message back.
    PersonUnsent { page: String, person: String, name: String, mid: String },
    /// A person did something else: opened the thread, commented, agreed to something, blocked the Page.
    PersonDid { page: String, person: String, name: String, what: String },
    /// Another app on the Page wrote to a person.
    OtherAppSent { page: String, person: String, app: String, mid: String, text: String },
    /// A person of the business was at the log-in dialog of an app.
    LoggedIn { app: String, denied: bool },
    /// Control of a thread was passed to an app, or taken, requested, released or extended by it.
    ThreadControl { page: String, person: String, action: String, app: String },
}

impl fmt::Display for SimulatorEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PersonSaid { name, text, .. } => write!(f, "{name} writes: {text}"),
            Self::PersonAttached { name, kind, .. } => write!(f, "{name} sends: {kind}"),
            Self::PersonTapped { name, title, payload, .. } => write!(f, "{name} taps [{title}] (payload {payload})"),
            Self::PersonTappedQuickReply { name, title, payload, .. } => {
                write!(f, "{name} taps the quick reply ({title}) (payload {payload})")
            }
            Self::PageSent { message, .. } => write!(f, "the Page answers: {message}"),
            Self::SenderAction { action, .. } => write!(f, "the Page: {action}"),
            Self::Refused { code, subcode: None, message, .. } => {
                write!(f, "the Graph API refuses, code {code}: {message}")
            }
            Self::Refused { code, subcode: Some(subcode), message, .. } => {
                write!(f, "the Graph API refuses, code {code}/{subcode}: {message}")
            }
            Self::FaultPlayed { fault, path } => write!(f, "fault played on {path}: {fault}"),
            Self::Delivered { mids, .. } => write!(f, "on the phone: {}", mids.join(", ")),
            Self::Read { person, .. } => write!(f, "read by {person}"),
            Self::WebhookDelivered { field, attempt: 1, .. } => write!(f, "webhook {field}: taken by the host"),
            Self::WebhookDelivered { field, attempt, .. } => {
                write!(f, "webhook {field}: taken by the host at attempt {attempt}")
            }
            Self::WebhookFailed { field, reason, gave_up: true, .. } => {
                write!(f, "webhook {field}: {reason}; given up")
            }
            Self::WebhookFailed { field, reason, .. } => write!(f, "webhook {field}: {reason}; will try again"),
            Self::Unsubscribed { .. } => {
                f.write_str("webhooks failed for an hour: the app is unsubscribed from the Page")
            }
            Self::PersonReacted { name, mid, emoji: Some(emoji), .. } => write!(f, "{name} puts {emoji} on {mid}"),
            Self::PersonReacted { name, mid, emoji: None, .. } => write!(f, "{name} takes the reaction off {mid}"),
            Self::PersonEdited { name, mid, text, .. } => write!(f, "{name} changes {mid} to: {text}"),
            Self::PersonUnsent { name, mid, .. } => write!(f, "{name} takes back {mid}"),
            Self::PersonDid { name, what, .. } => write!(f, "{name} {what}"),
            Self::OtherAppSent { app, text, .. } => write!(f, "app {app} answers: {text}"),
            Self::LoggedIn { app, denied: false } => write!(f, "the log-in to app {app} is granted"),
            Self::LoggedIn { app, denied: true } => write!(f, "the log-in to app {app} is denied"),
            Self::ThreadControl { action, app, .. } => write!(f, "thread control: {action}, app {app}"),
            Self::WebhookVerified { .. } => f.write_str("the webhook address passed Meta's check"),
        }
    }
}
