//! The window in which a person may be written to.

use channel_api::facets::{Window, required};
use channel_api::{ChannelAdapter, ChannelAdapterExt as _, Judgement, OutboundMessage, Result, Timestamp};
use serde_json::Value;

use crate::context::CaseContext;
use crate::finding::{Checked, Finding, Findings};
use crate::sample::json_of;
use crate::{Judged, WindowSamples};

fn samples(context: &CaseContext) -> Result<WindowSamples, Finding> {
    context.fixture().window().ok_or_else(|| Finding::not_brought("samples for the window"))
}

fn facet(channel: &dyn ChannelAdapter) -> Result<&dyn Window, Finding> {
    required(channel.window(), "window").map_err(|error| Finding::failed("window", "the facet", &error))
}

pub(crate) async fn openings(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let openings = samples(context)?.openings;
    let brought = |opens: bool| openings.iter().any(|(_, by)| by.is_some() == opens);
    if !brought(true) || !brought(false) {
        return Err(Finding::not_brought("an event that opens the window, and one that does not"));
    }
    for (item, by) in openings {
        let at = format!("the event {item}");
        for event in context.events(&*channel, std::slice::from_ref(&item), &at)? {
            let told = facet(&*channel)?.opened_by(&event);
            let same = told.as_ref().map(|opening| &*opening.by) == by;
            findings.check(same, at.as_str(), &format!("opened by {by:?}"), || format!("{told:?}"));
            let timed = told.as_ref().is_none_or(|opening| Some(opening.at) == event.timestamp);
            findings.check(timed, at.as_str(), "the event's time", || format!("{told:?}"));
        }
    }
    Ok(findings)
}

/// A judgement in the fixture's terms.
fn judged(channel: &dyn ChannelAdapter, judgement: Judgement) -> Result<Judged, String> {
    Ok(match judgement {
        Judgement::Allowed => Judged::Allowed,
        Judgement::Unknown => Judged::Unknown,
        Judgement::AllowedAs(message) => {
            let translated = channel.translate(&message).map_err(|error| error.to_string())?;
            Judged::AllowedAs(translated.requests.iter().map(json_of).collect())
        }
        Judgement::Closed(issue) => return Err(format!("closed: {issue:?}")),
        other => return Err(format!("{other:?}")),
    })
}

/// The message that a fixture writes as JSON.
fn message_of(json: &Value) -> OutboundMessage {
    OutboundMessage::read(json).0
}

pub(crate) async fn judgements(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, again) = (context.channel()?, context.channel()?);
    for sample in samples(context)?.judged {
        let at = format!("the message `{}`", sample.name);
        let message = message_of(&sample.message);
        let judge =
            |channel: &dyn ChannelAdapter| Ok(facet(channel)?.judge(&message, sample.opening.as_ref(), sample.now));
        let told = judge(&*channel)?;
        findings.check(told == judge(&*again)?, at.as_str(), "the same judgement each time", || format!("{told:?}"));
        match (&sample.judgement, told) {
            (Judged::Closed(code), Judgement::Closed(issue)) => {
                let good = issue.code == *code && issue.message.contains(' ') && issue.hint.is_some();
                let expected = format!("an issue {code}, a sentence, and what is lawful instead as its hint");
                findings.check(good, at, &expected, || format!("{issue:?}"));
            }
            (expected, told) => {
                let told = judged(&*channel, told);
                let same = told.as_ref() == Ok(expected);
                findings.check(same, at, &format!("{expected:?}"), || format!("{told:?}"));
            }
        }
    }
    Ok(findings)
}

pub(crate) async fn ends(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let window = facet(&*channel)?;
    let (mut told, mut decided) = (false, false);
    for sample in samples(context)?.judged {
        let Some(opening) = &sample.opening else { continue };
        let Some(end) = window.ends_at(opening) else { continue };
        told = true;
        let message = message_of(&sample.message);
        let judged = |now| window.judge(&message, Some(opening), now);
        if let Some(before) = Timestamp::from_millis(end.as_millis().saturating_sub(1)) {
            let judgement = judged(before);
            let at = format!("the message `{}`, a millisecond before {end}", sample.name);
            findings.check(judgement == Judgement::Allowed, at, "allowed", || format!("{judgement:?}"));
        }
        decided |= judged(end) != Judgement::Allowed;
    }
    if told {
        findings.check(decided, "the end of the window", "a message that is not allowed as it is", || {
            "all of them are allowed".to_owned()
        });
    }
    Ok(findings)
}

pub(crate) async fn nothing_known(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in context.messages()? {
        let told = facet(&*channel)?.judge(&message_of(&sample.message), None, Timestamp::now());
        let refused = matches!(told, Judgement::Closed(_));
        findings.check(!refused, sample.to_string(), "no refusal", || format!("{told:?}"));
    }
    Ok(findings)
}
