//! [`Answer`]: what came back, read within bounds.

use channel_api::{Error, Result};
use http::{HeaderMap, StatusCode};
use reqwest::Response;
use serde_json::Value;

use crate::{Failure, Provider, Redaction, network};

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, to the end.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer to its end, but not beyond `longest` bytes.
    pub(crate) async fn read(provider: &Provider, mut response: Response, longest: usize) -> Result<Self> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| network::no_answer(provider, error))? {
            if body.len() + chunk.len() > longest {
                return Err(too_long(provider, status, longest));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status, headers, body })
    }
}

impl Provider {
    /// By what the provider's support finds the call that was answered so.
    pub fn trace_id(&self, headers: &HeaderMap) -> Option<String> {
        headers.get(self.trace_header).and_then(|id| id.to_str().ok()).map(str::to_owned)
    }

    /// What an answer means. What it reports counts under any status; only then does the status.
    ///
    /// # Errors
    /// The failure that it reports; one by its status; or that it is no JSON, so that one cannot tell what was done.
    pub fn interpret(&self, answer: &Answer, redaction: &Redaction<'_>) -> Result<Value> {
        match serde_json::from_slice::<Value>(&answer.body) {
            Ok(json) if answer.status.is_success() && (self.report)(&json).is_none() => Ok(json),
            Err(_) if answer.status == StatusCode::NO_CONTENT => Ok(Value::Null),
            Err(_) if answer.status.is_success() => {
                Err(self.unsure(self.code("unreadable_reply"), format!("{}'s answer is no JSON", self.name)))
            }
            json => Err(self.refusal(answer, json.ok().as_ref(), redaction)),
        }
    }

    /// What an answer means that is no success.
    pub(crate) fn refusal(&self, answer: &Answer, json: Option<&Value>, redaction: &Redaction<'_>) -> Error {
        let reported = json.and_then(|json| (self.report)(json));
        self.failed(&Failure { status: answer.status, headers: &answer.headers, json, reported }, redaction)
    }
}

fn too_long(provider: &Provider, status: StatusCode, longest: usize) -> Error {
    let sentence = format!("{}'s answer is longer than {longest} bytes and was not read to its end", provider.name);
    provider.unsure(provider.code("reply_too_long"), sentence).with_context("http_status", status.as_str())
}
