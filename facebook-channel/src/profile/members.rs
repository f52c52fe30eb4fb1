//! The members of an object, whichever way their names are written.

use channel_api::{Issue, Pointer};
use serde_json::Value;

use super::notes::Notes;
use crate::send::wire;

/// `getStarted`, `get-started` and `get_started` are one name.
pub(super) fn snake_case(name: &str) -> String {
    wire::snake_case(&name.replace('-', "_"))
}

/// An object's members by their names in Meta's JSON, each with its place as the author wrote it.
#[derive(Debug)]
pub(super) struct Members<'a, 'p> {
    at: &'p Pointer<'p>,
    given: Vec<(&'static str, &'a str, &'a Value)>,
    /// Whether the author writes names as Meta does, for the place of what is missing.
    as_meta: bool,
}

impl<'a, 'p> Members<'a, 'p> {
    /// Reads an object with these members and no others. Null is as good as absent.
    pub(super) fn read(
        value: &'a Value,
        at: &'p Pointer<'p>,
        known: &[&'static str],
        notes: &mut Notes,
    ) -> Option<Self> {
        Self::read_with(value, at, known, &[], notes)
    }

    /// The same, where some members have other names besides.
    pub(super) fn read_with(
        value: &'a Value,
        at: &'p Pointer<'p>,
        known: &[&'static str],
        aliases: &[(&'static str, &'static str)],
        notes: &mut Notes,
    ) -> Option<Self> {
        let Value::Object(members) = value else {
            notes.misfit(at, "an object");
            return None;
        };
        let mut given: Vec<(&'static str, &str, &Value)> = Vec::new();
        for (spelled, value) in members {
            let name = snake_case(spelled);
            let name = aliases.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, name)| name);
            let Some(name) = known.iter().find(|known| **known == name) else {
                let issue = Issue::new(&at.key(spelled), "unknown_field", "is not known here");
                notes.stranger(issue.with_hint(format!("known are: {}", known.join(", "))));
                continue;
            };
            if given.iter().any(|(other, ..)| other == name) {
                let issue = Issue::new(&at.key(spelled), "duplicate", format!("is {name} once more: give it once"));
                notes.stranger(issue);
                continue;
            }
            given.push((name, spelled, value));
        }
        let as_meta = members.keys().any(|name| name.contains('_'));
        Some(Self { at, given, as_meta })
    }

    /// The value of a member, null included.
    pub(super) fn given(&self, name: &str) -> Option<&'a Value> {
        self.given.iter().find(|(known, ..)| *known == name).map(|(.., value)| *value)
    }

    /// The value of a member that is there.
    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.given(name).filter(|value| !value.is_null())
    }

    /// The place of a member, there or not.
    pub(super) fn at(&self, name: &'static str) -> Pointer<'_> {
        let spelled = self.given.iter().find(|(known, ..)| *known == name).map(|(_, spelled, _)| *spelled);
        self.at.key(spelled.unwrap_or(match name {
            "call_to_actions" if !self.as_meta => "callToActions",
            name => name,
        }))
    }

    pub(super) fn text(&self, name: &'static str, notes: &mut Notes) -> Option<&'a str> {
        let value = self.value(name)?;
        let text = value.as_str();
        if text.is_none() {
            notes.misfit(&self.at(name), "a string");
        }
        text
    }

    pub(super) fn flag(&self, name: &'static str, notes: &mut Notes) -> Option<bool> {
        let value = self.value(name)?;
        let flag = value.as_bool();
        if flag.is_none() {
            notes.misfit(&self.at(name), "true or false");
        }
        flag
    }

    /// The elements of a list; none where there is no list.
    pub(super) fn list(&self, name: &'static str, notes: &mut Notes) -> Option<&'a [Value]> {
        self.value(name).and_then(|value| elements(value, &self.at(name), "a list", notes))
    }
}

/// The elements of what must be a list.
pub(super) fn elements<'a>(
    value: &'a Value,
    at: &Pointer<'_>,
    expected: &str,
    notes: &mut Notes,
) -> Option<&'a [Value]> {
    let elements = value.as_array();
    if elements.is_none() {
        notes.misfit(at, expected);
    }
    elements.map(Vec::as_slice)
}
