//! Secrets: searched for in all that the adapter returns.

use channel_api::{ChannelAdapterExt as _, Error, MediaKind, MediaSource, Upload};
use http::HeaderMap;
use serde_json::{Value, json};

use super::send::{MESSAGE_ID, once};
use crate::canary::{Canaries, shown};
use crate::context::CaseContext;
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::{Behaviour, Upstream};
use crate::{Fixture, Reply};

fn look(findings: &mut Findings, canaries: &Canaries, text: &str, at: impl Into<String>) {
    if let Err(found) = canaries.search(text, at) {
        findings.add(found);
    }
}

pub(crate) async fn debug(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let canaries = Canaries::of(context.fixture().secrets());
    let channel = context.channel()?;
    look(&mut findings, &canaries, &format!("{channel:?} {channel:#?}"), "the channel's Debug");
    let offline = context.offline(Some(context.fixture().webhook_secret()));
    look(
        &mut findings,
        &canaries,
        &format!("{offline:?} {offline:#?}"),
        "the Debug of a channel that is built offline",
    );
    Ok(findings)
}

/// Something to be kept, where the provider keeps anything.
fn media(fixture: &dyn Fixture) -> Upload {
    let address = fixture.upload().map_or("https://example.org/a.jpg", |samples| samples.url);
    Upload::new(MediaKind::Image, MediaSource::Url(address.to_owned()))
}

/// Errors of every hook, from calls that go wrong in every way.
pub(super) async fn failures(context: &CaseContext) -> Result<Vec<(String, Error)>, Finding> {
    let mut errors = Vec::new();
    let (channel, fixture) = (context.channel()?, context.fixture());
    let mut note = |at: &str, error: Option<Error>| errors.extend(error.map(|error| (at.to_owned(), error)));
    let mut config = context.config()?;
    config["conformance_unknown"] = json!("x");
    note("the refusal of a configuration", (context.registration().check)(&config).err());
    note("a channel that cannot be built", context.build(&config, "ch_refused").err());
    let headers = fixture.sign("conformance: another secret", b"{}");
    note("the refusal of a wrong signature", CaseContext::verify(&*channel, &headers, b"{}").err());
    note("the refusal of a missing signature", CaseContext::verify(&*channel, &HeaderMap::new(), b"{}").err());
    note("the refusal of a body", CaseContext::normalize(&*channel, b"hello").err());
    for sample in fixture.refused() {
        note("the refusal of a message", channel.denormalize_json(&sample.message).err());
    }
    if !channel.capabilities().sends_content.is_empty() {
        let mut behaviours = vec![
            Behaviour::BreakOff,
            Behaviour::BreakInBody(fixture.accepted(MESSAGE_ID)),
            Behaviour::Answer(Reply::text(200, "{")),
            Behaviour::Answer(Reply::text(302, "").header("location", "/elsewhere")),
            Behaviour::Answer(Reply::text(500, "<html></html>")),
        ];
        behaviours.extend(fixture.failing().into_iter().map(|failing| Behaviour::Answer(failing.reply)));
        for behaviour in behaviours {
            let at = format!("a call after which comes {behaviour:?}");
            note(&at, once(context, behaviour).await?.0.err());
        }
        if let Ok(nobody) = Upstream::nobody() {
            let channel = context.channel_of(&fixture.config(&nobody.url), "ch_nobody")?;
            let request = context.text_request(&*channel)?;
            note("a call that nobody answers", channel.send(&request).await.err());
            for told in channel.send_batch(&[request.clone(), request]).await {
                note("a batch that nobody answers", told.err());
            }
        }
    }
    context.upstream()?.always(Behaviour::BreakOff);
    note("user_profile", channel.user_profile("1").await.err());
    note("upload", channel.upload(media(fixture)).await.err());
    if let (Some(facet), Some(samples)) = (channel.media_down(), fixture.download()) {
        for sample in samples.found {
            note("download", facet.download(&sample.media, None).await.err());
        }
    }
    for operation in channel.operation_list() {
        note(operation.name, channel.perform(operation.name, &(operation.example)()).await.err());
    }
    for sample in fixture.refused_inputs() {
        note("the refusal of an input", channel.perform(&sample.name, &sample.input).await.err());
    }
    note("profile_read", channel.profile_read().await.err());
    note("connection_check", channel.connection_check().await.err());
    note("connection_subscribe", channel.connection_subscribe().await.err());
    note("connection_unsubscribe", channel.connection_unsubscribe().await.err());
    Ok(errors)
}

