//! What Meta says to a change of the profile.

use channel_api::{Error, ErrorKind, ProviderRequest, Result, Retry};
use serde_json::Value;

use crate::graph::{Page, not_done};

/// Meta's subcode for a menu without Get Started button, as a user of the API reports it.
///
/// Source: <https://github.com/pimax/fb-messenger-php/issues/90>
const NO_GET_STARTED: i64 = 2_018_145;

/// Makes one change, once.
pub(crate) async fn change(page: Page<'_>, request: &ProviderRequest) -> Result<()> {
    let answer = page.graph.call(request).await.map_err(|error| explain(error, request))?;
    done(&answer)
}

/// `{"result": "success"}`; some pages of Meta's show `{"success": "true"}`.
fn done(answer: &Value) -> Result<()> {
    if answer["result"] == "success" {
        return Ok(());
    }
    match answer.get("success") {
        Some(Value::Bool(true)) => Ok(()),
        Some(Value::String(word)) if word == "true" => Ok(()),
        Some(_) => Err(not_done()),
        None => {
            let sentence = "Meta's answer does not say whether the profile was changed";
            Err(Error::new(ErrorKind::ProviderFailed, "facebook.unclear_answer", sentence)
                .with_retry(Retry::IF_IDEMPOTENT)
                .with_hint("read the profile to see what is set; to apply the same again does no harm"))
        }
    }
}

/// Says what to do where Meta's numbers alone do not.
fn explain(error: Error, request: &ProviderRequest) -> Error {
    let Some(provider) = error.provider() else { return error };
    let refused = provider.code_number() == Some(100);
    let is_greeting = refused && request.body.get("greeting").is_some() && names_greeting(&error);
    if is_greeting {
        return error.with_hint(
            "Meta's reference no longer lists `greeting` among what can be set, although its guide describes it: leave the \
             greeting out and set it at Facebook (Meta Business Suite, Inbox, Automations); the rest can be applied without it",
        );
    }
    if provider.subcode_number() == Some(NO_GET_STARTED) {
        return error.with_hint(
            "a persistent menu needs a Get Started button: set the button first, or in the same document, and remove the \
             menu before the button",
        );
    }
    of_budget(error)
}

/// [?] Meta does not say with which code it refuses the eleventh call; these two are the likely ones.
fn is_budget(error: &Error) -> bool {
    error.provider().is_some_and(|provider| matches!(provider.code_number(), Some(4 | 613)))
}

/// Names the budget where it may be used up: the general words for rate limits would have an operator send more slowly.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api>
pub(crate) fn of_budget(error: Error) -> Error {
    if !is_budget(&error) {
        return error;
    }
    error.with_hint(
        "Meta allows ten profile calls in ten minutes, reads and writes counted together, and ten for each person's own menu: \
         wait ten minutes, then do it again",
    )
}

/// Whether Meta's own words are about the greeting.
pub(super) fn names_greeting(error: &Error) -> bool {
    let words = error.provider().and_then(|provider| provider.message.as_deref());
    words.is_some_and(|words| words.to_ascii_lowercase().contains("greeting"))
}
