//! What holds for every body.

use channel_api::{ErrorKind, Received};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{PAGE, normalizer, translate};

/// JSON made of the names and values that mean something here, in places where they should and should not be.
fn meta_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,6}".prop_map(Value::from),
        proptest::sample::select(vec![
            "image",
            "sticker",
            "fallback",
            "coupon",
            "react",
            "1763712000",
            PAGE,
            "standby",
            "feed"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            3 => proptest::collection::hash_map(proptest::sample::select(NAMES.to_vec()), inner.clone(), 0..6)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>()),
            1 => proptest::collection::vec(inner, 0..4).prop_map(Value::from),
        ]
    })
}

const NAMES: &[&str] = &[
    "action",
    "ad_id",
    "ads_context_data",
    "amount",
    "app_id",
    "app_roles",
    "attachments",
    "call_permission_reply",
    "calls",
    "changes",
    "comment_id",
    "coordinates",
    "created_time",
    "delivery",
    "entry",
    "event",
    "feedback_screens",
    "field",
    "form",
    "from",
    "game_play",
    "group_id",
    "hop_context",
    "id",
    "is_deleted",
    "is_echo",
    "is_unsupported",
    "item",
    "label",
    "lat",
    "lead",
    "long",
    "message",
    "message_edit",
    "messaging",
    "messaging_feedback",
    "metadata",
    "mid",
    "mids",
    "nlp",
    "num_edit",
    "object",
    "optin",
    "order",
    "payload",
    "postback",
    "prior_message",
    "products",
    "questions",
    "quick_reply",
    "reaction",
    "read",
    "recipient",
    "recipient_id",
    "ref",
    "referral",
    "reply_to",
    "response",
    "score",
    "sender",
    "standby",
    "sticker_id",
    "template",
    "text",
    "time",
    "timestamp",
    "title",
    "type",
    "url",
    "user_ref",
    "value",
    "watermark",
];

fn items() -> impl Strategy<Value = Vec<Value>> {
    proptest::collection::vec(meta_json(), 0..5)
}

fn list() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["messaging", "standby", "changes", "calls", "messaging_handovers"])
}

/// Whether a body is translated, or refused as what it is.
fn is_sound(body: &[u8]) -> bool {
    translate(&normalizer(), body).map_or_else(|error| error.kind() == ErrorKind::MalformedWebhook, |_| true)
}

fn written(events: &[channel_api::Event]) -> Value {
    serde_json::to_value(events).unwrap()
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(is_sound(&bytes));
    }

    #[test]
    fn no_json_makes_it_panic(json in meta_json()) {
        prop_assert!(is_sound(json.to_string().as_bytes()));
        let entry = json!({"entry": [json]}).to_string();
        prop_assert!(translate(&normalizer(), entry.as_bytes()).is_ok());
    }

    #[test]
    fn a_body_cut_or_broken_anywhere_does_no_harm(items in items(), list in list(), cut in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let body = json!({"object": "page", "entry": [{"id": PAGE, list: items}]}).to_string().into_bytes();
        let at = cut.index(body.len());
        prop_assert!(is_sound(&body[..at]));
        let mut broken = body;
        broken[at] = byte;
        prop_assert!(is_sound(&broken));
    }

    #[test]
    fn every_item_makes_an_event_and_both_ways_make_the_same(items in items(), more in items(), list in list(), keep_raw: bool) {
        let body = json!({"object": "page", "entry": [{"id": PAGE, "time": 1_763_712_000, list: items}, {"messaging": more}]}).to_string();
        let mut normalizer = normalizer();
        normalizer.keep_raw = keep_raw;
        let events = |received: Vec<Received>| received.into_iter().map(Received::into_event).collect::<Vec<_>>();
        let fast = normalizer.in_one_pass(&body, &[]).map(events);
        let slow = events(normalizer.piece_by_piece(&body, &[]).unwrap());
        prop_assert!(slow.len() >= items.len() + more.len());
        let keeps_nothing = !keep_raw && slow.iter().all(|event| !super::is_unknown(event));
        prop_assert!(fast.is_some() || !keeps_nothing, "an ordinary body is read in one pass");
        if let Some(fast) = fast {
            prop_assert_eq!(written(&fast), written(&slow));
        }
    }

    #[test]
    fn the_batch_does_not_change_an_id(items in items(), list in list()) {
        let ids = |body: Value| -> Vec<String> {
            translate(&normalizer(), body.to_string().as_bytes()).unwrap().into_iter().filter_map(|event| event.id).collect()
        };
        let together = ids(json!({"object": "page", "entry": [{"id": PAGE, "time": 1, list: items}]}));
        let apart: Vec<_> = items.iter().map(|item| json!({"time": 2, "id": PAGE, list: [item]})).collect();
        prop_assert_eq!(together, ids(json!({"entry": apart, "object": "page"})));
    }
}
