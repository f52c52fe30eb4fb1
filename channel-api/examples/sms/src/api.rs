use std::time::Duration;

use channel_api::{Error, ErrorKind, ProviderError, ProviderRequest, Receipt, Result, Retry};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;

use crate::config::SmsAccount;

/// No answer of the API is longer.
const LONGEST_ANSWER: usize = 64 * 1024;

/// A client that follows no redirect, repeats nothing, and does not wait for ever.
pub(crate) fn client() -> Result<Client> {
    let built = Client::builder().redirect(Policy::none()).retry(reqwest::retry::never());
    built.timeout(Duration::from_secs(20)).build().map_err(|error| {
        Error::new(ErrorKind::Config, "sms.no_client", "a secure client cannot be set up on this system")
            .with_hint("install the system's CA certificates")
            .with_source(error.without_url())
    })
}

/// Makes one call, once.
pub(crate) async fn send(http: &Client, account: &SmsAccount, request: &ProviderRequest) -> Result<Receipt> {
    let mut url = account.api_url.clone();
    // Only the path is replaced: no request leads to another host.
    url.set_path(&request.path);
    let call = http.post(url).bearer_auth(account.api_key.expose()).json(&request.body);
    let answer = call.send().await.map_err(no_answer)?;
    let status = answer.status();
    let wait = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
    let json: Option<Value> = serde_json::from_slice(&body(answer).await?).ok();
    let error = json.as_ref().map(|json| &json["error"]).filter(|error| error.is_object());
    if let Some(error) = error {
        return Err(reported(error, status, wait.map(Duration::from_secs), account));
    }
    match json.as_ref().and_then(|json| json["id"].as_str()) {
        Some(id) if status.is_success() => Ok(Receipt { message_id: Some(id.to_owned()), ..Receipt::default() }),
        _ if status.is_success() => {
            Err(Error::new(ErrorKind::Unexpected, "sms.unreadable", "Acme's answer cannot be read")
                .with_retry(Retry::IF_IDEMPOTENT))
        }
        _ => Err(of_status(status, wait.map(Duration::from_secs))),
    }
}

async fn body(mut answer: Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(no_answer)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Error::new(ErrorKind::Unexpected, "sms.too_long", "Acme's answer does not end")
                .with_retry(Retry::IF_IDEMPOTENT));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Only a call that never reached anybody may be made again without a thought.
fn no_answer(error: reqwest::Error) -> Error {
    let (code, sentence, retry) = if error.is_connect() {
        ("sms.unreachable", "Acme cannot be reached; nothing was sent", Retry::SAFE)
    } else {
        ("sms.no_answer", "Acme was called but its answer did not arrive", Retry::IF_IDEMPOTENT)
    };
    Error::new(ErrorKind::Unreachable, code, sentence)
        .with_retry(retry)
        .with_hint("check api_url and this machine's network")
        .with_source(error.without_url())
}

/// Acme's own code says more than the status.
fn reported(error: &Value, status: StatusCode, after: Option<Duration>, account: &SmsAccount) -> Error {
    let code = error["code"].as_i64();
    let known = match code {
        Some(10) => Error::new(ErrorKind::Credentials, "sms.key", "Acme does not accept the API key")
            .with_hint("make a new key in the console and enter it"),
        Some(21) => Error::new(ErrorKind::RecipientUnavailable, "sms.unsubscribed", "this person wants no messages"),
        Some(29) => Error::new(ErrorKind::RateLimited, "sms.rate_limited", "too many messages")
            .with_retry(Retry::Safe { after })
            .with_hint("wait, and send more slowly"),
        _ => of_status(status, after),
    };
    // Acme may repeat the key that it was given.
    let words = error["message"].as_str().map(|words| words.replace(account.api_key.expose(), "[redacted]"));
    let trace_id = error["trace"].as_str().map(str::to_owned);
    known.with_provider(ProviderError::new(code.map(Into::into)).with_message(words).with_trace_id(trace_id))
}

fn of_status(status: StatusCode, after: Option<Duration>) -> Error {
    match status.as_u16() {
        429 => Error::new(ErrorKind::RateLimited, "sms.rate_limited", "too many messages")
            .with_retry(Retry::Safe { after })
            .with_hint("wait, and send more slowly"),
        500.. => {
            Error::new(ErrorKind::ProviderFailed, "sms.failed", "Acme failed").with_retry(Retry::IfIdempotent { after })
        }
        _ => Error::new(ErrorKind::Rejected, "sms.rejected", "Acme refused the message"),
    }
}
