//! Who answers a person, as events and messages say it.

use channel_api::ChannelAdapterExt as _;
use serde_json::Value;

use super::normalize::{json_of, samples};
use crate::context::CaseContext;
use crate::finding::{Checked, Findings};

pub(crate) async fn of_events(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut known = false;
    for sample in samples(context)? {
        let events = context.events(&*channel, std::slice::from_ref(&sample.item), &sample.to_string());
        for (expected, event) in sample.events.iter().zip(events.unwrap_or_default()) {
            let (expected, got) = (&expected["data"]["threadOwner"], json_of(&event)["data"]["threadOwner"].take());
            known |= !expected.is_null();
            let at = format!("{sample}, /data/threadOwner");
            findings.check(got == *expected, at, &expected.to_string(), || got.to_string());
        }
    }
    if !known {
        findings.note("no event of the fixture hands a conversation over");
    }
    Ok(findings)
}

pub(crate) async fn of_messages(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut known = false;
    for sample in context.messages()? {
        known |= sample.thread.is_some();
        let Ok(translated) = channel.denormalize_json(&sample.message) else { continue };
        let told = translated.thread.as_ref().and_then(|thread| serde_json::to_value(thread).ok());
        let expected = sample.thread.as_ref().map_or_else(|| "no change of who answers".to_owned(), Value::to_string);
        findings.check(told == sample.thread, sample.to_string(), &expected, || format!("{told:?}"));
    }
    if !known {
        findings.note("no message of the fixture hands a conversation over");
    }
    Ok(findings)
}
