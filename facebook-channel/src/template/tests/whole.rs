use serde_json::{Map, Value, json};

use super::samples;
use crate::capabilities::{CAPABILITIES, SENDS_TEMPLATES};
use crate::send::tests::{bodies, long, refusals, saying, snapshot, template, warnings, with_options};
use crate::wire::snake_case;

/// The same as Meta would have it: `template_type` and lower case throughout.
fn in_meta_s_spelling(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| (snake_case(key), in_meta_s_spelling(value)));
            Value::Object(members.collect())
        }
        Value::Array(elements) => elements.iter().map(in_meta_s_spelling).collect(),
        other => other.clone(),
    }
}

#[test]
fn every_template_becomes_meta_s_body() {
    for kind in SENDS_TEMPLATES {
        let bodies = bodies(&saying(template(samples::of(kind))));
        assert_eq!(bodies.len(), 1, "{kind}");
        snapshot(&format!("template_{kind}"), &bodies[0]["message"]);
    }
}

#[test]
fn both_spellings_say_the_same() {
    for kind in SENDS_TEMPLATES {
        let sample = samples::of(kind);
        let mut theirs = in_meta_s_spelling(&sample);
        let members: &mut Map<String, Value> = theirs.as_object_mut().unwrap();
        let named = members.remove("type").unwrap();
        members.insert("template_type".to_owned(), named);
        assert_eq!(bodies(&saying(template(theirs))), bodies(&saying(template(sample))), "{kind}");
    }
}

#[test]
fn a_wire_body_holds_nothing_but_what_was_said() {
    for kind in SENDS_TEMPLATES {
        let body = bodies(&saying(template(samples::of(kind)))).remove(0);
        assert!(!body.to_string().contains("null"), "{body}");
        let utility = *kind == "utility";
        assert_eq!(body["messaging_type"], if utility { "UTILITY" } else { "RESPONSE" });
        assert_eq!(body.pointer("/message/attachment/payload/template_type").is_none(), utility);
    }
}

#[test]
fn what_is_declared_is_built_and_nothing_else_is() {
    let built = bodies(&saying(template(json!({"type": "calling_optin"}))));
    assert_eq!(
        built[0]["message"],
        json!({"attachment": {"type": "template", "payload": {"template_type": "calling_optin"}}})
    );
    assert_eq!(CAPABILITIES.sends_templates.len(), 18);
    for (kind, code) in [("list", "template.retired"), ("open_graph", "template.retired"), ("poll", "template.unknown")]
    {
        assert_eq!(refusals(&saying(template(json!({"type": kind})))), [format!("/content/template/type {code}")]);
    }
}

#[test]
fn only_what_meta_leaves_open_is_warned_about() {
    for kind in SENDS_TEMPLATES {
        let expected: &[&str] = match *kind {
            "button" => &["/content/template/sharable legacy"],
            "generic" => &["/content/template/imageAspectRatio legacy"],
            "one_time_notif_req" => &["/content/template template.legacy"],
            "notification_messages" => {
                &["/content/template template.legacy", "/content/template/notificationMessagesFrequency legacy"]
            }
            airline if airline.starts_with("airline_") => &["/content/template template.legacy"],
            _ => &[],
        };
        assert_eq!(warnings(&saying(template(samples::of(kind)))), expected, "{kind}");
    }
}

