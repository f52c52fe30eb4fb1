//! Whether a host can list an operation, and a dashboard draw its form.

use std::collections::BTreeSet;

use channel_api::ErrorKind;
use serde_json::Value;

use crate::context::{CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::Behaviour;

/// Shorter ones say nothing.
const SHORTEST_DESCRIPTION: usize = 12;

pub(crate) async fn described(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut names = BTreeSet::new();
    for operation in channel.operation_list() {
        let at = format!("the operation `{}`", operation.name);
        let camel = operation.name.starts_with(|c: char| c.is_ascii_lowercase())
            && operation.name.chars().all(|c| c.is_ascii_alphanumeric());
        findings.check(camel, at.as_str(), "a name in camelCase", || operation.name.to_owned());
        findings.check(names.insert(operation.name), at.as_str(), "a name of its own", || "a second one".to_owned());
        findings.check(!operation.title.trim().is_empty(), at.as_str(), "a title", || "none".to_owned());
        let told = operation.description.len() >= SHORTEST_DESCRIPTION && operation.description.ends_with('.');
        findings.check(told, at.as_str(), "a description in sentences", || operation.description.to_owned());
        let public = operation.docs.starts_with("https://");
        findings.check(public, at, "the provider's page, by https", || operation.docs.to_owned());
    }
    let told = format!("{:?}", context.offline(None).operation_list());
    let same = told == format!("{:?}", channel.operation_list());
    findings.check(same, "a channel that is built offline", "the same operations", || told);
    Ok(findings)
}

/// Every field that a schema describes, wherever it stands, with its place.
fn fields<'a>(schema: &'a Value, at: &str, found: &mut Vec<(String, &'a Value)>) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                let at = format!("{at}/{key}");
                if let ("properties", Value::Object(fields)) = (key.as_str(), value) {
                    found.extend(fields.iter().map(|(name, field)| (format!("{at}/{name}"), field)));
                }
                // An example may have a member of any name.
                if key != "examples" && key != "default" {
                    fields(value, &at, found);
                }
            }
        }
        Value::Array(elements) => elements.iter().enumerate().for_each(|(index, element)| {
            fields(element, &format!("{at}/{index}"), found);
        }),
        _ => {}
    }
}

fn has(field: &Value, what: &str) -> bool {
    field[what].as_str().is_some_and(|text| !text.trim().is_empty())
}

pub(crate) async fn schemas_draw_forms(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for operation in channel.operation_list() {
        for (which, schema) in [("input", (operation.input)()), ("output", (operation.output)())] {
            let at = format!("the {which} schema of `{}`", operation.name);
            if let Err(error) = jsonschema::draft202012::meta::validate(&schema) {
                findings.add(Finding::new(at.as_str(), "JSON Schema 2020-12", error.to_string()));
            }
            if let Err(error) = jsonschema::validator_for(&schema) {
                findings.add(Finding::new(at.as_str(), "a schema that can be used", error.to_string()));
            }
            let kind = &schema["type"];
            findings.check(kind == "object", at.as_str(), "an object", || kind.to_string());
            let mut all = Vec::new();
            fields(&schema, "", &mut all);
            // A field that can have one value only says by it what it is.
            for (place, field) in all.into_iter().filter(|(_, field)| field["const"].is_null()) {
                let place = format!("{at}, {place}");
                findings.check(has(field, "description"), place.as_str(), "a description", || "none".to_owned());
            }
            if which == "input" {
                for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                    findings.check(has(field, "title"), format!("{at}, `{name}`"), "a title", || "none".to_owned());
                }
            }
        }
    }
    Ok(findings)
}

pub(crate) async fn example_is_good(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    upstream.always(Behaviour::Answer(context.fixture().failure("conformance")));
    for operation in channel.operation_list() {
        let example = (operation.example)();
        let at = format!("the example of `{}`", operation.name);
        if let Ok(validator) = jsonschema::validator_for(&(operation.input)()) {
            for error in validator.iter_errors(&example) {
                let at = format!("{at}, {}", error.instance_path());
                findings.add(Finding::new(at, "what its schema says", format!("a breach of {}", error.schema_path())));
            }
        }
        // The provider refuses all of them, so whatever comes of it is no refusal of the input.
        let told = channel.perform(operation.name, &example).await;
        let taken = told
            .as_ref()
            .err()
            .is_none_or(|error| !matches!(error.kind(), ErrorKind::InvalidMessage | ErrorKind::Unsupported));
        findings.check(taken, at, "an input that is accepted", || outcome_of(&told, ""));
    }
    Ok(findings)
}
