//! What the answers to a batch mean.

use channel_api::{Error, ProviderRequest, Receipt, Result, Retry};
use channel_http::{Answer, Call, Redaction};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::is_uncertain;
use crate::graph::client::is_message;
use crate::graph::meta::META;
use crate::graph::reply;

/// The answers, one for each call. Answers are told apart by their place alone, so that with one too few or too many none of them
/// can be trusted.
pub(super) fn list(answer: Value, expected: usize) -> Result<Vec<Value>> {
    let Value::Array(answers) = answer else {
        return Err(reply::unreadable("facebook.unreadable_reply", "Meta's answer to a batch is no list"));
    };
    if answers.len() == expected {
        return Ok(answers);
    }
    let error =
        reply::unreadable("facebook.unreadable_reply", "Meta's answer to a batch has not one part for each call");
    Err(error.with_context("calls", expected.to_string()).with_context("answers", answers.len().to_string()))
}

/// What came of one call, read as if it had been made alone. `before` is the failure of the call that it waited for.
pub(super) fn outcome(
    answer: &Value,
    request: &ProviderRequest,
    before: Option<&Error>,
    headers: &HeaderMap,
    redaction: &Redaction<'_>,
) -> Result<Receipt> {
    let code = answer.get("code").and_then(status);
    let waited = before
        .filter(|before| !is_uncertain(before) && (answer.is_null() || code == Some(StatusCode::FAILED_DEPENDENCY)));
    if let Some(before) = waited {
        return Err(not_sent("the call to this person before it failed", before));
    }
    let read = part(answer, headers, redaction)
        .and_then(|reply| reply::receipt(&reply, &with_its_own(headers, answer), is_message(request)));
    read.map_err(|error| error.with_operation("send").with_context("call", described(request)))
}

/// The answer to one call, read as if it had been made alone.
pub(super) fn part(answer: &Value, headers: &HeaderMap, redaction: &Redaction<'_>) -> Result<Value> {
    let Some(code) = answer.get("code").and_then(status) else {
        return Err(if answer.is_null() {
            not_completed()
        } else {
            reply::unreadable("facebook.unreadable_reply", "Meta's answer to a call of a batch has no status")
        });
    };
    let body = match answer.get("body") {
        Some(Value::String(body)) => body.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    };
    META.interpret(&Answer { status: code, headers: with_its_own(headers, answer), body: body.into_bytes() }, redaction)
}

/// Meta gave no answer to this call of a batch: it ran out of time.
pub(super) fn not_completed() -> Error {
    META.unsure("facebook.not_completed", "Meta did not finish this call of a batch in time").with_operation("send")
}

/// A call that was not made, because of another one's failure. It shares that one's kind: who mends the one mends both.
pub(super) fn not_sent(because: &'static str, failed: &Error) -> Error {
    let after = match failed.retry() {
        Retry::Safe { after } | Retry::IfIdempotent { after } => after,
        _ => None,
    };
    Error::new(failed.kind(), "facebook.not_sent", format!("Nothing was sent: {because}."))
        .with_retry(Retry::Safe { after })
        .with_scope(failed.scope())
        .with_hint("see to the failure first; then send this again")
        .with_operation("send")
        .with_context("after", failed.code().to_owned())
}

/// The call as it is described where it is made alone.
pub(super) fn described(request: &ProviderRequest) -> String {
    Call::of(request).description()
}

/// A status, which may be a string.
fn status(code: &Value) -> Option<StatusCode> {
    let number = code.as_u64().or_else(|| code.as_str()?.trim().parse().ok())?;
    StatusCode::from_u16(u16::try_from(number).ok()?).ok()
}

/// The headers of the batch, and over them those of the call.
fn with_its_own(headers: &HeaderMap, answer: &Value) -> HeaderMap {
    let mut all = headers.clone();
    for header in answer.get("headers").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| header.get(name).and_then(Value::as_str);
        let name = part("name").and_then(|name| HeaderName::try_from(name).ok());
        let value = part("value").and_then(|value| HeaderValue::try_from(value).ok());
        if let (Some(name), Some(value)) = (name, value) {
            all.insert(name, value);
        }
    }
    all
}
