//! What goes to a provider and what comes back: [`ProviderRequest`], [`Denormalized`], [`Choice`], [`Receipt`].

use std::time::Duration;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Issue;
use crate::operation::Thread;

/// One call to a provider's API. It holds no credentials: [`send`](crate::ChannelAdapter::send) adds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProviderRequest {
    /// The method.
    #[serde(with = "method")]
    pub method: Method,
    /// The path below the provider's base URL, with a leading slash.
    pub path: String,
    /// The query's pairs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// The JSON body; null for none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

impl ProviderRequest {
    /// A POST with a JSON body.
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, path: path.into(), query: Vec::new(), body }
    }

    /// A request with any method and a JSON body; null for none.
    pub fn new(method: Method, path: impl Into<String>, body: Value) -> Self {
        Self { method, path: path.into(), query: Vec::new(), body }
    }

    /// A GET with a query.
    pub fn get(path: impl Into<String>, query: &[(&str, &str)]) -> Self {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { method: Method::GET, path: path.into(), query, body: Value::Null }
    }
}

/// What delivers a message: the calls, to be made in this order, each after the one before it has succeeded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Denormalized {
    /// The calls. Never empty.
    pub requests: Vec<ProviderRequest>,
    /// What the author should know although the message is good.
    pub warnings: Vec<Issue>,
    /// Who answers the person once all of it is sent, where the message hands the conversation over.
    pub thread: Option<Thread>,
    /// What the numbers mean where answers that the person could have tapped are a numbered text instead
    /// ([`fallback`](crate::message::SendOptions::fallback)): the first is `1`. Empty for every other message.
    ///
    /// A host keeps them with the conversation for [`GOOD_FOR`](Choice::GOOD_FOR), or until it sends that person another message;
    /// until then a person may also change their mind. A plain text that [means](Choice::meant) one of them is told as an event with
    /// its own name and content, the choice's payload and title beside it, and the kind
    /// [`MESSAGE_QUICK_REPLY`](crate::event::name::MESSAGE_QUICK_REPLY).
    pub choices: Vec<Choice>,
}

/// An answer that a person can give by its number, or by its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Choice {
    /// The words of the answer; empty where it has none.
    pub title: String,
    /// What a tap on it would have sent back.
    pub payload: String,
}

impl Choice {
    /// For how long a number is taken for an answer: as long as a person's message keeps a conversation open with most providers.
    pub const GOOD_FOR: Duration = Duration::from_hours(24);

    /// An answer.
    pub fn new(title: impl Into<String>, payload: impl Into<String>) -> Self {
        Self { title: title.into(), payload: payload.into() }
    }

    /// The choice that somebody's words mean: its number (`2`, `2.`, `2)`, also in full-width digits) or its title, whatever the
    /// case and the white space around it. `None` where they mean none, or could mean one as well as another.
    ///
    /// ```
    /// use channel_api::Choice;
    ///
    /// let choices = [Choice::new("Red", "COLOUR_RED"), Choice::new("Blue", "COLOUR_BLUE")];
    /// for words in ["2", " 2.", "２）", "blue"] {
    ///     assert_eq!(Choice::meant(&choices, words), Some(&choices[1]));
    /// }
    /// assert_eq!(Choice::meant(&choices, "2 of them"), None);
    /// ```
    pub fn meant<'a>(choices: &'a [Self], words: &str) -> Option<&'a Self> {
        let words = words.trim();
        let numbered = number(words).and_then(|number| choices.get(number.checked_sub(1)?));
        let lower = words.to_lowercase();
        let titled = choices.iter().filter(|choice| !lower.is_empty() && choice.title.trim().to_lowercase() == lower);
        let mut meant = titled.chain(numbered);
        let first = meant.next()?;
        meant.all(|other| other.payload == first.payload).then_some(first)
    }
}

/// The number that somebody wrote, alone or as a list has it.
fn number(words: &str) -> Option<usize> {
    let digits = words.strip_suffix(['.', ')', '．', '）']).unwrap_or(words);
    let ascii = |digit: char| match digit {
        '0'..='9' => Some(digit),
        '０'..='９' => char::from_digit(u32::from(digit) - u32::from('０'), 10),
        _ => None,
    };
    digits.chars().map(ascii).collect::<Option<String>>()?.parse().ok()
}

/// The provider's word that it has taken a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Receipt {
    /// The provider's id of the message. Absent for what is no message, such as a typing sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The person's id, where the provider tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_id: Option<String>,
    /// The id under which the provider keeps the attachment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<String>,
    /// By what the provider's support finds the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

mod method {
    use std::borrow::Cow;

    use http::Method;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(method.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Method, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        name.parse().map_err(|_| de::Error::custom("must be an HTTP method"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant<'a>(choices: &'a [Choice], words: &str) -> Option<&'a str> {
        Choice::meant(choices, words).map(|choice| &*choice.payload)
    }

    #[test]
    fn a_number_or_a_title_means_a_choice() {
        let choices: Vec<_> = (1..=14).map(|n| Choice::new(format!(" Größe {n}"), format!("SIZE_{n}"))).collect();
        for (words, payload) in [
            ("2", Some("SIZE_2")),
            (" 2 \n", Some("SIZE_2")),
            ("2.", Some("SIZE_2")),
            ("2)", Some("SIZE_2")),
            ("02", Some("SIZE_2")),
            ("１４", Some("SIZE_14")),
            ("２．", Some("SIZE_2")),
            ("２）", Some("SIZE_2")),
            ("GRÖSSE 2", None),
            ("größe 2", Some("SIZE_2")),
            ("GRÖßE 14 ", Some("SIZE_14")),
            ("0", None),
            ("15", None),
            ("-2", None),
            ("+2", None),
            ("2..", None),
            ("2 3", None),
            ("2.5", None),
            (".", None),
            ("", None),
            ("99999999999999999999999999", None),
            ("size 2", None),
        ] {
            assert_eq!(meant(&choices, words), payload, "{words:?}");
        }
    }

    #[test]
    fn what_could_mean_two_things_means_none() {
        let ages = [Choice::new("0", "NONE"), Choice::new("1", "ONE"), Choice::new("2", "TWO")];
        assert_eq!(meant(&ages, "1"), None, "the first of the list, or the child of one year");
        assert_eq!(meant(&ages, "3"), Some("TWO"));
        assert_eq!(meant(&ages, "0"), Some("NONE"));
        let alike = [Choice::new("Buy", "HAT"), Choice::new("buy", "SCARF"), Choice::new("", "PICTURE")];
        assert_eq!(meant(&alike, "Buy"), None);
        assert_eq!(meant(&alike, "2"), Some("SCARF"));
        assert_eq!((meant(&alike, ""), meant(&alike, "3")), (None, Some("PICTURE")));
    }
}
