//! Messages into calls.

use std::collections::BTreeSet;

use serde_json::{Value, json};

pub(crate) use super::fallback::fallback;
pub(crate) use super::threads::{of_messages as thread_owner, of_no_other_message as no_thread_owner};
use crate::canary::Canaries;
use crate::context::{CaseContext, outcome_of};
use crate::finding::{Checked, Finding, Findings};
use crate::json::lacks;
use crate::sample::json_of;
use channel_api::{
    ChannelAdapter, ChannelAdapterExt as _, Denormalized, ErrorKind, Issue, ProviderRequest, Result, Token,
};

fn requests(translated: &Denormalized) -> Vec<Value> {
    translated.requests.iter().map(json_of).collect()
}

pub(crate) async fn requests_as_expected(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in context.messages()? {
        let told = match CaseContext::denormalize(&*channel, &sample.message, sample.to_string()) {
            Ok(translated) => requests(&translated),
            Err(finding) => {
                findings.add(finding);
                continue;
            }
        };
        let (expected, got) = (Value::Array(sample.requests.clone()), Value::Array(told));
        if expected != got {
            // The first difference, seen from either side, tells more than two long texts.
            let (pointer, found) = lacks(&expected, &got).or_else(|| lacks(&got, &expected)).unwrap_or_default();
            let wanted = expected.pointer(&pointer).map_or_else(|| "nothing".to_owned(), Value::to_string);
            let found = got.pointer(&pointer).map_or(found, Value::to_string);
            findings.add(Finding::new(format!("{sample}, {pointer}"), wanted, found));
        }
    }
    Ok(findings)
}

pub(crate) async fn problems_all_at_once(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in context.fixture().refused() {
        let told = channel.denormalize_json(&sample.message);
        let Err(error) = &told else {
            findings.add(Finding::new(sample.to_string(), "a refusal", "acceptance"));
            continue;
        };
        let kind = error.kind();
        findings.check(
            kind == ErrorKind::InvalidMessage,
            sample.to_string(),
            "an error of kind invalid_message",
            || outcome_of(&told, ""),
        );
        let expected: BTreeSet<&str> = sample.pointers.iter().map(String::as_str).collect();
        let pointers: BTreeSet<&str> = error.issues().iter().map(|issue| issue.pointer.as_str()).collect();
        if pointers != expected {
            findings.add(Finding::new(
                sample.to_string(),
                format!("issues at {expected:?}"),
                format!("at {pointers:?}"),
            ));
        }
    }
    Ok(findings)
}

/// Whether a program can act on it by its code, and a person by its sentence.
fn is_useful(issue: &Issue) -> bool {
    let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_');
    let is_sentence = issue.message.len() >= 8 && issue.message.trim().contains(' ');
    let whole = issue.limit.is_some() == issue.actual.is_some();
    !issue.code.is_empty() && issue.code.chars().all(is_code) && is_sentence && whole
}

pub(crate) async fn problems_are_useful(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in context.fixture().refused() {
        let Err(error) = channel.denormalize_json(&sample.message) else { continue };
        for issue in error.issues() {
            let expected = "a code in lower case, a sentence, and both of limit and size or neither";
            findings.check(is_useful(issue), format!("{sample}, {}", issue.pointer), expected, || format!("{issue:?}"));
        }
    }
    Ok(findings)
}

pub(crate) async fn refused_makes_no_call(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    for sample in context.fixture().refused() {
        let before = upstream.connections();
        let (message, report) = channel_api::OutboundMessage::read(&sample.message);
        // What a host does: it calls only with what it was given. That the refusal is the right one is looked at elsewhere.
        if let Ok(translated) = channel.translate(&message)
            && report.refusals.is_empty()
        {
            channel.deliver(&translated.requests).await;
        }
        let made = upstream.connections() - before;
        findings.check(made == 0, sample.to_string(), "no call", || format!("{made} connections"));
    }
    Ok(findings)
}

/// Looks that something which the suite made up is refused at its place.
fn refuses(findings: &mut Findings, told: &Result<Denormalized>, place: &str) {
    let at_place = |issue: &Issue| issue.pointer.starts_with(place);
    let good = told
        .as_ref()
        .is_err_and(|error| error.kind() == ErrorKind::InvalidMessage && error.issues().iter().any(at_place));
    findings.check(good, place, "a refusal at this place", || outcome_of(told, "acceptance"));
}

pub(crate) async fn unknown_content(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut message = context.text()?;
    message["content"] = json!({"type": "conformance_hologram", "depth": 3});
    refuses(&mut findings, &channel.denormalize_json(&message), "/content");
    message["content"] = json!({"type": "template", "template": {"type": "conformance_hologram", "depth": 3}});
    refuses(&mut findings, &channel.denormalize_json(&message), "/content");
    message["content"] = json!({"type": "sender_action", "senderAction": "conformance_wave"});
    refuses(&mut findings, &channel.denormalize_json(&message), "/content");
    Ok(findings)
}

/// Adds something to a good message: it must change the calls, or be told. Where it is told is the channel's to choose.
fn not_ignored(context: &CaseContext, parent: &str, added: &[(&str, Value)]) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let plain = context.text()?;
    let usual = CaseContext::denormalize(&*channel, &plain, "the first message")?;
    for (name, value) in added {
        let mut message = plain.clone();
        message[parent][*name] = value.clone();
        let told = channel.denormalize_json(&message);
        let good = match &told {
            Ok(translated) => *translated != usual,
            Err(error) => error.kind() == ErrorKind::InvalidMessage && !error.issues().is_empty(),
        };
        let at = format!("/{parent}/{name}");
        findings.check(good, at, "an effect, a warning or a refusal", || {
            outcome_of(&told, "the same calls as without it, in silence")
        });
    }
    Ok(findings)
}

