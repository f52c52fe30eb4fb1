//! Limits: as declared, and no others.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::capability::{Limit, Unit};
use crate::conformance::Measured;
use crate::conformance::context::{CaseContext, outcome_of};
use crate::conformance::finding::{Checked, Finding, Findings};
use crate::{ChannelAdapter, ChannelAdapterExt as _, Denormalized, Issue, Result};

pub(in crate::conformance) async fn limits_are_well_formed(context: &CaseContext) -> Checked {
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

/// The measured thing in the given size.
fn sized(measured: &Measured, unit: Unit, size: usize) -> Option<Value> {
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

fn is_refused(told: &Result<Denormalized>, pointer: &str, limit: usize, actual: usize) -> bool {
    let numbers = (Some(limit as u64), Some(actual as u64));
    let at_place = |issue: &Issue| issue.pointer.starts_with(pointer) && (issue.limit, issue.actual) == numbers;
    told.as_ref().is_err_and(|error| error.issues().iter().any(at_place))
}

/// What shall come of a message with the measured thing in some size.
enum Expected {
    Accepted,
    Refused,
    /// At its place, with these numbers as limit and actual size.
    RefusedWith(usize, usize),
}

fn measure(findings: &mut Findings, channel: &dyn ChannelAdapter, limit: &Limit, measured: &Measured) {
    let unit = limit.unit.as_str();
    let mut tried = |size: usize, expected: Expected| {
        let at = format!("`{}`, {} with {size} {unit}", limit.name, measured.pointer);
        let Some(message) = sized(measured, limit.unit, size) else {
            findings.add(Finding::new(at, "a place in the fixture's message", "none"));
            return;
        };
        let told = channel.denormalize_json(&message);
        let got = || match &told {
            Err(error) => format!("{:?}", error.issues()),
            Ok(_) => "acceptance".to_owned(),
        };
        match expected {
            Expected::Accepted => findings.check(told.is_ok(), at, "acceptance", || outcome_of(&told, "")),
            Expected::Refused => findings.check(told.is_err(), at, "a refusal", got),
            Expected::RefusedWith(limit, actual) => {
                let expected = format!("a refusal at this place, with limit {limit} and actual {actual}");
                findings.check(is_refused(&told, &measured.pointer, limit, actual), at, &expected, got);
            }
        }
    };
    tried(limit.max, Expected::Accepted);
    if let Some(above) = limit.max.checked_add(1) {
        tried(above, Expected::RefusedWith(limit.max, above));
    }
    if let Some(below) = limit.min.checked_sub(1) {
        tried(limit.min, Expected::Accepted);
        // Nothing at all may be wrong for another reason, such as that it is missing.
        tried(below, Expected::Refused);
    }
}

pub(in crate::conformance) async fn limits_are_enforced(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let all = context.fixture().measured();
    // How often a host may call cannot be measured in a message.
    for limit in channel.capabilities().limits.iter().filter(|limit| limit.unit != Unit::PerSecond) {
        let mut of_it = all.iter().filter(|measured| measured.limit == limit.name).peekable();
        if of_it.peek().is_none() {
            findings.add(Finding::new("the fixture", format!("a message for the limit `{}`", limit.name), "none"));
        }
        of_it.for_each(|measured| measure(&mut findings, &*channel, limit, measured));
    }
    Ok(findings)
}

pub(in crate::conformance) async fn limits_are_all_declared(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let limits = channel.capabilities().limits;
    for sample in context.fixture().refused() {
        let Err(error) = channel.denormalize_json(&sample.message) else { continue };
        for issue in error.issues() {
            let Some(number) = issue.limit else { continue };
            let known = limits.iter().any(|limit| limit.max as u64 == number || limit.min as u64 == number);
            let at = format!("{sample}, {}", issue.pointer);
            findings.check(known, at, "a limit that the capabilities declare", || number.to_string());
        }
    }
    Ok(findings)
}
