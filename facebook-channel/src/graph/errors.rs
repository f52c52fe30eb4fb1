//! What a failed call is: Meta's error body first, the HTTP status only where there is none.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/guides/error-handling>

use channel_api::{Error, ErrorKind, Retry};
use channel_http::{Failure, Reported};
use reqwest::StatusCode;
use serde_json::Value;

use super::error_rule::GraphErrorRule;
use super::error_table::error_table;
use super::usage::Usage;
use super::words::WORDS;

/// Meta's error object, which may be no more than a sentence.
fn error_of(json: &Value) -> Option<&Value> {
    json.get("error").filter(|error| !error.is_null())
}

/// What Meta reports. It counts under any status.
pub(super) fn report(json: &Value) -> Option<Reported<'_>> {
    let error = error_of(json)?;
    let text = |name: &str| error.get(name).and_then(Value::as_str);
    Some(Reported {
        code: number(error, "code").map(Into::into),
        subcode: number(error, "error_subcode").map(Into::into),
        message: text("message").or(error.as_str()).unwrap_or_default(),
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
    let message = failure.reported.as_ref().map_or("", |reported| reported.message);
    let rule = error.and_then(|_| rule_for(numbered("code"), numbered("error_subcode"), message));
    let is_passing = error.and_then(|error| error.get("is_transient")).is_some_and(is_true);
    let classified = match rule {
        Some(rule) => from_rule(rule, &usage),
        None if is_passing => provider_failed("Meta reports a passing failure on its side."),
        None => from_status(failure.status, &usage),
    };
    Some(usage.note(classified))
}

/// The rule that fits best; among equals the first of the table.
pub(super) fn rule_for(code: Option<i64>, subcode: Option<i64>, message: &str) -> Option<&'static GraphErrorRule> {
    let mut best = None;
    for rule in error_table() {
        if let Some(fit) = rule.fit(code, subcode, message)
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
    Error::new(rule.kind, rule.name, rule.sentence)
        .with_retry(retry)
        .with_hint(rule.hint)
        .with_context("documentation", rule.source)
}

/// Where Meta's own words help an operator more than the kit's.
fn from_status(status: StatusCode, usage: &Usage) -> Error {
    let refused = |kind, code: &'static str, sentence: &'static str| Error::new(kind, code, sentence);
    match status.as_u16() {
        401 => refused(ErrorKind::Credentials, "facebook.unauthorized", "Meta does not accept the Page access token.")
            .with_hint("regenerate the Page Access Token and enter it in the channel's configuration"),
        403 => refused(ErrorKind::Permission, "facebook.forbidden", "Meta does not allow this call.")
            .with_hint("check the app's permissions (pages_messaging) and whether it is approved and live"),
        404 => refused(ErrorKind::Rejected, "facebook.not_found", "There is nothing at this address of the Graph API.")
            .with_hint("check graph_api_url and graph_api_version in the channel's configuration"),
        500..=599 => provider_failed("Meta failed to handle the call."),
        _ => WORDS.of_status(status, usage.pause()),
    }
}

fn provider_failed(sentence: &'static str) -> Error {
    WORDS.unsure("facebook.provider_failed", sentence)
}

/// `true` and `"true"`: Meta's pages show both.
pub(super) fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str() == Some("true"))
}
