//! A template's buttons.

use channel_api::{Pointer, Report};
use schemars::JsonSchema;
use serde::Deserialize;

use super::placeholder::{self, Edges, Format};
use crate::address;
use crate::operations::text::Text;
use crate::rules;
use crate::wire::Object;

const KINDS: [&str; 2] = ["POSTBACK", "URL"];

/// A button below the message.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["type", "text"]))]
pub(super) struct Button {
    /// `POSTBACK` comes back to this channel, `URL` opens a web page.
    #[schemars(title = "Type", extend("enum" = KINDS))]
    r#type: Text,
    /// The words on it.
    #[schemars(title = "Text", length(min = 1), extend("examples" = ["Where is it?"]))]
    text: Text,
    /// What comes back with a tap, for `POSTBACK`. Placeholders in it are numbered.
    #[schemars(title = "Payload", extend("examples" = ["TRACK_{{1}}"]))]
    payload: Text,
    /// What opens, for `URL`. Placeholders in it are numbered.
    #[schemars(title = "URL", extend("examples" = ["https://shop.example.com/o/{{1}}"]))]
    url: Text,
    /// What a placeholder in the address stands for, for Meta's review.
    example: Option<ButtonExample>,
}

/// What a placeholder in a button's address stands for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ButtonExample {
    /// What follows the address's fixed part.
    #[schemars(title = "Example of the end", extend("examples" = ["A-17"]))]
    url_suffix_example: Text,
}

impl Button {
    fn kind(&self) -> Option<&'static str> {
        KINDS.into_iter().find(|kind| self.r#type.given().is_some_and(|given| given.eq_ignore_ascii_case(kind)))
    }

    pub(super) fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::required_choice(&at.key("type"), self.kind().or(self.r#type.given()), &KINDS, report);
        rules::filled(&at.key("text"), self.text.given(), "say what stands on the button", report);
        let (payload, url, example) = (at.key("payload"), at.key("url"), at.key("example"));
        match self.kind() {
            Some("POSTBACK") => {
                rules::filled(&payload, self.payload.given(), "say what comes back with a tap", report);
                placeholder::check(self.payload.given(), Format::Positional, Edges::Open, &payload, report);
                rules::absent(
                    &url,
                    self.url.given().is_some(),
                    "belongs to a button of the type URL: leave it out",
                    report,
                );
                let advice = "belongs to a button of the type URL: leave it out";
                rules::absent(&example, self.example.is_some(), advice, report);
            }
            Some(_) => {
                address::opened(&url, address::required(&url, self.url.given(), report), report);
                let advice = "belongs to a button of the type POSTBACK: leave it out";
                rules::absent(&payload, self.payload.given().is_some(), advice, report);
                let found = placeholder::check(self.url.given(), Format::Positional, Edges::Open, &url, report);
                let Some(found) = found else { return };
                let given = self.example.as_ref().and_then(|example| example.url_suffix_example.given());
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
        let suffix = self.example.as_ref().and_then(|example| example.url_suffix_example.given());
        Object::new()
            .maybe("type", self.kind())
            .maybe("text", self.text.given())
            .maybe("payload", self.payload.given())
            .maybe("url", self.url.given())
            .maybe("example", suffix.map(|suffix| Object::new().with("url_suffix_example", suffix)))
    }
}
