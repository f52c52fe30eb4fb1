//! The Graph calls that came in, for tests to look at. No credential is ever kept.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Map, Value};

use super::call::Call;
use super::multipart::File;

/// Older calls are forgotten.
const CALLS: usize = 10_000;

/// One call.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recorded {
    pub(super) seq: u64,
    pub(super) at: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Map<String, Value>,
    pub(super) body: Value,
    /// A file that was uploaded; its bytes are not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<File>,
    /// The batch that the call was an item of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) batch: Option<u64>,
    /// Where the token was: `bearer`, `query`, `body`, `batch` or `none`.
    pub(super) authorization: &'static str,
    /// `valid`, `invalid` or `absent`.
    pub(super) appsecret_proof: &'static str,
    /// The fault that was played, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<&'static str>,
    /// What was answered; absent while a call hangs, and for one that was cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<Value>,
}

impl Recorded {
    /// A call as it came in, without a number yet.
    pub(super) fn of(call: &Call, at: String, appsecret_proof: &'static str) -> Self {
        Self {
            seq: 0,
            at,
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.query.clone().into_iter().map(|(name, value)| without_credential(name, value)).collect(),
            body: match &call.body {
                Value::Object(body) => {
                    let body = body.clone().into_iter().map(|(name, value)| without_credential(name, value));
                    Value::Object(body.collect())
                }
                other => other.clone(),
            },
            file: call.file.clone(),
            batch: None,
            authorization: call.authorization,
            appsecret_proof,
            fault: None,
            status: None,
            answer: None,
        }
    }
}

/// Parameters that are credentials, besides those that every call has.
const CREDENTIALS: &[&str] = &["client_secret", "code", "fb_exchange_token", "input_token", "account_linking_token"];
/// What is kept in their place.
const LEFT_OUT: &str = "(left out)";

fn without_credential(name: String, value: Value) -> (String, Value) {
    let value = if CREDENTIALS.contains(&name.as_str()) { LEFT_OUT.into() } else { value };
    (name, value)
}

/// An answer without the tokens that were given with it; the address of a next piece holds one.
fn without_tokens(answer: &Value) -> Value {
    match answer {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == "access_token" || text.contains("access_token") => {
                    (name.clone(), LEFT_OUT.into())
                }
                _ => (name.clone(), without_tokens(value)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(without_tokens).collect(),
        other => other.clone(),
    }
}

#[derive(Debug, Default)]
pub(super) struct Record {
    calls: VecDeque<Recorded>,
    last: u64,
}

impl Record {
    /// Keeps a call and gives it the next number, from 1.
    pub(super) fn add(&mut self, call: Recorded) -> u64 {
        self.last += 1;
        self.calls.push_back(Recorded { seq: self.last, ..call });
        if self.calls.len() > CALLS {
            self.calls.pop_front();
        }
        self.last
    }

    pub(super) fn answered(&mut self, seq: u64, status: u16, answer: &Value) {
        if let Some(call) = self.calls.iter_mut().rev().find(|call| call.seq == seq) {
            call.status = Some(status);
            call.answer = Some(without_tokens(answer));
        }
    }

    /// The calls after this number.
    pub(super) fn after(&self, seq: u64) -> Vec<Recorded> {
        self.calls.iter().filter(|call| call.seq > seq).cloned().collect()
    }
}
