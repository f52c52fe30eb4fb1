//! A broadcast as its author asks for it.

use std::collections::BTreeSet;

use channel_api::json::Document;
use channel_api::{Error, ErrorKind, Issue, Pointer, Report};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::sending::Key;

/// How many people may be on a list. The limit is this host's own.
pub(crate) const MOST_PEOPLE: usize = 1_000_000;
/// So many people are told of that are none.
const TOLD: usize = 20;

/// A broadcast that somebody asks for.
#[derive(Debug)]
pub(crate) struct Request {
    /// The message to all of them, without `to`.
    pub(super) json: Value,
    pub(super) channel_id: String,
    pub(super) people: Vec<String>,
    pub(super) at: Option<Timestamp>,
    pub(super) reference: Option<String>,
    pub(super) key: Option<String>,
    pub(super) fingerprint: [u8; 32],
}

impl Request {
    /// Reads a request, whose bytes have this SHA-256.
    ///
    /// # Errors
    /// [`InvalidMessage`](ErrorKind::InvalidMessage) with all that is wrong with its shape.
    pub(crate) fn read(document: Document, fingerprint: [u8; 32], key: Option<Key>) -> Result<Self, Error> {
        let Document { value, flaws, .. } = document;
        let mut report = Report { refusals: flaws, ..Report::default() };
        let Value::Object(mut members) = value else {
            let issue = Issue::new(&Pointer::ROOT, "type", "must be an object: {channelId, content, to}");
            report.refuse(issue);
            return Err(refused(report));
        };
        let people = people(members.remove("to"), &mut report);
        let at = members.remove("at").filter(|at| !at.is_null()).and_then(|at| moment(&at, &mut report));
        let reference = members.remove("ref").filter(|name| !name.is_null());
        let reference = reference.and_then(|name| reference_of(&name, &mut report));
        let channel = members.remove("channelId").or_else(|| members.remove("channel_id"));
        let mut json = Map::new();
        json.extend(channel.clone().map(|channel| ("channelId".to_owned(), channel)));
        for name in ["content", "options"] {
            json.extend(members.remove(name).map(|value| (name.to_owned(), value)));
        }
        for name in members.keys() {
            let issue = Issue::new(&Pointer::ROOT.key(name), "unknown_field", "is not known here");
            report.refuse(issue.with_hint("a broadcast has channelId, content, options, to, at and ref"));
        }
        let kind = json.get("content").and_then(|content| content["type"].as_str()).unwrap_or_default();
        if ["typing_on", "typing_off", "mark_seen"].contains(&kind) {
            let issue =
                Issue::new(&Pointer::ROOT.key("content").key("type"), "no_message", "must be a message, not a sign");
            report.refuse(issue);
        }
        if !report.refusals.is_empty() {
            return Err(refused(report));
        }
        let channel_id = channel.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        let key = key.map(Key::into_text);
        Ok(Self { json: json.into(), channel_id, people, at, reference, key, fingerprint })
    }

    /// The first on the list.
    pub(super) fn first(&self) -> &str {
        self.people.first().map_or("", String::as_str)
    }
}

fn refused(report: Report) -> Error {
    Error::refused(ErrorKind::InvalidMessage, "invalid_broadcast", "the broadcast", report)
}

fn people(given: Option<Value>, report: &mut Report) -> Vec<String> {
    let at = Pointer::ROOT.key("to");
    let Some(Value::Array(given)) = given else {
        report.refuse(Issue::new(&at, "to", "must be a list of people, each by the provider's id"));
        return Vec::new();
    };
    if !(1..=MOST_PEOPLE).contains(&given.len()) {
        let message = format!("must name 1 to {MOST_PEOPLE} people, and names {}", given.len());
        report.refuse(Issue::new(&at, "to", message));
    }
    let (mut people, mut seen, mut bad) = (Vec::with_capacity(given.len()), BTreeSet::new(), 0);
    for (index, person) in given.into_iter().enumerate() {
        match person {
            Value::String(person) if !person.trim().is_empty() => people.push(person),
            _ if bad < TOLD => {
                bad += 1;
                seen.insert(index);
            }
            _ => {}
        }
    }
    for index in seen {
        report.refuse(Issue::new(&at.index(index), "to", "must be a text: a person's id"));
    }
    people
}

fn moment(given: &Value, report: &mut Report) -> Option<Timestamp> {
    let at = given.as_str().and_then(|text| text.parse().ok());
    if at.is_none() {
        let message = "must be a time in the form of RFC 3339, as in 2026-11-29T08:00:00Z";
        report.refuse(Issue::new(&Pointer::ROOT.key("at"), "at", message));
    }
    at
}

fn reference_of(given: &Value, report: &mut Report) -> Option<String> {
    let text = given.as_str().filter(|text| (1..=Key::MAX).contains(&text.chars().count()));
    if text.is_none() {
        let message = format!("must be a text of 1 to {} characters: your own name for the broadcast", Key::MAX);
        report.refuse(Issue::new(&Pointer::ROOT.key("ref"), "ref", message));
    }
    text.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<Request, Vec<String>> {
        let issues = |error: Error| error.issues().iter().map(|issue| issue.pointer.clone()).collect();
        Request::read(Document::new(value), [0; 32], None).map_err(issues)
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands() {
        let content = json!({"type": "text", "text": "hello"});
        for (body, places) in [
            (json!([]), &[""][..]),
            (json!({"channelId": "c", "content": content}), &["/to"]),
            (json!({"channelId": "c", "content": content, "to": []}), &["/to"]),
            (json!({"channelId": "c", "content": content, "to": ["1", 2, ""]}), &["/to/1", "/to/2"]),
            (json!({"channelId": "c", "content": content, "to": ["1"], "at": "soon"}), &["/at"]),
            (json!({"channelId": "c", "content": content, "to": ["1"], "ref": ""}), &["/ref"]),
            (json!({"channelId": "c", "content": content, "to": ["1"], "tag": "X"}), &["/tag"]),
            (json!({"channelId": "c", "content": {"type": "typing_on"}, "to": ["1"]}), &["/content/type"]),
        ] {
            assert_eq!(read(body.clone()).unwrap_err(), places, "{body}");
        }
        let whole = json!({"channelId": "c", "content": content, "to": ["1", "2"], "at": "2026-11-29T08:00:00Z", "ref": "sale"});
        let read = read(whole).unwrap();
        assert_eq!((read.people.len(), read.first(), read.reference.as_deref()), (2, "1", Some("sale")));
        assert_eq!(read.json, json!({"channelId": "c", "content": content}));
    }
}
