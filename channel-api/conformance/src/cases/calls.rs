//! What is told of calls, and what is not: a host hears of every exchange, and of no secret.

use channel_api::{MediaSource, Upload};
use http::StatusCode;

use super::secrets::failures;
use super::send::{MESSAGE_ID, accepted, once};
use crate::Reply;
use crate::canary::{Canaries, shown};
use crate::context::CaseContext;
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::{Behaviour, Received, Upstream};

/// Makes a call of every kind that the channel has, under a failure, and takes what arrived.
async fn each_kind(context: &CaseContext) -> Result<Vec<Received>, Finding> {
    let (channel, upstream, fixture) = (context.channel()?, context.upstream()?, context.fixture());
    upstream.always(Behaviour::Answer(Reply::text(400, "{}")));
    if let Some(person) = fixture.person() {
        drop(channel.user_profile(&person.id).await);
    }
    for operation in channel.operation_list() {
        drop(channel.perform(operation.name, &(operation.example)()).await);
    }
    if let Some(samples) = fixture.upload() {
        let media = Upload::new(samples.kind, MediaSource::Url(samples.url.to_owned()));
        drop(channel.upload(media).await);
    }
    if let (Some(facet), Some(samples)) = (channel.media_down(), fixture.download()) {
        for sample in samples.found {
            drop(facet.download(&sample.media, None).await);
        }
    }
    drop(channel.send_batch(&vec![context.text_request(&*channel)?; 2]).await);
    drop(channel.profile_read().await);
    drop(channel.connection_check().await);
    if let Some(samples) = fixture.connection() {
        // A check asks for more where nothing fails.
        upstream.next(samples.well.into_iter().map(Behaviour::Answer));
        drop(channel.connection_check().await);
    }
    drop(channel.connection_subscribe().await);
    drop(channel.connection_unsubscribe().await);
    Ok(upstream.take())
}

pub(crate) async fn credentials_not_in_address(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let canaries = Canaries::of(context.fixture().secrets());
    let (_, mut received) = once(context, accepted(context)).await?;
    received.extend(each_kind(context).await?);
    let declared = context.capabilities().token_in_path;
    for call in received {
        let (path, query) = call.target.split_once('?').unwrap_or((&call.target, ""));
        // Where the provider takes its token in the path and nowhere else, that is its place.
        let address = if declared { query } else { &call.target };
        if let Err(found) = canaries.search(address, "") {
            // The path may be what holds the secret, and a report shows no secrets.
            let place = if canaries.within(path).is_some() { "path" } else { "query" };
            findings.add(Finding { at: format!("the {place} of a {}", call.method), ..found });
        }
    }
    Ok(findings)
}

pub(crate) async fn credentials_not_shown(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let canaries = Canaries::of(context.fixture().secrets());
    drop(once(context, accepted(context)).await?);
    drop(each_kind(context).await?);
    for (at, error) in failures(context).await? {
        findings.extend(canaries.search(&shown(&error), at));
    }
    for told in context.reported() {
        findings.extend(canaries.search(&told.shown, format!("what is told of a {}", told.method)));
    }
    findings.extend(canaries.search(&context.logs().text(), "a line that is logged"));
    Ok(findings)
}

/// What may come of a call, with the status that is then told; `None` where no answer came.
fn ends(context: &CaseContext) -> Vec<(String, Behaviour, Option<u16>)> {
    let mut ends = vec![
        ("a call that is accepted".to_owned(), accepted(context), Some(context.fixture().accepted(MESSAGE_ID).status)),
        ("a call that breaks off".to_owned(), Behaviour::BreakOff, None),
        ("a redirect".to_owned(), Behaviour::Answer(Reply::text(302, "").header("location", "/elsewhere")), Some(302)),
        ("an answer that cannot be read".to_owned(), Behaviour::Answer(Reply::text(200, "<html>")), Some(200)),
    ];
    for failing in context.fixture().failing() {
        let status = failing.reply.status;
        ends.push((failing.to_string(), Behaviour::Answer(failing.reply), Some(status)));
    }
    ends
}

pub(crate) async fn observed(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for (at, behaviour, status) in ends(context) {
        context.reported();
        let (_, received) = once(context, behaviour).await?;
        let told = context.reported();
        let ([call], [told]) = (&received[..], &told[..]) else {
            findings.add(Finding::new(at, "one exchange told", format!("{} of {}", told.len(), received.len())));
            continue;
        };
        findings.check(told.method.as_str() == call.method, at.as_str(), &call.method, || told.method.to_string());
        findings.check(!told.path.contains('?'), at.as_str(), "the path without its query", || told.path.clone());
        let answered = told.status.map(|status| status.as_u16());
        findings.check(answered == status, at, &format!("the status {status:?}"), || format!("{answered:?}"));
    }
    let nobody = Upstream::nobody().map_err(|error| Finding::this_machine(&error))?;
    let channel = context.channel_of(&context.fixture().config(&nobody.url), "ch_nobody")?;
    context.reported();
    drop(channel.send(&context.text_request(&*channel)?).await);
    let told: Vec<Option<StatusCode>> = context.reported().into_iter().map(|told| told.status).collect();
    findings
        .check(told == [None], "a call that nobody answers", "one exchange without a status", || format!("{told:?}"));
    let (made, told) = (each_kind(context).await?.len(), context.reported().len());
    findings.check(made == told, "calls of every kind", &format!("{made} exchanges told"), || told.to_string());
    Ok(findings)
}
