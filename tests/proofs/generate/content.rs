//! What is said, whatever its kind.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::buttons::quick_replies;
use super::object::{list, may, need, object};
use super::words::{id, one_of, text, url};
use super::{forms, templates};

/// A text that Meta takes whole.
pub(crate) fn plain() -> BoxedStrategy<Value> {
    object([need("type", Just("text")), need("text", text(1..=2000)), may("quickReplies", quick_replies(1..=13))])
}

/// A text that is too long for one message.
pub(crate) fn too_long() -> BoxedStrategy<Value> {
    let sentence = prop::sample::select(vec!["Grüß Gott. ", "A line\n\n", "word ", "日本語", "🎉🎉 "]);
    let long = (sentence, 400_usize..=2000).prop_map(|(sentence, times)| format!("{}end", sentence.repeat(times)));
    let long = long.prop_filter("too short to be cut", |text| text.chars().count() > 2000);
    object([need("type", Just("text")), need("text", long), may("quickReplies", quick_replies(1..=13))])
}

fn media() -> BoxedStrategy<Value> {
    let by_address = object([need("url", url()), may("isReusable", any::<bool>())]);
    let uploaded =
        object([need("attachmentId", prop_oneof![id().prop_map(Value::from), any::<u32>().prop_map(Value::from)])]);
    prop_oneof![by_address, uploaded].boxed()
}

/// A file of any kind.
pub(crate) fn file() -> BoxedStrategy<Value> {
    let kind = one_of(&["image", "video", "audio", "file", "document"]);
    (kind, media(), proptest::option::of(quick_replies(1..=13)))
        .prop_map(|(kind, media, replies)| {
            let mut content = json!({"type": kind, kind: media});
            if let Some(replies) = replies {
                content["quickReplies"] = replies;
            }
            content
        })
        .boxed()
}

/// Several pictures in one message.
pub(crate) fn pictures() -> BoxedStrategy<Value> {
    let picture = media().prop_map(|media| json!({"type": "image", "image": media}));
    object([need("type", Just("image")), need("attachments", list(picture, 1..=30))])
}

pub(crate) fn sticker() -> BoxedStrategy<Value> {
    let id = prop_oneof![id().prop_map(Value::from), any::<u32>().prop_map(Value::from)];
    object([need("type", Just("sticker")), need("sticker", object([need("id", id)]))])
}

/// A place or a link, which only a text can say.
pub(crate) fn in_words() -> BoxedStrategy<Value> {
    let place = object([
        need("latitude", -90.0..=90.0),
        need("longitude", -180.0..=180.0),
        may("title", text(1..=80)),
        may("url", url()),
    ]);
    let link = object([need("url", url()), may("title", text(1..=80))]);
    prop_oneof![
        object([need("type", Just("location")), need("location", place)]),
        object([need("type", Just("link")), need("link", link)]),
    ]
    .boxed()
}

/// A sign that an answer is being written, or not any more.
pub(crate) fn typing() -> BoxedStrategy<Value> {
    sign(&["typing_on", "typing_off"])
}

/// A sign that a message was seen.
pub(crate) fn seen() -> BoxedStrategy<Value> {
    sign(&["mark_seen"])
}

/// Either under its own name or under `senderAction`.
fn sign(names: &'static [&'static str]) -> BoxedStrategy<Value> {
    let either =
        |name| prop_oneof![Just(json!({"type": name})), Just(json!({"type": "sender_action", "senderAction": name}))];
    one_of(names).prop_flat_map(either).boxed()
}

/// A reaction to a message, or its end.
pub(crate) fn reaction() -> BoxedStrategy<Value> {
    prop_oneof![
        object([
            need("type", Just("react")),
            need("messageId", "m_[A-Za-z0-9-]{3,20}"),
            need("reaction", one_of(&["❤", "👍", "😮"]))
        ]),
        object([need("type", Just("unreact")), need("messageId", "m_[A-Za-z0-9-]{3,20}")]),
    ]
    .boxed()
}

/// A structured message of this type.
pub(crate) fn of_template(kind: &'static str) -> BoxedStrategy<Value> {
    shown(super::template(kind))
}

/// A structured message of any type but the utility template, whose sending has rules of its own.
pub(crate) fn any_template() -> BoxedStrategy<Value> {
    let kinds: Vec<_> =
        templates().into_iter().filter(|(kind, _)| *kind != "utility").map(|(_, one)| shown(one)).collect();
    proptest::strategy::Union::new(kinds).boxed()
}

/// An approved template, filled in.
pub(crate) fn utility() -> BoxedStrategy<Value> {
    shown(forms::utility())
}

fn shown(template: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    object([need("type", Just("template")), need("template", template), may("quickReplies", quick_replies(1..=3))])
}
