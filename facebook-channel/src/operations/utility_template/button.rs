//! A template's buttons.

use channel_api::{Pointer, Report};
use schemars::JsonSchema;
use serde::Deserialize;

use super::placeholder::{self, Edges, Format};
use crate::operations::request;
use crate::send::rules;
use crate::send::wire::Object;

const KINDS: [&str; 2] = ["POSTBACK", "URL"];

/// A button below the message.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["type", "text"]))]
pub(super) struct Button {
    /// `POSTBACK` comes back to this channel, `URL` opens a web page.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Type", with = "String", extend("enum" = ["POSTBACK", "URL"]))]
    r#type: Option<String>,
    /// The words on it.
    #[schemars(title = "Text", with = "String", length(min = 1), extend("examples" = ["Where is it?"]))]
    text: Option<String>,
    /// What comes back with a tap, for `POSTBACK`. Placeholders in it are numbered.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Payload", with = "String", extend("examples" = ["TRACK_{{1}}"]))]
    payload: Option<String>,
    /// What opens, for `URL`. Placeholders in it are numbered.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "URL", with = "String", extend("examples" = ["https://shop.example.com/o/{{1}}"]))]
    url: Option<String>,
    /// What a placeholder in the address stands for, for Meta's review.
    example: Option<ButtonExample>,
}

/// What a placeholder in a button's address stands for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ButtonExample {
    /// What follows the address's fixed part.
    #[serde(alias = "url_suffix_example", deserialize_with = "request::text")]
    #[schemars(title = "Example of the end", with = "String", extend("examples" = ["A-17"]))]
    url_suffix_example: Option<String>,
}

impl Button {
    fn kind(&self) -> Option<&'static str> {
        KINDS.into_iter().find(|kind| self.r#type.as_deref().is_some_and(|given| given.eq_ignore_ascii_case(kind)))
    }

    pub(super) fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::required_choice(&at.key("type"), self.kind().or(self.r#type.as_deref()), &KINDS, report);
        rules::filled(&at.key("text"), self.text.as_deref(), "say what stands on the button", report);
        let (payload, url, example) = (at.key("payload"), at.key("url"), at.key("example"));
        match self.kind() {
            Some("POSTBACK") => {
                rules::filled(&payload, self.payload.as_deref(), "say what comes back with a tap", report);
                placeholder::check(self.payload.as_deref(), Format::Positional, Edges::Open, &payload, report);
                rules::absent(&url, self.url.is_some(), "belongs to a button of the type URL: leave it out", report);
                let advice = "belongs to a button of the type URL: leave it out";
                rules::absent(&example, self.example.is_some(), advice, report);
            }
            Some(_) => {
                rules::required_address(&url, self.url.as_deref(), report);
                let advice = "belongs to a button of the type POSTBACK: leave it out";
                rules::absent(&payload, self.payload.is_some(), advice, report);
                let found = placeholder::check(self.url.as_deref(), Format::Positional, Edges::Open, &url, report);
                let Some(found) = found else { return };
                let given = self.example.as_ref().and_then(|example| example.url_suffix_example.as_deref());
                if found.names.is_empty() {
                    rules::absent(&example, given.is_some(), "the address has no placeholder: leave it out", report);
                } else {
                    let at = example.key("urlSuffixExample");
                    rules::filled(&at, given, "give an example of what stands in the placeholder", report);
                }
            }
            None => {}
        }
    }

    pub(super) fn wire(&self) -> Object {
        let suffix = self.example.as_ref().and_then(|example| example.url_suffix_example.as_deref());
        Object::new()
            .maybe("type", self.kind())
            .maybe("text", self.text.as_deref())
            .maybe("payload", self.payload.as_deref())
            .maybe("url", self.url.as_deref())
            .maybe("example", suffix.map(|suffix| Object::new().with("url_suffix_example", suffix)))
    }
}
