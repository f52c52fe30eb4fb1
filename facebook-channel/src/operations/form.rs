//! An input's JSON Schema as a form needs it.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

/// The schema of an input. A field that may be left out is left empty; it is never null, and nobody's secret has a default.
pub(super) fn of<C: JsonSchema>() -> Value {
    let mut schema = schema_for!(C).to_value();
    tidy(&mut schema);
    schema
}

fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(either) = members.get_mut("anyOf").and_then(Value::as_array_mut)
                && let Some(null) = either.iter().position(|one| one["type"] == "null")
            {
                either.remove(null);
                if let [one] = either.as_slice() {
                    let one = one.clone();
                    members.remove("anyOf");
                    members.extend(one.as_object().cloned().unwrap_or_default());
                }
            }
            if let Some(types) = members.get_mut("type").and_then(Value::as_array_mut) {
                types.retain(|one| one != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    members.insert("type".to_owned(), one);
                }
            }
            if let Some(words) = members.get_mut("enum").and_then(Value::as_array_mut) {
                words.retain(|word| !word.is_null());
            }
            // Defaults here come from empty fields, but for those that a form's author wrote, which are words.
            let secret = members.get("writeOnly") == Some(&Value::Bool(true));
            if secret
                || members
                    .get("default")
                    .is_some_and(|default| default.is_null() || default == &Value::Array(Vec::new()))
            {
                members.remove("default");
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(elements) => elements.iter_mut().for_each(tidy),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use channel_api::Secret;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
    #[serde(default)]
    struct Input {
        words: Option<String>,
        token: Secret,
        list: Vec<String>,
        inner: Option<Inner>,
    }

    #[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
    #[serde(default)]
    struct Inner {
        number: Option<u32>,
    }

    #[test]
    fn nothing_is_null_and_no_secret_has_a_default() {
        let schema = of::<Input>();
        let fields = &schema["properties"];
        assert_eq!(fields["words"], json!({"type": "string"}));
        assert_eq!(fields["list"], json!({"type": "array", "items": {"type": "string"}}));
        assert_eq!(fields["token"].get("default"), None);
        assert_eq!(fields["inner"], json!({"$ref": "#/$defs/Inner"}));
        assert_eq!(schema["$defs"]["Inner"]["properties"]["number"]["type"], "integer");
        assert!(!schema.to_string().contains("null"), "{schema}");
    }
}
