//! Generated messages: good ones pass, and what is made wrong is told at its place.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{bodies, long, refusals, saying, template};
use crate::limits;

/// As many characters as the limit allows or fewer, of one to four bytes each.
fn words(limit: &channel_api::capability::Limit) -> impl Strategy<Value = String> + use<> {
    let pattern = prop::sample::select(vec!["a", "é", "ж", "🎉", "aé🎉"]);
    (1..=limit.max, pattern).prop_map(|(n, pattern)| pattern.chars().cycle().take(n).collect())
}

fn url() -> impl Strategy<Value = String> {
    "https?://[a-z]{1,8}\\.(com|org)(/[a-z0-9]{0,8}){0,3}(\\?[a-z]=[0-9])?"
}

fn button() -> impl Strategy<Value = Value> {
    let title = || words(&limits::BUTTON_TITLE);
    prop_oneof![
        (title(), words(&limits::BUTTON_PAYLOAD))
            .prop_map(|(t, p)| json!({"type": "postback", "title": t, "payload": p})),
        (title(), url()).prop_map(|(t, u)| json!({"type": "web_url", "title": t, "url": u})),
        (title(), "\\+[1-9][0-9]{5,14}").prop_map(|(t, p)| json!({"type": "phone_number", "title": t, "payload": p})),
        Just(json!({"type": "account_link", "url": "https://example.com/login"})),
        Just(json!({"type": "account_unlink"})),
        title().prop_map(|t| json!({"type": "game_play", "title": t, "gameMetadata": {"playerId": "1"}})),
        (title(), 1_u32..=7).prop_map(|(t, d)| json!({"type": "audio_call", "title": t, "expiresInDays": d})),
    ]
}

fn quick_reply() -> impl Strategy<Value = Value> {
    prop_oneof![
        (words(&limits::QUICK_REPLY_TITLE), words(&limits::QUICK_REPLY_PAYLOAD))
            .prop_map(|(t, p)| json!({"contentType": "text", "title": t, "payload": p})),
        url().prop_map(|u| json!({"content_type": "text", "title": "", "payload": "", "image_url": u})),
        Just(json!({"contentType": "user_email"})),
        Just(json!({"contentType": "user_phone_number"})),
    ]
}

fn card() -> impl Strategy<Value = Value> {
    let buttons = proptest::collection::vec(button(), 0..=3);
    (words(&limits::GENERIC_TITLE), words(&limits::GENERIC_SUBTITLE), url(), buttons).prop_map(
        |(title, subtitle, url, buttons)| {
            json!({
                "title": title, "subtitle": subtitle, "imageUrl": url,
                "defaultAction": {"type": "web_url", "url": url, "webviewHeightRatio": "tall"}, "buttons": buttons
            })
        },
    )
}

fn content() -> impl Strategy<Value = Value> {
    let content = prop_oneof![
        words(&limits::TEXT).prop_map(|text| json!({"type": "text", "text": text})),
        (words(&limits::BUTTON_TEXT), proptest::collection::vec(button(), 1..=3))
            .prop_map(|(text, buttons)| template(json!({"type": "button", "text": text, "buttons": buttons}))),
        proptest::collection::vec(card(), 1..=10)
            .prop_map(|cards| template(json!({"type": "generic", "elements": cards}))),
    ];
    (content, proptest::collection::vec(quick_reply(), 0..=13)).prop_map(|(mut content, replies)| {
        content["quickReplies"] = json!(replies);
        content
    })
}

/// Ways to spoil what stands at a place, with the code that must be told there.
fn spoilt(pointer: &str, content: &Value) -> Vec<(Value, &'static str)> {
    let button = pointer.contains("buttons/");
    let kind = pointer.rsplit_once('/').and_then(|(parent, _)| content.pointer(parent)?.get("type")?.as_str());
    match pointer.rsplit('/').next().unwrap() {
        "title" if button && kind.is_some_and(|kind| ["postback", "web_url", "phone_number"].contains(&kind)) => {
            vec![(json!(long(21)), "button.title.length"), (json!(" "), "required"), (json!([]), "type")]
        }
        "payload" if kind == Some("postback") => {
            vec![(json!(long(1001)), "button.payload.length"), (Value::Null, "required")]
        }
        "payload" if kind == Some("phone_number") => vec![(json!("0815"), "format"), (json!(""), "required")],
        "type" if button => vec![(json!("element_share"), "button.retired"), (json!("slider"), "choice")],
        "expiresInDays" => vec![(json!(8), "button.expires_in_days"), (json!(-1), "type")],
        "url" if kind.is_some() => {
            vec![(json!("example.com"), "url")]
        }
        "webviewHeightRatio" => vec![(json!("huge"), "choice")],
        "subtitle" => vec![(json!(long(81)), "template.generic.subtitle.length")],
        "imageUrl" => vec![(json!("javascript:1"), "url.scheme")],
        "contentType" => vec![(json!("location"), "quick_replies.retired"), (json!("shoe_size"), "choice")],
        "quickReplies" => vec![(json!(vec![json!({"contentType": "user_email"}); 14]), "quick_replies.count")],
        "elements" => vec![(json!([]), "template.generic.elements.count")],
        "text" if pointer == "/text" => vec![(json!(long(2001)), "text.length"), (json!(""), "required")],
        "text" => vec![(json!(long(641)), "template.button.text.length"), (Value::Null, "required")],
        _ => Vec::new(),
    }
}

fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    let mut below = |key: &str, value: &Value| {
        let pointer = format!("{here}/{key}");
        places(value, &pointer, found);
        found.push(pointer);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, value)| below(&index.to_string(), value));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn good_messages_pass(content in content()) {
        prop_assert_eq!(bodies(&saying(content)).len(), 1);
    }

    #[test]
    fn what_is_spoilt_is_told_at_its_place(content in content(), choice in any::<prop::sample::Index>()) {
        let mut pointers = Vec::new();
        places(&content, "", &mut pointers);
        let ways: Vec<_> = pointers
            .iter()
            .flat_map(|pointer| spoilt(pointer, &content).into_iter().map(move |(value, code)| (pointer, value, code)))
            .collect();
        let (pointer, value, code) = choice.get(&ways);
        let mut broken = content.clone();
        *broken.pointer_mut(pointer).unwrap() = value.clone();
        let issues = refusals(&saying(broken));
        let expected = format!("/content{pointer} {code}");
        prop_assert!(issues.iter().any(|issue| issue.starts_with(&expected)), "{expected} is not among {issues:?}");
        prop_assert_eq!(issues.len(), 1, "{:?}", issues);
    }
}
