//! Buttons and quick replies.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::object::{list, may, need, object};
use super::words::{https, id, one_of, text, url, words};

fn title() -> impl Strategy<Value = String> {
    text(1..=20)
}

fn web_url() -> BoxedStrategy<Value> {
    let ratio = || may("webviewHeightRatio", one_of(&["compact", "tall", "full"]));
    let plain = object([
        need("type", Just("web_url")),
        need("title", title()),
        need("url", url()),
        ratio(),
        may("webviewShareButton", Just("hide")),
        may("messengerExtensions", Just(false)),
    ]);
    let extended = object([
        need("type", Just("web_url")),
        need("title", title()),
        need("url", https()),
        need("messengerExtensions", Just(true)),
        may("fallbackUrl", url()),
        ratio(),
    ]);
    prop_oneof![plain, extended].boxed()
}

/// What a tap on a card does: a `web_url` button without words.
pub(crate) fn default_action() -> BoxedStrategy<Value> {
    web_url()
        .prop_map(|mut button| {
            button.as_object_mut().unwrap().remove("title");
            button
        })
        .boxed()
}

fn postback() -> BoxedStrategy<Value> {
    object([need("type", Just("postback")), need("title", title()), need("payload", text(1..=1000))])
}

fn phone_number() -> BoxedStrategy<Value> {
    object([need("type", Just("phone_number")), need("title", title()), need("payload", "\\+[1-9][0-9]{5,14}")])
}

fn account_link() -> BoxedStrategy<Value> {
    object([need("type", Just("account_link")), need("url", https())])
}

fn game_play() -> BoxedStrategy<Value> {
    let metadata =
        prop_oneof![id().prop_map(|id| json!({"playerId": id})), id().prop_map(|id| json!({"contextId": id}))];
    object([
        need("type", Just("game_play")),
        need("title", words()),
        may("payload", Just("{\"level\":3}")),
        may("gameMetadata", metadata),
    ])
}

fn audio_call() -> BoxedStrategy<Value> {
    object([need("type", Just("audio_call")), may("title", words()), may("expiresInDays", 1_u32..=7)])
}

/// A button below a card or a text.
pub(crate) fn of_a_card() -> BoxedStrategy<Value> {
    let unlink = Just(json!({"type": "account_unlink"}));
    prop_oneof![web_url(), postback(), phone_number(), account_link(), unlink, game_play(), audio_call()].boxed()
}

/// Buttons below a card or a text.
pub(crate) fn of_cards(size: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Value> {
    list(of_a_card(), size)
}

/// Buttons below a picture or a film.
pub(crate) fn of_media() -> BoxedStrategy<Value> {
    list(prop_oneof![web_url(), postback(), phone_number(), account_link()], 1..=3)
}

/// Buttons below a grid of pictures.
pub(crate) fn of_a_grid() -> BoxedStrategy<Value> {
    list(prop_oneof![web_url(), postback()], 1..=3)
}

/// Answers to tap.
pub(crate) fn quick_replies(size: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Value> {
    let worded = object([
        may("contentType", Just("text")),
        need("title", text(1..=20)),
        need("payload", text(1..=1000)),
        may("imageUrl", url()),
    ]);
    let pictured = object([
        need("contentType", Just("text")),
        may("title", Just("")),
        may("payload", Just("")),
        need("imageUrl", url()),
    ]);
    let profile = object([need("contentType", one_of(&["user_phone_number", "user_email"]))]);
    list(prop_oneof![3 => worded, 1 => pictured, 1 => profile], size)
}
