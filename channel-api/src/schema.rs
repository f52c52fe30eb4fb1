//! What a dashboard draws a form from: JSON Schema 2020-12 of a configuration, and the UI schema beside it.

use schemars::{JsonSchema, schema_for};
use serde_json::{Map, Value, json};

use crate::config::AdapterConfig;

/// The configuration's JSON Schema. `x-groups` lists the fields under their headings, in the order of the form.
pub fn of<C: AdapterConfig>() -> Value {
    let mut schema = form::<C>();
    if let Value::Object(members) = &mut schema {
        let groups: Vec<Value> =
            C::GROUPS.iter().map(|group| json!({ "title": group.title, "fields": group.fields })).collect();
        members.insert("x-groups".to_owned(), Value::Array(groups));
        members.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    schema
}

/// The JSON Schema of something that people fill in: a configuration, an operation's input. A field that may be left out is left
/// empty; it is never null. And nobody's secret has a default.
pub fn form<T: JsonSchema>() -> Value {
    let mut schema = schema_for!(T).to_value();
    for_a_form(&mut schema);
    schema
}

fn for_a_form(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            without_null(members);
            // Other defaults are words of the form's author; these come from fields that are empty.
            let empty = |default: &Value| default.is_null() || default.as_array().is_some_and(Vec::is_empty);
            if members.get("writeOnly") == Some(&Value::Bool(true)) || members.get("default").is_some_and(empty) {
                members.remove("default");
            }
            members.values_mut().for_each(for_a_form);
        }
        Value::Array(elements) => elements.iter_mut().for_each(for_a_form),
        _ => {}
    }
}

/// Takes null out of what a value may be. An alternative that is left alone stands for itself.
fn without_null(members: &mut Map<String, Value>) {
    if let Some(either) = members.get_mut("anyOf").and_then(Value::as_array_mut)
        && let Some(null) = either.iter().position(|one| one["type"] == "null")
    {
        either.remove(null);
        if let [Value::Object(one)] = either.as_slice() {
            let one = one.clone();
            members.remove("anyOf");
            members.extend(one);
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
}

/// The UI schema for the schema that [`of`] made: order, placeholders, widgets, help. In the vocabulary of
/// react-jsonschema-form, which other renderers map easily.
pub fn ui(schema: &Value) -> Value {
    let mut ui = Map::new();
    let groups = schema["x-groups"].as_array().map_or(&[][..], Vec::as_slice);
    let order: Vec<&Value> = groups.iter().filter_map(|group| group["fields"].as_array()).flatten().collect();
    ui.insert("ui:order".to_owned(), json!(order));
    ui.insert("ui:groups".to_owned(), schema["x-groups"].clone());
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let mut hints = Map::new();
        if field["writeOnly"] == true {
            hints.insert("ui:widget".to_owned(), json!("password"));
            hints.insert("ui:autocomplete".to_owned(), json!("new-password"));
        }
        // Several of a few words: boxes to tick.
        if field["uniqueItems"] == true && field["items"]["oneOf"].is_array() {
            hints.insert("ui:widget".to_owned(), json!("checkboxes"));
        }
        if let Some(example) = field["examples"].get(0) {
            hints.insert("ui:placeholder".to_owned(), example.clone());
        }
        if let Some(link) = field.get("x-help") {
            hints.insert("ui:help".to_owned(), link.clone());
        }
        if !hints.is_empty() {
            ui.insert(name.clone(), Value::Object(hints));
        }
    }
    Value::Object(ui)
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::Secret;

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
        let schema = form::<Input>();
        let fields = &schema["properties"];
        assert_eq!(fields["words"], json!({"type": "string"}));
        assert_eq!(fields["list"], json!({"type": "array", "items": {"type": "string"}}));
        assert_eq!(fields["token"].get("default"), None);
        assert_eq!(fields["inner"], json!({"$ref": "#/$defs/Inner"}));
        assert_eq!(schema["$defs"]["Inner"]["properties"]["number"]["type"], "integer");
        assert!(!schema.to_string().contains("null"), "{schema}");
    }
}
