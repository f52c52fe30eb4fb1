//! Places in JSON: what there are, and changing what stands there.

use serde_json::Value;

/// The pointer of everything inside.
pub(crate) fn inside(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, "", &mut found);
    found
}

fn collect(value: &Value, here: &str, found: &mut Vec<String>) {
    let mut below = |step: &str, value: &Value| {
        let pointer = format!("{here}/{}", step.replace('~', "~0").replace('/', "~1"));
        collect(value, &pointer, found);
        found.push(pointer);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| below(name, value)),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, value)| below(&index.to_string(), value));
        }
        _ => {}
    }
}

/// The place around this one, and the last step to it.
pub(crate) fn parent(pointer: &str) -> (&str, &str) {
    pointer.rsplit_once('/').unwrap_or_else(|| panic!("there is nothing around {pointer:?}"))
}

/// A member's name, as a step of a pointer spells it.
fn name(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The same JSON with another value there, whether something was there or not. Objects on the way are made.
pub(crate) fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    let mut here = &mut value;
    for step in pointer.split('/').skip(1) {
        if here.is_null() {
            *here = Value::Object(serde_json::Map::new());
        }
        here = match here {
            Value::Array(elements) => &mut elements[step.parse::<usize>().unwrap()],
            Value::Object(members) => members.entry(name(step)).or_insert(Value::Null),
            other => panic!("{pointer} leads through {other}"),
        };
    }
    *here = new;
    value
}

/// The same JSON with nothing there.
pub(crate) fn without(mut value: Value, pointer: &str) -> Value {
    let (around, last) = parent(pointer);
    let taken = match value.pointer_mut(around) {
        Some(Value::Object(members)) => members.remove(&name(last)),
        Some(Value::Array(elements)) => Some(elements.remove(last.parse::<usize>().unwrap())),
        _ => None,
    };
    assert!(taken.is_some(), "there is no {pointer} in {value}");
    value
}

#[test]
fn places_with_odd_names_are_found_again() {
    let odd = serde_json::json!({"a/b": [{"~1": {"": 1}}], "~0": 2});
    for pointer in inside(&odd) {
        let there = odd.pointer(&pointer).unwrap().clone();
        assert_eq!(with(odd.clone(), &pointer, there), odd, "{pointer}");
        assert_ne!(without(odd.clone(), &pointer), odd, "{pointer}");
    }
}
