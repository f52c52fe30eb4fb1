//! What a host does with an event: it keeps it, finds out whose copy it is, and replies.

use channel_api::{ChannelAdapter, Delivery, Event, Received, Result, Token, Verified, WebhookAuth, WebhookReply};
use serde_json::Value;

use super::normalize::samples;
use crate::canary::Canaries;
use crate::context::CaseContext;
use crate::finding::{Checked, Finding, Findings};

pub(crate) async fn reads_back(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, fixture) = (context.channel()?, context.fixture());
    let named = samples(context)?.into_iter().map(|sample| (sample.to_string(), sample.item));
    let observed = fixture.observed().map(|sample| (sample.to_string(), sample.item));
    let unheard_of = ("the event nobody has heard of".to_owned(), fixture.unheard_of());
    for (at, item) in named.chain(observed).chain([unheard_of]) {
        for received in context.received(&*channel, std::slice::from_ref(&item), &at)? {
            let event = received.into_event();
            let json = serde_json::to_string(&event).unwrap_or_default();
            match serde_json::from_str::<Event>(&json) {
                Ok(back) => findings.check(back == event, at.as_str(), "the same event, read back", || {
                    serde_json::to_string(&back).unwrap_or_default()
                }),
                Err(error) => findings.add(Finding::new(at.as_str(), "an event that is read back", error.to_string())),
            }
        }
    }
    Ok(findings)
}

/// The provider's copy of what a call sends, as it comes back.
fn copy_of(
    context: &CaseContext,
    channel: &dyn ChannelAdapter,
    call: &channel_api::ProviderRequest,
    at: &str,
) -> Result<Vec<Received>, Finding> {
    let Some(item) = context.fixture().echo(call) else {
        return Err(Finding::not_brought("the provider's copy of a message"));
    };
    context.received(channel, &[item], at)
}

pub(crate) async fn correlation(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let token = Token::from_random([7; 16]);
    let plain = context.text_request(&*channel)?;
    let mut stamped = plain.clone();
    if !channel.stamp(&mut stamped, &token) {
        return Err(Finding::new("the first message", "a call that carries a token", "none"));
    }
    let at = "the copy of a message that was stamped";
    let copies = copy_of(context, &*channel, &stamped, at)?;
    let known = copies.iter().filter(|copy| copy.correlation.as_ref() == Some(&token)).count();
    findings.check(known == 1, at, "the token as its correlation", || format!("it {known} times"));
    for copy in copies {
        let json = serde_json::to_string(&copy.event).unwrap_or_default();
        findings.check(!json.contains(token.as_str()), at, "an event without the token", || json.clone());
    }
    let at = "the copy of a message that was not stamped";
    for copy in copy_of(context, &*channel, &plain, at)? {
        let told = copy.correlation;
        findings.check(told.is_none(), at, "no correlation", || format!("{told:?}"));
    }
    Ok(findings)
}

/// The reply to a body that the provider sent.
#[expect(clippy::disallowed_methods, reason = "a sample of a provider that proves nothing")]
fn reply(context: &CaseContext, channel: &dyn ChannelAdapter, body: &[u8]) -> Result<WebhookReply> {
    if channel.capabilities().webhook_auth == WebhookAuth::None {
        return Ok(channel.reply(&Verified::recorded(body)));
    }
    let headers = context.signed(body);
    Ok(channel.reply(&Delivery::new(&headers, body).verify(channel)?))
}

pub(crate) async fn replies(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, fixture) = (context.channel()?, context.fixture());
    let canaries = Canaries::of(fixture.secrets());
    let mut bodies: Vec<(String, Vec<Value>)> = Vec::new();
    bodies.extend(samples(context)?.into_iter().map(|sample| (sample.to_string(), vec![sample.item])));
    bodies.push(("the event nobody has heard of".to_owned(), vec![fixture.unheard_of()]));
    for (at, items) in bodies {
        let (body, at) = (fixture.body(&items), format!("the reply to {at}"));
        let told = |when: &str| {
            let failed = |error: &_| Finding::failed(format!("{at}, {when}"), "a reply", error);
            reply(context, &*channel, &body).map_err(|error| failed(&error))
        };
        let (first, again, expected) = (told("once")?, told("again")?, fixture.reply(&body));
        findings.check(first == expected, at.as_str(), &format!("{expected:?}"), || format!("{first:?}"));
        findings.check(first == again, at.as_str(), "the same each time", || format!("{again:?}"));
        let shown = format!("{:?} {}", first.content_type, String::from_utf8_lossy(&first.body));
        if let Err(found) = canaries.search(&shown, at) {
            findings.add(found);
        }
    }
    Ok(findings)
}
