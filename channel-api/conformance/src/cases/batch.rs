//! Batches: each call once, each result its own.

use std::sync::{Arc, Mutex, PoisonError};

use channel_api::{ChannelAdapter, ProviderRequest, Receipt, Result, Retry};
use serde_json::{Value, json};

use super::send::{advice_of, is_safe};
use crate::Reply;
use crate::context::{CaseContext, outcome_of};
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::{Behaviour, Received};

/// The words of a call's message, by which it is known wherever it arrives.
fn mark(number: usize) -> String {
    format!("conformance{number}x")
}

/// The id under which the stand-in takes a call.
fn id_of(number: usize) -> String {
    format!("17{number:08}")
}

/// The numbers of the calls in a text.
fn marked(text: &str) -> Vec<usize> {
    let mut pieces = text.split("conformance");
    pieces.next();
    pieces.filter_map(|piece| piece.split_once('x')?.0.parse().ok()).collect()
}

/// The call that delivers a text to one of many people.
fn call(
    context: &CaseContext,
    channel: &dyn ChannelAdapter,
    person: usize,
    number: usize,
) -> Result<ProviderRequest, Finding> {
    let mut message = context.text()?;
    let to = message["to"].as_str().unwrap_or_default().to_owned();
    // The last digits of an id make another person, whatever the id looks like.
    let digits = to.len() - to.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let kept = to.len() - digits.min(3);
    message["to"] = json!(format!("{}{:03}", to.get(..kept).unwrap_or_default(), person % 1000));
    message["content"]["text"] = json!(mark(number));
    let requests = CaseContext::denormalize(channel, &message, "a text to somebody else")?.requests;
    let mut requests = requests.into_iter();
    let first = requests.next();
    first.ok_or_else(|| Finding::new("a text to somebody else", "one call", "none"))
}

fn calls(
    context: &CaseContext,
    channel: &dyn ChannelAdapter,
    people: &[usize],
) -> Result<Vec<ProviderRequest>, Finding> {
    people.iter().enumerate().map(|(number, person)| call(context, channel, *person, number)).collect()
}

/// What the stand-in carried out.
#[derive(Clone, Default)]
struct CarriedOut {
    numbers: Arc<Mutex<Vec<usize>>>,
}

impl CarriedOut {
    fn take(&self) -> Vec<usize> {
        std::mem::take(&mut self.numbers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, number: usize) {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).push(number);
    }
}

/// Answers every call by its number, whether it comes alone or with others.
fn answering(context: &CaseContext, carried_out: &CarriedOut, failing: Vec<(usize, Reply)>) -> Behaviour {
    let (fixture, carried_out) = (context.shared_fixture(), carried_out.clone());
    Behaviour::computed(move |received: &Received| {
        let mut each = |text: &str| {
            let number = marked(text).first().copied().unwrap_or(usize::MAX);
            carried_out.push(number);
            let failure = failing.iter().find(|(failing, _)| *failing == number);
            failure.map_or_else(|| fixture.accepted(&id_of(number)), |(_, reply)| reply.clone())
        };
        let together = fixture.batched(&received.body, &mut each);
        together.unwrap_or_else(|| each(&String::from_utf8_lossy(&received.body)))
    })
}

/// Looks that there is one result for each call.
fn as_many(findings: &mut Findings, results: &[Result<Receipt>], count: usize) -> bool {
    let same = results.len() == count;
    findings.check(same, "a batch", &format!("{count} results"), || format!("{} results", results.len()));
    same
}

pub(crate) async fn results_in_order(context: &CaseContext) -> Checked {
    const MANY: usize = 120;
    const PEOPLE: usize = 60;
    let mut findings = Findings::default();
    let (channel, carried_out) = (context.channel()?, CarriedOut::default());
    let requests = calls(context, &*channel, &(0..MANY).map(|number| number % PEOPLE).collect::<Vec<_>>())?;
    context.upstream()?.always(answering(context, &carried_out, Vec::new()));
    let results = channel.send_batch(&requests).await;
    as_many(&mut findings, &results, MANY);
    for (number, told) in results.iter().enumerate() {
        let id = told.as_ref().ok().and_then(|receipt| receipt.message_id.clone());
        let expected = id_of(number);
        findings
            .check(id.as_ref() == Some(&expected), format!("result {number} of {MANY}"), &expected, || advice_of(told));
    }
    let mut numbers = carried_out.take();
    numbers.sort_unstable();
    let once = numbers.iter().copied().eq(0..MANY);
    findings.check(once, "the provider", "each call once", || format!("{} calls: {numbers:?}", numbers.len()));
    Ok(findings)
}

