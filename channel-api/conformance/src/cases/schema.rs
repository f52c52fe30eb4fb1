//! The configuration's schema: whether a form can be drawn from it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::context::CaseContext;
use crate::finding::{Checked, Finding, Findings};

/// The schema's fields by name.
pub(super) fn fields(context: &CaseContext) -> Result<Map<String, Value>, Finding> {
    let mut schema = (context.registration().schema)();
    match schema["properties"].take() {
        Value::Object(fields) => Ok(fields),
        _ => Err(Finding::new("the schema", "`properties`", "none")),
    }
}

/// The names that the schema lists as required.
pub(super) fn required(context: &CaseContext) -> BTreeSet<String> {
    let schema = (context.registration().schema)();
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(crate) async fn draws_a_form(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let schema = (context.registration().schema)();
    if let Err(error) = jsonschema::validator_for(&schema) {
        findings.add(Finding::new("the schema", "JSON Schema 2020-12", error.to_string()));
    }
    let told = &schema["additionalProperties"];
    findings.check(*told == false, "/additionalProperties", "false", || told.to_string());
    for (name, field) in fields(context)? {
        for what in ["title", "description"] {
            let told = field[what].as_str().unwrap_or_default();
            findings
                .check(!told.trim().is_empty(), format!("/properties/{name}/{what}"), "a text", || "none".to_owned());
        }
    }
    Ok(findings)
}

pub(crate) async fn marks_secrets(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (config, fields) = (context.config()?, fields(context)?);
    let secrets = context.fixture().secrets();
    let is_secret = |value: &Value| value.as_str().is_some_and(|text| secrets.contains(&text));
    let given = config.as_object().into_iter().flatten();
    for (name, _) in given.filter(|(_, value)| is_secret(value)) {
        let field = fields.get(name).cloned().unwrap_or_default();
        let marked = field["writeOnly"] == true && field["format"] == "password";
        findings
            .check(marked, format!("/properties/{name}"), "`writeOnly` and `format: password`", || field.to_string());
    }
    Ok(findings)
}

pub(crate) async fn lists_required(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let check = context.registration().check;
    let (config, required) = (context.config()?, required(context));
    let mut asked_for: BTreeSet<String> = BTreeSet::new();
    if let Err(error) = check(&Value::Object(Map::new())) {
        let names = error.issues().iter().filter_map(|issue| issue.pointer.strip_prefix('/'));
        asked_for.extend(names.map(str::to_owned));
    }
    for name in config.as_object().into_iter().flat_map(Map::keys) {
        let mut without = config.clone();
        if let Some(members) = without.as_object_mut() {
            members.remove(name);
        }
        if check(&without).is_err() {
            asked_for.insert(name.clone());
        }
    }
    for name in asked_for {
        findings.check(
            required.contains(&name),
            format!("/required, `{name}`"),
            "listed: nothing works without it",
            || "not listed".to_owned(),
        );
    }
    Ok(findings)
}

pub(crate) async fn groups_every_field(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let schema = (context.registration().schema)();
    let fields = fields(context)?;
    let groups = schema["x-groups"].as_array().map_or(&[][..], Vec::as_slice);
    let mut named: Vec<&str> = Vec::new();
    for group in groups {
        let title = group["title"].as_str().unwrap_or_default();
        findings.check(!title.is_empty(), "/x-groups", "a title for each group", || "none".to_owned());
        named.extend(group["fields"].as_array().into_iter().flatten().filter_map(Value::as_str));
    }
    for name in fields.keys() {
        let times = named.iter().filter(|field| *field == name).count();
        findings.check(times == 1, format!("/x-groups, `{name}`"), "the field named once", || format!("{times} times"));
    }
    for name in named.iter().filter(|name| !fields.contains_key(**name)) {
        findings.add(Finding::new("/x-groups", "fields of the schema", format!("`{name}`")));
    }
    Ok(findings)
}
