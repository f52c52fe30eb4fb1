//! [`Answer`]: what came back, read within bounds.

use std::time::Duration;

use channel_api::{Error, Result};
use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use reqwest::Response;

use crate::{Provider, network};

/// No quota is counted over a longer time, so no wait is longer.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_hours(24);

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

fn too_long(provider: &Provider, status: StatusCode, longest: usize) -> Error {
    let sentence = format!("{}'s answer is longer than {longest} bytes and was not read to its end", provider.name);
    provider.unsure(provider.code("reply_too_long"), sentence).with_context("http_status", status.as_str())
}

/// How long the general HTTP header asks to wait, where it says so in seconds. Whatever stands in between may send it too.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}