pub(crate) async fn errors(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let canaries = Canaries::of(context.fixture().secrets());
    for (at, error) in failures(context).await? {
        look(&mut findings, &canaries, &shown(&error), at);
    }
    Ok(findings)
}

/// The secrets that a call carries: only these can the provider repeat.
async fn carried(context: &CaseContext) -> Result<Vec<&'static str>, Finding> {
    let (_, calls) = once(context, Behaviour::Answer(context.fixture().accepted(MESSAGE_ID))).await?;
    let carries = |secret: &str| {
        calls.iter().any(|call| {
            let headers = call.headers.values().map(|value| String::from_utf8_lossy(value.as_bytes()));
            headers
                .chain([call.target.as_str().into(), String::from_utf8_lossy(&call.body)])
                .any(|text| text.contains(secret))
        })
    };
    Ok(context.fixture().secrets().into_iter().filter(|secret| carries(secret)).collect())
}

pub(crate) async fn repeated_by_the_provider(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, fixture) = (context.channel()?, context.upstream()?, context.fixture());
    let secrets = carried(context).await?;
    findings.check(!secrets.is_empty(), "a call", "a secret as it is, as the fixture says", || "none".to_owned());
    let canaries = Canaries::of(&secrets);
    for secret in secrets {
        for reply in [
            fixture.failure(&format!("Malformed access token {secret}")),
            fixture.failure(&format!("{{\"access_token\":\"{secret}\"}}")),
            Reply::text(500, format!("<html>{secret}</html>")),
            Reply::text(200, format!("<html>{secret}</html>")),
        ] {
            if let Err(error) = once(context, Behaviour::Answer(reply.clone())).await?.0 {
                look(&mut findings, &canaries, &shown(&error), "a failure whose words repeat a secret");
            }
            upstream.always(Behaviour::Answer(reply.clone()));
            let status = channel.connection_check().await;
            let told = status.map_or_else(|error| shown(&error), |status| format!("{status:?}"));
            look(&mut findings, &canaries, &told, "a check whose answer repeats a secret");
            for operation in channel.operation_list() {
                let told = channel.perform(operation.name, &(operation.example)()).await;
                let told = told.map_or_else(|error| shown(&error), |performed| format!("{performed:?}"));
                look(&mut findings, &canaries, &told, format!("`{}`, whose answer repeats a secret", operation.name));
            }
            let told = channel.upload(media(fixture)).await;
            let told = told.map_or_else(|error| shown(&error), |kept| format!("{kept:?}"));
            look(&mut findings, &canaries, &told, "an upload whose answer repeats a secret");
            if let (Some(facet), Some(samples)) = (channel.media_down(), fixture.download()) {
                for sample in samples.found {
                    // At each of its calls.
                    for number in 0..sample.replies.len() {
                        upstream.always(Behaviour::Answer(reply.clone()));
                        upstream.next(sample.replies.iter().take(number).cloned().map(Behaviour::Answer));
                        let Err(error) = facet.download(&sample.media, None).await else { continue };
                        look(&mut findings, &canaries, &shown(&error), "a download whose answer repeats a secret");
                    }
                }
            }
        }
    }
    Ok(findings)
}

pub(crate) async fn translations(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let canaries = Canaries::of(context.fixture().secrets());
    let (channel, fixture) = (context.channel()?, context.fixture());
    let capabilities = format!("{:?}", channel.capabilities());
    look(&mut findings, &canaries, &capabilities, "the capabilities");
    for sample in fixture.inbound() {
        let events = CaseContext::normalize(&*channel, &fixture.body(std::slice::from_ref(&sample.item)));
        let events = events.unwrap_or_default();
        let json = serde_json::to_string(&events).unwrap_or_default();
        look(&mut findings, &canaries, &format!("{events:?} {json}"), format!("the events of {sample}"));
    }
    if !channel.capabilities().sends_content.is_empty() {
        let accepted = Behaviour::Answer(fixture.accepted(MESSAGE_ID));
        if let Ok(receipt) = once(context, accepted).await?.0 {
            let json = serde_json::to_value(&receipt).unwrap_or(Value::Null);
            look(&mut findings, &canaries, &format!("{receipt:?} {json}"), "a receipt");
        }
    }
    let operations = serde_json::to_string(channel.operation_list()).unwrap_or_default();
    look(&mut findings, &canaries, &operations, "the operations");
    let registration = context.registration();
    let told = format!("{registration:?} {} {}", (registration.schema)(), (registration.example)());
    look(&mut findings, &canaries, &told, "the schema and the example");
    Ok(findings)
}
