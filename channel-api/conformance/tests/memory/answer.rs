//! What an answer means: the provider's own error first, the HTTP status only where there is none.

use std::time::Duration;

use channel_api::{Error, ErrorKind, ProviderError, Receipt, Result, Retry, Secret};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::client::Answer;
use super::config::Account;

/// The provider's errors: code, kind, whether it is certain that nothing was done, our code, sentence, hint.
const TABLE: [(i64, ErrorKind, bool, &str, &str, &str); 6] = [
    (2, ErrorKind::ProviderFailed, false, "memory.failed", "the provider failed", "try again later"),
    (4, ErrorKind::RateLimited, true, "memory.rate_limited", "too many calls", "wait, and send more slowly"),
    (10, ErrorKind::Permission, false, "memory.permission", "the account may not do this", "ask its owner to allow it"),
    (24, ErrorKind::WindowClosed, false, "memory.window", "it is too late to answer", "wait until the person writes"),
    (190, ErrorKind::Credentials, false, "memory.token", "the token is not accepted", "make a new token and enter it"),
    (
        551,
        ErrorKind::RecipientUnavailable,
        false,
        "memory.gone",
        "this person cannot be reached",
        "stop writing to them",
    ),
];

/// What the provider may repeat, and nobody may see.
pub(super) fn secrets(account: &Account) -> Vec<&Secret> {
    account.signing_secrets.iter().chain([&account.token, &account.verify_token]).collect()
}

/// The same error for another of the calls that it befell.
pub(super) fn again(error: &Error) -> Error {
    let mut again = Error::new(error.kind(), error.code().to_owned(), error.to_string()).with_retry(error.retry());
    if let Some(hint) = error.hint() {
        again = again.with_hint(hint.to_owned());
    }
    if let Some(provider) = error.provider() {
        again = again.with_provider(provider.clone());
    }
    again
}

/// A failure after other calls of the same operation were made: doing all of it again is not safe any more.
pub(super) fn after_others(error: Error) -> Error {
    match error.retry() {
        Retry::Safe { after } => error.with_retry(Retry::IfIdempotent { after }),
        _ => error,
    }
}

/// The answer's JSON, or the failure that it reports.
pub(super) fn interpret(answer: &Answer, secrets: &[&Secret]) -> Result<Value> {
    let json = serde_json::from_slice::<Value>(&answer.body).ok();
    let error = json.as_ref().and_then(|json| json.get("error")).filter(|error| error.is_object());
    match (error, json.as_ref()) {
        (Some(error), _) => Err(reported(error, answer.status, &answer.headers, secrets)),
        (None, Some(json)) if answer.status.is_success() => Ok(json.clone()),
        (None, None) if answer.status.is_success() => Err(Error::new(
            ErrorKind::Unexpected,
            "memory.unreadable",
            "the provider's answer cannot be read; the call may have been carried out",
        )
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint("wait for the echo of the message before sending it again")),
        (None, _) => Err(of_status(answer.status, wait(&answer.headers))),
    }
}

fn wait(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn reported(error: &Value, status: StatusCode, headers: &HeaderMap, secrets: &[&Secret]) -> Error {
    let code = error["code"].as_i64();
    let text = |name: &str| {
        let text = error[name].as_str()?;
        // The provider may repeat what it was given.
        Some(secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose(), "[redacted]")))
    };
    let provider = ProviderError::new(code.map(Into::into))
        .with_subcode(error["subcode"].as_i64().map(Into::into))
        .with_message(text("message"))
        .with_trace_id(text("trace"));
    let known = TABLE.iter().find(|known| Some(known.0) == code);
    let classified = match known {
        Some((_, kind, undone, code, sentence, hint)) => {
            let retry = match (kind, undone) {
                (_, true) => Retry::Safe { after: wait(headers) },
                (ErrorKind::ProviderFailed, false) => Retry::IfIdempotent { after: wait(headers) },
                _ => Retry::Never,
            };
            Error::new(*kind, *code, *sentence).with_retry(retry).with_hint(*hint)
        }
        None => of_status(status, wait(headers)),
    };
    classified.with_provider(provider).with_context("http_status", status.as_str())
}

fn of_status(status: StatusCode, after: Option<Duration>) -> Error {
    match status.as_u16() {
        401 => Error::new(ErrorKind::Credentials, "memory.token", "the token is not accepted")
            .with_hint("make a new token and enter it"),
        429 => Error::new(ErrorKind::RateLimited, "memory.rate_limited", "too many calls")
            .with_retry(Retry::Safe { after })
            .with_hint("wait, and send more slowly"),
        300..=399 => {
            Error::new(ErrorKind::Config, "memory.redirected", "the provider redirects, which is not followed")
                .with_hint("enter the final address as api_url")
        }
        500..=599 => Error::new(ErrorKind::ProviderFailed, "memory.failed", "the provider failed")
            .with_retry(Retry::IfIdempotent { after })
            .with_hint("try again later"),
        _ => Error::new(ErrorKind::Rejected, "memory.rejected", "the provider refused the call")
            .with_hint("its own message says why"),
    }
}

/// The receipt in an answer. A message has an id; a sign has none.
pub(super) fn receipt(answer: &Value, is_message: bool) -> Result<Receipt> {
    let id = answer["id"].as_str().filter(|id| !id.is_empty());
    if id.is_none() && is_message {
        return Err(Error::new(ErrorKind::Unexpected, "memory.no_id", "the provider gave the message no id")
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_hint("wait for the echo of the message before sending it again"));
    }
    Ok(Receipt { message_id: id.map(str::to_owned), ..Receipt::default() })
}