pub(crate) async fn empty(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let results = channel.send_batch(&[]).await;
    as_many(&mut findings, &results, 0);
    let connections = upstream.connections();
    findings.check(connections == 0, "a batch of nothing", "no call", || format!("{connections} connections"));
    Ok(findings)
}

pub(crate) async fn each_on_its_own(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, carried_out) = (context.channel()?, context.upstream()?, CarriedOut::default());
    let requests = calls(context, &*channel, &[0, 1, 2])?;
    for failing in context.fixture().failing() {
        upstream.always(answering(context, &carried_out, vec![(1, failing.reply.clone())]));
        let results = channel.send_batch(&requests).await;
        let [first, bad, last] = &results[..] else {
            as_many(&mut findings, &results, 3);
            continue;
        };
        for neighbour in [first, last] {
            let at = format!("a neighbour of {failing}");
            findings.check(neighbour.is_ok(), at, "a receipt", || outcome_of(neighbour, ""));
        }
        let same = bad.as_ref().is_err_and(|error| {
            let advice = error.retry() == failing.retry;
            (error.kind(), error.code()) == (failing.kind, failing.code.as_str()) && advice
        });
        let expected = format!("{} ({}) with the advice {:?}", failing.code, failing.kind.as_str(), failing.retry);
        findings.check(same, failing.to_string(), &expected, || advice_of(bad));
    }
    Ok(findings)
}

pub(crate) async fn order_of_a_person(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, carried_out) = (context.channel()?, CarriedOut::default());
    let people = [0, 1, 0, 0, 1, 2, 1, 0];
    let requests = calls(context, &*channel, &people)?;
    context.upstream()?.always(answering(context, &carried_out, Vec::new()));
    let results = channel.send_batch(&requests).await;
    as_many(&mut findings, &results, people.len());
    let numbers = carried_out.take();
    for person in 0..3 {
        let theirs: Vec<usize> =
            numbers.iter().copied().filter(|number| people.get(*number) == Some(&person)).collect();
        let expected: Vec<usize> = (0..people.len()).filter(|number| people.get(*number) == Some(&person)).collect();
        findings.check(theirs == expected, format!("the calls to person {person}"), &format!("{expected:?}"), || {
            format!("{theirs:?}")
        });
    }
    Ok(findings)
}

pub(crate) async fn failure_ends_a_person(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, carried_out) = (context.channel()?, CarriedOut::default());
    let requests = calls(context, &*channel, &[0, 1, 0])?;
    let failure = context.fixture().failure("conformance");
    context.upstream()?.always(answering(context, &carried_out, vec![(0, failure)]));
    let results = channel.send_batch(&requests).await;
    let [_, other, after] = &results[..] else {
        as_many(&mut findings, &results, 3);
        return Ok(findings);
    };
    let numbers = carried_out.take();
    findings.check(!numbers.contains(&2), "what follows a person's failed call", "no call", || "a call".to_owned());
    findings
        .check(is_safe(after), "what follows a person's failed call", "an error that is `safe`", || advice_of(after));
    findings.check(other.is_ok(), "a call to somebody else", "a receipt", || outcome_of(other, ""));
    Ok(findings)
}

pub(crate) async fn lost_answer(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let requests = calls(context, &*channel, &[0, 1, 0, 2])?;
    for (what, behaviour) in [
        ("that breaks off", Behaviour::BreakOff),
        ("whose answer cannot be read", Behaviour::Answer(Reply::text(200, "<html>Welcome</html>"))),
        ("whose answer breaks off", Behaviour::BreakInBody(Reply::json(200, &Value::Array(vec![json!({}); 4])))),
    ] {
        upstream.always(behaviour);
        let results = channel.send_batch(&requests).await;
        as_many(&mut findings, &results, requests.len());
        let arrived: Vec<usize> =
            upstream.take().iter().flat_map(|call| marked(&String::from_utf8_lossy(&call.body))).collect();
        for (number, told) in results.iter().enumerate() {
            let at = format!("call {number} of a batch {what}");
            let times = arrived.iter().filter(|arrived| **arrived == number).count();
            findings.check(times <= 1, at.as_str(), "to arrive once", || format!("{times} times"));
            let advice = told.as_ref().err().map(channel_api::Error::retry);
            let (good, expected) = if times == 0 {
                (matches!(advice, Some(Retry::Safe { .. })), "an error that is `safe`: it was never made")
            } else {
                (matches!(advice, Some(Retry::IfIdempotent { .. })), "an error with the advice if_idempotent")
            };
            findings.check(good, at, expected, || advice_of(told));
        }
    }
    Ok(findings)
}
