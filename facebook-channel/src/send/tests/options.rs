//! Tags, messaging types and the rest of the envelope.

use channel_api::ThreadOwner;
use serde_json::{Value, json};

use super::{bodies, long, refusals, template, translate_with, warnings, with_options};
use crate::config::RetiredTags;
use crate::send::Translator;

fn text(options: Value) -> Value {
    with_options(json!({"type": "text", "text": "Hi"}), options)
}

fn utility(options: Value) -> Value {
    with_options(template(json!({"type": "utility", "name": "order_left", "language": "en_US"})), options)
}

fn feedback(options: Value) -> Value {
    let questions = json!([{"id": "q1", "type": "csat"}]);
    let survey = json!({
        "type": "customer_feedback", "title": "Rate us", "subtitle": "It is quick", "buttonTitle": "Rate",
        "feedbackScreens": [{"questions": questions}], "businessPrivacy": {"url": "https://example.com/privacy"}
    });
    with_options(template(survey), options)
}

#[test]
fn all_of_them_stand_where_meta_reads_them() {
    let options = json!({
        "tag": "HUMAN_AGENT", "notificationType": "NO_PUSH", "personaId": 17, "metadata": "out-17",
        "replyTo": "m_AbC-001", "threadControl": {"controlType": "pass", "appId": "5566778899001122"}
    });
    let expected = json!({
        "recipient": {"id": "7411002233445566"},
        "messaging_type": "MESSAGE_TAG",
        "tag": "HUMAN_AGENT",
        "message": {"text": "Hi", "metadata": "out-17"},
        "notification_type": "NO_PUSH",
        "persona_id": "17",
        "reply_to": {"mid": "m_AbC-001"},
        "thread_control": {"control_type": "pass", "app_id": "5566778899001122"}
    });
    assert_eq!(bodies(&text(options)), [expected]);
}

#[test]
fn a_message_that_changes_who_answers_says_whose_the_conversation_is() {
    const APP: &str = "2233445566778899";
    let own = Translator::new("v26.0", "1098765432100001", RetiredTags::Warn).with_app(Some(APP.to_owned()));
    let app = |id: &str| Some(ThreadOwner::App(id.to_owned()));
    for (control, owner) in [
        (json!({"controlType": "pass", "appId": APP}), Some(ThreadOwner::Us)),
        (json!({"controlType": "pass", "appId": "5566778899001122"}), app("5566778899001122")),
        // To the Page's default app, which Meta does not name.
        (json!({"controlType": "pass"}), None),
        (json!({"controlType": "release"}), Some(ThreadOwner::Nobody)),
        (json!({}), Some(ThreadOwner::Nobody)),
    ] {
        let thread = translate_with(&own, &text(json!({"threadControl": control.clone()}))).unwrap().thread;
        assert_eq!(thread.map(|thread| thread.owner), owner, "{control}");
    }
    // Without its id, the channel cannot know that it is meant.
    let passed = text(json!({"threadControl": {"controlType": "pass", "appId": APP}}));
    assert_eq!(super::translate(&passed).unwrap().thread.map(|thread| thread.owner), app(APP));
}

#[test]
fn the_messaging_type_follows_from_the_message() {
    for (message, expected) in [
        (text(json!({})), "RESPONSE"),
        (text(json!({"tag": "HUMAN_AGENT"})), "MESSAGE_TAG"),
        (utility(json!({})), "UTILITY"),
        (feedback(json!({"tag": "CUSTOMER_FEEDBACK"})), "MESSAGE_TAG"),
        (text(json!({"messagingType": "UPDATE"})), "UPDATE"),
        (text(json!({"messagingType": "MESSAGE_TAG", "tag": "HUMAN_AGENT"})), "MESSAGE_TAG"),
        (utility(json!({"messaging_type": "UTILITY"})), "UTILITY"),
    ] {
        assert_eq!(bodies(&message)[0]["messaging_type"], expected, "{message}");
    }
}

