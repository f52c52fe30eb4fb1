//! Generated messages: good ones pass, and what is made wrong is told at its place.

use channel_api::capability::Limit;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{bodies, long, refusals, saying, template, translate, with_options};
use crate::limits;

/// As many characters as the limit allows or fewer, of one to four bytes each.
fn words(limit: &Limit) -> impl Strategy<Value = String> + use<> {
    characters(limit.max)
}

/// So many characters or fewer.
fn characters(most: usize) -> impl Strategy<Value = String> + use<> {
    let pattern = prop::sample::select(vec!["a", "é", "ж", "🎉", "aé🎉"]);
    (1..=most, pattern).prop_map(|(n, pattern)| pattern.chars().cycle().take(n).collect())
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
    let buttons = vec(button(), 0..=3);
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
        (words(&limits::BUTTON_TEXT), vec(button(), 1..=3))
            .prop_map(|(text, buttons)| template(json!({"type": "button", "text": text, "buttons": buttons}))),
        vec(card(), 1..=10).prop_map(|cards| template(json!({"type": "generic", "elements": cards}))),
    ];
    (content, vec(quick_reply(), 0..=13)).prop_map(|(mut content, replies)| {
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

/// Words that are short, or longer than this.
fn any_words(limit: &Limit) -> impl Strategy<Value = String> + use<> {
    prop_oneof![3 => characters(3), 1 => characters(limit.max * 3)]
}

/// A button that a text can stand for.
fn any_button() -> impl Strategy<Value = Value> {
    let title = || any_words(&limits::BUTTON_TITLE);
    prop_oneof![
        (title(), any_words(&limits::BUTTON_PAYLOAD))
            .prop_map(|(t, p)| json!({"type": "postback", "title": t, "payload": p})),
        (title(), url()).prop_map(|(t, u)| json!({"type": "web_url", "title": t, "url": u})),
        (title(), "\\+[1-9][0-9]{5,14}").prop_map(|(t, p)| json!({"type": "phone_number", "title": t, "payload": p})),
        url().prop_map(|u| json!({"type": "account_link", "url": u.replacen("http:", "https:", 1)})),
    ]
}

/// Content that breaks no rules but limits, and may break any number of those.
fn boundless() -> impl Strategy<Value = Value> {
    let buttons = || vec(any_button(), 1..=6);
    let card = (any_words(&limits::GENERIC_TITLE), any_words(&limits::GENERIC_SUBTITLE), url(), url(), buttons());
    let card = card.prop_map(|(title, subtitle, picture, page, buttons)| {
        let action = json!({"type": "web_url", "url": page});
        json!({"title": title, "subtitle": subtitle, "imageUrl": picture, "defaultAction": action, "buttons": buttons})
    });
    let content = prop_oneof![
        any_words(&limits::TEXT).prop_map(|text| json!({"type": "text", "text": text})),
        (any_words(&limits::BUTTON_TEXT), buttons())
            .prop_map(|(text, buttons)| template(json!({"type": "button", "text": text, "buttons": buttons}))),
        vec(card, 1..=12).prop_map(|cards| template(json!({"type": "generic", "elements": cards}))),
        (any_words(&limits::COUPON_TITLE), any_words(&limits::COUPON_SUBTITLE), url())
            .prop_map(|(t, s, u)| template(json!({"type": "coupon", "title": t, "subtitle": s, "couponUrl": u}))),
    ];
    let reply = (any_words(&limits::QUICK_REPLY_TITLE), any_words(&limits::QUICK_REPLY_PAYLOAD))
        .prop_map(|(title, payload)| json!({"title": title, "payload": payload}));
    (content, vec(reply, 0..=16)).prop_map(|(mut content, replies)| {
        content["quickReplies"] = json!(replies);
        content
    })
}

/// Every text in a document, with the name of its place.
fn leaves<'a>(value: &'a Value, name: &'a str, found: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Value::String(text) => found.push((name, text)),
        Value::Object(members) => members.iter().for_each(|(name, member)| leaves(member, name, found)),
        Value::Array(elements) => elements.iter().for_each(|element| leaves(element, name, found)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_breaks_only_limits_is_sent_with_fallback_and_nothing_of_it_is_lost(content in boundless()) {
        let refused = translate(&saying(content.clone())).err().map(|report| report.refusals).unwrap_or_default();
        prop_assert!(refused.iter().all(|issue| issue.actual > issue.limit), "{:?}", refused);
        let message = with_options(content.clone(), json!({"fallback": true}));
        let translated = translate(&message).map_err(|report| TestCaseError::fail(format!("{:?}", report.refusals)))?;
        prop_assert_eq!(translated.warnings.iter().any(|issue| issue.code == "fallback.text"), !refused.is_empty());
        let bodies: Vec<_> = translated.requests.iter().map(|request| &request.body["message"]).collect();
        let mut wire = Vec::new();
        for body in &bodies {
            leaves(body, "", &mut wire);
        }
        let texts: String = wire.iter().filter(|(name, _)| *name == "text").map(|(_, text)| *text).collect();
        let payloads = translated.choices.iter().map(|choice| ("payload", choice.payload.as_str()));
        wire.extend(payloads.chain([("text", texts.as_str())]));
        let mut said = Vec::new();
        leaves(&content, "", &mut said);
        for (name, words) in said.into_iter().filter(|(name, _)| *name != "type") {
            prop_assert!(wire.iter().any(|(_, sent)| sent.contains(words)), "{name}: {words}\n{bodies:#?}");
        }
        for text in bodies.iter().filter_map(|body| body["text"].as_str()) {
            prop_assert!(text.chars().count() <= limits::TEXT.max);
        }
    }

    #[test]
    fn what_breaks_no_rule_is_sent_as_it_is_whatever_its_author_agrees_to(content in content()) {
        let agreed = with_options(content.clone(), json!({"fallback": true}));
        prop_assert_eq!(bodies(&agreed), bodies(&saying(content)));
        prop_assert_eq!(translate(&agreed).unwrap().choices, vec![]);
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
