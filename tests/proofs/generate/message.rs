//! Whole messages: who gets what, and how.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::content;
use super::object::{both, may, need, object};
use super::words::{id, one_of, text, words};

/// A person who can get any number of messages.
fn person() -> BoxedStrategy<Value> {
    let named = object([
        need("phoneNumber", "\\+[1-9][0-9]{5,14}"),
        may("name", object([may("firstName", words()), may("lastName", words())])),
    ]);
    prop_oneof![
        4 => id().prop_map(Value::from),
        1 => any::<u32>().prop_map(Value::from),
        1 => id().prop_map(|id| json!({"id": id})),
        1 => id().prop_map(|id| json!({"psid": id})),
        1 => words().prop_map(|reference| json!({"userRef": reference})),
        1 => id().prop_map(|token| json!({"notificationMessagesToken": token})),
        1 => named,
    ]
    .boxed()
}

/// Anybody, also who can get one message only.
fn anybody() -> BoxedStrategy<Value> {
    prop_oneof![
        4 => person(),
        1 => id().prop_map(|id| json!({"commentId": format!("1098765432100001_{id}")})),
        1 => id().prop_map(|id| json!({"postId": id})),
        1 => id().prop_map(|token| json!({"oneTimeNotifToken": token})),
    ]
    .boxed()
}

/// What may be asked for with any message.
fn manner() -> BoxedStrategy<Value> {
    let control = prop_oneof![
        Just(json!({})),
        Just(json!({"controlType": "release"})),
        Just(json!({"controlType": "pass"})),
        id().prop_map(|app| json!({"controlType": "pass", "appId": app})),
    ];
    object([
        may("notificationType", one_of(&["REGULAR", "SILENT_PUSH", "NO_PUSH"])),
        may("personaId", id()),
        may("metadata", text(0..=999)),
        may("replyTo", "m_[A-Za-z0-9-]{3,20}"),
        may("threadControl", control),
    ])
}

/// Why it may be sent.
fn reason() -> BoxedStrategy<Value> {
    let tags = &[
        "HUMAN_AGENT",
        "NON_PROMOTIONAL_SUBSCRIPTION",
        "CONFIRMED_EVENT_UPDATE",
        "POST_PURCHASE_UPDATE",
        "ACCOUNT_UPDATE",
    ];
    prop_oneof![
        object([may("messagingType", one_of(&["RESPONSE", "UPDATE"]))]),
        object([need("tag", one_of(tags)), may("messagingType", Just("MESSAGE_TAG"))]),
    ]
    .boxed()
}

fn sent(
    to: BoxedStrategy<Value>,
    content: BoxedStrategy<Value>,
    options: BoxedStrategy<Value>,
) -> BoxedStrategy<Value> {
    object([
        need("channelId", Just("ch_facebook_123")),
        need("to", to),
        need("content", content),
        need("options", options),
    ])
}

/// Content of a kind that has no rules of its own about how it is sent.
pub(crate) fn of(content: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    sent(anybody(), content, both(manner(), reason()))
}

/// A message of every kind, in one piece.
pub(crate) fn whole() -> BoxedStrategy<Value> {
    let feedback = object([need("tag", Just("CUSTOMER_FEEDBACK")), may("messagingType", Just("MESSAGE_TAG"))]);
    prop_oneof![
        3 => of(content::plain()),
        2 => of(content::file()),
        1 => of(content::pictures()),
        1 => of(content::sticker()),
        6 => of(content::any_template()),
        1 => in_words(),
        1 => sent(anybody(), content::of_template("customer_feedback"), both(manner(), feedback)),
        1 => utility(),
        1 => sent(anybody(), content::typing(), object([may("personaId", id())])),
        1 => seen(),
        1 => reaction(),
    ]
    .boxed()
}

/// A place or a link, said in words.
pub(crate) fn in_words() -> BoxedStrategy<Value> {
    let fallback = object([need("fallback", Just(true))]);
    sent(anybody(), content::in_words(), both(fallback, both(manner(), reason())))
}

/// An approved template, which needs no tag.
pub(crate) fn utility() -> BoxedStrategy<Value> {
    let options = object([may("messagingType", Just("UTILITY"))]);
    sent(anybody(), content::utility(), both(manner(), options))
}

/// A sign that a message was seen. It has no options.
pub(crate) fn seen() -> BoxedStrategy<Value> {
    sent(anybody(), content::seen(), object([]))
}

/// A reaction. It has no options either.
pub(crate) fn reaction() -> BoxedStrategy<Value> {
    sent(anybody(), content::reaction(), object([]))
}

/// A text that is sent in several parts.
pub(crate) fn split() -> BoxedStrategy<Value> {
    sent(person(), content::too_long(), both(object([need("split", Just(true))]), both(manner(), reason())))
}
