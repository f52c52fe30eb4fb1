//! `ice_breakers`: questions to begin with.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api/ice-breakers>

use channel_api::{Issue, Pointer};
use serde_json::Value;

use super::locales;
use super::members::{Members, elements};
use super::notes::Notes;
use crate::limits;
use crate::send::rules;
use crate::send::wire::Object;

/// Meta states no length for Messenger; this is Instagram's.
const LONG_QUESTION: usize = 80;
/// Meta states no length here; this is that of every other payload.
const LONG_PAYLOAD: usize = 1000;

/// A list with questions for each locale, or in the older form the questions themselves.
pub(super) fn read(value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Value {
    let entries = value.as_array().map_or(&[][..], Vec::as_slice);
    let old = entries.iter().filter(|entry| has(entry, "question")).count();
    if old == 0 {
        return locales::read(value, at, &["call_to_actions"], notes, |members, entry, notes| {
            let place = members.at("call_to_actions");
            if members.value("call_to_actions").is_none() {
                let advice = "give the questions, each with what comes back with a tap";
                notes.rules.refuse(Issue::new(&place, "required", advice));
            }
            let list = members.list("call_to_actions", notes);
            entry.maybe("call_to_actions", list.map(|list| questions(list, &place, notes)))
        });
    }
    if old < entries.len() {
        let advice = "holds questions of both forms: put all of them under call_to_actions of a locale, or none";
        notes.rules.refuse(Issue::new(at, "ice_breakers.mixed", advice));
        return Value::Null;
    }
    let entries = elements(value, at, "a list", notes).unwrap_or_default();
    questions(entries, at, notes)
}

fn has(entry: &Value, name: &str) -> bool {
    entry.get(name).is_some() && entry.get("locale").is_none()
}

fn questions(list: &[Value], at: &Pointer<'_>, notes: &mut Notes) -> Value {
    rules::count(at, list.len(), &limits::ICE_BREAKERS, "questions", &mut notes.rules);
    let one = |(index, question): (usize, &Value)| {
        let here = at.index(index);
        let members = Members::read(question, &here, &["question", "payload"], notes)?;
        let (question, payload) = (members.text("question", notes), members.text("payload", notes));
        let rules = &mut notes.rules;
        let place = members.at("question");
        rules::filled(&place, question, "say what is asked", rules);
        let doubt = "is longer than 80 characters; Meta states no limit for Messenger, but this one for Instagram";
        rules::doubtful(&place, longer(question, LONG_QUESTION), "ice_breakers.question", doubt, rules);
        let place = members.at("payload");
        rules::filled(&place, payload, "say what comes back with a tap", rules);
        let doubt = "is longer than 1000 characters; Meta states no limit here, but this one for all other payloads";
        rules::doubtful(&place, longer(payload, LONG_PAYLOAD), "ice_breakers.payload", doubt, rules);
        Some(Value::from(Object::new().maybe("question", question).maybe("payload", payload)))
    };
    list.iter().enumerate().filter_map(one).collect()
}

fn longer(text: Option<&str>, than: usize) -> bool {
    text.is_some_and(|text| text.chars().count() > than)
}
