//! Many messages in one request. Each is judged and answered on its own, in the order in which they came.

use axum::Json;
use axum::extract::State;
use channel_api::{Error, ErrorKind, Issue, Pointer, Report};
use serde_json::{Value, json};

use super::Problem;
use super::messages::{bad_key, reply};
use super::request::JsonBody;
use crate::sending::{Draft, Key, NotSent, Sender};

/// How many messages a batch holds.
///
/// Source: the documentation's rate limits, "Batch messages: 50 messages per request".
const MOST: usize = 50;

/// Takes up to [`MOST`] messages: `{"messages": […]}`. A message may carry an `idempotencyKey` of its own.
pub(super) async fn send(State(sender): State<Sender>, body: JsonBody) -> Result<Json<Value>, Problem> {
    let drafts: Vec<_> = messages(body.required()?)?.into_iter().map(draft).collect();
    // What has no key that is one keeps its place, and is not sent.
    let good = drafts.iter().map(Result::is_ok).collect::<Vec<_>>();
    let mut sent = sender.send_batch(drafts.into_iter().flatten().collect()).await?.into_iter();
    let results = good.into_iter().map(|good| {
        let answer = if good {
            sent.next().unwrap_or(Err(NotSent::Lost)).map_err(Problem::from).and_then(reply)
        } else {
            Err(bad_key())
        };
        answer.unwrap_or_else(|problem| problem.parts().1)
    });
    Ok(Json(json!({ "results": results.collect::<Vec<_>>() })))
}

fn messages(mut body: Value) -> Result<Vec<Value>, Problem> {
    let at = Pointer::ROOT.key("messages");
    let issue = match body.get_mut("messages").map(Value::take) {
        Some(Value::Array(messages)) if (1..=MOST).contains(&messages.len()) => return Ok(messages),
        Some(Value::Array(messages)) => Issue::new(&at, "batch.size", format!("a batch holds 1 to {MOST} messages"))
            .with_limit(MOST, messages.len()),
        Some(_) => Issue::new(&at, "type", "must be a list of messages"),
        None => Issue::new(&at, "required", "give the messages as a list: {\"messages\": […]}"),
    };
    let mut report = Report::default();
    report.refuse(issue);
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_batch", "the batch", report).into())
}

/// A message of the batch, unless its key is none. The key is part of the batch, not of the message: the same message has the
/// same fingerprint wherever its key stands.
fn draft(mut message: Value) -> Result<Draft, BadKey> {
    let key = match message.as_object_mut() {
        Some(fields) => fields.remove("idempotencyKey").or_else(|| fields.remove("idempotency_key")),
        None => None,
    };
    let key = match key {
        None | Some(Value::Null) => None,
        Some(Value::String(key)) => Some(Key::new(&key).ok_or(BadKey)?),
        Some(_) => return Err(BadKey),
    };
    Ok(Draft::read(message).with_key(key))
}

struct BadKey;

#[cfg(test)]
mod tests {
    use super::*;

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
