//! What a failed call is: Meta's error body first, the HTTP status only where there is none.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/guides/error-handling>

use channel_api::{Error, ErrorKind, JsonObject, ProviderError, Retry};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::error_rule::GraphErrorRule;
use super::error_table::error_table;
use super::redaction::Redaction;
use super::usage::Usage;

/// The parts of Meta's error object that decide.
#[derive(Debug, Default)]
struct Reported<'a> {
    code: Option<i64>,
    subcode: Option<i64>,
    message: &'a str,
    trace_id: Option<&'a str>,
    transient: bool,
}

impl<'a> Reported<'a> {
    fn read(error: &'a JsonObject) -> Self {
        Self {
            code: error.get("code").and_then(whole_number),
            subcode: error.get("error_subcode").and_then(whole_number),
            message: error.get("message").and_then(Value::as_str).unwrap_or_default(),
            trace_id: error.get("fbtrace_id").and_then(Value::as_str),
            transient: error.get("is_transient").is_some_and(is_true),
        }
    }

    fn provider(&self, redaction: &Redaction<'_>) -> ProviderError {
        ProviderError::new(self.code.map(Into::into))
            .with_subcode(self.subcode.map(Into::into))
            .with_message(Some(redaction.text(self.message)).filter(|message| !message.is_empty()))
            .with_trace_id(self.trace_id.map(|id| redaction.text(id)))
    }
}

/// Classifies Meta's error object, which may be no more than a sentence.
pub(super) fn from_body(error: &Value, status: StatusCode, headers: &HeaderMap, redaction: &Redaction<'_>) -> Error {
    let reported = match error {
        Value::Object(error) => Reported::read(error),
        other => Reported { message: other.as_str().unwrap_or_default(), ..Reported::default() },
    };
    let usage = Usage::from_headers(headers);
    let classified = match rule_for(reported.code, reported.subcode, reported.message) {
        Some(rule) => from_rule(rule, &usage),
        None if reported.transient => provider_failed("Meta reports a passing failure on its side."),
        None => from_status(status, &usage),
    };
    usage.note(classified).with_context("http_status", status.as_str()).with_provider(reported.provider(redaction))
}

/// Classifies an answer that is no success and holds no error object: a gateway's page, or an empty body.
pub(super) fn without_body(status: StatusCode, headers: &HeaderMap) -> Error {
    let usage = Usage::from_headers(headers);
    usage.note(from_status(status, &usage)).with_context("http_status", status.as_str())
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

/// A refusal with a number that is not in the table is still a refusal; only a failure of Meta's side, or an error that calls
/// itself a success, leaves open what was done.
fn from_status(status: StatusCode, usage: &Usage) -> Error {
    let refused = |kind, code: &'static str, sentence: &'static str| Error::new(kind, code, sentence);
    match status.as_u16() {
        401 => refused(ErrorKind::Credentials, "facebook.unauthorized", "Meta does not accept the Page access token.")
            .with_hint("regenerate the Page Access Token and enter it in the channel's configuration"),
        403 => refused(ErrorKind::Permission, "facebook.forbidden", "Meta does not allow this call.")
            .with_hint("check the app's permissions (pages_messaging) and whether it is approved and live"),
        404 => refused(ErrorKind::Rejected, "facebook.not_found", "There is nothing at this address of the Graph API.")
            .with_hint("check graph_api_url and graph_api_version in the channel's configuration"),
        429 => refused(ErrorKind::RateLimited, "facebook.rate_limited", "Too many calls in too short a time.")
            .with_retry(Retry::Safe { after: usage.pause() })
            .with_hint("wait, and send more slowly"),
        300..=399 => refused(
            ErrorKind::Config,
            "facebook.redirected",
            "The address of the Graph API answers with a redirect, which is not followed: the token would go along.",
        )
        .with_hint("enter the final address as graph_api_url"),
        400..=499 => refused(ErrorKind::Rejected, "facebook.refused", "Meta refused the call.")
            .with_hint("Meta's own message says why; its trace id helps Meta's support to find the call"),
        500..=599 => provider_failed("Meta failed to handle the call."),
        _ => Error::new(
            ErrorKind::Unexpected,
            "facebook.unknown_error",
            "Meta answered with an error that is not known, under a status that is no error.",
        )
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint(MAY_HAVE_BEEN_SENT),
    }
}

fn provider_failed(sentence: &'static str) -> Error {
    Error::new(ErrorKind::ProviderFailed, "facebook.provider_failed", sentence)
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint(MAY_HAVE_BEEN_SENT)
}

/// What to do where it is not known whether a message went out. The Send API knows no idempotency key, but Meta echoes every
/// message that the Page has sent.
pub(super) const MAY_HAVE_BEEN_SENT: &str = "the call may have been carried out: for a message, wait for its echo \
    (webhook field message_echoes) before sending it again";

/// Meta sends numbers, gateways in between sometimes strings.
fn whole_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// `true` and `"true"`: Meta's pages show both.
pub(super) fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str() == Some("true"))
}
