//! The profile hooks: read, plan, apply.

use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{ChannelAdapter, Error};
use serde_json::Value;

use crate::ProfileSamples;
use crate::context::{CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::Behaviour;

fn samples(context: &CaseContext) -> Result<ProfileSamples, Finding> {
    context.fixture().profile().ok_or_else(|| Finding::not_brought("samples for the profile hooks"))
}

/// The plan of the fixture: at least two calls, so that there is an order.
fn plan(channel: &dyn ChannelAdapter, samples: &ProfileSamples) -> Result<ProfilePlan, Finding> {
    let plan = channel
        .profile_plan(&samples.current, &samples.desired)
        .map_err(|error| Finding::failed("profile_plan", "a plan", &error))?;
    if plan.requests.len() < 2 {
        return Err(Finding::new("profile_plan", "two calls or more", format!("{:?}", plan.requests)));
    }
    Ok(plan)
}

pub(crate) async fn plan_is_the_difference(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let plan = plan(&*channel, &samples)?;
    findings.check(upstream.connections() == 0, "profile_plan", "no network", || "a connection".to_owned());
    for change in &plan.changes {
        let before = samples.current.0.get(&change.property).unwrap_or(&Value::Null);
        let same = change.from == *before;
        findings.check(same, format!("the change of {}", change.property), &format!("from {before}"), || {
            change.from.to_string()
        });
        findings.check(change.from != change.to, format!("the change of {}", change.property), "a difference", || {
            change.to.to_string()
        });
    }
    for property in samples.desired.0.keys().filter(|name| samples.current.0.get(*name) != samples.desired.0.get(*name))
    {
        let told = plan.changes.iter().any(|change| change.property == *property);
        findings.check(told, "profile_plan", &format!("a change of {property}"), || "none".to_owned());
    }
    let untouched = samples.current.0.keys().filter(|name| !samples.desired.0.contains_key(*name));
    for property in untouched {
        let told = plan.changes.iter().any(|change| change.property == *property);
        findings.check(!told, "profile_plan", &format!("{property} left as it is"), || "a change of it".to_owned());
    }
    Ok(findings)
}

pub(crate) async fn second_time_changes_nothing(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    upstream.next((samples.read)(&samples.desired).into_iter().map(Behaviour::Answer));
    let read = channel.profile_read().await;
    let Ok(read) = read else {
        findings.add(Finding::new("profile_read", "the profile that is set up", outcome_of(&read, "")));
        return Ok(findings);
    };
    let again = channel
        .profile_plan(&read, &samples.desired)
        .map_err(|error| Finding::failed("profile_plan, the second time", "a plan", &error))?;
    let nothing = again.changes.is_empty() && again.requests.is_empty();
    findings.check(nothing, "profile_plan, the second time", "nothing to do", || format!("{again:?}"));
    Ok(findings)
}

pub(crate) async fn calls_in_order(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let plan = plan(&*channel, &samples)?;
    upstream.always(Behaviour::Answer(samples.changed.clone()));
    let told = channel.profile_apply(&plan).await;
    findings.check(told.is_ok(), "profile_apply", "success", || outcome_of(&told, ""));
    let made = upstream.take();
    let expected: Vec<String> = plan.requests.iter().map(|call| format!("{} {}", call.method, call.body)).collect();
    let got: Vec<String> = made
        .iter()
        .map(|call| {
            let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
            format!("{} {body}", call.method)
        })
        .collect();
    findings.check(expected == got, "profile_apply", &format!("the plan's calls, {expected:?}"), || format!("{got:?}"));
    Ok(findings)
}

pub(crate) async fn first_failure_ends_it(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let plan = plan(&*channel, &samples)?;
    upstream.always(Behaviour::Answer(samples.changed.clone()));
    upstream.next([Behaviour::Answer(context.fixture().failure("conformance"))]);
    let told = channel.profile_apply(&plan).await;
    findings.check(told.is_err(), "profile_apply", "the failure of its first call", || "success".to_owned());
    let made = upstream.take().len();
    findings.check(made == 1, "profile_apply", "no call after the one that failed", || format!("{made} calls"));
    Ok(findings)
}

pub(crate) async fn warnings_stop_nothing(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let Some(warned) = samples.warned else { return Err(Finding::not_brought("a profile with a warning")) };
    let at = "a profile that its author is warned of";
    let plan = channel
        .profile_plan(&Profile::default(), &warned)
        .map_err(|error| Finding::failed(at, "a plan with a warning", &error))?;
    findings.check(!plan.warnings.is_empty(), at, "a warning in the plan", || "none".to_owned());
    findings.check(!plan.requests.is_empty(), at, "the calls that set it up", || "none".to_owned());
    upstream.always(Behaviour::Answer(samples.changed.clone()));
    let told = channel.profile_apply(&plan).await;
    findings.check(told.is_ok(), at, "to be set up", || outcome_of(&told, ""));
    let made = upstream.take().len();
    findings.check(made == plan.requests.len(), at, "the plan's calls", || format!("{made} calls"));
    Ok(findings)
}

/// A fact of an error's context.
fn fact<'a>(error: &'a Error, name: &str) -> Option<&'a str> {
    error.context().iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

pub(crate) async fn failure_tells_what_was_applied(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let plan = plan(&*channel, &samples)?;
    let changes: Vec<&str> = plan.changes.iter().map(|change| change.property.as_str()).collect();
    for number in 0..plan.requests.len() {
        let at = format!("profile_apply, whose call {number} fails");
        upstream.always(Behaviour::Answer(context.fixture().failure("conformance")));
        upstream.next(std::iter::repeat_n(Behaviour::Answer(samples.changed.clone()), number));
        let Err(error) = channel.profile_apply(&plan).await else { continue };
        let made = fact(&error, "calls_made");
        findings.check(made == Some(&number.to_string()), at.as_str(), &format!("calls_made {number}"), || {
            format!("{made:?}")
        });
        let told = fact(&error, "applied");
        let applied: Vec<&str> =
            told.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let known = applied.iter().all(|name| changes.contains(name));
        // What the failed call sets is not set.
        let good = known && applied.len() < changes.len() && applied.is_empty() == (number == 0);
        let expected = format!("in `applied`, those of {changes:?} that are set up by then");
        findings.check(good, at, &expected, || format!("{told:?}"));
    }
    Ok(findings)
}
