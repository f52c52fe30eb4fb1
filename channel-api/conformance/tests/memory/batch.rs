//! Many calls in one request: rounds, each with the next call of every person.

use std::collections::BTreeSet;

use channel_api::{Error, ErrorKind, ProviderRequest, Receipt, Result, Retry};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::answer::{self, interpret};
use super::client::{self, Answer};
use super::config::Account;

const BATCH: &str = "/v1/batch";
/// How many calls the provider takes in one request.
const MOST_CALLS: usize = 20;

/// One result for each request, in their order. What follows a person's failed call is not made.
pub(super) async fn send(account: &Account, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
    let mut results: Vec<Option<Result<Receipt>>> = requests.iter().map(|_| None).collect();
    let person = |index: usize| requests.get(index).and_then(|request| request.body["to"].as_str());
    let mut waiting: Vec<usize> = (0..requests.len()).collect();
    let mut failed: BTreeSet<&str> = BTreeSet::new();
    while !waiting.is_empty() {
        let (mut round, mut later, mut people) = (Vec::new(), Vec::new(), BTreeSet::new());
        for index in waiting {
            let person = person(index);
            if person.is_some_and(|person| failed.contains(person)) {
                set(&mut results, index, Err(not_made()));
            } else if round.len() < MOST_CALLS && person.is_none_or(|person| people.insert(person)) {
                round.push(index);
            } else {
                // A later call of somebody whose earlier one waits must wait as well.
                people.extend(person);
                later.push(index);
            }
        }
        let made = together(account, &round.iter().filter_map(|index| requests.get(*index)).collect::<Vec<_>>()).await;
        for (index, result) in round.into_iter().zip(made) {
            if result.is_err() {
                failed.extend(person(index));
            }
            set(&mut results, index, result);
        }
        waiting = later;
    }
    results.into_iter().map(|result| result.unwrap_or_else(|| Err(not_made()))).collect()
}

fn set(results: &mut [Option<Result<Receipt>>], index: usize, result: Result<Receipt>) {
    if let Some(place) = results.get_mut(index) {
        *place = Some(result);
    }
}

fn not_made() -> Error {
    Error::new(
        ErrorKind::Rejected,
        "memory.not_made",
        "an earlier call to the same person failed, so this one was not made",
    )
    .with_retry(Retry::SAFE)
    .with_hint("mend the earlier one first")
    .with_operation("send_batch")
}

/// One request for all of them, and each one's own answer.
async fn together(account: &Account, requests: &[&ProviderRequest]) -> Vec<Result<Receipt>> {
    let calls: Vec<Value> =
        requests.iter().map(|request| json!({"path": request.path, "body": request.body})).collect();
    let request = ProviderRequest::post(BATCH, json!({ "calls": calls }));
    let told = match client::call(&account.api, &account.token, &request).await {
        Ok(answer) => interpret(&answer, &answer::secrets(account)),
        Err(error) => Err(error),
    };
    match told {
        Ok(answer) => {
            requests.iter().enumerate().map(|(index, request)| one(account, request, &answer[index])).collect()
        }
        // The request is lost or refused as a whole, and so is each of its calls.
        Err(error) => requests.iter().map(|_| Err(answer::again(&error).with_operation("send_batch"))).collect(),
    }
}

fn one(account: &Account, request: &ProviderRequest, answer: &Value) -> Result<Receipt> {
    let status = answer["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok()).ok_or_else(|| {
        Error::new(ErrorKind::Unexpected, "memory.unreadable", "the batch has no answer to this call")
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_hint("wait for the echo of the message before sending it again")
    })?;
    let mut headers = HeaderMap::new();
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        if let (Ok(name), Some(value)) = (name.parse::<HeaderName>(), value) {
            headers.insert(name, value);
        }
    }
    let body = answer["body"].as_str().unwrap_or_default().to_owned().into();
    let answer = interpret(&Answer { status, headers, body }, &answer::secrets(account));
    answer::receipt(&answer?, request.body.get("sign").is_none()).map_err(|error| error.with_operation("send_batch"))
}
