//! Who answers a person, as events and messages say it.

use channel_api::ChannelAdapterExt as _;
use serde_json::Value;

use super::normalize::{json_of, samples};
use crate::context::CaseContext;
use crate::finding::{Checked, Findings};

/// Those of the fixture's events that change who answers, or those that do not.
fn events(context: &CaseContext, changing: bool) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in samples(context)? {
        let events = context.events(&*channel, std::slice::from_ref(&sample.item), &sample.to_string());
        for (expected, event) in sample.events.iter().zip(events.unwrap_or_default()) {
            let (expected, got) = (&expected["data"]["threadOwner"], json_of(&event)["data"]["threadOwner"].take());
            if expected.is_null() == changing {
                continue;
            }
            let at = format!("{sample}, /data/threadOwner");
            findings.check(got == *expected, at, &expected.to_string(), || got.to_string());
        }
    }
    Ok(findings)
}

pub(crate) async fn of_events(context: &CaseContext) -> Checked {
    events(context, true)
}

pub(crate) async fn of_no_other_event(context: &CaseContext) -> Checked {
    events(context, false)
}

/// Those of the fixture's messages that hand a conversation over, or those that do not.
fn messages(context: &CaseContext, changing: bool) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in context.messages()?.into_iter().filter(|sample| sample.thread.is_some() == changing) {
        let Ok(translated) = channel.denormalize_json(&sample.message) else { continue };
        let told = translated.thread.as_ref().and_then(|thread| serde_json::to_value(thread).ok());
        let expected = sample.thread.as_ref().map_or_else(|| "no change of who answers".to_owned(), Value::to_string);
        findings.check(told == sample.thread, sample.to_string(), &expected, || format!("{told:?}"));
    }
    Ok(findings)
}

pub(crate) async fn of_messages(context: &CaseContext) -> Checked {
    messages(context, true)
}

pub(crate) async fn of_no_other_message(context: &CaseContext) -> Checked {
    messages(context, false)
}
