//! The templates that every bot knows: cards, a text with buttons, a picture with buttons.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::buttons;
use super::object::{list, may, need, object};
use super::words::{id, one_of, text, url};

fn card() -> BoxedStrategy<Value> {
    let card = object([
        need("title", text(1..=80)),
        may("subtitle", text(0..=80)),
        may("imageUrl", url()),
        may("defaultAction", buttons::default_action()),
        may("buttons", buttons::of_cards(1..=3)),
    ]);
    // A title alone is no card.
    card.prop_map(|mut card| {
        let members = card.as_object_mut().unwrap();
        if members.len() == 1 {
            members.insert("subtitle".to_owned(), json!("below"));
        }
        card
    })
    .boxed()
}

pub(crate) fn generic() -> BoxedStrategy<Value> {
    object([
        need("type", Just("generic")),
        need("elements", list(card(), 1..=10)),
        may("sharable", any::<bool>()),
        may("imageAspectRatio", one_of(&["horizontal", "square"])),
    ])
}

pub(crate) fn button() -> BoxedStrategy<Value> {
    object([
        need("type", Just("button")),
        need("text", text(1..=640)),
        need("buttons", buttons::of_cards(1..=3)),
        may("sharable", any::<bool>()),
    ])
}

pub(crate) fn media() -> BoxedStrategy<Value> {
    let on_facebook = "https://(www\\.|business\\.)?(facebook|fb)\\.com/[a-z]{1,8}/(photos|videos)/[0-9]{1,9}";
    let kind = || need("mediaType", one_of(&["image", "video"]));
    let below = || may("buttons", buttons::of_media());
    let element = prop_oneof![
        object([kind(), need("attachmentId", id()), below()]),
        object([kind(), need("url", on_facebook), below()]),
    ];
    object([need("type", Just("media")), need("elements", list(element, 1..=1)), may("sharable", any::<bool>())])
}
