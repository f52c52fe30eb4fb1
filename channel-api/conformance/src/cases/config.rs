//! Configuration: accepted and refused.

use std::collections::BTreeSet;

use channel_api::{Error, ErrorKind};
use serde_json::{Map, Value, json};

use super::schema::{fields, required};
use crate::canary::{Canaries, shown};
use crate::context::{CaseContext, outcome_of};
use crate::finding::{Checked, Finding, Findings};

pub(crate) async fn good_is_accepted(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let more = context.fixture().good_configs();
    for (index, config) in std::iter::once(context.config()?).chain(more).enumerate() {
        if let Err(error) = (context.registration().check)(&config) {
            findings.add(Finding::failed(format!("good configuration {index}"), "no problem", &error));
        }
    }
    Ok(findings)
}

pub(crate) async fn problems_all_at_once(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for (index, bad) in context.fixture().bad_configs().iter().enumerate() {
        let at = format!("bad configuration {index}");
        let Err(error) = (context.registration().check)(&bad.config) else {
            findings.add(Finding::new(at, "a refusal", "acceptance"));
            continue;
        };
        let kind = error.kind();
        findings.check(kind == ErrorKind::Config, at.as_str(), "an error of kind config", || kind.as_str().to_owned());
        let expected: BTreeSet<&str> = bad.pointers.iter().map(String::as_str).collect();
        let told: BTreeSet<&str> = error.issues().iter().map(|issue| issue.pointer.as_str()).collect();
        if told != expected {
            findings.add(Finding::new(at.as_str(), format!("issues at {expected:?}"), format!("at {told:?}")));
        }
        for issue in error.issues() {
            let good = !issue.code.is_empty() && issue.message.len() > 3;
            findings.check(good, format!("{at}, {}", issue.pointer), "a code and a sentence", || format!("{issue:?}"));
        }
    }
    Ok(findings)
}

pub(crate) async fn errors_hold_no_value(context: &CaseContext) -> Checked {
    const CANARY: &str = "qzx canary 77\n";
    let mut findings = Findings::default();
    let canaries = Canaries::of([CANARY.trim_end(), "918273645546372"]);
    for name in fields(context)?.keys() {
        for value in [
            json!(CANARY),
            json!([CANARY]),
            json!({ "value": CANARY }),
            json!(918_273_645_546_372_u64),
            json!(-918_273_645_546_372.5),
        ] {
            let mut config = context.config()?;
            config[name.as_str()] = value;
            let Err(error) = (context.registration().check)(&config) else { continue };
            if canaries.within(&shown(&error)).is_some() {
                findings.add(Finding::new(format!("/{name}"), "an error without the value", "one that repeats it"));
                break;
            }
        }
    }
    Ok(findings)
}

pub(crate) async fn validation_is_pure(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let upstream = context.upstream()?;
    let check = context.registration().check;
    let good = context.config()?;
    let bad = context.fixture().bad_configs().into_iter().map(|bad| bad.config);
    for (index, config) in std::iter::once(good).chain(bad).enumerate() {
        let told = |result: channel_api::Result<()>| result.map_err(|error| shown(&error));
        let (first, second) = (told(check(&config)), told(check(&config)));
        findings.check(first == second, format!("configuration {index}, twice"), "the same result", || {
            "another one the second time".to_owned()
        });
    }
    let connections = upstream.connections();
    findings.check(connections == 0, "validation", "no network", || format!("{connections} connections"));
    Ok(findings)
}

pub(crate) async fn empty_secrets(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let required = required(context);
    let secrets = fields(context)?.into_iter().filter(|(_, field)| field["writeOnly"] == true);
    for (name, _) in secrets.filter(|(name, _)| required.contains(name)) {
        for given in [Some(json!("")), Some(Value::Null), None] {
            let mut config = context.config()?;
            let spelled = given.as_ref().map_or_else(|| "missing".to_owned(), Value::to_string);
            if let Some(members) = config.as_object_mut() {
                members.remove(&name);
                members.extend(given.map(|value| (name.clone(), value)));
            }
            let told = (context.registration().check)(&config);
            let refused = told.as_ref().is_err_and(|error| names(error, &name));
            let at = format!("/{name} {spelled}");
            findings.check(refused, at, "a refusal that names it", || outcome_of(&told, "acceptance"));
        }
    }
    Ok(findings)
}

fn names(error: &Error, field: &str) -> bool {
    error.issues().iter().any(|issue| issue.pointer.strip_prefix('/') == Some(field))
}

pub(crate) async fn both_spellings(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let config = context.config()?;
    for name in fields(context)?.keys() {
        let is_snake = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        findings.check(is_snake, "the schema's fields", "names in snake_case", || format!("`{name}`"));
    }
    for (spelling, spell) in [("camelCase", camel as fn(&str) -> String), ("snake_case", snake)] {
        let members = config.as_object().into_iter().flatten();
        let respelled: Map<String, Value> = members.map(|(key, value)| (spell(key), value.clone())).collect();
        if let Err(error) = (context.registration().check)(&Value::Object(respelled)) {
            let at = format!("the fixture's configuration in {spelling}");
            findings.add(Finding::failed(at, "no problem", &error));
        }
    }
    Ok(findings)
}

pub(crate) async fn unknown_key(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let mut config = context.config()?;
    config["conformance_unknown"] = json!("x");
    let told = (context.registration().check)(&config);
    let refused = told.as_ref().is_err_and(|error| names(error, "conformance_unknown"));
    findings.check(refused, "/conformance_unknown", "a refusal that names it", || outcome_of(&told, "acceptance"));
    Ok(findings)
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
