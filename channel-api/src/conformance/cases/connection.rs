//! The connection hooks: check, subscribe, unsubscribe.

use crate::conformance::ConnectionSamples;
use crate::conformance::Reply;
use crate::conformance::context::{CaseContext, outcome_of};
use crate::conformance::finding::{Checked, Finding, Findings, Stop};
use crate::conformance::upstream::{Behaviour, Upstream};

fn samples(context: &CaseContext) -> Result<ConnectionSamples, Stop> {
    context.fixture().connection().ok_or_else(|| Finding::not_brought("samples for the connection hooks").into())
}

fn answers(upstream: &Upstream, replies: &[Reply]) {
    upstream.next(replies.iter().cloned().map(Behaviour::Answer));
}

pub(in crate::conformance) async fn all_is_well(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    answers(upstream, &samples.well);
    let told = channel.connection_check().await;
    let good = told.as_ref().is_ok_and(|status| {
        status.problems.is_empty() && status.account_id.as_deref() == Some(samples.account_id.as_str())
    });
    let expected = format!("the account {} and no problem", samples.account_id);
    findings.check(good, "a check when all is well", &expected, || outcome_of(&told, &format!("{told:?}")));
    Ok(findings)
}

pub(in crate::conformance) async fn check_that_fails(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    upstream.always(Behaviour::BreakOff);
    let told = channel.connection_check().await;
    findings.check(told.is_err(), "a check whose answer is lost", "an error", || format!("{told:?}"));
    for (replies, words) in &samples.troubled {
        upstream.always(Behaviour::BreakOff);
        answers(upstream, replies);
        let told = channel.connection_check().await;
        let at = format!("a check that finds `{words}`");
        findings.check(
            told.as_ref().is_ok_and(|status| !status.problems.is_empty()),
            at,
            "a status with problems",
            || outcome_of(&told, &format!("{told:?}")),
        );
    }
    Ok(findings)
}

pub(in crate::conformance) async fn names_problems(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    if samples.troubled.is_empty() {
        return Err(Stop::skip("the fixture brings no answer that names what is missing"));
    }
    for (replies, words) in &samples.troubled {
        upstream.always(Behaviour::BreakOff);
        answers(upstream, replies);
        let Ok(status) = channel.connection_check().await else { continue };
        let named = status.problems.is_empty() || status.problems.iter().any(|problem| problem.message.contains(words));
        findings.check(named, format!("a check that finds `{words}`"), "these words in a problem", || {
            format!("{:?}", status.problems)
        });
    }
    Ok(findings)
}

pub(in crate::conformance) async fn subscribe(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let failure = Behaviour::Answer(context.fixture().failure("conformance"));
    for (hook, unsubscribe) in [("connection_subscribe", false), ("connection_unsubscribe", true)] {
        for (fails, expected) in [(false, "success"), (true, "the call's failure")] {
            if fails {
                upstream.always(failure.clone());
            } else {
                answers(upstream, &samples.subscribed);
            }
            let told =
                if unsubscribe { channel.connection_unsubscribe().await } else { channel.connection_subscribe().await };
            findings.check(told.is_err() == fails, hook, expected, || outcome_of(&told, "success"));
            let (made, most) = (upstream.take().len(), if fails { 1 } else { samples.subscribed.len() });
            findings.check(made == most, hook, &format!("{most} calls"), || format!("{made} calls"));
        }
    }
    Ok(findings)
}
