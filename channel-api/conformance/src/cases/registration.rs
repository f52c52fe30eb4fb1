//! Identity and registration.

use std::collections::BTreeSet;

use channel_api::WebhookAuth;
use channel_api::describe;
use channel_api::registry::API_VERSION;
use channel_api::{ChannelAdapter, Error, ErrorKind, MediaKind, MediaSource, Registry, Result, Upload};
use serde_json::Value;

use crate::context::{CHANNEL_ID, CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};

/// Shorter ones could stand somewhere by chance.
const SHORTEST_SECRET: usize = 8;

pub(crate) async fn brings_a_fixture(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let fixture = context.fixture();
    let config = context.config()?.to_string();
    let secrets = fixture.secrets();
    let mut brings = |good: bool, what: &str| {
        findings.check(good, "the fixture", what, || "nothing of the kind".to_owned());
    };
    brings(!secrets.is_empty(), "the secrets of its configuration");
    for secret in secrets {
        brings(secret.len() >= SHORTEST_SECRET, "secrets of at least 8 bytes");
        brings(config.contains(secret), "secrets that stand in its configuration");
    }
    brings(!fixture.bad_configs().is_empty(), "a configuration that is refused");
    brings(fixture.bad_configs().iter().any(|bad| bad.pointers.len() > 1), "a configuration with two problems");
    let capabilities = context.capabilities();
    if !capabilities.receives_events.is_empty() {
        brings(fixture.inbound().len() > 1, "two events or more");
        brings(fixture.inbound().iter().all(|sample| !sample.events.is_empty()), "what comes of each event");
    }
    if !capabilities.sends_content.is_empty() {
        brings(!fixture.messages().is_empty(), "a message that is good");
        brings(!fixture.refused().is_empty(), "a message that is refused");
        brings(fixture.refused().iter().any(|sample| sample.pointers.len() > 1), "a message with two problems");
        brings(!fixture.failing().is_empty(), "a failure that the provider reports");
    }
    let can = describe(&context.offline(None));
    brings(!can.user_profiles || fixture.person().is_some(), "a look-up of a person");
    brings(!can.profile || fixture.profile().is_some(), "samples for the profile");
    brings(!can.connection || fixture.connection().is_some(), "samples for the connection");
    brings(!can.uploads || fixture.upload().is_some(), "samples for uploads");
    brings(!can.downloads || fixture.download().is_some(), "samples for downloads");
    brings(!can.window || fixture.window().is_some(), "samples for the window");
    let signs_in = (context.registration().login)().is_some();
    brings(!signs_in || fixture.login().is_some(), "samples for signing in");
    if !context.offline(None).operation_list().is_empty() {
        brings(!fixture.operations().is_empty(), "an operation performed");
        brings(!fixture.refused_inputs().is_empty(), "an operation's input that is refused");
    }
    Ok(findings)
}

pub(crate) async fn identity(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let registration = context.registration();
    if let Err(error) = Registry::new([*registration]) {
        findings.add(Finding::failed("the registration", "a registry that takes it", &error));
    }
    let version = registration.api_version;
    findings.check(version == API_VERSION, "api_version", "this contract's version", || version.to_string());
    for (what, text) in [
        ("name", registration.name),
        ("crate_name", registration.crate_name),
        ("crate_version", registration.crate_version),
    ] {
        findings.check(!text.trim().is_empty(), what, "a text", || "an empty one".to_owned());
    }
    let channel = context.channel()?;
    let told = channel.channel_type();
    findings.check(told == registration.id, "channel_type", "the id of the registration", || told.to_owned());
    let told = channel.channel_id();
    findings.check(told.as_str() == CHANNEL_ID, "channel_id", "the id it was built with", || told.to_string());
    Ok(findings)
}

