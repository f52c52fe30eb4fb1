//! Many at once, and none in the way of another.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use channel_api::{ChannelAdapter, ChannelAdapterExt as _, Result};
use serde_json::Value;

use super::send::MESSAGE_ID;
use crate::clock::fastest;
use crate::context::{CaseContext, outcome_of};
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::Behaviour;

const THREADS: usize = 4;
/// Longer than any translation takes, even in a build without optimisation; shorter than anything that waits.
const AT_ONCE: Duration = Duration::from_millis(25);

/// All that the channel makes of the fixture, in one text.
fn translated(channel: &dyn ChannelAdapter, bodies: &[Vec<u8>], messages: &[Value]) -> String {
    let events = bodies.iter().map(|body| match CaseContext::normalize(channel, body) {
        Ok(events) => serde_json::to_string(&events).unwrap_or_default(),
        Err(error) => error.code().to_owned(),
    });
    let calls = messages.iter().map(|message| match channel.denormalize_json(message) {
        Ok(translated) => format!("{:?}", translated.requests),
        Err(error) => format!("{:?}", error.issues()),
    });
    events.chain(calls).collect::<Vec<_>>().join("\n")
}

fn material(context: &CaseContext) -> (Vec<Vec<u8>>, Vec<Value>) {
    let fixture = context.fixture();
    let bodies = fixture.inbound().iter().map(|sample| fixture.body(std::slice::from_ref(&sample.item))).collect();
    let good = fixture.messages().into_iter().map(|sample| sample.message);
    let bad = fixture.refused().into_iter().map(|sample| sample.message);
    (bodies, good.chain(bad).collect())
}

pub(crate) async fn from_many_threads(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let (bodies, messages) = material(context);
    let alone = translated(&*channel, &bodies, &messages);
    let others = thread::scope(|scope| {
        let same = || (0..8).all(|_| translated(&*channel, &bodies, &messages) == alone);
        let running: Vec<_> = (0..THREADS).map(|_| scope.spawn(same)).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or(false)).filter(|same| !same).count()
    });
    findings.check(others == 0, format!("{THREADS} threads"), "what one alone gets", || {
        format!("something else on {others} of them")
    });
    Ok(findings)
}

pub(crate) async fn translating_does_not_block(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let (bodies, messages) = material(context);
    let look = |findings: &mut Findings, at: String, took: Duration| {
        findings.check(took < AT_ONCE, at, &format!("an end within {} ms", AT_ONCE.as_millis()), || {
            format!("{} ms at best", took.as_millis())
        });
    };
    for (index, body) in bodies.iter().enumerate() {
        let headers = context.signed(body);
        let took = fastest(AT_ONCE, async || drop(CaseContext::verify(&*channel, &headers, body))).await;
        look(&mut findings, format!("verify, body {index}"), took);
        let took = fastest(AT_ONCE, async || drop(CaseContext::normalize(&*channel, body))).await;
        look(&mut findings, format!("normalize, body {index}"), took);
        if findings.are_plenty() {
            return Ok(findings);
        }
    }
    for (index, message) in messages.iter().enumerate() {
        let took = fastest(AT_ONCE, async || drop(channel.denormalize_json(message))).await;
        look(&mut findings, format!("denormalize, message {index}"), took);
        if findings.are_plenty() {
            break;
        }
    }
    Ok(findings)
}

/// Makes one call on a thread and an executor of its own.
fn send_alone(channel: &Arc<dyn ChannelAdapter>, text: &Value) -> Result<Option<String>, String> {
    let request = channel.denormalize_json(text).ok().and_then(|translated| translated.requests.into_iter().next());
    let Some(request) = request else { return Err("no call for a plain text".to_owned()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let told = runtime.block_on(channel.send(&request));
    told.as_ref().map(|receipt| receipt.message_id.clone()).map_err(|_| outcome_of(&told, ""))
}

pub(crate) async fn calls_beside_each_other(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, text) = (context.channel()?, context.upstream()?, context.text()?);
    let ids: BTreeSet<String> = (0..THREADS).map(|index| format!("17000{index:05}")).collect();
    upstream.next(ids.iter().map(|id| Behaviour::Held(context.fixture().accepted(id))));
    let calls: Vec<_> = (0..THREADS)
        .map(|_| {
            let (channel, text) = (Arc::clone(&channel), text.clone());
            thread::spawn(move || send_alone(&channel, &text))
        })
        .collect();
    // Nobody is answered before all have called.
    let together = upstream.arrived(THREADS).await;
    upstream.release();
    findings.check(together, format!("{THREADS} calls at once"), "all of them under way together", || {
        "one waiting for another".to_owned()
    });
    let mut told = BTreeSet::new();
    for call in calls {
        match call.join() {
            Ok(Ok(id)) => told.extend(id),
            Ok(Err(error)) => findings.add(Finding::new("a call beside others", "a receipt", error)),
            Err(_) => findings.add(Finding::new("a call beside others", "a receipt", "a panic")),
        }
    }
    findings.check(told == ids, "the receipts", "each call's own", || format!("{told:?}"));
    Ok(findings)
}

pub(crate) async fn send_leaves_the_thread(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let request = context.text_request(&*channel)?;
    upstream.always(Behaviour::Held(context.fixture().accepted(MESSAGE_ID)));
    let call = tokio::spawn(async move { channel.send(&request).await.map(drop) });
    // The answer is let go by this task, on the same thread: a call that keeps the thread waits for it in vain.
    let arrived = upstream.arrived(1).await;
    upstream.release();
    findings.check(arrived, "the provider", "a call", || "none".to_owned());
    let ended = call.await.map_err(|error| Finding::new("a call", "an end", error.to_string()))?;
    let kept = upstream.expired();
    findings.check(kept == 0, "a call that waits for its answer", "the thread left to others", || {
        format!("the thread kept, {}", outcome_of(&ended, "until the answer came"))
    });
    Ok(findings)
}
