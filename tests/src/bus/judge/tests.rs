//! What a judge that saw nothing wrong would let pass.

use serde_json::json;

use super::*;
use crate::faults::Carried;
use crate::ids::{LINKTOR_CHANNEL, TENANT};
use crate::linktor::Outcome;

/// Two people's messages and two answers, all where they belong.
fn well() -> Evidence {
    let mut evidence = Evidence { comes_to: "read", ..Evidence::default() };
    evidence.database.add_channel(TENANT, LINKTOR_CHANNEL);
    for number in 0..2 {
        stored(&mut evidence, number, number);
        answered(&mut evidence, number, number);
    }
    evidence
}

fn said(number: u64, id: &str, text: &str) -> Said {
    Said { person: "7411".to_owned(), number, id: id.to_owned(), text: text.to_owned(), is_taken: true }
}

/// A person's message, which comes to the core at this place.
fn stored(evidence: &mut Evidence, number: u64, place: u64) {
    let (id, text) = (format!("m_{number}"), format!("says {number}"));
    evidence.people.push(said(number, &id, &text));
    arrives(evidence, &id, &text, number, place);
}

fn arrives(evidence: &mut Evidence, id: &str, text: &str, second: u64, place: u64) {
    let message = json!({"tenant_id": TENANT, "channel_id": LINKTOR_CHANNEL, "external_id": id, "content": text,
        "content_type": "text", "metadata": {"sender_id": "7411"}, "timestamp": format!("2026-11-22T09:00:0{second}Z")});
    let outcome = match evidence.database.take(message.to_string().as_bytes()) {
        Ok(()) => Outcome::Taken,
        Err(refusal) => Outcome::Refused(refusal),
    };
    let (subject, external_id) = ("linktor.messages.inbound.facebook".to_owned(), Some(id.to_owned()));
    evidence.handled.push(Handled { subject, sequence: place, delivery: 1, external_id, outcome });
}

/// An answer, which is carried out at this place and read.
fn answered(evidence: &mut Evidence, number: u64, place: u64) {
    let text = format!("answers {number}");
    let id = evidence.database.add_text("7411", &text);
    evidence.agents.push(said(number, &id, &text));
    evidence.calls.push(call(&text, Some(place)));
    for status in ["sent", "delivered", "read"] {
        told(evidence, &id, status);
    }
}

fn call(text: &str, place: Option<u64>) -> Call {
    let order = |place| usize::try_from(place).unwrap();
    let carried = place.map(|place| Carried { order: order(place), mid: format!("m_{place}"), at: 0 });
    Call { person: "7411".to_owned(), text: text.to_owned(), metadata: None, fault: None, carried, answered: true }
}

fn told(evidence: &mut Evidence, id: &str, status: &str) {
    evidence.database.update(json!({"message_id": id, "status": status}).to_string().as_bytes()).unwrap();
}

/// What is found when this has happened too.
fn found(happens: impl FnOnce(&mut Evidence)) -> Vec<String> {
    let mut evidence = well();
    happens(&mut evidence);
    evidence.judge().broken().into_iter().map(|broken| broken.split(':').next().unwrap().to_owned()).collect()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    assert_eq!(found(|_| {}), [""; 0]);
    let came_again = |evidence: &mut Evidence| arrives(evidence, "m_0", "says 0", 0, 9);
    assert_eq!(found(came_again), [""; 0], "the core drops what it knows");
    let mut evidence = well();
    came_again(&mut evidence);
    assert_eq!(evidence.judge().came_again, 1);
}

#[test]
fn what_is_wrong_is_found() {
    assert_eq!(found(|of| of.people.push(said(2, "m_2", "says 2"))), ["1 lost"]);
    assert_eq!(found(|of| arrives(of, "m_other", "says 1", 5, 5)), ["1 doubled in the core"]);
    assert_eq!(found(|of| stored(of, 2, 0)), ["1 out of order"]);
    assert_eq!(found(|of| of.calls.push(call("answers 0", Some(7)))), ["1 doubled at the person"]);
    assert_eq!(found(|of| answered(of, 2, 0)), ["1 out of order"]);
    assert_eq!(found(|of| of.calls.truncate(1)), ["1 lost"]);
    let last = |of: &Evidence| of.agents.last().unwrap().id.clone();
    assert_eq!(found(|of| told(of, &last(of), "delivered")), ["1 misreported", "1 steps back"]);
    let unsent = |of: &mut Evidence| {
        of.calls.truncate(1);
        told(of, &last(of), "failed");
    };
    assert_eq!(found(unsent), ["1 given up", "1 steps back"]);
    assert_eq!(Evidence::default().judge().broken(), ["nothing was said: this shows nothing"]);
}