#[test]
fn every_rule_of_the_options() {
    let action = |options: Value| with_options(json!({"type": "typing_on"}), options);
    let cases: Vec<(Value, &[&str])> = vec![
        (text(json!({"tag": ""})), &["/options/tag tag.unknown"]),
        (text(json!({"tag": "human_agent"})), &["/options/tag tag.unknown"]),
        (text(json!({"tag": "SHIPPING_UPDATE"})), &["/options/tag tag.removed"]),
        (text(json!({"tag": "CUSTOMER_FEEDBACK"})), &["/options/tag tag.customer_feedback"]),
        (utility(json!({"tag": "HUMAN_AGENT"})), &["/options/tag not_allowed"]),
        (text(json!({"messagingType": "REPLY"})), &["/options/messagingType choice"]),
        (text(json!({"messagingType": "UTILITY"})), &["/options/messagingType messaging_type"]),
        (utility(json!({"messagingType": "UPDATE"})), &["/options/messagingType messaging_type"]),
        (text(json!({"messagingType": "MESSAGE_TAG"})), &["/options/tag required"]),
        (text(json!({"messagingType": "RESPONSE", "tag": "HUMAN_AGENT"})), &["/options/messagingType messaging_type"]),
        (text(json!({"notificationType": "silent"})), &["/options/notificationType choice"]),
        (text(json!({"metadata": long(1000)})), &["/options/metadata metadata.length 1000/999"]),
        (text(json!({"personaId": "", "replyTo": " "})), &["/options/personaId required", "/options/replyTo required"]),
        (text(json!({"threadControl": {"controlType": "take"}})), &["/options/threadControl/controlType choice"]),
        (text(json!({"threadControl": {"appId": "1"}})), &["/options/threadControl/controlType required"]),
        (
            action(json!({
                "tag": "HUMAN_AGENT", "messagingType": "RESPONSE", "notificationType": "NO_PUSH", "metadata": "m",
                "replyTo": "m_1", "threadControl": {}
            })),
            &[
                "/options/messagingType not_allowed",
                "/options/metadata not_allowed",
                "/options/notificationType not_allowed",
                "/options/replyTo not_allowed",
                "/options/tag not_allowed",
                "/options/threadControl not_allowed",
            ],
        ),
        (with_options(json!({"type": "mark_seen"}), json!({"personaId": "1"})), &["/options/personaId not_allowed"]),
    ];
    for (message, expected) in cases {
        assert_eq!(refusals(&message), expected, "{message}");
    }
    assert_eq!(refusals(&text(json!({"metadata": long(999)}))), [""; 0]);
}

#[test]
fn what_meta_leaves_open_is_a_warning() {
    let sticker = |options: Value| with_options(json!({"type": "sticker", "sticker": {"id": "1"}}), options);
    let cases: Vec<(Value, &[&str])> = vec![
        (text(json!({"tag": "NON_PROMOTIONAL_SUBSCRIPTION"})), &["/options/tag tag.news"]),
        (sticker(json!({"tag": "HUMAN_AGENT"})), &["/options/tag tag.sticker"]),
        (with_options(json!({"type": "typing_on"}), json!({"personaId": "1"})), &["/options/personaId persona.typing"]),
        (text(json!({"threadControl": {}})), &[]),
    ];
    for (message, expected) in cases {
        assert_eq!(warnings(&message), expected, "{message}");
    }
}

#[test]
fn an_option_that_is_not_declared_is_refused() {
    assert_eq!(refusals(&text(json!({"priority": "high"}))), ["/options/priority unsupported_option"]);
    // Nor is what stands inside one left out in silence, or said and not meant.
    let control = |control: Value| text(json!({"threadControl": control}));
    assert_eq!(refusals(&control(json!({"note": "a refund"}))), ["/options/threadControl/note unknown_field"]);
    let released = control(json!({"controlType": "release", "appId": "1"}));
    assert_eq!(refusals(&released), ["/options/threadControl/appId thread_control.app_id"]);
}

#[test]
fn retired_tags_are_told_with_date_and_replacement_and_refused_on_request() {
    let strict = Translator::new("v26.0", "1098765432100001", RetiredTags::Refuse);
    for tag in ["CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "ACCOUNT_UPDATE"] {
        let message = text(json!({"tag": tag}));
        let body = &bodies(&message)[0];
        assert_eq!((&body["messaging_type"], &body["tag"]), (&json!("MESSAGE_TAG"), &json!(tag)));
        let refused = translate_with(&strict, &message).unwrap_err();
        let issue = &refused.refusals[0];
        assert_eq!((issue.pointer.as_str(), &*issue.code), ("/options/tag", "tag.retired"));
        assert!(issue.message.contains("2026-04-27"), "{issue}");
        assert!(issue.hint.as_deref().unwrap().contains("utility template"), "{issue}");
    }
    assert!(translate_with(&strict, &text(json!({"tag": "HUMAN_AGENT"}))).is_ok());
}
