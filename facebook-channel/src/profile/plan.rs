//! From the profile as it is to the profile as it shall be.

use channel_api::profile::{Profile, ProfileChange, ProfilePlan};
use channel_api::{Error, ErrorKind, JsonObject, Method, ProviderRequest, Report, Result};
use serde_json::{Value, json};

use super::document::{self, given};
use super::property::{Findings, Property, Setting};
use super::{EDGE, canonical, dependencies};

/// Judges the document by itself: Meta counts the call that reads the profile, and none is spent on what cannot be.
///
/// # Errors
/// With all that is wrong with the document, whatever stands on the Page. What it needs of the Page is for the plan to say.
pub(crate) fn judge(desired: &Profile) -> Result<()> {
    let mut findings = Findings::default();
    let wanted = document::read(desired, &Profile::default(), &mut findings);
    dependencies::check_document(&wanted, &mut findings.rules);
    accepted(findings.into_report()).map(drop)
}

/// One POST with all that will be new, then one DELETE with all that shall go; neither where there is nothing to do.
///
/// No dependency asks for an order between the two: what is written and what goes are different properties, and the profile as
/// it will be is sound. Only a menu and its Get Started button depend on each other: a menu is written in the same call as a
/// new button, and a button goes only together with the menu, which the DELETE names first. So the POST comes first because it
/// is the call that Meta may refuse: then nothing has changed. And where only the DELETE fails, people see a little more than
/// they should, not less.
pub(crate) fn plan(current: &Profile, desired: &Profile, version: &str, page: &str) -> Result<ProfilePlan> {
    let mut findings = Findings::default();
    let wanted = document::read(desired, current, &mut findings);
    dependencies::check(current, &wanted, &mut findings.rules);
    let report = accepted(findings.into_report())?;
    let mut changes = Vec::new();
    let mut writes = JsonObject::new();
    let mut removals = Vec::new();
    for wanted in wanted.into_iter().filter(|wanted| !wanted.is_there) {
        let (property, name) = (wanted.property, wanted.property.name());
        let from = given(current, property);
        let to = match (wanted.setting, from) {
            (Setting::Remove, None) => continue,
            (Setting::Write(to), Some(from)) if canonical::same(property, from, &to) => continue,
            (Setting::Remove, Some(_)) => {
                removals.push(property);
                Value::Null
            }
            (Setting::Write(to), _) => {
                writes.insert(name.to_owned(), to.clone());
                to
            }
        };
        let from = from.cloned().unwrap_or_default();
        changes.push(ProfileChange::new(name, from, to));
    }
    let path = format!("/{version}/{page}/{EDGE}");
    let mut requests = Vec::new();
    if !writes.is_empty() {
        requests.push(ProviderRequest::post(path.clone(), Value::Object(writes)));
    }
    if !removals.is_empty() {
        requests.push(removal(path, &removals));
    }
    Ok(ProfilePlan { changes, requests, warnings: report.warnings })
}

/// The report on a document that breaks no rule.
fn accepted(report: Report) -> Result<Report> {
    if report.refusals.is_empty() {
        return Ok(report);
    }
    let error = Error::refused(ErrorKind::InvalidMessage, "invalid_profile", "the profile", report);
    Err(error.with_operation("profile_plan"))
}

/// The call that removes these, in the order in which they may go.
pub(super) fn removal(path: String, properties: &[Property]) -> ProviderRequest {
    let fields = Property::REMOVAL.into_iter().filter(|property| properties.contains(property)).map(Property::name);
    let mut request = ProviderRequest::post(path, json!({ "fields": fields.collect::<Vec<_>>() }));
    request.method = Method::DELETE;
    request
}
