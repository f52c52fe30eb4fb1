//! What is heard of a message, applied to its parts: pure rules, the same for every store.

use channel_api::{Error, ErrorKind, Receipt, Retry, Timestamp as ProviderTime};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::parts::{self, Part};
use super::statuses::{Arrival, Copied, HELD, Watermark};
use super::{Call, Message, OUTCOME_UNKNOWN, Outcome, Status};

/// Between the beginning of a call and the moment that the provider stamps on what it sent lies no more than this, either way: clocks
/// differ, and calls may hang.
const APART: std::ops::RangeInclusive<SignedDuration> = SignedDuration::from_secs(-5)..=SignedDuration::from_secs(60);

impl Part {
    /// Whether nobody knows yet whether it was sent.
    pub(super) const fn is_open(&self) -> bool {
        matches!(self.status, Status::Begun | Status::Unknown)
    }

    /// Its copy has come: it was sent, whatever its call came to.
    pub(super) fn copied(&mut self, copied: &Copied) {
        if !self.status.is_sent() {
            self.status = Status::Sent;
        }
        if self.message_id.is_none() {
            self.message_id.clone_from(&copied.message_id);
        }
        self.sent_at = self.sent_at.or(copied.at);
    }

    /// Whether it is known to have been sent, and not to have come so far.
    pub(super) fn is_short_of(&self, arrival: Arrival) -> bool {
        match arrival {
            Arrival::Delivered => self.status == Status::Sent,
            Arrival::Read => matches!(self.status, Status::Sent | Status::Delivered),
        }
    }

    /// It has come so far, if it is known to have been sent. Whether that is news.
    pub(super) fn arrived(&mut self, arrival: Arrival) -> bool {
        let news = self.is_short_of(arrival);
        if news {
            self.status = arrival.status();
        }
        news
    }

    /// Whether a watermark covers it, were it sent: by the time of its copy, else by that of its call.
    pub(super) fn is_below(&self, watermark: Watermark) -> bool {
        let sent_at = self.sent_at.map_or(self.began_at - watermark.ahead, ProviderTime::as_millis);
        sent_at <= watermark.until.as_millis()
    }

    /// Whether a copy without a token or a known id may be of this part: its time is near, and it says the same.
    pub(super) fn may_be(&self, copied: &Copied, message: &Message, calls: &[Call]) -> bool {
        let Some(at) = copied.at else { return false };
        let apart = SignedDuration::from_millis(at.as_millis() - self.began_at);
        let call = calls.iter().find(|call| call.part == self.index);
        self.is_open()
            && self.message_id.is_none()
            && APART.contains(&apart)
            && call.is_some_and(|call| match &copied.text {
                Some(text) => says(&call.request.body, text),
                None => kind(message).is_some_and(|kind| copied.kind.as_deref() == Some(&*kind)),
            })
    }
}

/// Whether a call carries these words somewhere.
fn says(json: &Value, words: &str) -> bool {
    match json {
        Value::String(text) => text == words,
        Value::Array(items) => items.iter().any(|item| says(item, words)),
        Value::Object(members) => members.values().any(|value| says(value, words)),
        _ => false,
    }
}

/// What kind of content its author gave a message.
fn kind(message: &Message) -> Option<String> {
    let written: Value = serde_json::from_str(message.json.get()).ok()?;
    written["content"]["type"].as_str().map(str::to_owned)
}

/// How far a message has come, with what is known of it; `None` where nothing changes.
pub(super) fn settled(
    message: &Message,
    parts: &[Part],
    ended_at: Option<Timestamp>,
    now: Timestamp,
) -> Option<(Outcome, Status)> {
    let Message { status, outcome, .. } = message;
    let outcome = outcome.clone().unwrap_or_default();
    let of = outcome.parts.max(parts.len());
    let all_sent = parts.len() == of && parts.iter().all(|part| part.status.is_sent());
    let gone = |outcome: Outcome| Outcome { receipts: receipts(&outcome, parts), parts: of, ..outcome };
    match status {
        // Who makes the calls writes down how they end.
        Status::Begun => None,
        Status::Sent | Status::Delivered | Status::Read => {
            let reached = parts::reached(parts);
            (all_sent && further(*status, reached)).then_some((outcome, reached))
        }
        Status::Accepted if all_sent => Some((Outcome { failure: None, ..gone(outcome) }, parts::reached(parts))),
        // It waits to be sent again: what has turned out to have gone is not sent twice.
        Status::Accepted => {
            let before = outcome.receipts.len();
            let outcome = gone(outcome);
            (outcome.receipts.len() > before).then_some((outcome, Status::Accepted))
        }
        Status::Failed if outcome.failure.as_ref().is_none_or(|failure| failure.code() != OUTCOME_UNKNOWN) => None,
        Status::Failed | Status::Unknown if all_sent => {
            Some((Outcome { failure: None, ..gone(outcome) }, parts::reached(parts)))
        }
        Status::Failed | Status::Unknown => {
            let before = outcome.receipts.len();
            let outcome = gone(outcome);
            if parts.iter().any(Part::is_open) {
                return (outcome.receipts.len() > before).then_some((outcome, *status));
            }
            // What is left was surely not sent.
            let in_time = ended_at.is_some_and(|ended_at| now.duration_since(ended_at) < HELD);
            if *status == Status::Unknown && in_time {
                return Some((Outcome { failure: None, ..outcome }, Status::Accepted));
            }
            Some((Outcome { failure: Some(rest_not_sent()), ..outcome }, Status::Failed))
        }
    }
}

/// The steps that are told when a message goes from one status to another. Who hears of delivered has heard of sent.
pub(super) fn steps(from: Status, to: Status) -> impl Iterator<Item = Status> {
    let first = (!from.is_sent() && to.is_sent() && to != Status::Sent).then_some(Status::Sent);
    let last = (from != to && to != Status::Accepted).then_some(to);
    first.into_iter().chain(last)
}

fn further(from: Status, to: Status) -> bool {
    let rank = |status| match status {
        Status::Sent => 0,
        Status::Delivered => 1,
        Status::Read => 2,
        _ => -1,
    };
    rank(to) > rank(from)
}

/// The provider's word for the parts that went, up to the first that did not.
fn receipts(outcome: &Outcome, parts: &[Part]) -> Vec<Receipt> {
    let gone = parts.iter().enumerate().take_while(|(index, part)| part.index == *index && part.status.is_sent());
    let receipt = |(index, part): (usize, &Part)| {
        let known = outcome.receipts.get(index).cloned();
        known.unwrap_or_else(|| Receipt { message_id: part.message_id.clone(), ..Receipt::default() })
    };
    let receipts: Vec<_> = gone.map(receipt).collect();
    if receipts.len() < outcome.receipts.len() { outcome.receipts.clone() } else { receipts }
}

fn rest_not_sent() -> Error {
    Error::new(
        ErrorKind::Unexpected,
        "parts_left",
        "a part of this message was not known to be sent before it was too late for the rest",
    )
    .with_retry(Retry::SAFE)
    .with_hint("retry it: only the parts that are left are sent")
}
