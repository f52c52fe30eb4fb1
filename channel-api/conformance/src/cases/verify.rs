//! Signatures of deliveries.

use channel_api::{ChannelAdapter, ErrorKind, Result};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

pub(crate) use super::verifiers::{head, names_the_secret, verifiers};
use crate::canary::{Canaries, shown};
use crate::context::{CaseContext, outcome_of};
use crate::finding::{Checked, Finding, Findings};
use crate::json::{escaped, roomy, turned};
use crate::random::Random;

/// A body with the fixture's first event, and how the provider signs it.
pub(super) fn sample(context: &CaseContext) -> Result<(Vec<u8>, HeaderMap), Finding> {
    let inbound = context.fixture().inbound();
    let Some(first) = inbound.first() else { return Err(Finding::not_brought("an event")) };
    let body = context.fixture().body(std::slice::from_ref(&first.item));
    let headers = context.signed(&body);
    if headers.is_empty() {
        return Err(Finding::not_brought("the header of a signature"));
    }
    Ok((body, headers))
}

fn refused<T>(findings: &mut Findings, told: &Result<T>, at: impl Into<String>) {
    let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unauthenticated);
    findings.check(good, at, "an error of kind unauthenticated", || outcome_of(told, "acceptance"));
}

pub(crate) async fn signed_is_accepted(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in context.fixture().inbound() {
        let body = context.fixture().body(std::slice::from_ref(&sample.item));
        let told = CaseContext::verify(&*channel, &context.signed(&body), &body);
        findings.check(told.is_ok(), sample.to_string(), "acceptance", || outcome_of(&told, ""));
    }
    Ok(findings)
}

pub(crate) async fn changed_bytes(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let (body, headers) = sample(context)?;
    let mut changed: Vec<(String, Vec<u8>)> = Vec::new();
    for at in [0, body.len() / 3, body.len() / 2, body.len().saturating_sub(1)] {
        let mut flipped = body.clone();
        flipped.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1);
        changed.push((format!("byte {at} changed"), flipped));
    }
    changed.push(("a line break added".to_owned(), [body.as_slice(), b"\n"].concat()));
    changed.push(("a space before it".to_owned(), [b" ", body.as_slice()].concat()));
    changed.push((
        "its last byte cut off".to_owned(),
        body.get(..body.len().saturating_sub(1)).unwrap_or_default().to_vec(),
    ));
    changed.push(("nothing left of it".to_owned(), Vec::new()));
    if let Ok(json) = serde_json::from_slice::<Value>(&body) {
        changed.push(("the same JSON with more space".to_owned(), roomy(&json).into_bytes()));
    }
    for (what, changed) in changed {
        let told = CaseContext::verify(&*channel, &headers, &changed);
        findings.check(told.is_err(), format!("a signed body, {what}"), "a refusal", || "acceptance".to_owned());
    }
    Ok(findings)
}

pub(crate) async fn untouched_bytes(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let (body, _) = sample(context)?;
    let mut bodies: Vec<(&str, Vec<u8>)> =
        vec![("no JSON at all", b"hello world".to_vec()), ("no UTF-8", vec![0xff, 0xfe, 0x00, b'{'])];
    if let Ok(json) = serde_json::from_slice::<Value>(&body) {
        bodies.push(("JSON with space between its tokens", roomy(&json).into_bytes()));
        bodies.push(("JSON with its keys in another order", turned(&json).into_bytes()));
        bodies.push(("JSON with escapes", escaped(&json).into_bytes()));
    }
    for (what, body) in bodies {
        let told = CaseContext::verify(&*channel, &context.signed(&body), &body);
        let at = format!("a signed body that is {what}");
        findings.check(told.is_ok(), at, "acceptance: only the bytes count", || outcome_of(&told, ""));
        let wrong = context.fixture().sign("conformance: another secret", &body);
        refused(
            &mut findings,
            &CaseContext::verify(&*channel, &wrong, &body),
            format!("a body that is {what}, wrongly signed"),
        );
    }
    Ok(findings)
}