pub(crate) async fn example(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let registration = context.registration();
    let (example, schema) = ((registration.example)(), (registration.schema)());
    if let Err(error) = (registration.check)(&example) {
        findings.add(Finding::failed("the example", "no problem", &error));
    }
    match jsonschema::validator_for(&schema) {
        Ok(validator) => {
            for error in validator.iter_errors(&example) {
                let at = format!("the example, {}", error.instance_path());
                findings.add(Finding::new(
                    at,
                    "what the schema asks for",
                    format!("a breach of {}", error.schema_path()),
                ));
            }
        }
        Err(error) => findings.add(Finding::new("the schema", "a JSON Schema", error.to_string())),
    }
    Ok(findings)
}

pub(crate) async fn isolation(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let fixture = context.fixture();
    let config = context.config()?;
    let first = context.channel_of(&config, "ch_first")?;
    let second = context.channel_of(&renewed(&config, &fixture.secrets()), "ch_second")?;
    let body =
        fixture.body(&fixture.inbound().first().map(|sample| sample.item.clone()).into_iter().collect::<Vec<_>>());
    let ours = fixture.sign(fixture.webhook_secret(), &body);
    let theirs = fixture.sign(&renew(fixture.webhook_secret()), &body);
    for (channel, name, good, bad) in [(&first, "the first", &ours, &theirs), (&second, "the second", &theirs, &ours)] {
        let own = CaseContext::verify(&**channel, good, &body);
        findings
            .check(own.is_ok(), format!("{name} of two channels"), "its own secret accepted", || outcome_of(&own, ""));
        let other = CaseContext::verify(&**channel, bad, &body);
        findings.check(other.is_err(), format!("{name} of two channels"), "the other's secret refused", || {
            "a delivery of the other accepted".to_owned()
        });
    }
    for (channel, id) in [(&first, "ch_first"), (&second, "ch_second")] {
        let told = channel.channel_id();
        findings.check(told.as_str() == id, "channel_id of two channels", "its own id", || told.to_string());
        for event in CaseContext::normalize(&**channel, &body).unwrap_or_default() {
            let told = event.channel_id;
            findings.check(told.as_str() == id, "the events of two channels", "its own id", || told.to_string());
        }
    }
    Ok(findings)
}

pub(crate) async fn offline(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let fixture = context.fixture();
    let (without, with) = (context.offline(None), context.offline(Some(fixture.webhook_secret())));
    findings.check(
        without.capabilities() == context.channel()?.capabilities(),
        "a channel that is built offline",
        "the capabilities of one with an account",
        || "others".to_owned(),
    );
    let facets = |channel: &dyn ChannelAdapter| serde_json::to_value(describe(channel)).unwrap_or_default();
    let (expected, told) = (facets(&*context.channel()?), facets(&*without));
    findings.check(told == expected, "a channel that is built offline", &expected.to_string(), || told.to_string());
    let items: Vec<Value> = fixture.inbound().into_iter().map(|sample| sample.item).take(1).collect();
    let body = fixture.body(&items);
    if without.capabilities().webhook_auth != WebhookAuth::None {
        let signed = context.signed(&body);
        let told = CaseContext::verify(&*with, &signed, &body);
        findings.check(told.is_ok(), "offline with a secret", "a signed delivery accepted", || outcome_of(&told, ""));
        let empty = context.offline(Some(""));
        for (channel, headers, at) in [
            (&without, &signed, "offline without a secret"),
            (&without, &fixture.sign("", &body), "offline without a secret"),
            (&empty, &fixture.sign("", &body), "offline with an empty secret"),
        ] {
            let told = CaseContext::verify(&**channel, headers, &body);
            findings.check(told.is_err(), at, "every delivery refused", || "one accepted".to_owned());
        }
    }
    let told = CaseContext::normalize(&*without, &body);
    findings.check(told.is_ok(), "offline", "events", || outcome_of(&told, ""));
    for (at, error) in asked_offline(context, &*without).await? {
        // What a provider says, or that it does not answer, has other kinds: nobody was asked.
        let alone = error.as_ref().is_some_and(|error| {
            matches!(error.kind(), ErrorKind::Config | ErrorKind::Unsupported | ErrorKind::InvalidMessage)
        });
        findings.check(alone, format!("{at}, offline"), "a refusal without a call", || {
            error.map_or_else(|| "success".to_owned(), |error| outcome_of::<()>(&Err(error), ""))
        });
    }
    Ok(findings)
}

