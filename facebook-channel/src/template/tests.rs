//! Every template: a full sample becomes Meta's body in both spellings, and each rule is issues at its place.

mod rules;
mod rules_airline;
mod rules_forms;
mod samples;
mod whole;

use serde_json::Value;

use crate::send::tests::{refusals, saying, template};

/// A change to a sample, by JSON pointer (null takes the member away, `-` appends to a list), and what must be issues.
type Case = (&'static str, Value, &'static [&'static str]);

/// The sample of this type with one thing changed.
fn changed(kind: &str, pointer: &str, value: Value) -> Value {
    let mut sample = samples::of(kind);
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = sample.pointer_mut(parent).unwrap_or_else(|| panic!("{kind} has no {parent}"));
    match parent {
        Value::Object(members) if value.is_null() => assert!(members.remove(last).is_some(), "{kind} has no {pointer}"),
        Value::Object(members) => drop(members.insert(last.to_owned(), value)),
        Value::Array(elements) if last == "-" => elements.push(value),
        Value::Array(elements) => elements[last.parse::<usize>().unwrap()] = value,
        _ => panic!("{kind} has nothing at {pointer}"),
    }
    sample
}

fn check(kind: &str, cases: Vec<Case>) {
    for (pointer, value, expected) in cases {
        let issues = refusals(&saying(template(changed(kind, pointer, value.clone()))));
        let expected: Vec<_> = expected.iter().map(|place| format!("/content/template{place}")).collect();
        assert_eq!(issues, expected, "{kind} with {value} at {pointer}");
    }
}
