use std::collections::BTreeSet;

use channel_api::Event;
use serde_json::Value;

/// An identity or a text in a recorded event.
#[derive(Debug)]
pub(super) struct Fact {
    /// Where it stands in the event.
    pub(super) pointer: String,
    /// Whether it tells who or which, rather than what was said.
    pub(super) is_identity: bool,
    value: String,
}

/// All values that the adapter's events hold, as texts.
#[derive(Debug)]
pub(super) struct Facts(BTreeSet<String>);

impl Facts {
    /// Of the events that the adapter made.
    pub(super) fn of_events(events: &[Event]) -> Self {
        let mut values = BTreeSet::new();
        for event in events {
            if let Ok(json) = serde_json::to_value(event) {
                leaves(&json, "", &mut |_, leaf| values.extend([written(leaf)]));
            }
        }
        Self(values)
    }

    /// What was recorded: the values of members that are named like an id or like words.
    pub(super) fn recorded(items: &[&Value]) -> Vec<Fact> {
        let mut facts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            leaves(item, &format!("/{index}"), &mut |pointer, leaf| {
                let value = written(leaf);
                let name = pointer.rsplit('/').find(|step| step.parse::<usize>().is_err()).unwrap_or_default();
                let is_identity = is_identity(name);
                if !value.is_empty() && (is_identity || is_text(name, leaf)) {
                    facts.push(Fact { pointer: pointer.to_owned(), is_identity, value });
                }
            });
        }
        facts
    }

    pub(super) fn hold(&self, fact: &Fact) -> bool {
        self.0.contains(&fact.value)
    }
}

fn is_identity(name: &str) -> bool {
    matches!(name, "id" | "mid" | "mids") || name.ends_with("_id") || name.ends_with("Id")
}

fn is_text(name: &str, value: &Value) -> bool {
    value.is_string() && matches!(name, "text" | "title" | "payload" | "message" | "caption" | "emoji" | "url")
}

/// Ids come as strings and as numbers; an adapter may make one of the other.
fn written(leaf: &Value) -> String {
    leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned)
}

fn leaves(value: &Value, at: &str, found: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| leaves(value, &format!("{at}/{key}"), found)),
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                leaves(element, &format!("{at}/{index}"), found);
            }
        }
        Value::Null => {}
        leaf => found(at, leaf),
    }
}
