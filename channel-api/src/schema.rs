//! What a dashboard draws a form from: JSON Schema 2020-12 of a configuration, and the UI schema beside it.

use serde_json::{Map, Value, json};

use crate::config::AdapterConfig;

/// The configuration's JSON Schema. `x-groups` lists the fields under their headings, in the order of the form.
pub fn of<C: AdapterConfig>() -> Value {
    let mut schema = schemars::schema_for!(C).to_value();
    if let Value::Object(members) = &mut schema {
        let groups: Vec<Value> =
            C::GROUPS.iter().map(|group| json!({ "title": group.title, "fields": group.fields })).collect();
        members.insert("x-groups".to_owned(), Value::Array(groups));
        members.insert("additionalProperties".to_owned(), Value::Bool(false));
        if let Some(Value::Object(fields)) = members.get_mut("properties") {
            fields.values_mut().for_each(for_a_form);
        }
    }
    schema
}

/// In a form, a field that may be left out is left empty; it is never null. And nobody's secret has a default.
fn for_a_form(field: &mut Value) {
    let Value::Object(members) = field else { return };
    if let Some(Value::Array(either)) = members.remove("anyOf")
        && let Some(Value::Object(one)) = either.into_iter().find(|one| one["type"] != "null")
    {
        members.extend(one);
    }
    if let Some(Value::Array(types)) = members.get("type") {
        let one = types.iter().find(|one| **one != "null").cloned().unwrap_or_default();
        members.insert("type".to_owned(), one);
    }
    if members.get("default").is_some_and(Value::is_null) || members.get("writeOnly") == Some(&Value::Bool(true)) {
        members.remove("default");
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
