//! Many messages in one request. Each is judged and answered on its own, in the order in which they came.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use channel_api::json::Document;
use channel_api::{Error, ErrorKind, Issue, Pointer, Quote, Report, read};
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::Problem;
use super::access::KeyName;
use super::fields::Fields;
use super::keyless::{answered_by, implied_key};
use super::messages::{REPLAYED, reply, wait};
use super::request::JsonBody;
use crate::sending::{Draft, Key, NotSent, Sender, Sent};

/// How many messages a batch holds.
///
/// Source: the documentation's rate limits, "Batch messages: 50 messages per request".
const MAX_BATCH: usize = 50;

/// Takes up to [`MAX_BATCH`] messages: `{"messages": […]}`. A message may carry an `idempotencyKey` of its own. The answer is a
/// replay when each message that is kept was given before.
pub(super) async fn send(
    State(sender): State<Sender>,
    Extension(caller): Extension<KeyName>,
    fields: Fields,
    body: JsonBody,
) -> Result<Response, Problem> {
    let (wait, words) = (wait(fields)?, implied_key(&caller, "batch", &body.bytes));
    let mut drafts = Vec::new();
    // What has no key that is one keeps its place, and is not sent.
    let places: Vec<Option<Problem>> = messages(body.document()?)?
        .into_iter()
        .enumerate()
        .map(|(place, message)| {
            draft(place, message).map(|draft| drafts.push(draft.with_implied(words.at(place)))).err()
        })
        .collect();
    let request = sender.open(&mut drafts).await;
    let sent = sender.send_batch(drafts, wait).await?;
    // Where nothing was stored because it could not be, a client shall repeat the whole by itself.
    let not_stored = |sent: &Result<Sent, NotSent>| {
        matches!(sent, Err(NotSent::Store(_) | NotSent::NotStored | NotSent::Full { .. }))
    };
    if sent.iter().all(Result::is_err) && sent.iter().any(not_stored) {
        let reason = sent.into_iter().filter(not_stored).find_map(Result::err);
        return Err(reason.unwrap_or(NotSent::Lost).into());
    }
    let mut kept = sent.iter().flatten().filter(|sent| sent.id.is_some()).map(|sent| sent.replayed).peekable();
    let replayed = kept.peek().is_some() && kept.all(|replayed| replayed);
    let mut sent = sent.into_iter();
    let results = places.into_iter().map(|bad_key| {
        let answer = match bad_key {
            None => {
                sent.next().unwrap_or(Err(NotSent::Lost)).map_err(Problem::from).and_then(reply).map(|(_, told)| told)
            }
            Some(problem) => Err(problem),
        };
        answer.unwrap_or_else(|problem| problem.parts().1)
    });
    let mut response = Json(json!({ "results": results.collect::<Vec<_>>() })).into_response();
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(answered_by(response, request))
}

/// What a batch consists of.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Batch {
    messages: IgnoredAny,
}

