//! Comparing JSON the way a wire format is compared.

use serde_json::Value;

/// Whether both say the same. Numbers are compared by value: `35.00`, `35.0` and `35` are one number on the wire.
#[must_use]
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Whether `whole` says all that `part` says. Objects may have more members; arrays may not have more elements.
#[must_use]
pub fn includes(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| includes(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| includes(whole, part))
        }
        _ => same(whole, part),
    }
}

/// Whether `needle` stands anywhere in `tree`, as it is.
#[must_use]
pub fn contains(tree: &Value, needle: &Value) -> bool {
    same(tree, needle)
        || match tree {
            Value::Array(items) => items.iter().any(|item| contains(item, needle)),
            Value::Object(members) => members.values().any(|member| contains(member, needle)),
            _ => false,
        }
}

/// Fails unless both say the same.
#[track_caller]
pub fn assert_same(actual: &Value, expected: &Value) {
    assert!(same(actual, expected), "got      {actual:#}\nexpected {expected:#}");
}

/// Fails unless `whole` says all that `part` says.
#[track_caller]
pub fn assert_includes(whole: &Value, part: &Value) {
    assert!(includes(whole, part), "got      {whole:#}\nwhich lacks some of {part:#}");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_the_same_by_value_and_are_not_strings() {
        assert!(same(&json!({"price": 35.0}), &json!({"price": 35})));
        assert!(!same(&json!({"price": "35"}), &json!({"price": 35})));
        assert!(!same(&json!({"a": 1, "b": 2}), &json!({"a": 1})));
    }

    #[test]
    fn a_part_may_leave_members_out_but_not_elements() {
        assert!(includes(&json!({"a": {"b": 1, "c": 2}}), &json!({"a": {"b": 1}})));
        assert!(!includes(&json!({"a": 1}), &json!({"a": 1, "b": null})));
        assert!(!includes(&json!([1, 2]), &json!([1])));
    }

    #[test]
    fn a_needle_is_found_at_any_depth() {
        assert!(contains(&json!([{"raw": {"x": {"y": [1]}}}]), &json!({"y": [1]})));
        assert!(!contains(&json!({"x": {"y": [1], "z": 0}}), &json!({"y": [1]})));
    }
}