#[test]
fn doubts_are_told_where_they_are() {
    let media = |buttons: Value| json!({"type": "media", "elements": [{"mediaType": "video", "url": "https://www.facebook.com/p/videos/1", "buttons": buttons}]});
    let link = json!({"type": "web_url", "title": "a", "url": "https://a.b"});
    let card = |button: Value| json!({"type": "generic", "elements": [{"title": "a", "buttons": [button]}]});
    let cases: Vec<(Value, &str)> = vec![
        (media(json!([link, link])), "/elements/0/buttons template.media.buttons"),
        (media(json!([{"type": "account_link", "url": "https://a.b"}])), "/elements/0/buttons/0/type button.place"),
        (card(json!({"type": "audio_call"})), "/elements/0/buttons/0/title button.title"),
        (card(json!({"type": "audio_call", "title": ""})), "/elements/0/buttons/0/title button.title"),
        (
            card(json!({"type": "game_play", "title": "a", "payload": "level 3"})),
            "/elements/0/buttons/0/payload button.payload",
        ),
        (
            super::changed("customer_information", "/businessPrivacy/url", json!("http://a.b")),
            "/businessPrivacy/url url.https",
        ),
        (card(json!({"type": "game_play", "title": long(21)})), "/elements/0/buttons/0/title button.title"),
        (super::changed("receipt", "/timestamp", json!("1704067200000")), "/timestamp receipt.timestamp"),
        (
            super::changed("customer_feedback", "/feedbackScreens/0/questions/0/scoreOption", json!("1_to_5")),
            "/feedbackScreens/0/questions/0/scoreOption template.customer_feedback.score_option",
        ),
        (super::changed("customer_information", "/countries/1", json!("DE")), "/countries/1 country"),
        (
            super::changed("utility", "/components/1/parameters/0/parameterName", json!("name")),
            "/components template.utility.parameters",
        ),
        (
            super::changed(
                "utility",
                "/components/0/parameters/0",
                json!({"type": "image", "image": {"link": "https://a.b/c"}}),
            ),
            "/components/0/parameters/0/type template.utility.image",
        ),
        (super::changed("utility", "/name", json!("Order Left!")), "/name template.utility.name"),
        (super::changed("utility", "/language", json!("english")), "/language template.utility.language"),
        (super::changed("utility", "/language", json!({"code": "pt-br"})), "/language template.utility.language"),
    ];
    for (sample, expected) in cases {
        assert_eq!(warnings(&saying(template(sample.clone()))), [format!("/content/template{expected}")], "{sample}");
    }
}

#[test]
fn what_nobody_reads_is_refused_wherever_it_stands() {
    for (kind, place) in [
        ("coupon", "/colour"),
        ("utility", "/components/0/colour"),
        ("customer_feedback", "/feedbackScreens/0/questions/0/colour"),
        ("receipt", "/summary/colour"),
        ("media", "/elements/0/colour"),
    ] {
        let odd = |colour: Value| {
            let mut sample = samples::of(kind);
            let (parent, name) = place.rsplit_once('/').unwrap();
            sample.pointer_mut(parent).unwrap()[name] = colour;
            saying(template(sample))
        };
        assert_eq!(refusals(&odd(json!("red"))), [format!("/content/template{place} unknown_field")], "{kind}");
        // What is null is absent.
        assert_eq!(refusals(&odd(Value::Null)), [""; 0], "{kind}");
    }
}

#[test]
fn a_card_of_the_old_form_opens_its_page_with_a_tap() {
    let card = |members: Value| {
        let mut card = json!({"title": "Hat"});
        card.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        saying(template(json!({"type": "generic", "elements": [{"title": "Scarf", "subtitle": "Blue"}, card]})))
    };
    let sent = |message: &Value| bodies(message)[0].pointer("/message/attachment/payload/elements/1").unwrap().clone();
    for spelled in ["itemUrl", "item_url"] {
        let alone = card(json!({spelled: "https://example.com/hat"}));
        let action = json!({"type": "web_url", "url": "https://example.com/hat"});
        assert_eq!(sent(&alone), json!({"title": "Hat", "default_action": action}));
        assert_eq!(warnings(&alone), [""; 0]);
        let bad = refusals(&card(json!({spelled: "hat"})));
        assert!(bad[0].starts_with("/content/template/elements/1/itemUrl url"), "{bad:?}");
    }
    let action = json!({"type": "web_url", "url": "https://example.com/new", "webviewHeightRatio": "tall"});
    let both = card(json!({"itemUrl": "https://example.com/hat", "defaultAction": action}));
    assert_eq!(sent(&both)["default_action"]["url"], "https://example.com/new");
    assert_eq!(warnings(&both), ["/content/template/elements/1/itemUrl legacy"]);
}

#[test]
fn a_template_that_is_gone_becomes_a_text_only_where_its_author_asked_for_it() {
    let list = template(json!({
        "type": "list",
        "elements": [
            {"title": "Hat", "subtitle": "Blue", "default_action": {"type": "web_url", "url": "https://example.com/hat"}},
            {"title": "Scarf", "buttons": [{"type": "web_url", "title": "Buy", "url": "https://example.com/scarf"}]}
        ],
        "buttons": [{"type": "postback", "title": "More", "payload": "MORE"}]
    }));
    assert_eq!(refusals(&saying(list.clone())), ["/content/template/type template.retired"]);
    let asked = with_options(list, json!({"fallback": true}));
    assert_eq!(
        bodies(&asked)[0]["message"],
        json!({"text": "Hat\nBlue\nhttps://example.com/hat\n\nScarf\nBuy: https://example.com/scarf\n\n1. More"})
    );
    assert_eq!(warnings(&asked), ["/content/template/type fallback.text"]);
}
