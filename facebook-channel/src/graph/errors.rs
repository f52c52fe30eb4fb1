//! What a failed call is: Meta's error body first, the HTTP status only where there is none.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/guides/error-handling>

use channel_api::{Error, ErrorKind, Retry};
use channel_http::{Failure, Reported};
use reqwest::StatusCode;
use serde_json::Value;

use super::error_rule::GraphErrorRule;
use super::error_table::{OWN_WORDS, error_table};
use super::issue::FIELDS;
use super::usage::Usage;
use super::words::WORDS;

/// Meta's error object, which may be no more than a sentence.
fn error_of(json: &Value) -> Option<&Value> {
    json.get("error").filter(|error| !error.is_null())
}

/// For an answer without Meta's error object.
const NOT_FROM_META: &str = "The answer is not in Meta's form. See what stands between this host and the Graph API (a proxy, a \
    firewall), and whether graph_api_url and graph_api_version in the channel's configuration are right.";

/// What Meta reports. It counts under any status.
pub(super) fn report(json: &Value) -> Option<Reported<'_>> {
    let error = error_of(json)?;
    let text = |name: &str| error.get(name).and_then(Value::as_str);
    Some(Reported {
        code: number(error, "code").map(Into::into),
        subcode: number(error, "error_subcode").map(Into::into),
        message: text("message").or(error.as_str()).unwrap_or_default(),
        user_title: text("error_user_title"),
        user_message: text("error_user_msg"),
        trace_id: text("fbtrace_id"),
        after: None,
    })
}

/// Meta sends numbers, gateways in between sometimes strings.
fn number(error: &Value, name: &str) -> Option<i64> {
    let value = error.get(name)?;
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// What a failure means: by the table, then by whether Meta calls it passing, then by the status.
#[expect(clippy::unnecessary_wraps, reason = "the signature that the kit calls")]
pub(super) fn classify(failure: &Failure<'_>) -> Option<Error> {
    let usage = Usage::from_headers(failure.headers);
    let error = failure.json.and_then(error_of);
    let numbered = |name| error.and_then(|error| number(error, name));
    let said = failure.reported.as_ref().map(all_words).unwrap_or_default();
    let rule = error.and_then(|_| rule_for(numbered("code"), numbered("error_subcode"), &said));
    let is_passing = error.and_then(|error| error.get("is_transient")).is_some_and(is_true);
    // A row that knows no cause knows less than Meta's own word that it passes.
    let rule = rule.filter(|rule| !(is_passing && rule.catch_all && rule.kind != ErrorKind::ProviderFailed));
    let classified = match rule {
        Some(rule) => from_rule(rule, &usage),
        None if is_passing => provider_failed("Meta reports a passing failure on its side."),
        None => from_status(failure.status, &usage, error.is_some()),
    };
    Some(usage.note(classified))
}

/// The rule that fits best; among equals the first of the table.
pub(super) fn rule_for(code: Option<i64>, subcode: Option<i64>, said: &str) -> Option<&'static GraphErrorRule> {
    let mut best = None;
    for rule in error_table() {
        if let Some(fit) = rule.fit(code, subcode, said)
            && best.is_none_or(|(other, _)| fit > other)
        {
            best = Some((fit, rule));
        }
    }
    best.map(|(_, rule)| rule)
}

fn from_rule(rule: &'static GraphErrorRule, usage: &Usage) -> Error {
    let retry = match rule.retry {
        Retry::Safe { after } if rule.kind == ErrorKind::RateLimited => Retry::Safe { after: usage.pause().or(after) },
        retry => retry,
    };
    let error = Error::new(rule.kind, rule.name, rule.sentence)
        .with_retry(retry)
        .with_scope(rule.scope)
        .with_hint(rule.hint)
        .with_context("documentation", rule.source);
    match rule.field {
        Some(field) => error.with_context(POINTER, FIELDS.key(field).to_string()),
        None => error,
    }
}

/// The name under which an error's context holds the field of the configuration where it is mended, as a JSON pointer.
pub(super) const POINTER: &str = "pointer";

/// What a status means under which Meta reports nothing that is known, or does not report at all: then it may not even be Meta
/// that answers.
fn from_status(status: StatusCode, usage: &Usage, is_reported: bool) -> Error {
    let hint = if is_reported { OWN_WORDS } else { NOT_FROM_META };
    let refused = |kind, code: &'static str, sentence: &'static str| Error::new(kind, code, sentence).with_hint(hint);
    match status.as_u16() {
        401 => refused(ErrorKind::Credentials, "facebook.unauthorized", "Meta does not accept the Page Access Token."),
        403 => refused(ErrorKind::Permission, "facebook.forbidden", "Meta does not allow this call."),
        404 if !is_reported => {
            refused(ErrorKind::Rejected, "facebook.not_found", "There is nothing at this address of the Graph API.")
        }
        408 | 429 => WORDS.of_status(status, usage.pause()),
        400..=499 => refused(ErrorKind::Rejected, "facebook.refused", "Meta refused the call."),
        500..=599 => provider_failed("Meta failed to handle the call."),
        _ => WORDS.of_status(status, usage.pause()),
    }
}

/// All that Meta says, for rules that go by words: some reasons stand in what it says to people alone.
fn all_words(reported: &Reported<'_>) -> String {
    let parts = [Some(reported.message), reported.user_title, reported.user_message];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn provider_failed(sentence: &'static str) -> Error {
    WORDS.unsure("facebook.provider_failed", sentence)
}

/// `true` and `"true"`: Meta's pages show both.
pub(super) fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str() == Some("true"))
}
