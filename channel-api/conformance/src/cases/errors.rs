//! What errors say, and what they advise.

use std::collections::BTreeSet;
use std::error::Error as _;

use channel_api::WebhookAuth;
use channel_api::{Error, ErrorKind, Retry};
use http::HeaderMap;

use super::secrets::failures;
use super::send::{advice_of, once};
use crate::context::{CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};
use crate::random::Random;
use crate::upstream::Behaviour;
use crate::{Failing, Reply};

/// The errors of the fixture's failures.
async fn errors(context: &CaseContext) -> Result<Vec<(Failing, Error)>, Finding> {
    let mut errors = Vec::new();
    for failing in context.fixture().failing() {
        let (told, _) = once(context, Behaviour::Answer(failing.reply.clone())).await?;
        // A failure that passes for a success is found by `classified`.
        errors.extend(told.err().map(|error| (failing, error)));
    }
    Ok(errors)
}

fn without_time(advice: Retry) -> Retry {
    match advice {
        Retry::Safe { .. } => Retry::SAFE,
        Retry::IfIdempotent { .. } => Retry::IF_IDEMPOTENT,
        other => other,
    }
}

pub(crate) async fn classified(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for failing in context.fixture().failing() {
        let (told, _) = once(context, Behaviour::Answer(failing.reply.clone())).await?;
        let good = told.as_ref().is_err_and(|error| {
            let advice = without_time(error.retry()) == without_time(failing.retry);
            (error.kind(), error.code()) == (failing.kind, failing.code.as_str()) && advice
        });
        let expected = format!("{} ({}) with the advice {:?}", failing.code, failing.kind.as_str(), failing.retry);
        findings.check(good, failing.to_string(), &expected, || advice_of(&told));
    }
    Ok(findings)
}

pub(crate) async fn codes_are_bounded(context: &CaseContext) -> Checked {
    const TRIES: usize = 12;
    const MOST_CODES: usize = 3;
    let mut findings = Findings::default();
    let mut random = Random::seeded(12);
    let mut codes = BTreeSet::new();
    let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_');
    for _ in 0..TRIES {
        let reply = context.fixture().failure(&format!("{} {}", random.word(), random.word()));
        let (told, _) = once(context, Behaviour::Answer(reply)).await?;
        let Err(error) = told else { continue };
        let good = !error.code().is_empty() && error.code().chars().all(is_code);
        findings.check(good, "an error's code", "lower-case letters, digits, dots", || error.code().to_owned());
        codes.insert(error.code().to_owned());
    }
    let expected = format!("at most {MOST_CODES} codes");
    findings.check(
        codes.len() <= MOST_CODES,
        format!("{TRIES} failures that differ in their words"),
        &expected,
        || format!("{codes:?}"),
    );
    Ok(findings)
}

/// Whether somebody other than the author of a message can mend it.
fn can_be_mended(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Config
            | ErrorKind::Unauthenticated
            | ErrorKind::Credentials
            | ErrorKind::Permission
            | ErrorKind::RateLimited
            | ErrorKind::WindowClosed
            | ErrorKind::ThreadOwned
            | ErrorKind::Unreachable
    )
}

pub(crate) async fn hints(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut errors: Vec<(String, Error)> =
        errors(context).await?.into_iter().map(|(failing, error)| (failing.to_string(), error)).collect();
    if channel.capabilities().webhook_auth != WebhookAuth::None
        && let Err(error) = CaseContext::verify(&*channel, &HeaderMap::new(), b"{}")
    {
        errors.push(("a delivery without a signature".to_owned(), error));
    }
    if channel.handshake().is_some()
        && let Err(error) = channel.challenge(&channel_api::Subscription::default())
    {
        errors.push(("an empty handshake".to_owned(), error));
    }
    for (at, error) in errors.into_iter().filter(|(_, error)| can_be_mended(error.kind())) {
        let hint = error.hint().unwrap_or_default();
        findings.check(hint.contains(' '), at, "a hint that says what to do", || outcome_of::<()>(&Err(error), ""));
    }
    Ok(findings)
}

pub(crate) async fn provider_is_kept(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for (failing, error) in errors(context).await? {
        let (expected, told) = (&failing.provider, error.provider().cloned().unwrap_or_default());
        let good = (expected.code.is_none() || expected.code == told.code)
            && (expected.subcode.is_none() || expected.subcode == told.subcode)
            && (expected.trace_id.is_none() || expected.trace_id == told.trace_id);
        findings.check(good, failing.to_string(), &format!("{expected:?}"), || format!("{told:?}"));
    }
    Ok(findings)
}

pub(crate) async fn wait_is_kept(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let after = |advice| match advice {
        Retry::Safe { after } | Retry::IfIdempotent { after } => after,
        _ => None,
    };
    for (failing, error) in errors(context).await? {
        let Some(wait) = after(failing.retry) else { continue };
        let told = error.retry();
        findings.check(after(told) == Some(wait), failing.to_string(), &format!("{wait:?} to wait"), || {
            format!("{told:?}")
        });
    }
    Ok(findings)
}

pub(crate) async fn own_sentence(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let mut errors: Vec<Error> = errors(context).await?.into_iter().map(|(_, error)| error).collect();
    for behaviour in [Behaviour::BreakOff, Behaviour::Answer(Reply::text(200, "{"))] {
        errors.extend(once(context, behaviour).await?.0.err());
    }
    for error in errors {
        let sentence = error.to_string();
        findings.check(!sentence.trim().is_empty(), error.code(), "a sentence", || "none".to_owned());
        let mut cause = error.source();
        while let Some(told) = cause {
            let again = sentence.contains(&told.to_string());
            findings.check(!again, error.code(), "a cause that the sentence does not repeat", || sentence.clone());
            cause = told.source();
        }
    }
    Ok(findings)
}

/// What a host acts on and a person reads: all that an error says, but its cause, which is text once it is kept.
fn told_by(error: &Error) -> String {
    format!(
        "{} {} {error} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        error.kind().as_str(),
        error.code(),
        error.retry(),
        error.hint(),
        error.operation(),
        error.context(),
        error.provider(),
        error.issues(),
        error.warnings(),
    )
}

pub(crate) async fn read_back(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for (at, error) in failures(context).await? {
        let kept = serde_json::to_string(&error).unwrap_or_default();
        match serde_json::from_str::<Error>(&kept) {
            Ok(back) => {
                let (expected, told) = (told_by(&error), told_by(&back));
                findings.check(told == expected, at, &expected, || told.clone());
            }
            Err(broken) => findings.add(Finding::new(at, "an error that is read back", broken.to_string())),
        }
    }
    Ok(findings)
}
