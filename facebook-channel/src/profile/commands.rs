//! `commands`: what a person can choose after a slash.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api/commands>

use channel_api::{Issue, Pointer};
use serde_json::Value;

use super::locales;
use super::members::Members;
use super::notes::Notes;
use crate::limits;
use crate::send::rules;
use crate::send::wire::Object;

/// A list with commands for each locale.
pub(super) fn read(value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Value {
    locales::read(value, at, &["commands"], notes, |members, entry, notes| {
        let place = members.at("commands");
        if members.value("commands").is_none() {
            let advice = "give the commands, each with name and description";
            notes.rules.refuse(Issue::new(&place, "required", advice));
        }
        let list = members.list("commands", notes);
        entry.maybe("commands", list.map(|list| commands(list, &place, notes)))
    })
}

fn commands(list: &[Value], at: &Pointer<'_>, notes: &mut Notes) -> Value {
    rules::count(at, list.len(), &limits::COMMANDS, "commands", &mut notes.rules);
    let mut names: Vec<&str> = Vec::new();
    let mut written = Vec::new();
    for (index, command) in list.iter().enumerate() {
        let here = at.index(index);
        let Some(members) = Members::read(command, &here, &["name", "description"], notes) else { continue };
        let (name, description) = (members.text("name", notes), members.text("description", notes));
        let rules = &mut notes.rules;
        let place = members.at("name");
        rules::words(&place, name, "name the command", &limits::COMMAND_NAME, rules);
        let advice = "may not start with /: people type it, leave it out";
        rules::format(&place, name, |name| !name.starts_with('/'), advice, rules);
        let twice = name.is_some_and(|name| names.contains(&name));
        rules::doubtful(&place, twice, "commands.duplicate", "is there twice in this locale", rules);
        names.extend(name);
        let advice = "say what the command does";
        rules::words(&members.at("description"), description, advice, &limits::COMMAND_DESCRIPTION, rules);
        written.push(Value::from(Object::new().maybe("name", name).maybe("description", description)));
    }
    Value::Array(written)
}