/// What comes of each hook that would call the provider.
async fn asked_offline(
    context: &CaseContext,
    channel: &dyn ChannelAdapter,
) -> Result<Vec<(String, Option<Error>)>, Finding> {
    let (mut asked, fixture) = (Vec::new(), context.fixture());
    if !channel.capabilities().sends_content.is_empty() {
        for request in CaseContext::denormalize(channel, &context.text()?, "offline")?.requests {
            asked.push(("send".to_owned(), channel.send(&request).await.err()));
            for told in channel.send_batch(std::slice::from_ref(&request)).await {
                asked.push(("send_batch".to_owned(), told.err()));
            }
        }
    }
    let media = Upload::new(MediaKind::Image, MediaSource::Url("https://example.org/a.jpg".to_owned()));
    asked.push(("upload".to_owned(), channel.upload(media).await.err()));
    if let (Some(facet), Some(samples)) = (channel.media_down(), fixture.download()) {
        for sample in samples.found {
            asked.push(("download".to_owned(), facet.download(&sample.media, None).await.err()));
        }
    }
    let person = fixture.person().map_or_else(|| "1".to_owned(), |person| person.id);
    asked.push(("look_up".to_owned(), channel.user_profile(&person).await.err()));
    asked.push(("the profile's read".to_owned(), channel.profile_read().await.err()));
    if let Some(samples) = fixture.profile()
        && let Ok(plan) = channel.profile_plan(&samples.current, &samples.desired)
    {
        asked.push(("the profile's apply".to_owned(), channel.profile_apply(&plan).await.err()));
    }
    asked.push(("the connection's check".to_owned(), channel.connection_check().await.err()));
    asked.push(("the connection's subscribe".to_owned(), channel.connection_subscribe().await.err()));
    asked.push(("the connection's unsubscribe".to_owned(), channel.connection_unsubscribe().await.err()));
    for operation in channel.operation_list() {
        let told = channel.perform(operation.name, &(operation.example)()).await;
        asked.push((format!("`{}`", operation.name), told.err()));
    }
    Ok(asked)
}

pub(crate) async fn accounts(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, fixture) = (context.channel()?, context.fixture());
    let own: BTreeSet<&String> = channel.accounts().iter().collect();
    findings.check(own.len() == channel.accounts().len(), "the channel's accounts", "each of them once", || {
        format!("{own:?}")
    });
    let items: Vec<Value> = fixture.inbound().into_iter().map(|sample| sample.item).collect();
    let mut bodies: Vec<Vec<u8>> = items.iter().map(|item| fixture.body(std::slice::from_ref(item))).collect();
    if fixture.batches() {
        bodies.push(fixture.body(&items));
    }
    for (index, body) in bodies.iter().enumerate() {
        let (at, told) = (format!("body {index}"), (context.registration().accounts)(body));
        let once: BTreeSet<&String> = told.iter().collect();
        findings.check(once.len() == told.len(), at.as_str(), "each account once", || format!("{told:?}"));
        let named = told.iter().any(|account| own.contains(account));
        findings.check(named, at, &format!("one of {own:?}"), || format!("{told:?}"));
    }
    let offline = context.offline(None);
    findings.check(offline.accounts().is_empty(), "a channel that is built offline", "no account", || {
        format!("{:?}", offline.accounts())
    });
    Ok(findings)
}

/// Another secret, as the second of two channels has it.
fn renew(secret: &str) -> String {
    format!("{secret}2")
}

pub(super) fn renewed(config: &Value, secrets: &[&str]) -> Value {
    match config {
        Value::String(text) if secrets.contains(&text.as_str()) => Value::String(renew(text)),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (key.clone(), renewed(value, secrets))).collect())
        }
        other => other.clone(),
    }
}
