//! Words, addresses and choices.

use std::ops::RangeInclusive;

use proptest::prelude::*;
use serde_json::Value;

/// A text of exactly so many characters, of one to four bytes each.
pub(crate) fn exactly(length: usize) -> String {
    "aé🎉ж".chars().cycle().take(length).collect()
}

/// A text of so many characters; the borders come more often than chance would have it.
pub(crate) fn text(length: RangeInclusive<usize>) -> impl Strategy<Value = String> {
    let (least, most) = (*length.start(), *length.end());
    let pattern = prop::sample::select(vec!["a", "ä", "й", "🎉", "a é", "👩‍👩‍👧‍👦", "e\u{301}", "日本"]);
    (prop_oneof![Just(least), Just(most), length], pattern).prop_map(|(length, pattern)| {
        let text: String = pattern.chars().cycle().take(length).collect();
        // A space at the end would be lost where a text is cut.
        if text.ends_with(' ') { format!("{}.", text.trim_end()) } else { text }
    })
}

/// A few words.
pub(crate) fn words() -> impl Strategy<Value = String> {
    text(1..=18)
}

/// An id as Meta gives them.
pub(crate) fn id() -> impl Strategy<Value = String> {
    "[1-9][0-9]{0,17}"
}

/// An address of the web.
pub(crate) fn url() -> impl Strategy<Value = String> {
    "https?://[a-z]{1,8}(\\.[a-z]{2,3})?\\.(com|org|dev)(:8080)?(/[a-zA-Z0-9._~%-]{0,8}){0,3}(\\?[a-z]=[0-9a-z&=+]{0,6})?(#[a-z]{1,4})?"
}

/// An address with encryption.
pub(crate) fn https() -> impl Strategy<Value = String> {
    "https://[a-z]{1,8}\\.(com|org)(/[a-z0-9]{0,8}){0,3}"
}

/// One of these words.
pub(crate) fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

/// A sum of money.
pub(crate) fn amount() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_u32..100_000).prop_map(Value::from),
        (0_u32..10_000_000).prop_map(|cents| (f64::from(cents) / 100.0).into())
    ]
}
