//! What people pass on and what shops send: in the host's form, with Meta's own JSON beside it, and readable back.

use channel_api::Event;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{body, events, samples};

/// The content of a message with these members.
fn content(message: &Value) -> Value {
    let mut item = json!({"sender": {"id": "7411002233445566"}, "recipient": {"id": super::PAGE}, "timestamp": 1_763_712_000_123_u64});
    item["message"] = message.clone();
    item["message"]["mid"] = json!("m_1");
    let mut told = events(&body("messaging", &[item]));
    assert_eq!(told.len(), 1, "{message}");
    is_read_back(&told[0]);
    json!(told.remove(0))["data"]["content"].take()
}

fn is_read_back(event: &Event) {
    let text = serde_json::to_string(event).unwrap();
    assert_eq!(&serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
}

fn attached(attachment: Value) -> Value {
    content(&json!({"attachments": Value::from(vec![attachment])}))
}

#[test]
fn every_sample_is_read_back() {
    for (_, list, samples) in samples::all() {
        for item in samples.into_values() {
            events(&body(list, &[item])).iter().for_each(is_read_back);
        }
    }
}

#[test]
fn what_is_passed_on_is_a_link_wherever_meta_writes_it() {
    for (attachment, link) in [
        (
            json!({"type": "post", "payload": {"url": "https://x.example/1", "title": "", "id": "12"}}),
            json!({"url": "https://x.example/1", "id": "12"}),
        ),
        (
            json!({"type": "ig_reel", "payload": {"reel_video_id": 34}, "title": "Hats"}),
            json!({"id": "34", "title": "Hats"}),
        ),
        (
            json!({"type": "share", "payload": null, "url": "https://x.example/2"}),
            json!({"url": "https://x.example/2"}),
        ),
        (json!({"type": "reel", "payload": {"id": 1, "reel_video_id": 2, "title": ["odd"]}}), json!({"id": "1"})),
    ] {
        let told = attached(attachment.clone());
        assert_eq!((&told["link"], &told["payload"]), (&link, &attachment["payload"]), "{told}");
    }
}

#[test]
fn what_says_nothing_stays_as_it_came() {
    for attachment in [
        json!({"type": "reel"}),
        json!({"type": "post", "payload": {"url": null, "new": 1}}),
        json!({"type": "template", "payload": null}),
        json!({"type": "template", "payload": {"new": [1]}}),
        json!({"type": "template", "payload": {"product": {"new": 1}}}),
        json!({"type": "product", "payload": {"elements": null}}),
        json!({"type": "appointment_booking", "payload": "soon"}),
        json!({"type": "hologram", "payload": {"url": "https://x.example/3", "id": 5}}),
        json!({"type": "template", "template": "Meta's own", "payload": {"template_type": "generic"}}),
    ] {
        assert_eq!(attached(attachment.clone()), attachment);
    }
}

#[test]
fn templates_are_told_as_they_are_sent() {
    let card = json!({
        "title": "Hat", "subtitle": "Red", "image_url": "https://x.example/h.png", "price": "19.90 €",
        "default_action": {"type": "web_url", "url": "https://x.example/h"},
        "buttons": [{"type": "postback", "title": "Buy", "payload": "BUY"}, {"type": "web_url", "title": "See", "url": "https://x.example/h", "webview_height_ratio": "full"}]
    });
    let told = attached(
        json!({"type": "template", "title": "Hat", "payload": {"template_type": "generic", "sharable": true, "elements": [card]}}),
    );
    assert_eq!(
        told["template"],
        json!({"type": "generic", "sharable": true, "elements": [{
            "title": "Hat", "subtitle": "Red", "imageUrl": "https://x.example/h.png", "price": "19.90 €",
            "defaultAction": {"type": "web_url", "url": "https://x.example/h"},
            "buttons": [{"type": "postback", "title": "Buy", "payload": "BUY"}, {"type": "web_url", "title": "See", "url": "https://x.example/h", "webview_height_ratio": "full"}]
        }]})
    );
    let receipt = attached(json!({"type": "template", "payload": {
        "template_type": "receipt", "order_number": 505, "timestamp": 1_428_444_852, "summary": {"total_cost": "26.5"},
        "address": {"street_1": "1 Main St", "postal_code": 94025}, "elements": [{"title": "Hat", "quantity": 2, "price": 13.25, "currency": "EUR"}]
    }}));
    assert_eq!(
        receipt["template"],
        json!({"type": "receipt", "orderNumber": "505", "timestamp": "1428444852", "summary": {"totalCost": 26.5},
            "address": {"street1": "1 Main St", "postalCode": "94025"},
            "elements": [{"title": "Hat", "quantity": 2, "price": 13.25, "currency": "EUR"}]})
    );
    // A word where a list should be costs nothing.
    let odd = attached(
        json!({"type": "template", "payload": {"template_type": "button", "text": "Choose", "buttons": "gone"}}),
    );
    assert_eq!(odd["template"], json!({"type": "button", "text": "Choose", "buttons": "gone"}));
}

#[test]
fn beside_words_and_beside_each_other_they_are_read_back() {
    let product = json!({"type": "template", "payload": {"product": {"elements": [{"id": 1, "title": "Hat"}]}}});
    let told = content(&json!({"text": "price?", "attachments": [product]}));
    assert_eq!(
        (&told["text"], &told["attachments"][0]["template"]["elements"][0]["id"]),
        (&json!("price?"), &json!("1"))
    );
    let booking = json!({"type": "appointment_booking", "payload": {"booking_id": 9, "start_time": 1_763_716_000, "timezone": "Europe/Oslo"}});
    let told = content(&json!({"attachments": [product, booking, {"type": "reel", "payload": {"id": 2}}]}));
    let kinds = json!([told["attachments"][0]["type"], told["attachments"][1]["type"], told["attachments"][2]["type"]]);
    assert_eq!(kinds, json!(["template", "appointment_booking", "reel"]));
    assert_eq!(
        told["attachments"][1]["appointmentBooking"],
        json!({"bookingId": "9", "startTime": "2025-11-21T09:06:40Z", "timezone": "Europe/Oslo"})
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("product"),
        Just("elements"),
        Just("buttons"),
        Just("template_type"),
        Just("url"),
        Just("id"),
        Just("title"),
        Just("payload"),
        Just("start_time"),
        Just("booking_id"),
        Just("summary"),
        Just("new"),
    ];
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map(key.clone(), inner, 0..5).prop_map(|members| Value::Object(
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_meta_puts_into_one_is_kept_beside_the_form_and_read_back(
        kind in prop_oneof![Just("template"), Just("product"), Just("appointment_booking"), Just("reel"), Just("share")],
        payload in any_json(),
    ) {
        let told = attached(json!({"type": kind, "payload": payload.clone()}));
        prop_assert_eq!(&told["type"], kind);
        prop_assert_eq!(&told["payload"], &payload);
    }
}
