//! The connection hooks: check, subscribe, unsubscribe.

use channel_api::WebhookAuth;
use channel_api::facets::required;
use channel_api::{BuildContext, ChannelId, ConnectionStatus, ErrorKind};
use serde_json::{Value, json};

use crate::address::{pairs, plain};
use crate::context::{CHANNEL_ID, CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::{Behaviour, Upstream};
use crate::{ConnectionSamples, Reply, WEBHOOK};

fn samples(context: &CaseContext) -> Result<ConnectionSamples, Finding> {
    context.fixture().connection().ok_or_else(|| Finding::not_brought("samples for the connection hooks"))
}

fn answers(upstream: &Upstream, replies: &[Reply]) {
    upstream.next(replies.iter().cloned().map(Behaviour::Answer));
}

pub(crate) async fn all_is_well(context: &CaseContext) -> Checked {
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

pub(crate) async fn check_that_fails(context: &CaseContext) -> Checked {
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

pub(crate) async fn names_problems(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
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

/// A check under these answers; one that fails is a finding.
async fn checked(context: &CaseContext, replies: &[Reply], at: &str) -> Result<ConnectionStatus, Finding> {
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    upstream.always(Behaviour::BreakOff);
    answers(upstream, replies);
    channel.connection_check().await.map_err(|error| Finding::failed(at, "a status", &error))
}

/// Whether an operator is told of something, as a problem or as a warning.
fn tells(status: &ConnectionStatus, words: &str) -> bool {
    status.problems.iter().chain(&status.warnings).any(|issue| issue.message.contains(words))
}

pub(crate) async fn expiry(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let samples = samples(context)?;
    let Some((replies, ends)) = samples.expiring else {
        return Err(Finding::not_brought("credentials that end"));
    };
    let at = "a check of credentials that end";
    let status = checked(context, &replies, at).await?;
    let told = status.expires_at();
    findings.check(told == Some(ends), at, &format!("their end, {ends:?}"), || format!("{told:?}"));
    let well = checked(context, &samples.well, "a check when all is well").await?;
    let valid = well.credentials.as_ref().is_some_and(|credentials| credentials.valid);
    findings.check(valid, "a check when all is well", "credentials that are accepted", || format!("{well:?}"));
    Ok(findings)
}

pub(crate) async fn permissions(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let samples = samples(context)?;
    let Some((replies, permission)) = samples.lacking else {
        return Err(Finding::not_brought("credentials that lack a permission"));
    };
    let at = format!("a check of credentials that lack {permission}");
    let status = checked(context, &replies, &at).await?;
    let missing = status.credentials.as_ref().is_some_and(|credentials| credentials.missing.contains(&permission));
    findings
        .check(missing, at.as_str(), "the permission in `credentials.missing`", || format!("{:?}", status.credentials));
    findings
        .check(tells(&status, &permission), at, "the permission in a problem or a warning", || format!("{status:?}"));
    let well = checked(context, &samples.well, "a check when all is well").await?;
    let complete = well.credentials.as_ref().is_none_or(|credentials| credentials.missing.is_empty());
    findings.check(complete, "a check when all is well", "no permission missing", || format!("{:?}", well.credentials));
    Ok(findings)
}

pub(crate) async fn subscription(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let samples = samples(context)?;
    let Some((replies, event)) = samples.unsubscribed else {
        return Err(Finding::not_brought("a subscription that lacks something"));
    };
    let at = format!("a check when {event} is not delivered");
    let status = checked(context, &replies, &at).await?;
    let missing = status.subscription.as_ref().is_some_and(|subscription| subscription.missing.contains(&event));
    findings.check(missing, at.as_str(), "it in `subscription.missing`", || format!("{:?}", status.subscription));
    findings.check(status.can_be_repaired(), at.as_str(), "a status that can be repaired", || format!("{status:?}"));
    findings.check(tells(&status, &event), at, "it in a problem or a warning", || format!("{status:?}"));
    let well = checked(context, &samples.well, "a check when all is well").await?;
    findings.check(!well.can_be_repaired(), "a check when all is well", "nothing to repair", || {
        format!("{:?}", well.subscription)
    });
    Ok(findings)
}

pub(crate) async fn trial(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (upstream, samples) = (context.upstream()?, samples(context)?);
    let whole = context.config()?;
    let mut least = whole.clone();
    for name in &samples.not_needed {
        if let Some(members) = least.as_object_mut() {
            members.remove(*name);
        }
    }
    for (config, at) in [(&whole, "a trial"), (&least, "a trial of no more than the check needs")] {
        let built = (context.registration().trial)(config, &BuildContext::new(ChannelId::new(CHANNEL_ID)));
        let channel = built.map_err(|error| Finding::failed(at, "a channel", &error))?;
        upstream.always(Behaviour::BreakOff);
        answers(upstream, &samples.well);
        let told = channel.connection_check().await;
        let good = told.as_ref().is_ok_and(|status| {
            status.problems.is_empty() && status.account_id.as_deref() == Some(samples.account_id.as_str())
        });
        let expected = format!("the account {} and no problem", samples.account_id);
        findings.check(good, at, &expected, || outcome_of(&told, &format!("{told:?}")));
        if channel.capabilities().webhook_auth != WebhookAuth::None
            && !samples.not_needed.is_empty()
            && config == &least
        {
            for secret in ["", "not needed", context.fixture().webhook_secret()] {
                let headers = context.fixture().sign(secret, b"{}");
                let refused = CaseContext::verify(&*channel, &headers, b"{}").is_err();
                findings
                    .check(refused, "a trial without a secret", "every delivery refused", || "one accepted".to_owned());
            }
        }
    }
    let told = (context.registration().trial)(&json!({}), &BuildContext::new(ChannelId::new(CHANNEL_ID)));
    let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::Config);
    findings.check(good, "a trial of nothing", "an error of kind config", || outcome_of(&told, "a channel"));
    Ok(findings)
}

pub(crate) async fn subscribe(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let failure = Behaviour::Answer(context.fixture().failure("conformance"));
    // Who ends it has nothing to ask first.
    let last = samples.subscribed.len().saturating_sub(1);
    for (hook, unsubscribe) in [("connection_subscribe", false), ("connection_unsubscribe", true)] {
        let replies = if unsubscribe { &samples.subscribed[last..] } else { &samples.subscribed[..] };
        for (fails, expected) in [(false, "success"), (true, "the call's failure")] {
            if fails {
                upstream.always(failure.clone());
            } else {
                answers(upstream, replies);
            }
            let told = if unsubscribe {
                channel.connection_unsubscribe().await
            } else {
                channel.connection_subscribe().await.map(drop)
            };
            findings.check(told.is_err() == fails, hook, expected, || outcome_of(&told, "success"));
            let (made, most) = (upstream.take().len(), if fails { 1 } else { replies.len() });
            findings.check(made == most, hook, &format!("{most} calls"), || format!("{made} calls"));
        }
    }
    Ok(findings)
}

pub(crate) async fn told_address(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let facet = required(channel.connection(), "connection")
        .map_err(|error| Finding::failed("the connection", "the facet", &error))?;
    answers(upstream, &samples.subscribed);
    let told = facet.subscribe(Some(WEBHOOK)).await;
    findings.check(told.is_ok(), "subscribe", "success", || outcome_of(&told, ""));
    let calls = upstream.take();
    let holds = |text: &str| text.contains(WEBHOOK);
    let named = calls.iter().any(|call| {
        let in_query = pairs(&call.target).iter().any(|(_, value)| holds(value));
        let body = serde_json::from_slice::<Value>(&call.body).map(|body| body.to_string());
        let body = body.unwrap_or_else(|_| plain(&String::from_utf8_lossy(&call.body)));
        in_query || holds(&body)
    });
    findings.check(named, "subscribe", &format!("a call that names {WEBHOOK}"), || "none".to_owned());
    let told = facet.subscribe(None).await;
    let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::Config);
    findings.check(good, "subscribe without an address", "an error of kind config", || outcome_of(&told, "success"));
    let made = upstream.take().len();
    findings.check(made == 0, "subscribe without an address", "no call", || format!("{made} calls"));
    Ok(findings)
}

pub(crate) async fn refused_part(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let Some((replies, refused)) = samples.refusing else {
        return Err(Finding::not_brought("a subscription of which a part is refused"));
    };
    upstream.always(Behaviour::BreakOff);
    answers(upstream, &replies);
    let at = format!("a subscription of which {refused} is refused");
    let told = channel.connection_subscribe().await.map_err(|error| Finding::failed(&at, "success", &error))?;
    let named = told.warnings.iter().any(|warning| warning.message.contains(&refused));
    findings.check(named, at.as_str(), "a warning that names it", || format!("{:?}", told.warnings));
    let rest = !told.added.is_empty() && !told.added.contains(&refused);
    findings.check(rest, at, "the rest, and not it, among what was added", || format!("{:?}", told.added));
    Ok(findings)
}

pub(crate) async fn another_host(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, samples) = (context.channel()?, samples(context)?);
    let facet = required(channel.connection(), "connection")
        .map_err(|error| Finding::failed("the connection", "the facet", &error))?;
    let Some(replies) = samples.elsewhere else {
        return Err(Finding::not_brought("answers that name another host's address"));
    };
    let at = "a check when the provider delivers to another host";
    let status = checked(context, &replies, at).await?;
    findings.check(!facet.may_mend(&status), at, "nothing that a host may mend by itself", || format!("{status:?}"));
    if let Some((replies, event)) = samples.unsubscribed {
        let at = format!("a check when {event} is not delivered");
        let status = checked(context, &replies, &at).await?;
        findings.check(facet.may_mend(&status), at, "what a host may mend by itself", || format!("{status:?}"));
    }
    Ok(findings)
}
