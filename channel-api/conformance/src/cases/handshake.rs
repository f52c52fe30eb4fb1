//! The handshake by which a provider confirms the webhook's address.

use channel_api::{ErrorKind, Subscription};

use crate::Handshake;
use crate::canary::{Canaries, shown};
use crate::context::{CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};

type Query = Vec<(String, String)>;

fn sample(context: &CaseContext) -> Result<(Handshake, Query), Finding> {
    let Some(handshake) = context.fixture().handshake() else {
        return Err(Finding::not_brought("a handshake, as the capability declares"));
    };
    let query = handshake.query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Ok((handshake, query))
}

pub(crate) async fn answer(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (handshake, query) = sample(context)?;
    let told = context.channel()?.challenge(&Subscription::new(query));
    let good = told.as_ref().is_ok_and(|answer| answer == handshake.answer);
    findings.check(good, "the handshake", "the fixture's answer, to the letter", || {
        outcome_of(&told, &format!("{:?}", told.as_deref().unwrap_or_default()))
    });
    Ok(findings)
}

/// The handshake with one of its guards spoilt.
fn spoilt(handshake: &Handshake, query: &Query) -> Vec<(String, Query)> {
    let mut all = vec![("a handshake without parameters".to_owned(), Query::new())];
    for guard in &handshake.guards {
        let value = query.iter().find(|(name, _)| name == guard).map(|(_, value)| value.clone()).unwrap_or_default();
        let shorter = value.chars().take(value.chars().count().saturating_sub(1)).collect();
        for (what, values) in [
            ("missing", vec![]),
            ("empty", vec![String::new()]),
            ("wrong", vec!["conformance".to_owned()]),
            ("cut off by one character", vec![shorter]),
            ("with a character more", vec![format!("{value}x")]),
            ("with a space behind it", vec![format!("{value} ")]),
            ("twice", vec![value.clone(), value.clone()]),
            ("twice, wrong the first time", vec!["conformance".to_owned(), value.clone()]),
            ("twice, wrong the second time", vec![value.clone(), "conformance".to_owned()]),
        ] {
            let mut query: Query = query.iter().filter(|(name, _)| name != guard).cloned().collect();
            query.extend(values.into_iter().map(|value| ((*guard).to_owned(), value)));
            all.push((format!("{guard} {what}"), query));
        }
    }
    all
}

pub(crate) async fn guards(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (handshake, query) = sample(context)?;
    if handshake.guards.is_empty() {
        return Err(Finding::not_brought("the parameters that guard its handshake"));
    }
    let channel = context.channel()?;
    for (at, query) in spoilt(&handshake, &query) {
        let told = channel.challenge(&Subscription::new(query));
        let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unauthenticated);
        findings.check(good, at, "an error of kind unauthenticated", || outcome_of(&told, "an answer"));
    }
    Ok(findings)
}

pub(crate) async fn refusals_tell_nothing(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (handshake, query) = sample(context)?;
    let channel = context.channel()?;
    let canaries = Canaries::of(context.fixture().secrets());
    for (at, query) in spoilt(&handshake, &query) {
        if let Err(error) = channel.challenge(&Subscription::new(query))
            && let Err(found) = canaries.search(&shown(&error), at)
        {
            findings.add(found);
        }
    }
    Ok(findings)
}
