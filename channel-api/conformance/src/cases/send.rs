//! Calls: made once, read with care, and told of truly.

use std::pin::pin;
use std::time::Duration;

use channel_api::{ErrorKind, ProviderRequest, Receipt, Result, Retry};
use serde_json::Value;

pub(crate) use super::calls::{credentials_not_in_address, credentials_not_shown, observed};
use crate::Reply;
use crate::clock::fastest;
use crate::context::{CaseContext, outcome_of};
use crate::finding::{Checked, Finding, Findings};
use crate::json::lacks;
use crate::upstream::{Behaviour, LONGEST_POUR, Received, Upstream};

/// The id that the stand-in gives to a message: digits, since some providers' ids are numbers.
pub(super) const MESSAGE_ID: &str = "1700010001";
/// A call that has not ended by then has no deadline. On tokio's clock, which is set forward.
const LONGEST_DEADLINE: Duration = Duration::from_mins(5);
/// A call that is answered at once is over long before that.
const AT_ONCE: Duration = Duration::from_millis(150);

/// Makes one call, with one behaviour of the provider, and takes what arrived.
pub(super) async fn once(
    context: &CaseContext,
    behaviour: Behaviour,
) -> Result<(Result<Receipt>, Vec<Received>), Finding> {
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let request = context.text_request(&*channel)?;
    upstream.always(behaviour);
    let told = channel.send(&request).await;
    Ok((told, upstream.take()))
}

pub(super) fn accepted(context: &CaseContext) -> Behaviour {
    Behaviour::Answer(context.fixture().accepted(MESSAGE_ID))
}

pub(super) fn is_safe(told: &Result<Receipt>) -> bool {
    told.as_ref().is_err_and(|error| matches!(error.retry(), Retry::Safe { .. }))
}

pub(super) fn advice_of(told: &Result<Receipt>) -> String {
    match told {
        Ok(receipt) => format!("{receipt:?}"),
        Err(error) => format!("{} with the advice {:?}", outcome_of(told, ""), error.retry()),
    }
}

pub(crate) async fn makes_the_call(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let request = context.text_request(&*context.channel()?)?;
    let (told, received) = once(context, accepted(context)).await?;
    findings.check(told.is_ok(), "a call that is accepted", "a receipt", || outcome_of(&told, ""));
    let [received] = &received[..] else {
        findings.add(Finding::new("the provider", "one call", format!("{} calls", received.len())));
        return Ok(findings);
    };
    let method = request.method.as_str();
    findings.check(received.method == method, "the call's method", method, || received.method.clone());
    let (path, query) = received.target.split_once('?').unwrap_or((&received.target, ""));
    findings.check(path.ends_with(&request.path), "the call's path", &request.path, || path.to_owned());
    for (name, _) in &request.query {
        let there = query.split('&').any(|pair| pair.split('=').next() == Some(name));
        findings.check(there, "the call's query", name, || query.to_owned());
    }
    findings.check(fits(&request, received), "the call's body", &request.body.to_string(), || {
        String::from_utf8_lossy(&received.body).into_owned()
    });
    Ok(findings)
}

/// Whether the body that arrived holds the call's. What is not sent as JSON cannot be compared.
fn fits(request: &ProviderRequest, received: &Received) -> bool {
    let kind = received.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if request.body.is_null() || !kind.contains("json") {
        return request.body.is_null() || !received.body.is_empty();
    }
    serde_json::from_slice::<Value>(&received.body).is_ok_and(|body| lacks(&request.body, &body).is_none())
}

pub(crate) async fn exactly_once(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let mut behaviours = vec![
        ("an accepted call".to_owned(), accepted(context)),
        ("a call that breaks off".to_owned(), Behaviour::BreakOff),
        ("a 429 with Retry-After".to_owned(), Behaviour::Answer(Reply::text(429, "").header("retry-after", "0"))),
        ("a 503 with Retry-After".to_owned(), Behaviour::Answer(Reply::text(503, "").header("retry-after", "0"))),
        ("a 500".to_owned(), Behaviour::Answer(Reply::text(500, ""))),
    ];
    for failing in context.fixture().failing() {
        behaviours.push((failing.to_string(), Behaviour::Answer(failing.reply)));
    }
    for (at, behaviour) in behaviours {
        let (_, received) = once(context, behaviour).await?;
        findings.check(received.len() == 1, at, "one call", || format!("{} calls", received.len()));
    }
    Ok(findings)
}

pub(crate) async fn does_not_sleep(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let request = context.text_request(&*channel)?;
    for (at, reply) in [
        ("an accepted call", context.fixture().accepted(MESSAGE_ID)),
        ("a 429 with Retry-After", Reply::text(429, "").header("retry-after", "1")),
    ] {
        upstream.always(Behaviour::Answer(reply));
        let took = fastest(AT_ONCE, async || drop(channel.send(&request).await)).await;
        findings.check(took < AT_ONCE, at, "an end at once", || format!("{} ms at best", took.as_millis()));
    }
    Ok(findings)
}

pub(crate) async fn receipt(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (told, _) = once(context, accepted(context)).await?;
    let id = told.as_ref().ok().and_then(|receipt| receipt.message_id.as_deref());
    findings.check(id == Some(MESSAGE_ID), "the receipt", &format!("messageId {MESSAGE_ID}"), || advice_of(&told));
    Ok(findings)
}