/// The messages, each with its own flaws: one that was cut costs no other. What stands beside them and belongs to none of them is
/// refused, for nobody would read it.
fn messages(body: Document) -> Result<Vec<Document>, Problem> {
    let Document { value: mut body, flaws, .. } = body;
    let at = Pointer::ROOT.key("messages");
    let mut report = Report::default();
    if body.is_object() {
        let Batch { messages: IgnoredAny } = read(&body, &Pointer::ROOT, Quote::Nothing, &mut report);
        report.refuse_unknown_fields();
    }
    let mut messages: Vec<Document> = Vec::new();
    match body.get_mut("messages").map(Value::take) {
        Some(Value::Array(given)) if (1..=MAX_BATCH).contains(&given.len()) => {
            messages = given.into_iter().map(Document::new).collect();
        }
        Some(Value::Array(given)) => {
            let issue = Issue::new(&at, "batch.size", format!("a batch holds 1 to {MAX_BATCH} messages"));
            report.refuse(issue.with_limit(MAX_BATCH, given.len()));
        }
        Some(_) => report.refuse(Issue::new(&at, "type", "must be a list of messages")),
        None => report.refuse(Issue::new(&at, "required", "give the messages as a list: {\"messages\": […]}")),
    }
    for mut flaw in flaws {
        let place = within(&flaw.pointer).map(|(index, rest)| (index, rest.to_owned()));
        match place.and_then(|(index, rest)| Some((messages.get_mut(index)?, rest))) {
            Some((message, rest)) => {
                flaw.pointer = rest;
                message.flaws.push(flaw);
            }
            None => report.refuse(flaw),
        }
    }
    if report.refusals.is_empty() {
        return Ok(messages);
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_batch", "the batch", report).into())
}

/// Which message a place is in, and where it is there.
fn within(place: &str) -> Option<(usize, &str)> {
    let place = place.strip_prefix("/messages/")?;
    let (index, rest) = place.split_at(place.find('/').unwrap_or(place.len()));
    Some((index.parse().ok()?, rest))
}

/// A message of the batch, unless its key is none. The key is part of the batch, not of the message: the same message has the
/// same fingerprint wherever its key stands.
fn draft(place: usize, mut message: Document) -> Result<Draft, Problem> {
    let names = ["idempotencyKey", "idempotency_key"];
    let given = names.into_iter().find_map(|name| Some((name, message.value.as_object_mut()?.remove(name)?)));
    let key = match given {
        None | Some((_, Value::Null)) => None,
        Some((name, given)) => Some(key(&given).ok_or_else(|| bad_key(place, name, &given))?),
    };
    Ok(Draft::read(message).with_key(key))
}

fn key(given: &Value) -> Option<Key> {
    Key::new(given.as_str()?)
}

fn bad_key(place: usize, name: &str, given: &Value) -> Problem {
    let at = Pointer::ROOT.key("messages");
    let rule = format!("must be a text of 1 to {} characters", Key::MAX);
    let mut issue = Issue::new(&at.index(place).key(name), "idempotency_key", rule.as_str());
    if let Some(text) = given.as_str() {
        issue = issue.with_limit(Key::MAX, text.chars().count());
    }
    Problem::new(StatusCode::BAD_REQUEST, "bad_idempotency_key", format!("the message's key {rule}"))
        .with("issues", json!([issue]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_a_size() {
        let messages = |body: Value| messages(Document::new(body));
        let of = |count: usize| messages(json!({ "messages": vec![json!({}); count] }));
        assert_eq!(of(1).unwrap().len(), 1);
        assert_eq!(of(MAX_BATCH).unwrap().len(), MAX_BATCH);
        for bad in
            [of(0), of(MAX_BATCH + 1), messages(json!({})), messages(json!([])), messages(json!({"messages": 5}))]
        {
            let (status, body) = bad.unwrap_err().parts();
            assert_eq!(status.as_u16(), 422);
            assert_eq!(body["issues"][0]["pointer"], "/messages");
        }
    }

    #[test]
    fn what_is_wrong_belongs_to_the_message_in_which_it_stands() {
        let body = br#"{"messages": [{"to": "1"}, {"content": {"text": "\ud83d"}}, "\ude00", {"to": "1", "to": "2"}]}"#;
        let read = messages(channel_api::json::parse(body).unwrap()).unwrap();
        let places: Vec<Vec<_>> =
            read.iter().map(|one| one.flaws.iter().map(|issue| issue.pointer.as_str()).collect()).collect();
        assert_eq!(places, [vec![], vec!["/content/text"], vec![""], vec!["/to"]]);
        let eleven = vec![json!({}); 11];
        let mut body = Document::new(json!({ "messages": eleven }));
        body.flaws = vec![Issue::new(&Pointer::ROOT.key("messages").index(10).key("to"), "half_character", "…")];
        let read = messages(body).unwrap();
        assert_eq!((read[1].flaws.len(), read[10].flaws.len()), (0, 1));
    }

    #[test]
    fn what_belongs_to_no_message_is_refused() {
        let message = r#"{"to": "1"}"#;
        let many = format!("[{}]", vec![r#""\ud83d""#; 60].join(","));
        for (body, expected) in [
            (format!(r#"{{"messages": [{message}], "options": {{"tag": "X"}}, "foo": 1}}"#), &["/foo", "/options"][..]),
            (format!(r#"{{"messages": [{message}], "note": "\ud83d"}}"#), &["/note", "/note"]),
            (format!(r#"{{"messages": [{message}], "messages": [{message}]}}"#), &["/messages"]),
            (r#"{"messages": {"0": "\ud83d"}, "foo": 1}"#.to_owned(), &["/foo", "/messages", "/messages/0"]),
            // Where not all are told, one that is not may stand in any message.
            (format!(r#"{{"messages": [{message}, {many}]}}"#), &[""]),
        ] {
            let refused = messages(channel_api::json::parse(body.as_bytes()).unwrap()).unwrap_err();
            let (status, answer) = refused.parts();
            let issues = answer["issues"].as_array().unwrap();
            let mut places: Vec<_> = issues.iter().map(|issue| issue["pointer"].as_str().unwrap()).collect();
            places.sort_unstable();
            assert_eq!((status.as_u16(), places.as_slice()), (422, expected), "{body}");
            assert!(issues.iter().all(|issue| issue["pointer"] != "/foo" || issue["code"] == "unknown_field"));
        }
    }

    #[test]
    fn a_key_that_is_none_is_told_where_it_stands() {
        let long = "k".repeat(201);
        for (name, key, actual) in [
            ("idempotencyKey", json!(long), json!(201)),
            ("idempotency_key", json!(""), json!(0)),
            ("idempotencyKey", json!(17), Value::Null),
        ] {
            let (status, body) = draft(3, Document::new(json!({ name: key }))).unwrap_err().parts();
            assert_eq!((status.as_u16(), &body["code"]), (400, &json!("bad_idempotency_key")));
            assert_eq!(body["issues"][0]["pointer"], format!("/messages/3/{name}"));
            assert_eq!(body["issues"][0]["actual"], actual);
        }
        for good in [json!({}), json!({"idempotencyKey": null}), json!({"idempotencyKey": "order-17"})] {
            assert!(draft(0, Document::new(good)).is_ok());
        }
    }
}
