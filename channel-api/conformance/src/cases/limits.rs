//! Limits: as declared, and no others.

use std::collections::BTreeSet;

use channel_api::capability::{Limit, Unit};
use channel_api::profile::Profile;
use channel_api::{ChannelAdapter, ChannelAdapterExt as _, Error, ErrorKind, Issue, Result};
use serde_json::{Value, json};

use crate::context::{CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::file;
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::Behaviour;
use crate::{Measured, MeasuredIn};

pub(crate) async fn limits_are_well_formed(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let mut names = BTreeSet::new();
    for limit in context.capabilities().limits {
        let at = format!("the limit `{}`", limit.name);
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_');
        let good = !limit.name.is_empty() && limit.name.chars().all(is_name);
        findings.check(good, at.as_str(), "a name in lower case, with dots", || limit.name.to_owned());
        findings.check(names.insert(limit.name), at.as_str(), "a name of its own", || "a second one of it".to_owned());
        findings.check(limit.min <= limit.max, at.as_str(), "a range", || format!("{}..={}", limit.min, limit.max));
        let public = limit.source.starts_with("https://");
        findings.check(public, at, "the public address of its source", || limit.source.to_owned());
    }
    Ok(findings)
}

/// The measured thing in the given size. A file has its size beside it.
pub(super) fn sized(measured: &Measured, unit: Unit, size: usize) -> Option<Value> {
    if matches!(measured.within, MeasuredIn::Upload(..)) {
        return Some(Value::Null);
    }
    let mut message = measured.message.clone();
    let place = message.pointer_mut(&measured.pointer)?;
    *place = match (measured.make, unit) {
        (Some(make), _) => make(size),
        // Two bytes each, so that characters are told from bytes.
        (None, Unit::Characters) => Value::String("é".repeat(size)),
        (None, Unit::Bytes) => Value::String("a".repeat(size)),
        (None, Unit::Items) => {
            let first = place.get(0).cloned().unwrap_or_default();
            Value::Array(vec![first; size])
        }
        (None, _) => json!(size),
    };
    Some(message)
}

/// What comes of a document: its refusal, or nothing. That the provider fails afterwards is no refusal.
async fn judged(channel: &dyn ChannelAdapter, measured: &Measured, document: Value, size: usize) -> Result<()> {
    let refusal = |error: Error| if error.kind() == ErrorKind::InvalidMessage { Err(error) } else { Ok(()) };
    match &measured.within {
        MeasuredIn::Message => channel.denormalize_json(&document).map(drop),
        MeasuredIn::Operation(name) => channel.perform(name, &document).await.map(drop).or_else(refusal),
        MeasuredIn::Profile => {
            let desired = Profile(document.as_object().cloned().unwrap_or_default());
            channel.profile_plan(&Profile::default(), &desired).map(drop)
        }
        MeasuredIn::Upload(kind, content_type) => {
            let upload = file::of(*kind, content_type, size as u64, file::whole([]));
            channel.upload(upload).await.map(drop).or_else(refusal)
        }
    }
}

fn is_refused(told: &Result<()>, measured: &Measured, limit: usize, actual: usize) -> bool {
    let numbers = (Some(limit as u64), Some(actual as u64));
    let at_place =
        |issue: &Issue| issue.pointer.starts_with(&measured.pointer) && (issue.limit, issue.actual) == numbers;
    told.as_ref().is_err_and(|error| error.issues().iter().any(at_place))
}

/// What shall come of a document with the measured thing in some size.
enum Expected {
    Accepted,
    Refused,
    /// At its place, with these numbers as limit and actual size.
    RefusedWith(usize, usize),
}

/// The sizes at and around a limit. A file is not made as large as may be: that a larger one is refused says enough.
fn sizes(limit: &Limit, within: &MeasuredIn) -> Vec<(usize, Expected)> {
    let above = limit.max.checked_add(1).map(|above| (above, Expected::RefusedWith(limit.max, above)));
    if matches!(within, MeasuredIn::Upload(..)) {
        return above.into_iter().collect();
    }
    // Nothing at all may be wrong for another reason, such as that it is missing.
    let below = limit.min.checked_sub(1).map(|below| [(limit.min, Expected::Accepted), (below, Expected::Refused)]);
    [(limit.max, Expected::Accepted)].into_iter().chain(above).chain(below.into_iter().flatten()).collect()
}

async fn measure(findings: &mut Findings, channel: &dyn ChannelAdapter, limit: &Limit, measured: &Measured) {
    let unit = limit.unit.as_str();
    for (size, expected) in sizes(limit, &measured.within) {
        let at = format!("`{}`, {} with {size} {unit}", limit.name, measured.pointer);
        let Some(document) = sized(measured, limit.unit, size) else {
            findings.add(Finding::new(at, "a place in the fixture's document", "none"));
            continue;
        };
        let told = judged(channel, measured, document, size).await;
        let got = || match &told {
            Err(error) => format!("{} {:?}", error.code(), error.issues()),
            Ok(()) => "acceptance".to_owned(),
        };
        match expected {
            Expected::Accepted => findings.check(told.is_ok(), at, "acceptance", || outcome_of(&told, "")),
            Expected::Refused => findings.check(told.is_err(), at, "a refusal", got),
            Expected::RefusedWith(limit, actual) => {
                let expected = format!("a refusal at this place, with limit {limit} and actual {actual}");
                findings.check(is_refused(&told, measured, limit, actual), at, &expected, got);
            }
        }
    }
}

pub(crate) async fn limits_are_enforced(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let all = context.fixture().measured();
    context.upstream()?.always(Behaviour::Answer(context.fixture().failure("conformance")));
    // How often a host may call cannot be measured in a document.
    for limit in channel.capabilities().limits.iter().filter(|limit| limit.unit != Unit::PerSecond) {
        let of_it: Vec<&Measured> = all.iter().filter(|measured| measured.limit == limit.name).collect();
        if of_it.is_empty() {
            findings.add(Finding::new("the fixture", format!("a document for the limit `{}`", limit.name), "none"));
        }
        for measured in of_it {
            measure(&mut findings, &*channel, limit, measured).await;
        }
    }
    Ok(findings)
}

/// The refusals of the fixture's documents.
async fn refusals(context: &CaseContext, channel: &dyn ChannelAdapter) -> Vec<(String, Error)> {
    let mut refusals = Vec::new();
    for sample in context.fixture().refused() {
        refusals.extend(channel.denormalize_json(&sample.message).err().map(|error| (sample.to_string(), error)));
    }
    for sample in context.fixture().refused_inputs() {
        let told = channel.perform(&sample.name, &sample.input).await;
        refusals.extend(told.err().map(|error| (sample.to_string(), error)));
    }
    refusals
}

pub(crate) async fn limits_are_all_declared(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let limits = channel.capabilities().limits;
    for (sample, error) in refusals(context, &*channel).await {
        for issue in error.issues() {
            let Some(number) = issue.limit else { continue };
            let known = limits.iter().any(|limit| limit.max as u64 == number || limit.min as u64 == number);
            let at = format!("{sample}, {}", issue.pointer);
            findings.check(known, at, "a limit that the capabilities declare", || number.to_string());
        }
    }
    Ok(findings)
}
