//! When a person may be written to.
//!
//! What a person does opens the conversation for 24 hours; for 7 days somebody of the business may still answer in person, with a
//! tag. After that only an approved utility template goes through. This is the rule as Meta publishes it: Meta itself has the
//! last word, so what is not certain is left to it.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages>

use channel_api::capability::{Limit, Unit};
use channel_api::event::Direction;
use channel_api::message::{Body, Sender};
use channel_api::{Event, EventBody, Issue, Judgement, Opening, OutboundMessage, Pointer, Template, Timestamp};
use serde_json::Value;

use crate::webhook::{MESSAGE_REACTION, REFERRAL};

/// How long after a person's message anything may be sent.
pub const STANDARD: Limit = Limit::new(
    "window.standard",
    24 * 60 * 60,
    Unit::Seconds,
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages",
);

/// How long after a person's message a human may answer, with the tag `HUMAN_AGENT`.
pub const HUMAN_AGENT: Limit = Limit::new(
    "window.human_agent",
    7 * 24 * 60 * 60,
    Unit::Seconds,
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api",
);

/// Both, for the channel's list of limits.
pub const LIMITS: &[Limit] = &[STANDARD, HUMAN_AGENT];

/// The tag of an answer that somebody gives in person.
const HUMAN_AGENT_TAG: &str = "HUMAN_AGENT";
/// What opened the window: a message or a tap, a reaction, a link into the conversation, a message after an advertisement.
const MESSAGE: &str = "message";
const REACTION: &str = "reaction";
const LINK: &str = "link";
const AD: &str = "ad";

/// Whether an event opens the window: a person wrote, tapped, reacted or followed a link into a conversation that was there. An
/// advertisement alone does not: they have to write, too. Whether we answer or another app does not matter, since the window is
/// the Page's.
pub(crate) fn opened_by(event: &Event) -> Option<Opening> {
    if event.direction == Some(Direction::Outbound) || event.from.is_none() {
        return None;
    }
    let of_ads = |source: Option<&Value>| source.is_some_and(|source| source == "ADS");
    let by = match &event.body {
        // Meta may grant up to seven days to the first message after an advertisement.
        EventBody::Message { .. } | EventBody::Postback { .. } | EventBody::QuickReply { .. } => {
            let referral = event.metadata.get("referral");
            if of_ads(referral.and_then(|referral| referral.get("source"))) { AD } else { MESSAGE }
        }
        EventBody::Fields(fields) if event.name == MESSAGE_REACTION => {
            let taken_back = fields.get("action").is_some_and(|action| action == "unreact");
            (!taken_back).then_some(REACTION)?
        }
        EventBody::Fields(fields) if event.name == REFERRAL => (!of_ads(fields.get("source"))).then_some(LINK)?,
        _ => return None,
    };
    Some(Opening::new(event.timestamp?, by))
}

/// When the 24 hours end. An advertisement may open it for longer; for how long, nobody is told.
pub(crate) fn ends_at(opening: &Opening) -> Option<Timestamp> {
    Timestamp::from_millis(opening.at.as_millis().saturating_add(millis(STANDARD)))
}

/// Whether a message may be sent now.
///
/// A window that ends at this very moment counts as over: the message still has to travel. An opening that lies ahead of `now`
/// means that a clock is a little off, not that the person is silent.
pub(crate) fn judge(message: &OutboundMessage, opening: Option<&Opening>, now: Timestamp) -> Judgement {
    if is_always_allowed(message) {
        return Judgement::Allowed;
    }
    // A comment, a token or a user_ref stands for a person whose window is not known here; a sign is no message.
    let is_conversation = message.to.person().is_some() && !matches!(message.content.body, Body::SenderAction(_));
    let Some(opening) = opening.filter(|_| is_conversation) else { return Judgement::Unknown };
    let silent_for = now.as_millis().saturating_sub(opening.at.as_millis());
    if silent_for < millis(STANDARD) {
        return Judgement::Allowed;
    }
    let within_a_week = silent_for < millis(HUMAN_AGENT);
    match message.options.extra.get("tag").and_then(Value::as_str) {
        Some(HUMAN_AGENT_TAG) if within_a_week => Judgement::Allowed,
        Some(HUMAN_AGENT_TAG) => Judgement::Closed(closed(opening, within_a_week)),
        // Other tags have rules of their own, which Meta judges.
        Some(_) => Judgement::Unknown,
        None if within_a_week && message.options.sender == Some(Sender::Human) => {
            let mut tagged = message.clone();
            // What is sent with a tag is of one type.
            tagged.options.extra.retain(|name, _| !["messagingType", "messaging_type"].contains(&name.as_str()));
            tagged.options.extra.insert("tag".to_owned(), HUMAN_AGENT_TAG.into());
            Judgement::AllowedAs(Box::new(tagged))
        }
        None if within_a_week && opening.by == AD => Judgement::Unknown,
        None => Judgement::Closed(closed(opening, within_a_week)),
    }
}

/// An approved utility template needs no window.
fn is_always_allowed(message: &OutboundMessage) -> bool {
    matches!(&message.content.body, Body::Template(template)
        if matches!(&**template, Template::Other { kind, .. } if kind == "utility"))
}

fn closed(opening: &Opening, within_a_week: bool) -> Issue {
    let (message, hint) = if within_a_week {
        (
            "must be sent within 24 hours after the person's last message",
            "wait until they write, send an approved utility template, or let somebody answer in person: options.sender \
             \"human\", for 7 days",
        )
    } else {
        (
            "must be sent within 7 days after the person's last message",
            "wait until they write, or send an approved utility template",
        )
    };
    Issue::new(&Pointer::ROOT.key("to"), "window.closed", message)
        .with_hint(hint)
        .with_arg("openedAt", opening.at.to_string())
}

#[expect(clippy::cast_possible_wrap, reason = "the two limits are days, far below any bound")]
const fn millis(limit: Limit) -> i64 {
    limit.max as i64 * 1000
}

#[cfg(test)]
mod tests;
