//! A channel's profile as desired state: read what is, plan the difference, make the calls.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use channel_api::facets::required;
use channel_api::operation;
use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{ChannelAdapter, ChannelId, Error, ErrorKind, Issue, JsonObject, Performed, Result};
use serde_json::{Value, json};

/// The longest name that a property may have. It comes from an address or a command line.
const LONGEST_NAME: usize = 64;

/// What the profile shall be.
#[derive(Clone, Debug)]
pub(crate) enum DesiredProfile {
    /// These properties so; the others as they are.
    Document(Profile),
    /// Nothing left of it.
    Nothing,
}

impl DesiredProfile {
    /// One property so, and the others as they are.
    pub(crate) fn property(name: &str, value: Value) -> Self {
        Self::Document(Profile(JsonObject::from_iter([(name.to_owned(), value)])))
    }

    /// These properties gone; without names, all of them.
    pub(crate) fn without(names: impl IntoIterator<Item = String>) -> Self {
        let gone: JsonObject = names.into_iter().map(|name| (name, Value::Null)).collect();
        if gone.is_empty() { Self::Nothing } else { Self::Document(Profile(gone)) }
    }
}

/// A property's name as the contract writes it, from `persistent_menu`, `persistentMenu` or `persistent-menu`. `None` for what
/// cannot be a name.
pub(crate) fn property_name(given: &str) -> Option<String> {
    let mut name = String::with_capacity(given.len());
    for c in given.chars().take(LONGEST_NAME + 1) {
        match c {
            'a'..='z' | '0'..='9' | '_' => name.push(c),
            '-' => name.push('_'),
            'A'..='Z' => {
                if !name.is_empty() && !name.ends_with('_') {
                    name.push('_');
                }
                name.push(c.to_ascii_lowercase());
            }
            _ => return None,
        }
    }
    (1..=LONGEST_NAME).contains(&name.len()).then_some(name)
}

/// What came of applying a plan.
#[derive(Debug)]
pub(crate) struct Applied {
    /// The plan.
    pub(crate) plan: ProfilePlan,
    /// The properties that are as they shall be now.
    pub(crate) properties: Vec<String>,
    /// Why the rest is not.
    pub(crate) failure: Option<Error>,
}

impl Applied {
    /// The properties that are not as they shall be, as far as is known.
    pub(crate) fn not_applied(&self) -> Vec<&str> {
        let changes = self.plan.changes.iter().map(|change| change.property.as_str());
        changes.filter(|property| !self.properties.iter().any(|applied| applied == property)).collect()
    }
}

/// Judges what is desired by itself, then reads the profile and works out the difference: a provider may count the call that
/// reads, so none is spent on what cannot be.
///
/// # Errors
/// When the profile cannot be read, and with all that is wrong with what is desired.
pub(crate) async fn plan(adapter: &dyn ChannelAdapter, desired: &DesiredProfile) -> Result<ProfilePlan> {
    let profile = required(adapter.profile(), "profile_plan")?;
    if let DesiredProfile::Document(desired) = desired {
        profile.judge(desired)?;
    }
    let current = profile.read().await?;
    match desired {
        DesiredProfile::Document(desired) => profile.plan(&current, desired),
        DesiredProfile::Nothing => {
            let gone = current.0.keys().map(|property| (property.clone(), Value::Null)).collect();
            profile.plan(&current, &Profile(gone))
        }
    }
}

/// Makes a plan's calls, each once. What failed is not tried again.
pub(crate) async fn apply(adapter: &dyn ChannelAdapter, plan: ProfilePlan) -> Applied {
    let done = match required(adapter.profile(), "profile_apply") {
        Ok(profile) if !plan.requests.is_empty() => profile.apply(&plan).await,
        other => other.map(drop),
    };
    match done {
        Ok(()) => {
            let properties = plan.changes.iter().map(|change| change.property.clone()).collect();
            Applied { plan, properties, failure: None }
        }
        Err(error) => Applied { properties: applied(&error), plan, failure: Some(error) },
    }
}

/// Performs an operation. One that asks for a profile is done as every profile is set up: alone, by what is different, and with
/// the properties that are now as it asked as its output.
///
/// # Errors
/// As for [`Operations::perform`](channel_api::facets::Operations::perform). Issues stand at their places in the input.
pub(crate) async fn perform(
    adapter: &dyn ChannelAdapter,
    locks: &ProfileLocks,
    name: &str,
    input: &Value,
) -> Result<Performed> {
    let operations = adapter.operations().ok_or_else(|| operation::unknown(name, &[]))?;
    let Some(desired) = operations.desired(name, input) else { return operations.perform(name, input).await };
    let desired = desired?;
    let properties: Vec<String> = desired.0.keys().cloned().collect();
    let lock = locks.of(adapter.channel_id());
    let _alone = lock.lock().await;
    let planned = plan(adapter, &DesiredProfile::Document(desired)).await;
    let mut plan = planned.map_err(|error| of_the_input(error, &properties))?;
    within(&mut plan.warnings, &properties);
    let Applied { plan, failure, .. } = apply(adapter, plan).await;
    match failure {
        Some(error) => Err(error),
        None => {
            Ok(Performed { output: json!({ "applied": properties }), warnings: plan.warnings, ..Performed::default() })
        }
    }
}

/// The refusal of a document, as one of the input that asked for it.
fn of_the_input(error: Error, properties: &[String]) -> Error {
    if error.issues().is_empty() {
        return error;
    }
    let mut report = error.into_report();
    within(&mut report.refusals, properties);
    within(&mut report.warnings, properties);
    Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the operation's input", report)
}

/// The input was the value of the one property: pointers lead into that.
fn within(issues: &mut [Issue], properties: &[String]) {
    let [property] = properties else { return };
    for issue in issues {
        if let Some(place) = issue.pointer.strip_prefix('/').and_then(|place| place.strip_prefix(property.as_str())) {
            issue.pointer = place.to_owned();
        }
    }
}

/// What to do after a plan failed half-way. The document is what shall be, so it may be given again as it is.
pub(crate) fn advice(error: &Error) -> String {
    let again = "send the same document again: what is applied already is not done twice";
    match error.hint().map(|hint| hint.trim_end_matches('.')) {
        Some(hint) => format!("{hint}. Then {again}"),
        None => format!("mend the cause, then {again}"),
    }
}

/// The properties that an error says were applied before it.
fn applied(error: &Error) -> Vec<String> {
    let applied = error.context().iter().filter(|(name, _)| *name == "applied");
    let names = applied.flat_map(|(_, names)| names.split(','));
    names.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// One writer at a time to each channel's profile: what one has planned would not fit any more what another has done.
#[derive(Debug, Default)]
pub(crate) struct ProfileLocks(Mutex<HashMap<ChannelId, Arc<tokio::sync::Mutex<()>>>>);

impl ProfileLocks {
    /// The lock of this channel. It is kept as long as anybody has it, also when the list of channels is replaced meanwhile:
    /// another adapter of the same channel writes to the same profile.
    pub(crate) fn of(&self, id: &ChannelId) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(id.clone()).or_default())
    }
}
