//! When a person may be written to: a day after they wrote, and a week with the tag for what is urgent.

use channel_api::{Event, EventBody, Issue, Judgement, Opening, OutboundMessage, Pointer, Timestamp};

use super::denormalize::URGENT;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What a person did opens it; what a host only looks on does not.
pub(super) fn opened_by(event: &Event) -> Option<Opening> {
    let by = match &event.body {
        EventBody::Message { .. } if event.direction == Some(channel_api::Direction::Inbound) => "message",
        EventBody::Postback { .. } | EventBody::QuickReply { .. } => "tap",
        _ => return None,
    };
    let at = event.timestamp.filter(|_| !event.observed && !event.imported)?;
    Some(Opening::new(at, by))
}

/// A day after it was opened.
pub(super) fn ends_at(opening: &Opening) -> Option<Timestamp> {
    Timestamp::from_millis(opening.at.as_millis() + DAY)
}

pub(super) fn judge(message: &OutboundMessage, opening: Option<&Opening>, now: Timestamp) -> Judgement {
    let Some(opening) = opening else { return Judgement::Unknown };
    let open_for = now.as_millis() - opening.at.as_millis();
    let urgent = message.options.extra.get("tag").is_some_and(|tag| tag == URGENT);
    match open_for {
        ..DAY => Judgement::Allowed,
        _ if open_for > 7 * DAY => Judgement::Closed(
            Issue::new(&Pointer::ROOT, "window_closed", "this person wrote more than a week ago")
                .with_hint("wait until the person writes again"),
        ),
        _ if urgent => Judgement::Allowed,
        _ => {
            let mut tagged = message.clone();
            tagged.options.extra.insert("tag".to_owned(), URGENT.into());
            Judgement::AllowedAs(Box::new(tagged))
        }
    }
}
