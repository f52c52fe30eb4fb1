//! Many messages in one request. Each is judged and answered on its own, in the order in which they came.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use bytes::Bytes;
use channel_api::{
    Delivered, Error, ErrorKind, Issue, Pointer, ProviderRequest, Receipt, Report, Result as Outcome, Retry,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Problem;
use super::idempotency::bad_key;
use super::messages::{broken, read};
use super::sending::{Prepared, Ready, find, prepare};
use crate::app::App;
use crate::personalise::{PATIENCE, look_ahead};

/// How many messages a batch holds.
///
/// Source: the documentation's rate limits, "Batch messages: 50 messages per request".
const MOST: usize = 50;

/// Takes up to [`MOST`] messages: `{"messages": […]}`. A message may carry an `idempotencyKey` of its own.
pub(super) async fn send(
    State(app): State<Arc<App>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let messages = messages(read(body)?)?;
    // On a task of its own: a caller that hangs up must not leave messages half sent.
    let sending = app.tasks.spawn(carry_out(Arc::clone(&app), messages));
    let results = sending.await.map_err(|_| broken())?;
    Ok(Json(json!({ "results": results })))
}

fn messages(mut body: Value) -> Result<Vec<Value>, Problem> {
    let at = Pointer::ROOT.key("messages");
    let issue = match body.get_mut("messages").map(Value::take) {
        Some(Value::Array(messages)) if (1..=MOST).contains(&messages.len()) => return Ok(messages),
        Some(Value::Array(messages)) => Issue::new(&at, "batch.size", format!("a batch holds 1 to {MOST} messages"))
            .with_limit(MOST, messages.len()),
        Some(_) => Issue::new(&at, "type", "is a list of messages"),
        None => Issue::new(&at, "required", "give the messages as a list: {\"messages\": […]}"),
    };
    let mut report = Report::default();
    report.refuse(issue);
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_batch", "the batch", report).into())
}

/// Where a message stands until all of them are done.
enum Place {
    Answered(Value),
    Ready(Box<Ready>),
}

async fn carry_out(app: Arc<App>, messages: Vec<Value>) -> Vec<Value> {
    for message in &messages {
        if let Ok(adapter) = find(&app, message) {
            look_ahead(message, adapter, &app.people);
        }
    }
    // Together they wait no longer for names than one message does.
    let until = Instant::now() + PATIENCE;
    let mut places = Vec::with_capacity(messages.len());
    for message in messages {
        places.push(make_ready(&app, message, until).await);
    }
    let mut channels: Vec<String> = places.iter().filter_map(Place::channel_id).collect();
    channels.sort_unstable();
    channels.dedup();
    for channel in channels {
        deliver(&app, &channel, &mut places).await;
    }
    let answered = places.into_iter().map(|place| match place {
        Place::Answered(reply) => reply,
        // Each channel of a message that is ready was delivered.
        Place::Ready(_) => broken().parts().1,
    });
    answered.collect()
}

async fn make_ready(app: &App, mut message: Value, until: Instant) -> Place {
    // Part of the batch, not of the message: the same message has the same fingerprint wherever its key stands.
    let key = match message.as_object_mut() {
        Some(fields) => fields.remove("idempotencyKey").or_else(|| fields.remove("idempotency_key")),
        None => None,
    };
    let key = match &key {
        None | Some(Value::Null) => None,
        Some(Value::String(key)) => Some(key.as_str()),
        Some(_) => return Place::Answered(bad_key().parts().1),
    };
    match prepare(app, message, key, until).await {
        Ok(Prepared::Send(ready)) => Place::Ready(ready),
        Ok(Prepared::Known(_, reply)) => Place::Answered(reply),
        Err(problem) => Place::Answered(problem.parts().1),
    }
}

/// Sends all messages of one channel, in their order.
async fn deliver(app: &App, channel: &str, places: &mut [Place]) {
    let mut requests: Vec<ProviderRequest> = Vec::new();
    let mut adapter = None;
    for place in places.iter() {
        if let Place::Ready(ready) = place
            && ready.adapter.channel_id().as_str() == channel
        {
            requests.extend_from_slice(&ready.translated.requests);
            adapter = Some(Arc::clone(&ready.adapter));
        }
    }
    let Some(adapter) = adapter else { return };
    let (began, started) = (Timestamp::now(), Instant::now());
    let mut results = adapter.send_batch(&requests).await.into_iter();
    let took = started.elapsed();
    for place in places {
        if place.channel_id().as_deref() != Some(channel) {
            continue;
        }
        // Any value holds the place while its message is concluded.
        let Place::Ready(ready) = std::mem::replace(place, Place::Answered(Value::Null)) else { continue };
        let delivered = delivered(&mut results, ready.translated.requests.len());
        let (_, reply) = ready.conclude(app, delivered, began, took).await;
        *place = Place::Answered(reply);
    }
}

/// How far a message of so many parts came. What was made after its first failure is taken out with the rest.
fn delivered(results: &mut impl Iterator<Item = Outcome<Receipt>>, parts: usize) -> Delivered {
    let mut delivered = Delivered { receipts: Vec::with_capacity(parts), failure: None };
    for _ in 0..parts {
        match (results.next(), &delivered.failure) {
            (Some(Ok(receipt)), None) => delivered.receipts.push(receipt),
            (Some(Err(error)), None) => delivered.failure = Some(error),
            (None, None) => delivered.failure = Some(unanswered()),
            (_, Some(_)) => {}
        }
    }
    delivered
}

/// An adapter that answers fewer calls than it was given.
fn unanswered() -> Error {
    Error::new(ErrorKind::Unexpected, "batch.unanswered", "the channel did not say what became of this message")
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint("it may have been sent; look for its echo before sending it again")
}

impl Place {
    fn channel_id(&self) -> Option<String> {
        match self {
            Self::Answered(_) => None,
            Self::Ready(ready) => Some(ready.adapter.channel_id().to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_several_parts_ends_at_its_first_failure() {
        let receipt = |id: &str| Ok(Receipt { message_id: Some(id.to_owned()), ..Receipt::default() });
        let failure = || Err(Error::new(ErrorKind::RateLimited, "x", "too much"));
        let mut results =
            [receipt("a"), failure(), receipt("never counted"), receipt("b"), failure(), receipt("c")].into_iter();
        let first = delivered(&mut results, 3);
        assert_eq!((first.receipts.len(), first.failure.unwrap().code()), (1, "x"));
        let second = delivered(&mut results, 1);
        assert_eq!(second.receipts[0].message_id.as_deref(), Some("b"));
        assert!(second.failure.is_none());
        assert!(delivered(&mut results, 1).failure.is_some());
        assert_eq!(delivered(&mut results, 1).receipts.len(), 1);
        let unanswered = delivered(&mut results, 1).failure.unwrap();
        assert!(matches!(unanswered.retry(), Retry::IfIdempotent { .. }));
    }

    #[test]
    fn a_batch_has_a_size() {
        let of = |count: usize| messages(json!({ "messages": vec![json!({}); count] }));
        assert_eq!(of(1).unwrap().len(), 1);
        assert_eq!(of(MOST).unwrap().len(), MOST);
        for bad in [of(0), of(MOST + 1), messages(json!({})), messages(json!([])), messages(json!({"messages": 5}))] {
            let (status, body) = bad.unwrap_err().parts();
            assert_eq!(status.as_u16(), 422);
            assert_eq!(body["issues"][0]["pointer"], "/messages");
        }
    }
}
