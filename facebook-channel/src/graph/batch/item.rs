//! One call of a batch, as Meta reads it.

use std::collections::HashMap;

use channel_api::{ProviderRequest, Result};
use channel_http::{Call, form_encoded};
use serde_json::{Value, json};

use crate::graph::client::GraphClient;
use crate::graph::meta::META;

/// A call that may stand in a batch.
pub(super) struct Item<'a> {
    pub(super) request: &'a ProviderRequest,
    /// The request after which it is made.
    pub(super) after: Option<usize>,
    relative_url: String,
}

impl<'a> Item<'a> {
    /// # Errors
    /// As for a call that is made alone: it leads elsewhere, or brings credentials.
    pub(super) fn of(client: &GraphClient, request: &'a ProviderRequest, after: Option<usize>) -> Result<Self> {
        let call = Call::of(request);
        let path = call.checked_path(&META)?;
        // The version of the batch holds for the calls in it.
        let path = path.strip_prefix(client.version()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path);
        let query = form_encoded(request.query.iter().map(|(name, value)| (name, value)));
        let relative_url = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        Ok(Self { request, after, relative_url })
    }
}

/// The batch itself. A call that another one waits for has a name.
pub(super) fn list(batch: &[(usize, Item<'_>)]) -> Value {
    let name = |index: usize| format!("call-{index}");
    let is_awaited = |index: usize| batch.iter().any(|(_, item)| item.after == Some(index));
    let written = batch.iter().map(|(index, item)| {
        let mut written = json!({"method": item.request.method.as_str(), "relative_url": item.relative_url});
        if let Some(fields) = item.request.body.as_object() {
            let fields = fields
                .iter()
                .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
            written["body"] = form_encoded(fields).into();
        }
        if is_awaited(*index) {
            written["name"] = name(*index).into();
            // Or Meta answers it with null, as it does where it does not know.
            written["omit_response_on_success"] = false.into();
        }
        if let Some(after) = item.after {
            written["depends_on"] = name(after).into();
        }
        written
    });
    written.collect()
}

/// For each request the one before it to the same person.
pub(super) fn before(requests: &[ProviderRequest]) -> Vec<Option<usize>> {
    let mut last = HashMap::new();
    let of = |(index, request): (usize, &ProviderRequest)| last.insert(person(request)?, index);
    requests.iter().enumerate().map(of).collect()
}

/// To whom a call goes: `recipient`, whichever way it names the person.
fn person(request: &ProviderRequest) -> Option<String> {
    let recipient = request.body.get("recipient")?;
    // An id may be a number.
    let id = recipient.get("id").and_then(crate::graph::id);
    Some(id.unwrap_or_else(|| recipient.to_string()))
}