pub(crate) async fn options_are_not_ignored(context: &CaseContext) -> Checked {
    not_ignored(
        context,
        "options",
        &[
            ("tag", json!("CONFORMANCE")),
            ("messagingType", json!("CONFORMANCE")),
            ("notificationType", json!("CONFORMANCE")),
            ("personaId", json!("1234567")),
            ("metadata", json!("conformance")),
            ("replyTo", json!("1700010001")),
            ("threadControl", json!({"controlType": "pass", "appId": "1234567"})),
            ("conformance", json!(true)),
        ],
    )
}

pub(crate) async fn parts_are_not_ignored(context: &CaseContext) -> Checked {
    not_ignored(
        context,
        "content",
        &[
            ("quickReplies", json!([{"contentType": "text", "title": "Yes", "payload": "YES"}])),
            ("attachments", json!([{"type": "image", "image": {"url": "https://example.org/a.jpg"}}])),
            ("image", json!({"url": "https://example.org/a.jpg"})),
            ("conformance", json!(true)),
        ],
    )
}

/// What an author writes beside a picture, or beside anything else that is shown.
const WORDS: &str = "conformance words";

pub(crate) async fn words_beside_are_not_lost(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in context.messages()? {
        let mut message = sample.message.clone();
        // Several things may go in other calls where there are words beside them.
        if message["content"]["type"] == "text" || message["content"].get("attachments").is_some() {
            continue;
        }
        // Some options go with one of several calls only.
        message.as_object_mut().map(|members| members.remove("options"));
        let Ok(alone) = channel.denormalize_json(&message) else { continue };
        message["content"]["text"] = WORDS.into();
        let told = channel.denormalize_json(&message);
        let good = match &told {
            Ok(both) => {
                let both = requests(both);
                let is_there = |call: &Value| both.iter().any(|made| lacks(call, made).is_none());
                requests(&alone).iter().all(is_there) && Value::from(both.clone()).to_string().contains(WORDS)
            }
            Err(error) => error.kind() == ErrorKind::InvalidMessage && !error.issues().is_empty(),
        };
        let expected = "the words and what stands beside them, or a refusal";
        findings.check(good, format!("{sample} with words beside it"), expected, || {
            outcome_of(&told, "calls without one of them")
        });
    }
    Ok(findings)
}

pub(crate) async fn pure(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, again, upstream) = (context.channel()?, context.channel()?, context.upstream()?);
    let messages = context.messages()?;
    let mut first = Vec::new();
    for sample in &messages {
        first.push(channel.denormalize_json(&sample.message).map(|translated| requests(&translated)).ok());
    }
    for (channel, when) in [(&channel, "the second time"), (&again, "after a restart")] {
        for (sample, first) in messages.iter().zip(&first).rev() {
            let told = channel.denormalize_json(&sample.message).map(|translated| requests(&translated)).ok();
            findings.check(told == *first, sample.to_string(), "the same calls", || format!("others {when}"));
        }
    }
    let connections = upstream.connections();
    findings.check(connections == 0, "translating", "no network", || format!("{connections} connections"));
    Ok(findings)
}

/// The call with a token, if it carries one.
fn stamped(channel: &dyn ChannelAdapter, call: &ProviderRequest, token: &Token) -> (bool, ProviderRequest) {
    let mut stamped = call.clone();
    (channel.stamp(&mut stamped, token), stamped)
}

pub(crate) async fn stamp(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, again) = (context.channel()?, context.channel()?);
    let canaries = Canaries::of(context.fixture().secrets());
    let (token, other) = (Token::from_random([7; 16]), Token::from_random([8; 16]));
    for sample in context.messages()? {
        let Ok(translated) = channel.denormalize_json(&sample.message) else { continue };
        for call in translated.requests {
            let at = format!("a call of {sample}");
            let (carries, with_token) = stamped(&*channel, &call, &token);
            let same = (carries, with_token.clone()) == stamped(&*again, &call, &token);
            findings.check(same, at.as_str(), "the same each time", || "another the second time".to_owned());
            if !carries {
                findings.check(with_token == call, at, "a call that is left as it was", || {
                    json_of(&with_token).to_string()
                });
                continue;
            }
            let told = json_of(&with_token);
            let whole = lacks(&json_of(&call), &told).is_none();
            findings.check(whole, at.as_str(), &format!("all of {}", json_of(&call)), || told.to_string());
            let differs = with_token != call && with_token != stamped(&*channel, &call, &other).1;
            findings.check(differs, at.as_str(), "the token in it", || told.to_string());
            findings.extend(canaries.search(&told.to_string(), at));
        }
    }
    Ok(findings)
}

pub(crate) async fn no_credentials(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let canaries = Canaries::of(context.fixture().secrets());
    for sample in context.messages()? {
        let Ok(translated) = channel.denormalize_json(&sample.message) else { continue };
        let shown = format!("{:?} {}", translated, Value::Array(requests(&translated)));
        if let Err(found) = canaries.search(&shown, format!("the calls of {sample}")) {
            findings.add(found);
        }
    }
    Ok(findings)
}
