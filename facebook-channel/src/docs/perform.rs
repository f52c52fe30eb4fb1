//! The chapter of the operations, from their own schemas.

use channel_api::operation::{Effect, Operation};
use serde_json::Value;

use super::markdown::{code, codes, link, prose, table};
use crate::operations;

pub(super) fn operations() -> String {
    let chapters: Vec<_> = operations::all().iter().map(chapter).collect();
    format!(
        "What a Messenger channel can do beyond messages. Each is called by its name with an object of named fields; what is wrong \
         with the input is told at once, before any call, and each call to Meta is made once. Fields are understood in \
         snake\\_case as well, and ids as numbers.\n\n{}",
        chapters.join("\n")
    )
}

fn chapter(operation: &Operation) -> String {
    let (input, output) = ((operation.input)(), (operation.output)());
    let mut rows = Vec::new();
    fields(&input, &input, "", &mut Vec::new(), &mut rows);
    let form = if rows.is_empty() {
        "It has no fields.\n".to_owned()
    } else {
        table(["field", "", "what it is", "what it may be"], rows)
    };
    format!(
        "## `{}`: {}\n\n{}\n\n*{}* · gives {} · {}\n\n{form}",
        operation.name,
        operation.title,
        prose(operation.description),
        effect(operation.effect),
        gives(&output),
        link(operation.docs),
    )
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Reads => "Reads",
        Effect::Sets => "Sets: twice is as good as once",
        Effect::Creates => "Makes something: twice makes two",
        Effect::Removes => "Takes something away",
        other => panic!("{other:?} has no words yet"),
    }
}

/// The members of the output, and of each item where it is a list.
fn gives(output: &Value) -> String {
    let names = |schema: &Value| {
        let members = schema["properties"].as_object();
        members.into_iter().flatten().map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let own = names(output);
    let items = names(resolve(output, &output["properties"]["data"]["items"]));
    if own.is_empty() {
        "an object".to_owned()
    } else if items.is_empty() {
        codes(own)
    } else {
        format!("{}; each of `data` has {}", codes(own), codes(items))
    }
}

/// One row for each field, and for each field of a field.
fn fields<'a>(root: &'a Value, schema: &'a Value, path: &str, above: &mut Vec<&'a Value>, rows: &mut Vec<[String; 4]>) {
    let schema = resolve(root, schema);
    // A menu may hold menus: its fields are told once.
    if above.iter().any(|known| std::ptr::eq(*known, schema)) {
        return;
    }
    above.push(schema);
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut members: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
    members.sort_by_key(|(name, _)| !required.contains(&name.as_str()));
    for (name, field) in members {
        let here = format!("{path}{name}");
        let what = field["description"].as_str().or(resolve(root, field)["description"].as_str()).unwrap_or_default();
        let needed = if required.contains(&name.as_str()) { "required" } else { "" };
        rows.push([code(&here), needed.to_owned(), what.replace('\n', " "), may_be(root, field)]);
        let inner = inside(root, field);
        let items = resolve(root, &inner["items"]);
        if items["type"] == "object" {
            fields(root, items, &format!("{here}[]."), above, rows);
        } else if inner["type"] == "object" {
            fields(root, inner, &format!("{here}."), above, rows);
        }
    }
    above.pop();
}

/// The definition that a schema points to, or the schema itself.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/"));
    name.map_or(schema, |name| &root["$defs"][name])
}

/// The same, also where null is an alternative.
fn inside<'a>(root: &'a Value, field: &'a Value) -> &'a Value {
    let alternatives = field["anyOf"].as_array().into_iter().flatten();
    let real = alternatives.map(|schema| resolve(root, schema)).find(|schema| schema["type"] != "null");
    real.unwrap_or_else(|| resolve(root, field))
}

fn may_be(root: &Value, field: &Value) -> String {
    let schema = inside(root, field);
    let kind = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        _ => String::new(),
    };
    let words = match kind.as_str() {
        "array" => match resolve(root, &schema["items"])["type"].as_str() {
            Some("object") => "list of objects".to_owned(),
            Some("array") => "list of lists".to_owned(),
            _ => "list of strings".to_owned(),
        },
        "integer" | "number" => "number".to_owned(),
        "" => "any".to_owned(),
        other => other.to_owned(),
    };
    let mut parts = vec![words];
    let choice = schema["enum"].as_array().or(schema["items"]["enum"].as_array());
    if let Some(words) = choice {
        parts.push(format!("one of {}", codes(words.iter().filter_map(Value::as_str))));
    }
    for (least, most, unit) in
        [("minLength", "maxLength", " characters"), ("minItems", "maxItems", " items"), ("minimum", "maximum", "")]
    {
        // Nothing is shorter than one: that it is required says it.
        let least = schema[least].as_u64().filter(|least| *least > u64::from(unit == " characters"));
        parts.extend(match (least, schema[most].as_u64()) {
            (Some(least), Some(most)) => Some(format!("{least} to {most}{unit}")),
            (Some(least), None) => Some(format!("at least {least}{unit}")),
            (None, Some(most)) => Some(format!("at most {most}{unit}")),
            (None, None) => None,
        });
    }
    parts.join(", ")
}
