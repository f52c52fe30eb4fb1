//! What is told beside a message: texts by name.

use std::collections::BTreeMap;

use channel_api::JsonObject;
use serde_json::Value;

use super::fit;

/// By which the core finds the contact.
pub(super) const SENDER_ID: &str = "sender_id";
/// What it calls a contact that it makes.
pub(super) const SENDER_NAME: &str = "sender_name";
/// The words by which the core finds and names contacts. None of them is let through from elsewhere: a `phone` would win over the
/// sender's id, and a `name` over the name. Source:
/// <https://github.com/edsonmartins/linktor/blob/607f2d6/internal/application/usecase/receive_message.go>, `getOrCreateContact`.
const THE_CORES: [&str; 4] = [SENDER_ID, SENDER_NAME, "phone", "name"];
/// What is told under another name already.
const TWICE: &str = "senderName";

/// Gathers facts, as long as there is room for them.
pub(super) struct Facts {
    facts: BTreeMap<String, String>,
    room: usize,
}

impl Facts {
    /// Who says it. Without a name the core says "Unknown"; an empty one would make a contact without any.
    pub(super) fn of(person: &str, name: Option<&str>) -> Self {
        let mut facts = BTreeMap::from([(SENDER_ID.to_owned(), person.to_owned())]);
        let name = name.map(|name| fit::cut(name.trim(), fit::NAME)).filter(|name| fit::says_something(name));
        facts.extend(name.map(|name| (SENDER_NAME.to_owned(), name)));
        Self { facts, room: fit::FACTS }
    }

    /// Adds a fact. What has no room is left out.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let (name, value) = (fit::held(name), fit::held(value));
        let length = name.chars().count() + value.chars().count();
        if length > self.room || self.facts.contains_key(&*name) || THE_CORES.contains(&&*name) {
            return;
        }
        self.room -= length;
        self.facts.insert(name.into_owned(), value.into_owned());
    }

    /// Adds an event's, each as a text: the core refuses a message with any other value.
    pub(super) fn add_all(&mut self, metadata: &JsonObject) {
        for (name, value) in metadata.iter().filter(|(name, _)| *name != TWICE) {
            match value {
                Value::Null => {}
                Value::String(text) => self.add(name, text),
                other => self.add(name, &other.to_string()),
            }
        }
    }

    pub(super) fn into_map(self) -> BTreeMap<String, String> {
        self.facts
    }
}
