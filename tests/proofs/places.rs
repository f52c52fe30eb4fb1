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

/// The same JSON with another value there, whether something was there or not. Objects on the way are made.
pub(crate) fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    let (around, last) = parent(pointer);
    let mut here = &mut value;
    for step in around.split('/').skip(1) {
        here = match here {
            Value::Array(elements) => &mut elements[step.parse::<usize>().unwrap()],
            Value::Null => {
                *here = Value::Object(serde_json::Map::new());
                here.as_object_mut().unwrap().entry(step).or_insert(Value::Null)
            }
            Value::Object(members) => members.entry(step).or_insert(Value::Null),
            other => panic!("{pointer} leads through {other}"),
        };
    }
    match here {
        Value::Array(elements) => elements[last.parse::<usize>().unwrap()] = new,
        here => here[last] = new,
    }
    value
}

/// The same JSON with nothing there.
pub(crate) fn without(mut value: Value, pointer: &str) -> Value {
    let (around, last) = parent(pointer);
    match value.pointer_mut(around) {
        Some(Value::Object(members)) => drop(members.remove(last)),
        Some(Value::Array(elements)) => drop(elements.remove(last.parse::<usize>().unwrap())),
        other => panic!("there is no {pointer} in {other:?}"),
    }
    value
}