pub(crate) async fn code_before_status(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let failing = context.fixture().failing().into_iter().filter(|failing| failing.provider.code.is_some());
    for failing in failing {
        for status in [400, 500] {
            let (told, _) = once(context, Behaviour::Answer(failing.reply.clone().with_status(status))).await?;
            let same = told.as_ref().is_err_and(|error| error.kind() == failing.kind && error.code() == failing.code);
            let expected = format!("{} ({}), as the body says", failing.code, failing.kind.as_str());
            findings.check(same, format!("{failing} under the status {status}"), &expected, || {
                outcome_of(&told, "a receipt")
            });
        }
    }
    Ok(findings)
}

pub(crate) async fn failure_is_not_safe(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for (status, body) in [(500, ""), (502, "<html>Bad gateway</html>"), (504, "upstream timed out"), (500, "{}")] {
        let (told, _) = once(context, Behaviour::Answer(Reply::text(status, body))).await?;
        let good = told.is_err() && !is_safe(&told);
        findings
            .check(good, format!("the answer {status} {body:?}"), "an error that is not `safe`", || advice_of(&told));
    }
    Ok(findings)
}

pub(crate) async fn lost_answer(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for (at, behaviour) in [
        ("a connection that ends before the answer", Behaviour::BreakOff),
        ("a connection that ends within the answer", Behaviour::BreakInBody(context.fixture().accepted(MESSAGE_ID))),
    ] {
        let (told, _) = once(context, behaviour).await?;
        let good = told.as_ref().is_err_and(|error| matches!(error.retry(), Retry::IfIdempotent { .. }));
        findings.check(good, at, "an error with the advice if_idempotent", || advice_of(&told));
    }
    Ok(findings)
}

pub(crate) async fn deadline(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let request = context.text_request(&*channel)?;
    upstream.always(Behaviour::Silence);
    let mut call = pin!(channel.send(&request));
    tokio::select! {
        // One that keeps the thread ends before anybody else is heard; that it ends is what counts here.
        told = &mut call => {
            findings.check(told.is_err(), "a call that nobody answers", "an error", || "a receipt".to_owned());
            return Ok(findings);
        }
        arrived = upstream.arrived(1) => if !arrived {
            return Err(Finding::new("the provider", "a call", "none"));
        }
    }
    // From here the clock jumps to whatever is waited for.
    tokio::time::pause();
    let told = tokio::time::timeout(LONGEST_DEADLINE, call).await;
    let expected = format!("an error within {} s, on tokio's clock", LONGEST_DEADLINE.as_secs());
    findings.check(told.as_ref().is_ok_and(Result::is_err), "a call that nobody answers", &expected, || match told {
        Ok(_) => "a receipt".to_owned(),
        Err(_) => "no end".to_owned(),
    });
    Ok(findings)
}

pub(crate) async fn endless_answer(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (told, _) = once(context, Behaviour::Endless).await?;
    findings.check(told.is_err(), "an answer without end", "an error", || "a receipt".to_owned());
    let poured = context.upstream()?.poured();
    findings.check(poured < LONGEST_POUR, "an answer without end", "the connection closed early", || {
        format!("all of {} MiB read", poured >> 20)
    });
    Ok(findings)
}

pub(crate) async fn no_connection(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let nobody = Upstream::nobody().map_err(|error| Finding::this_machine(&error))?;
    let channel = context.channel_of(&context.fixture().config(&nobody.url), "ch_nobody")?;
    let told = channel.send(&context.text_request(&*channel)?).await;
    let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unreachable) && is_safe(&told);
    findings
        .check(good, "a provider that nobody answers for", "an error of kind unreachable, `safe`", || advice_of(&told));
    Ok(findings)
}

pub(crate) async fn unreadable_answer(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let usual = context.fixture().accepted(MESSAGE_ID);
    let half = usual.body.get(..usual.body.len() / 2).unwrap_or_default().to_vec();
    for body in [Vec::new(), b"<html>Welcome</html>".to_vec(), half] {
        if body == usual.body {
            continue;
        }
        let at = format!("the answer 200 {:?}", String::from_utf8_lossy(&body));
        let (told, _) = once(context, Behaviour::Answer(Reply::text(200, body))).await?;
        let good = told.is_err() && !is_safe(&told);
        findings.check(good, at, "an error that is not `safe`", || advice_of(&told));
    }
    Ok(findings)
}

pub(crate) async fn redirect(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let elsewhere = Upstream::start().map_err(|error| Finding::this_machine(&error))?;
    elsewhere.always(accepted(context));
    for status in [301, 302, 307, 308] {
        let reply = Reply::text(status, "").header("location", &format!("{}/taken", elsewhere.url()));
        let (told, _) = once(context, Behaviour::Answer(reply)).await?;
        findings.check(told.is_err(), format!("the answer {status}"), "an error", || "a receipt".to_owned());
    }
    let made = elsewhere.connections();
    findings.check(made == 0, "where a redirect leads", "no call", || format!("{made} connections"));
    Ok(findings)
}
