//! `greeting`: what stands there before the first message.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/welcome-screen>

use channel_api::{Pointer, Report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::locales::{self, DEFAULT, OfLocale};
use super::value::{Given, ListOrText, PropertyValue, set_call, written};
use crate::limits;
use crate::rules;

/// What Meta puts a name in for.
const TOKENS: [&str; 3] = ["user_first_name", "user_last_name", "user_full_name"];

/// Sets the text before the first message.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["greeting"]))]
pub(crate) struct SetGreeting {
    /// One text for each locale, `default` among them.
    #[schemars(title = "Greetings", with = "Vec<GreetingText>", length(min = 1))]
    greeting: Given<ListOrText<GreetingText>>,
}

/// The greeting of one locale.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(inline, extend("required" = ["locale", "text"]))]
pub(super) struct GreetingText {
    /// `default` for everybody without a text of their own, or a locale.
    #[schemars(title = "Locale", extend("examples" = ["default", "pt_BR"]))]
    locale: Option<String>,
    /// The words. Meta puts names in for `{{user_first_name}}`, `{{user_last_name}}` and `{{user_full_name}}`.
    #[schemars(
        title = "Text",
        length(min = limits::GREETING_TEXT.min, max = limits::GREETING_TEXT.max),
        extend("examples" = ["Hi {{user_first_name}}!"])
    )]
    text: Option<String>,
}

set_call!(SetGreeting { greeting: ListOrText<GreetingText> = "greeting" });

impl PropertyValue for ListOrText<GreetingText> {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        match self {
            Self::List(texts) => locales::check(texts, at, report),
            Self::Text(text) => check(Some(text), at, report),
        }
    }

    /// A bare text is for everybody.
    fn to_meta(self) -> Value {
        match self {
            Self::List(texts) => written(&texts),
            Self::Text(text) => written(&[GreetingText { locale: Some(DEFAULT.to_owned()), text: Some(text) }]),
        }
    }
}

impl OfLocale for GreetingText {
    fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }

    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        check(self.text.as_deref(), &at.key("text"), report);
    }
}

fn check(text: Option<&str>, at: &Pointer<'_>, report: &mut Report) {
    rules::words(at, text, "say how people are greeted", &limits::GREETING_TEXT, report);
    let doubt = "holds a token that Meta does not know and shows as it stands: known are {{user_first_name}}, \
        {{user_last_name}} and {{user_full_name}}";
    rules::doubtful(at, text.is_some_and(has_unknown_token), "greeting.token", doubt, report);
}

fn has_unknown_token(text: &str) -> bool {
    text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).any(|(token, _)| !TOKENS.contains(&token))
}
