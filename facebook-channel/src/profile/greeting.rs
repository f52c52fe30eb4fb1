//! `greeting`: what stands there before the first message.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/welcome-screen>

use channel_api::Pointer;
use serde_json::{Value, json};

use super::locales;
use super::notes::Notes;
use crate::limits;
use crate::send::rules;

/// What Meta puts a name in for.
const TOKENS: [&str; 3] = ["user_first_name", "user_last_name", "user_full_name"];

/// A list with a text for each locale; a bare text is for everybody.
pub(super) fn read(value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Value {
    if let Some(text) = value.as_str() {
        check(Some(text), at, notes);
        return json!([{"locale": locales::DEFAULT, "text": text}]);
    }
    locales::read(value, at, &["text"], notes, |members, entry, notes| {
        let text = members.text("text", notes);
        check(text, &members.at("text"), notes);
        entry.maybe("text", text)
    })
}

fn check(text: Option<&str>, at: &Pointer<'_>, notes: &mut Notes) {
    rules::words(at, text, "say how people are greeted", &limits::GREETING_TEXT, &mut notes.rules);
    let doubt = "holds a token that Meta does not know and shows as it stands: known are {{user_first_name}}, \
        {{user_last_name}} and {{user_full_name}}";
    rules::doubtful(at, text.is_some_and(has_unknown_token), "greeting.token", doubt, &mut notes.rules);
}

fn has_unknown_token(text: &str) -> bool {
    text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).any(|(token, _)| !TOKENS.contains(&token))
}
