//! Whose a delivery is, and how a host knows it: its head, the verifier, the proof.

use channel_api::Proof;
use http::HeaderMap;
use serde_json::Value;

use super::registration::renewed;
use super::schema::fields;
use super::verify::{sample, spoilt};
use crate::canary::Canaries;
use crate::context::{CaseContext, outcome_of};
use crate::finding::{Checked, Findings};

pub(crate) async fn head(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let check = context.registration().check_head;
    let (body, headers) = sample(context)?;
    let told = check(&headers);
    findings.check(told.is_ok(), "a head that the provider sends", "acceptance", || outcome_of(&told, ""));
    let bare = check(&HeaderMap::new());
    findings.check(bare.is_err(), "a head without proof", "a refusal", || "acceptance".to_owned());
    for (at, headers) in spoilt(context, &body, &headers) {
        let Err(early) = check(&headers) else { continue };
        let late = CaseContext::verify(&*channel, &headers, &body);
        let same = late.as_ref().is_err_and(|late| (late.kind(), late.code()) == (early.kind(), early.code()));
        let expected = format!("the refusal of its head, {} ({})", early.code(), early.kind().as_str());
        findings.check(same, at, &expected, || outcome_of(&late, "acceptance"));
    }
    Ok(findings)
}

pub(crate) async fn verifiers(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (fixture, config) = (context.fixture(), context.config()?);
    let of_webhooks: Vec<&str> =
        [Some(fixture.webhook_secret()), fixture.previous_webhook_secret()].into_iter().flatten().collect();
    let verifier = |config: &Value, id: &str| Ok(context.channel_of(config, id)?.verifier());
    let first = verifier(&config, "ch_first")?;
    findings.check(
        first == verifier(&config, "ch_second")?,
        "two channels with equal secrets",
        "equal verifiers",
        || "others".to_owned(),
    );
    for (index, secret) in of_webhooks.iter().enumerate() {
        let other = verifier(&renewed(&config, &[secret]), "ch_second")?;
        let at = format!("two channels, whose secrets differ in number {index}");
        findings.check(first != other, at, "verifiers that differ", || "equal ones".to_owned());
    }
    let swapped = verifier(&swapped(&config, &of_webhooks), "ch_second")?;
    let at = "two channels, whose secrets are equal but stand in each other's place";
    findings.check(first == swapped, at, "equal verifiers", || "others".to_owned());
    let others: Vec<&str> = fixture.secrets().into_iter().filter(|secret| !of_webhooks.contains(secret)).collect();
    let other = verifier(&renewed(&config, &others), "ch_second")?;
    let at = "two channels, whose secrets differ, but not those of their webhooks";
    findings.check(first == other, at, "equal verifiers", || "others".to_owned());
    if let Err(found) = Canaries::of(fixture.secrets()).search(&format!("{first:?} {first:#?}"), "a verifier") {
        findings.add(found);
    }
    Ok(findings)
}

/// The configuration with these secrets in each other's place, where there are two.
fn swapped(config: &Value, secrets: &[&str]) -> Value {
    let mut swapped = config.clone();
    for value in swapped.as_object_mut().into_iter().flatten().map(|(_, value)| value) {
        if let Some(index) = secrets.iter().position(|secret| value == secret) {
            *value = secrets[(index + 1) % secrets.len()].into();
        }
    }
    swapped
}

pub(crate) async fn names_the_secret(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, fixture, config) = (context.channel()?, context.fixture(), context.config()?);
    let (body, _) = sample(context)?;
    let secrets = [Some(fixture.webhook_secret()), fixture.previous_webhook_secret()];
    for secret in secrets.into_iter().flatten() {
        let told = CaseContext::verify(&*channel, &fixture.sign(secret, &body), &body);
        let field = told.as_ref().ok().and_then(Option::as_ref).and_then(Proof::secret);
        let fits = field.is_some_and(|field| config[field] == secret);
        let holds = config.as_object().into_iter().flatten().find(|(_, value)| **value == secret);
        let expected = holds.map_or("a field that holds it", |(name, _)| name);
        findings.check(fits, "a delivery that was proved", expected, || format!("{field:?}"));
    }
    let offline = context.offline(Some(fixture.webhook_secret()));
    let told = CaseContext::verify(&*offline, &context.signed(&body), &body);
    let field = told.as_ref().ok().and_then(Option::as_ref).and_then(Proof::secret);
    let known = fields(context)?;
    let good = field.is_some_and(|field| known.contains_key(field));
    findings.check(good, "a delivery that was proved offline", "a field of the configuration", || format!("{field:?}"));
    Ok(findings)
}