/// The signature with each of its characters, one at a time, exchanged for another of the same alphabet.
fn differences(value: &HeaderValue) -> Vec<(usize, HeaderValue)> {
    let bytes = value.as_bytes();
    let digest = bytes.iter().position(|byte| *byte == b'=').filter(|at| at + 1 < bytes.len()).map_or(0, |at| at + 1);
    let exchanged = |at: usize| {
        let mut bytes = bytes.to_vec();
        let byte = bytes.get_mut(at)?;
        *byte = match *byte {
            b'0' => b'1',
            b'a' => b'b',
            byte if byte.is_ascii_digit() => b'0',
            byte if byte.is_ascii_lowercase() => b'a',
            byte if byte.is_ascii_uppercase() => byte.to_ascii_lowercase(),
            _ => return None,
        };
        HeaderValue::from_bytes(&bytes).ok().map(|value| (at, value))
    };
    (digest..bytes.len()).filter_map(exchanged).collect()
}

pub(crate) async fn differences_are_alike(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let (body, headers) = sample(context)?;
    for (name, value) in &headers {
        let mut first: Option<String> = None;
        for (at, value) in differences(value) {
            let mut wrong = headers.clone();
            wrong.insert(name, value);
            let told = CaseContext::verify(&*channel, &wrong, &body);
            let place = format!("{name} with another character at {at}");
            refused(&mut findings, &told, place.as_str());
            let told = told.err().map(|error| shown(&error));
            let same = first.is_none() || first == told;
            findings.check(same, place, "the same refusal wherever the difference is", || "another".to_owned());
            first = first.or(told);
            if findings.are_plenty() {
                return Ok(findings);
            }
        }
    }
    Ok(findings)
}

/// Heads that are not what the provider sends, each with what was done to it.
type Heads = Vec<(String, HeaderMap)>;

/// Heads in which something is missing.
fn missing(headers: &HeaderMap) -> Heads {
    let mut heads = vec![("no header at all".to_owned(), HeaderMap::new())];
    for name in headers.keys() {
        let mut without = headers.clone();
        without.remove(name);
        heads.push((format!("no {name}"), without));
        let mut empty = headers.clone();
        empty.insert(name, HeaderValue::from_static(""));
        heads.push((format!("an empty {name}"), empty));
    }
    heads
}

/// Heads in which something stands twice: the right thing, or a wrong one beside it.
fn repeated(headers: &HeaderMap, wrong: &HeaderMap) -> Heads {
    let mut heads = Heads::new();
    for (name, value) in headers {
        let other = wrong.get(name).unwrap_or(value);
        for (values, what) in [
            ([value, value], "twice"),
            ([value, other], "twice, wrong the second time"),
            ([other, value], "twice, wrong the first time"),
        ] {
            let mut repeated = headers.clone();
            repeated.remove(name);
            for value in values {
                repeated.append(name, value.clone());
            }
            heads.push((format!("{name} {what}"), repeated));
        }
    }
    heads
}

/// The signature, spoilt in ways in which a lenient reader would not notice.
fn spoilt_value(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let (scheme, digest) = value.split_once('=').filter(|(_, digest)| !digest.is_empty()).unwrap_or(("", value));
    let prefix = value.strip_suffix(digest).unwrap_or_default();
    let half = digest.get(..digest.len() / 2).unwrap_or_default();
    let mut all = vec![
        ("cut off by one character", value.get(..value.len().saturating_sub(1)).unwrap_or_default().into()),
        ("cut off by half", format!("{prefix}{half}").into_bytes()),
        ("with a character more", format!("{value}0").into_bytes()),
        ("given twice in one", format!("{value},{value}").into_bytes()),
        ("between quotation marks", format!("\"{value}\"").into_bytes()),
        ("in upper case", format!("{prefix}{}", digest.to_ascii_uppercase()).into_bytes()),
        ("of zeros only", format!("{prefix}{}", "0".repeat(digest.len())).into_bytes()),
        ("of other bytes", [prefix.as_bytes(), &vec![0xff; digest.len()]].concat()),
    ];
    if !scheme.is_empty() {
        all.push(("without its algorithm", digest.into()));
        all.push(("with its algorithm only", prefix.into()));
        for other in ["sha1", "md5", "none", "sha512"] {
            all.push(("of another algorithm", format!("{other}={digest}").into_bytes()));
        }
    }
    all
}

