use channel_api::event::name;
use channel_api::{ChannelId, Content, Recipient};
use serde_json::json;

use super::*;

const NOW: i64 = 1_795_305_600_000;
const HOUR: i64 = 3_600_000;
const WEEK: i64 = 7 * 24 * HOUR;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn message(options: &serde_json::Value) -> OutboundMessage {
    let json = json!({"channelId": "c", "to": "7", "content": {"type": "text", "text": "Hi"}, "options": options});
    OutboundMessage::parse(&json).unwrap()
}

fn judged(message: &OutboundMessage, silent_for: i64, by: &'static str) -> String {
    match judge(message, Some(&Opening::new(at(NOW - silent_for), by)), at(NOW)) {
        Judgement::Allowed => "allowed".to_owned(),
        Judgement::AllowedAs(tagged) => format!("as {}", tagged.options.extra["tag"].as_str().unwrap()),
        Judgement::Closed(issue) => {
            assert!(issue.hint.is_some() && issue.message.starts_with("must "), "{issue}");
            issue.code.into_owned()
        }
        _ => "unknown".to_owned(),
    }
}

#[test]
fn the_window_closes_at_its_borders() {
    let (bot, human, tagged) =
        (message(&json!({})), message(&json!({"sender": "human"})), message(&json!({"tag": "HUMAN_AGENT"})));
    for (silent_for, expected) in [
        (-5 * 60_000, ["allowed", "allowed", "allowed"]),
        (0, ["allowed", "allowed", "allowed"]),
        (24 * HOUR - 1, ["allowed", "allowed", "allowed"]),
        (24 * HOUR, ["window.closed", "as HUMAN_AGENT", "allowed"]),
        (WEEK - 1, ["window.closed", "as HUMAN_AGENT", "allowed"]),
        (WEEK, ["window.closed", "window.closed", "window.closed"]),
    ] {
        let found = [&bot, &human, &tagged].map(|message| judged(message, silent_for, MESSAGE));
        assert_eq!(found, expected, "after {silent_for} ms");
    }
}

#[test]
fn what_is_not_certain_is_left_to_meta() {
    let plain = message(&json!({}));
    assert_eq!(judge(&plain, None, at(NOW)), Judgement::Unknown, "no opening is known");
    assert_eq!(judged(&plain, 25 * HOUR, AD), "unknown", "an ad may open it for longer");
    assert_eq!(judged(&plain, WEEK, AD), "window.closed");
    assert_eq!(judged(&message(&json!({"tag": "CUSTOMER_FEEDBACK"})), 25 * HOUR, MESSAGE), "unknown");
    let mut comment = plain.clone();
    comment.to = Recipient::By([("commentId".to_owned(), "1".into())].into_iter().collect());
    assert_eq!(judged(&comment, WEEK, MESSAGE), "unknown");
    let mut spelled_out = plain;
    spelled_out.to = Recipient::By([("id".to_owned(), "7".into())].into_iter().collect());
    assert_eq!(judged(&spelled_out, WEEK, MESSAGE), "window.closed");
}

#[test]
fn an_answer_in_person_is_sent_as_a_tagged_message_whatever_type_it_had() {
    for spelling in ["messagingType", "messaging_type"] {
        let human = message(&json!({"sender": "human", "notificationType": "NO_PUSH", spelling: "RESPONSE"}));
        let judgement = judge(&human, Some(&Opening::new(at(NOW - 25 * HOUR), MESSAGE)), at(NOW));
        let Judgement::AllowedAs(tagged) = judgement else { panic!("{judgement:?}") };
        let options = serde_json::to_value(&tagged.options.extra).unwrap();
        assert_eq!(options, json!({"notificationType": "NO_PUSH", "tag": "HUMAN_AGENT"}));
    }
}

#[test]
fn an_opening_holds_for_a_day() {
    for by in [MESSAGE, REACTION, LINK, AD] {
        assert_eq!(ends_at(&Opening::new(at(NOW), by)), Some(at(NOW + 24 * HOUR)));
    }
}

#[test]
fn a_utility_template_needs_no_window() {
    let template = json!({"type": "template", "template": {"type": "utility", "name": "order", "language": "en"}});
    let json = json!({"channelId": "c", "to": "7", "content": template});
    let (message, _) = OutboundMessage::read(&json);
    assert_eq!(judged(&message, WEEK, MESSAGE), "allowed");
    assert_eq!(judge(&message, None, at(NOW)), Judgement::Allowed);
}

#[test]
fn the_far_ends_of_time_do_not_overflow() {
    let (first, last) = (at(-377_705_023_201_000), at(253_402_207_200_000));
    assert_eq!(ends_at(&Opening::new(last, MESSAGE)), None);
    let plain = message(&json!({}));
    assert!(matches!(judge(&plain, Some(&Opening::new(first, MESSAGE)), last), Judgement::Closed(_)));
    assert_eq!(judge(&plain, Some(&Opening::new(last, MESSAGE)), first), Judgement::Allowed);
}

#[test]
fn a_person_opens_it_and_nobody_else() {
    let event = |name: &'static str, body| {
        let mut event = Event::new(name, ChannelId::new("c"), "facebook", body);
        event.from = Some("7".to_owned());
        event.timestamp = Some(at(NOW));
        event
    };
    let message = || EventBody::Message { content: Content::text("Hi") };
    let opening = |event: &Event| opened_by(event).map(|opening| opening.by.into_owned());

    assert_eq!(opening(&event(name::MESSAGE_RECEIVED, message())).as_deref(), Some(MESSAGE));
    let tap = EventBody::Postback { payload: None, title: None };
    assert_eq!(opening(&event("facebook.postback", tap)).as_deref(), Some(MESSAGE));
    let reaction = EventBody::Fields([("emoji", "👍")].into_iter().collect());
    assert_eq!(opening(&event(MESSAGE_REACTION, reaction)).as_deref(), Some(REACTION));
    let taken_back = EventBody::Fields([("action", "unreact")].into_iter().collect());
    assert_eq!(opening(&event(MESSAGE_REACTION, taken_back)), None);
    for (source, by) in [("SHORTLINK", Some(LINK)), ("ADS", None)] {
        let referral = EventBody::Fields([("source", source)].into_iter().collect());
        assert_eq!(opening(&event(REFERRAL, referral)).as_deref(), by);
    }
    let read = EventBody::Read { message_ids: vec![], watermark: None };
    assert_eq!(opening(&event(name::MESSAGE_READ, read)), None);

    let mut from_an_ad = event(name::MESSAGE_RECEIVED, message());
    from_an_ad.metadata.insert("referral", json!({"source": "ADS"}));
    assert_eq!(opening(&from_an_ad).as_deref(), Some(AD));
    let mut echo = event(name::MESSAGE_ECHO, message());
    echo.direction = Some(Direction::Outbound);
    assert_eq!(opening(&echo), None);
    let mut timeless = event(name::MESSAGE_RECEIVED, message());
    timeless.timestamp = None;
    assert_eq!(opening(&timeless), None, "nobody knows when");
}
