//! The profile as its author wants it.

use channel_api::profile::Profile;
use channel_api::{Issue, Pointer, respell};
use serde_json::Value;

use super::property::{Findings, Property, Setting, snake_case};

/// What Meta's profile has or had besides, and what to do instead.
const OTHERS: [(&str, &str); 7] = [
    ("platform", "this profile is Messenger's: leave it out"),
    ("home_url", "Meta gave up chat extensions: leave it out"),
    ("target_audience", "Meta gave this up: leave it out"),
    ("payment_settings", "Meta gave up payments in Messenger: leave it out"),
    ("description", "Meta does not document it: set the Page's description at Facebook"),
    ("title", "Meta does not document it: set the Page's name at Facebook"),
    ("subject_to_new_eu_privacy_rules", "it can only be read: leave it out"),
];

/// One property that the document names.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) property: Property,
    /// The member's name as the author wrote it.
    pub(super) spelled: &'a str,
    pub(super) setting: Setting,
    /// It is what is there already.
    pub(super) is_there: bool,
}

/// Reads the document. What stands in `current` to the letter is not judged: it is there, whatever a rule may say today.
pub(super) fn read<'a>(desired: &'a Profile, current: &Profile, findings: &mut Findings) -> Vec<Wanted<'a>> {
    let mut wanted: Vec<Wanted<'a>> = Vec::new();
    for (spelled, value) in &desired.0 {
        let at = Pointer::ROOT.key(spelled);
        let Some(property) = Property::named(spelled) else {
            let name = snake_case(spelled);
            // The seed's calls name the channel among their fields; the host has read it already.
            if name != "channel_id" {
                let other = OTHERS.iter().find(|(other, _)| *other == name);
                let known = || format!("known are: {}", Property::names());
                let hint = other.map_or_else(known, |(_, instead)| (*instead).to_owned());
                findings
                    .shape
                    .refuse(Issue::new(&at, "unknown_field", "is no property that can be set").with_hint(hint));
            }
            continue;
        };
        if wanted.iter().any(|other| other.property == property) {
            let message = format!("is {} once more: give it once", property.name());
            findings.shape.refuse(Issue::new(&at, "duplicate", message));
            continue;
        }
        let is_there = !value.is_null() && given(current, property) == Some(value);
        let setting = if is_there { Setting::Write(value.clone()) } else { property.read(value, &at, findings) };
        wanted.push(Wanted { property, spelled, setting, is_there });
    }
    respell(&mut findings.rules, &Value::Object(desired.0.clone()));
    wanted.sort_by_key(|wanted| Property::ALL.iter().position(|property| *property == wanted.property));
    wanted
}

/// What a profile holds of a property.
pub(super) fn given(profile: &Profile, property: Property) -> Option<&Value> {
    let by_name = profile.0.get(property.name());
    let found = by_name.or_else(|| {
        let mut members = profile.0.iter();
        members.find(|(name, _)| Property::named(name) == Some(property)).map(|(_, value)| value)
    });
    found.filter(|value| is_set(value))
}

/// Meta leaves out what is not set; an empty list is as good.
pub(super) fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}