/// Heads in which something is spoilt.
fn malformed(headers: &HeaderMap) -> Heads {
    let mut heads = Heads::new();
    for (name, value) in headers {
        for (what, bytes) in value.to_str().map(spoilt_value).unwrap_or_default() {
            let Ok(spoilt) = HeaderValue::from_bytes(&bytes) else { continue };
            if spoilt.is_empty() || spoilt == *value {
                continue;
            }
            let mut wrong = headers.clone();
            wrong.insert(name, spoilt);
            heads.push((format!("{name} {what}"), wrong));
        }
    }
    heads
}

/// Every head that must be refused.
pub(super) fn spoilt(context: &CaseContext, body: &[u8], headers: &HeaderMap) -> Heads {
    let wrong = context.fixture().sign("conformance: another secret", body);
    [missing(headers), repeated(headers, &wrong), malformed(headers)].concat()
}

/// Looks that each of these heads is refused.
fn all_refused(context: &CaseContext, heads: impl FnOnce(&[u8], &HeaderMap) -> Heads) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let (body, headers) = sample(context)?;
    for (at, headers) in heads(&body, &headers) {
        refused(&mut findings, &CaseContext::verify(&*channel, &headers, &body), at);
    }
    Ok(findings)
}

pub(crate) async fn missing_signature(context: &CaseContext) -> Checked {
    all_refused(context, |_, headers| missing(headers))
}

pub(crate) async fn repeated_signature(context: &CaseContext) -> Checked {
    all_refused(context, |body, headers| {
        repeated(headers, &context.fixture().sign("conformance: another secret", body))
    })
}

pub(crate) async fn malformed_signature(context: &CaseContext) -> Checked {
    all_refused(context, |_, headers| malformed(headers))
}

pub(crate) async fn refusals_tell_nothing(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let fixture = context.fixture();
    let (body, headers) = sample(context)?;
    let right = headers.values().filter_map(|value| value.to_str().ok());
    let right = right
        .map(|value| value.split_once('=').map_or(value, |(_, digest)| if digest.is_empty() { value } else { digest }));
    let canaries = Canaries::of(fixture.secrets().into_iter().chain(right));
    for (at, headers) in refusals(context, &body, &headers) {
        if let Err(error) = CaseContext::verify(&*channel, &headers, &body)
            && let Err(found) = canaries.search(&shown(&error), at)
        {
            findings.add(found);
        }
    }
    Ok(findings)
}

/// Deliveries that must be refused.
fn refusals(context: &CaseContext, body: &[u8], headers: &HeaderMap) -> Vec<(&'static str, HeaderMap)> {
    let mut random = Random::seeded(2);
    let noise = |name: &HeaderName, random: &mut Random| {
        let value = HeaderValue::from_str(&format!("sha256={}", random.word())).ok();
        value.map(|value| (name.clone(), value))
    };
    vec![
        ("the refusal of a wrong signature", context.fixture().sign("conformance: another secret", body)),
        ("the refusal of a missing signature", HeaderMap::new()),
        ("the refusal of noise", headers.keys().filter_map(|name| noise(name, &mut random)).collect()),
    ]
}

pub(crate) async fn empty_secret_opens_nothing(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (body, _) = sample(context)?;
    let empty = context.fixture().sign("", &body);
    let opened = |channel: &dyn ChannelAdapter| CaseContext::verify(channel, &empty, &body);
    refused(&mut findings, &opened(&*context.channel()?), "a delivery signed with an empty secret");
    // An optional secret that is left empty must not become one that anybody can sign with.
    for (name, field) in super::schema::fields(context)? {
        if field["writeOnly"] != true {
            continue;
        }
        let mut config = context.config()?;
        config[name.as_str()] = "".into();
        if let Ok(channel) = context.build(&config, "ch_empty") {
            let at = format!("a delivery signed with an empty secret, and an empty {name}");
            refused(&mut findings, &opened(&*channel), at);
        }
    }
    Ok(findings)
}

pub(crate) async fn two_secrets(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let fixture = context.fixture();
    let Some(previous) = fixture.previous_webhook_secret() else {
        return Err(Finding::not_brought("a second secret"));
    };
    let channel = context.channel()?;
    let (body, headers) = sample(context)?;
    for (at, headers) in
        [("signed with the present secret", headers), ("signed with the previous one", fixture.sign(previous, &body))]
    {
        let told = CaseContext::verify(&*channel, &headers, &body);
        findings.check(told.is_ok(), at, "acceptance", || outcome_of(&told, ""));
    }
    Ok(findings)
}
