//! What stands in for a message that is over a limit.

use std::collections::BTreeMap;

use channel_api::capability::Unit;
use channel_api::{ChannelAdapterExt as _, Denormalized};
use serde_json::{Value, json};

use super::limits::sized;
use crate::MeasuredIn;
use crate::context::CaseContext;
use crate::finding::{Checked, Finding, Findings};

/// Whether a person is meant to read it, to follow it or to send it back.
fn is_for_a_person(name: &str, text: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["title", "text", "payload"].iter().any(|end| name.ends_with(end)) || text.starts_with("https://")
}

/// Every text in a document, by the name of the member that holds it.
fn texts(value: &Value, name: &str, found: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::String(text) => found.entry(name.to_owned()).or_default().push(text.clone()),
        Value::Object(members) => members.iter().for_each(|(name, member)| texts(member, name, found)),
        Value::Array(elements) => elements.iter().for_each(|element| texts(element, name, found)),
        _ => {}
    }
}

/// What the message says, in its calls and by its numbers. A text that was cut is put together again.
fn said(translated: &Denormalized) -> Vec<String> {
    let mut found = BTreeMap::new();
    translated.requests.iter().for_each(|call| texts(&call.body, "", &mut found));
    let choices = translated.choices.iter().map(|choice| choice.payload.clone());
    found.into_values().map(|texts| texts.concat()).chain(choices).collect()
}

/// No element of a list is like another, so that one that is lost is missed.
fn told_apart(document: &mut Value, pointer: &str) {
    let elements = document.pointer_mut(pointer).and_then(Value::as_array_mut);
    for (index, element) in elements.into_iter().flatten().enumerate() {
        for (name, letter) in [("title", 'T'), ("payload", 'P')] {
            if let Some(text) = element.get_mut(name).filter(|member| member.is_string()) {
                *text = format!("{letter}{index}").into();
            }
        }
    }
}

pub(crate) async fn fallback(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut taken = 0;
    for measured in context.fixture().measured() {
        let limit = channel.capabilities().limits.iter().find(|limit| limit.name == measured.limit);
        let Some(limit) = limit.filter(|limit| matches!(limit.unit, Unit::Characters | Unit::Items)) else { continue };
        if measured.within != MeasuredIn::Message || !measured.pointer.starts_with("/content/") {
            continue;
        }
        let Some(mut message) = sized(&measured, limit.unit, limit.max + 1) else { continue };
        told_apart(&mut message, &measured.pointer);
        if channel.denormalize_json(&message).is_ok() {
            continue;
        }
        message["options"]["fallback"] = json!(true);
        let Ok(translated) = channel.denormalize_json(&message) else { continue };
        taken += 1;
        let at = format!("a message over `{}`, with fallback", limit.name);
        let warned =
            |issue: &channel_api::Issue| issue.code == "fallback.text" && issue.pointer.starts_with(&measured.pointer);
        let expected = format!("a warning `fallback.text` at {}", measured.pointer);
        findings.check(translated.warnings.iter().any(warned), at.as_str(), &expected, || {
            format!("{:?}", translated.warnings)
        });
        let (mut given, said) = (BTreeMap::new(), said(&translated));
        texts(&message["content"], "", &mut given);
        for (name, words) in given {
            let mut words = words.iter().filter(|words| is_for_a_person(&name, words));
            let lost = words.find(|words| !said.iter().any(|said| said.contains(*words)));
            findings.check(lost.is_none(), format!("{at}, {name}"), "all of them in its calls or its choices", || {
                lost.map_or_else(String::new, |words| format!("none with {words:?}"))
            });
        }
    }
    if taken == 0 {
        findings.add(Finding::new("messages over a limit, with fallback", "one that is sent", "none"));
    }
    Ok(findings)
}
