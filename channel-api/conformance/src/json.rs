//! JSON written and changed in ways that must not matter, or must not break anything.

use serde_json::{Value, json};

/// The first place at which `got` does not hold what `expected` names: its pointer and what stands there. Objects may hold more.
pub(super) fn lacks(expected: &Value, got: &Value) -> Option<(String, String)> {
    match (expected, got) {
        (Value::Object(expected), Value::Object(members)) => expected.iter().find_map(|(key, value)| {
            let Some(member) = members.get(key) else { return Some((format!("/{key}"), "nothing".to_owned())) };
            lacks(value, member).map(|(below, found)| (format!("/{key}{below}"), found))
        }),
        (Value::Array(expected), Value::Array(elements)) if expected.len() == elements.len() => {
            expected.iter().zip(elements).enumerate().find_map(|(index, (value, element))| {
                lacks(value, element).map(|(below, found)| (format!("/{index}{below}"), found))
            })
        }
        _ if expected == got => None,
        _ => Some((String::new(), got.to_string())),
    }
}

/// The same JSON with the members of every object in the opposite order.
pub(super) fn turned(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<_> =
                members.iter().rev().map(|(key, value)| format!("{}:{}", json!(key), turned(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(elements) => format!("[{}]", elements.iter().map(turned).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}

/// The same JSON with space between its tokens.
pub(super) fn roomy(value: &Value) -> String {
    format!("\r\n {value:#}\t\n")
}

/// The same JSON in ASCII, with the escapes that providers use.
pub(super) fn escaped(value: &Value) -> String {
    let mut text = String::new();
    for unit in value.to_string().encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'/') => text.push_str("\\/"),
            Ok(byte) if byte.is_ascii() => text.push(char::from(byte)),
            _ => text.extend(format!("\\u{unit:04x}").chars()),
        }
    }
    text
}

/// The value with each of its members and elements, one at a time, taken out or put in another shape.
pub(super) fn changed(value: &Value) -> Vec<(String, Value)> {
    let mut pointers = vec![String::new()];
    collect(value, "", &mut pointers);
    let mut all = Vec::new();
    for pointer in pointers {
        for shape in [Value::Null, json!(-7), json!("conformance"), json!(true), json!([]), json!({}), json!([[null]])]
        {
            let mut changed = value.clone();
            if let Some(place) = changed.pointer_mut(&pointer).filter(|place| **place != shape) {
                *place = shape;
                all.push((pointer.clone(), changed));
            }
        }
        if let Some((parent, key)) = pointer.rsplit_once('/') {
            let mut changed = value.clone();
            if let Some(Value::Object(members)) = changed.pointer_mut(parent) {
                members.remove(key);
                all.push((format!("{pointer} (taken out)"), changed));
            }
        }
    }
    all
}

fn collect(value: &Value, at: &str, pointers: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| !key.contains(['~', '/']))
            .map(|(key, value)| (format!("{at}/{key}"), value))
            .collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)).collect()
        }
        _ => Vec::new(),
    };
    for (pointer, value) in below {
        collect(value, &pointer, pointers);
        pointers.push(pointer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_is_told_with_its_place() {
        let got = json!({"a": [{"b": 1, "c": 2}], "d": null});
        assert_eq!(lacks(&json!({"a": [{"b": 1}]}), &got), None);
        assert_eq!(lacks(&json!({"a": [{"b": 3}]}), &got), Some(("/a/0/b".into(), "1".into())));
        assert_eq!(lacks(&json!({"a": []}), &got).unwrap().0, "/a");
        assert_eq!(lacks(&json!({"e": 1}), &got), Some(("/e".into(), "nothing".into())));
    }

    #[test]
    fn other_spellings_say_the_same() {
        let value = json!({"a": "é/💥\n", "b": [{"c": 1, "d": null}], "e": {}});
        for text in [turned(&value), roomy(&value), escaped(&value)] {
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value, "{text}");
        }
        assert!(turned(&value).starts_with(r#"{"e":{},"b":[{"d":null,"c":1}]"#));
        assert!(escaped(&value).is_ascii());
    }

    #[test]
    fn every_place_is_changed() {
        let all = changed(&json!({"a": [1]}));
        assert!(all.iter().any(|(_, value)| *value == json!({"a": [null]})));
        assert!(all.iter().any(|(_, value)| *value == json!({})));
        assert!(all.iter().any(|(_, value)| value.is_null()));
    }
}
