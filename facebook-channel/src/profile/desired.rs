//! What an operation means for the profile: one property so, or some of them gone.

use channel_api::profile::Profile;
use channel_api::{Error, ErrorKind, Issue, JsonObject, Pointer, Quote, Report, Result, read_object, respell};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::property::{Findings, Property, Setting};

/// Removes properties.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["fields"]))]
pub(crate) struct ClearProfile {
    /// The properties, by Meta's names or in camelCase.
    #[schemars(title = "Properties", with = "Vec<Property>", length(min = 1), extend("uniqueItems" = true))]
    fields: Option<Vec<Value>>,
}

/// The profile with this property as the input of its operation says.
///
/// # Errors
/// With all that is wrong with the input by itself. What it needs of the rest of the profile is for the plan to say.
pub(crate) fn setting(property: Property, input: &JsonObject) -> Result<Profile> {
    let (value, mut findings) = (Value::Object(input.clone()), Findings::default());
    if property.read(&value, &Pointer::ROOT, &mut findings) == Setting::Remove {
        let issue = Issue::new(&Pointer::ROOT, "required", format!("sets {}: give a value", property.name()));
        findings.rules.refuse(issue.with_hint("use clearProfile to remove it"));
    }
    respell(&mut findings.rules, &value);
    // As it was given, so that the plan tells what it finds at the author's places.
    accepted(findings.into_report(), || [(property.name().to_owned(), value)].into_iter().collect())
}

/// The profile without the properties that the input names.
///
/// # Errors
/// With all that is wrong with the input.
pub(crate) fn without(input: &JsonObject) -> Result<Profile> {
    let mut findings = Findings::default();
    let clear: ClearProfile = read_object(input, &Pointer::ROOT, Quote::Values, &mut findings.shape);
    let (at, names) = (Pointer::ROOT.key("fields"), clear.fields.unwrap_or_default());
    if names.is_empty() {
        let message = format!("say what shall go: {}", Property::names());
        findings.rules.refuse(Issue::new(&at, "required", message));
    }
    let mut gone = JsonObject::new();
    for (index, name) in names.iter().enumerate() {
        let here = at.index(index);
        match name.as_str().map(Property::named) {
            None => findings.shape.refuse(Issue::new(&here, "type", "must be the name of a property")),
            Some(None) => {
                let message = format!("is no property of the profile: use {}", Property::names());
                findings.rules.refuse(Issue::new(&here, "choice", message));
            }
            Some(Some(property)) => {
                gone.insert(property.name().to_owned(), Value::Null);
            }
        }
    }
    accepted(findings.into_report(), || gone)
}

fn accepted(report: Report, members: impl FnOnce() -> JsonObject) -> Result<Profile> {
    if report.refusals.is_empty() {
        return Ok(Profile(members()));
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the operation's input", report))
}
