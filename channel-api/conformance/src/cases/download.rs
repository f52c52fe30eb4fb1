//! What people sent: found, whole or in part.

use channel_api::facets::{MediaDownload, required};
use channel_api::{ByteRange, ChannelAdapter, Content, Download, ErrorKind, Event, EventBody, MediaRef, Result};
use http::header::{CONTENT_RANGE, RANGE};

use super::operations::compare;
use crate::canary::{Canaries, shown};
use crate::context::{CaseContext, outcome_of};
use crate::file::gathered;
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::{Behaviour, Received};
use crate::{DownloadSamples, Found, FoundSample, Reply};

fn samples(context: &CaseContext) -> Result<DownloadSamples, Finding> {
    let samples = context.fixture().download().filter(|samples| !samples.found.is_empty());
    samples.ok_or_else(|| Finding::not_brought("something that a person sent"))
}

fn facet(channel: &dyn ChannelAdapter) -> Result<&dyn MediaDownload, Finding> {
    required(channel.media_down(), "download").map_err(|error| Finding::failed("download", "the facet", &error))
}

/// What was found, in the fixture's terms, and its bytes.
async fn found(told: Result<Download>, at: &str) -> Result<(Found, Option<u64>, Vec<u8>), Finding> {
    match told {
        Ok(Download::Address { url, expires }) => Ok((Found::Address { url, expires }, None, Vec::new())),
        Ok(Download::Body { content_type, length, bytes }) => match gathered(bytes).await {
            Ok(bytes) => Ok((Found::Body { content_type }, length, bytes)),
            // What stands inside it, a host logs.
            Err(error) => Err(Finding::new(at, "all of its bytes", format!("{error}: {error:?}"))),
        },
        Ok(other) => Err(Finding::new(at, "an address or bytes", format!("{other:?}"))),
        Err(error) => Err(Finding::failed(at, "what a person sent", &error)),
    }
}

pub(crate) async fn download(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let canaries = Canaries::of(context.fixture().secrets());
    for sample in samples(context)?.found {
        let at = format!("{:?}", sample.media);
        upstream.always(Behaviour::BreakOff);
        upstream.next(sample.replies.iter().cloned().map(Behaviour::Answer));
        let told = facet(&*channel)?.download(&sample.media, None).await;
        let (found, length, bytes) = found(told, &at).await?;
        findings.check(found == sample.found, at.as_str(), &format!("{:?}", sample.found), || format!("{found:?}"));
        findings.extend(canaries.search(&format!("{found:?}"), at.as_str()));
        if let Found::Body { .. } = found {
            let whole = sample.replies.last().map(|reply| reply.body.clone()).unwrap_or_default();
            findings.check(bytes == whole, at.as_str(), &format!("its {} bytes", whole.len()), || {
                format!("{} others", bytes.len())
            });
            let good = length.is_none_or(|length| length == whole.len() as u64);
            findings.check(good, at.as_str(), "their number, or none", || format!("{length:?}"));
        }
        let (made, expected) = (upstream.take(), sample.requests.len());
        findings.check(made.len() == expected, at.as_str(), &format!("{expected} calls"), || {
            format!("{} calls", made.len())
        });
        for (index, (expected, got)) in sample.requests.iter().zip(&made).enumerate() {
            compare(&mut findings, &format!("{at}, call {index}"), expected, got);
        }
    }
    Ok(findings)
}

/// The ids of all media that an event names.
fn ids_in(event: &Event) -> Vec<String> {
    let content = match &event.body {
        EventBody::Message { content } => Some(content),
        EventBody::QuickReply { content, .. } => content.as_ref(),
        _ => None,
    };
    content.into_iter().flat_map(Content::bodies).filter_map(|body| body.media()?.id.clone()).collect()
}

pub(crate) async fn received(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let samples = samples(context)?.found;
    let mut asked = 0;
    for inbound in super::normalize::samples(context)? {
        let at = inbound.to_string();
        let events = context.events(&*channel, std::slice::from_ref(&inbound.item), &at)?;
        for id in events.iter().flat_map(ids_in) {
            let Some(sample) = samples.iter().find(|sample| sample.media.id.as_ref() == Some(&id)) else {
                findings.add(Finding::new(at.as_str(), "an id of the fixture's downloads", id));
                continue;
            };
            asked += 1;
            upstream.always(Behaviour::BreakOff);
            upstream.next(sample.replies.iter().cloned().map(Behaviour::Answer));
            let told = facet(&*channel)?.download(&MediaRef::by_id(id), None).await;
            let (found, ..) = found(told, &at).await?;
            findings.check(found == sample.found, at.as_str(), &format!("{:?}", sample.found), || format!("{found:?}"));
        }
    }
    findings.check(asked > 0, "the fixture's events", "a medium with its id", || "none".to_owned());
    Ok(findings)
}

/// What a provider makes of a call for a part.
#[derive(Clone, Copy)]
enum Cutting {
    AsAsked,
    Whole,
    /// One byte further on, and so it says.
    AnotherPart,
    /// What was asked for, without a word on which part it is.
    Unnamed,
}

impl Cutting {
    const fn name(self) -> &'static str {
        match self {
            Self::AsAsked => "which the provider cuts",
            Self::Whole => "which the provider gives whole",
            Self::AnotherPart => "for which the provider gives another part",
            Self::Unnamed => "which the provider cuts without saying where",
        }
    }
}

/// The provider's last answer, to a call that may ask for a part.
fn serving(whole: &Reply, cutting: Cutting) -> Behaviour {
    let whole = whole.clone();
    Behaviour::computed(move |call: &Received| {
        let end = whole.body.len().saturating_sub(1);
        let asked = call.headers.get(RANGE).and_then(|range| range.to_str().ok()).and_then(|range| {
            let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
            Some((first.parse::<usize>().ok()?, last.parse().unwrap_or(end).min(end)))
        });
        let (Some((first, last)), false) = (asked, matches!(cutting, Cutting::Whole)) else { return whole.clone() };
        let further = usize::from(matches!(cutting, Cutting::AnotherPart));
        let (first, last) = (first + further, (last + further).min(end));
        let part =
            Reply { status: 206, body: whole.body.get(first..=last).unwrap_or_default().to_vec(), ..whole.clone() };
        if matches!(cutting, Cutting::Unnamed) {
            return part;
        }
        part.header(CONTENT_RANGE.as_str(), &format!("bytes {first}-{last}/{}", whole.body.len()))
    })
}

/// Asks for a part of what a sample's last answer holds.
async fn in_part(
    context: &CaseContext,
    sample: &FoundSample,
    (first, last): (usize, Option<usize>),
    cutting: Cutting,
) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let Some((whole, before)) = sample.replies.split_last() else {
        return Err(Finding::not_brought("the answer that holds the bytes"));
    };
    upstream.always(serving(whole, cutting));
    upstream.next(before.iter().cloned().map(Behaviour::Answer));
    let at = format!("bytes {first} to {last:?} of {:?}, {}", sample.media, cutting.name());
    let range = ByteRange::new(first as u64).with_last(last.map(|last| last as u64));
    let told = facet(&*channel)?.download(&sample.media, Some(range)).await;
    match (cutting, &told) {
        (Cutting::Whole, Err(error)) if error.kind() == ErrorKind::Unsupported => return Ok(findings),
        (Cutting::AnotherPart | Cutting::Unnamed, Err(_)) => return Ok(findings),
        _ => {}
    }
    let (_, length, bytes) = found(told, &at).await?;
    let end = last.map_or(whole.body.len(), |last| last + 1);
    let expected = whole.body.get(first..end).unwrap_or_default();
    // What came with no word on where it is from may be anything.
    let good = bytes == expected && !matches!(cutting, Cutting::Unnamed);
    findings.check(good, at.as_str(), &format!("these {} bytes", expected.len()), || {
        format!("{} that may be others", bytes.len())
    });
    let good = length.is_none_or(|length| length == expected.len() as u64);
    findings.check(good, at, "their number, or none", || format!("{length:?}"));
    Ok(findings)
}

pub(crate) async fn download_in_part(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for sample in samples(context)?.found.iter().filter(|sample| matches!(sample.found, Found::Body { .. })) {
        let most = sample.replies.last().map_or(0, |reply| reply.body.len());
        if most < 8 {
            return Err(Finding::not_brought("something of eight bytes or more that a person sent"));
        }
        for cutting in [Cutting::AsAsked, Cutting::Whole, Cutting::AnotherPart, Cutting::Unnamed] {
            for range in [(2, Some(5)), (3, None), (0, Some(0))] {
                findings.append(in_part(context, sample, range, cutting).await?);
            }
        }
    }
    Ok(findings)
}

pub(crate) async fn download_failing(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, fixture) = (context.channel()?, context.upstream()?, context.fixture());
    let canaries = Canaries::of(fixture.secrets());
    let samples = samples(context)?;
    let mut all = Vec::new();
    if let Some((media, replies)) = samples.gone {
        let at = format!("{media:?}, which is gone");
        upstream.always(Behaviour::BreakOff);
        upstream.next(replies.into_iter().map(Behaviour::Answer));
        let told = facet(&*channel)?.download(&media, None).await;
        let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::Rejected);
        findings.check(good, at.as_str(), "an error of kind rejected", || outcome_of(&told, "something"));
        if let Err(error) = told {
            findings.extend(canaries.search(&shown(&error), at));
        }
    }
    for sample in samples.found {
        for number in 0..sample.replies.len() {
            let before: Vec<Reply> = sample.replies.iter().take(number).cloned().collect();
            for end in [Behaviour::BreakOff, Behaviour::Answer(fixture.failure("conformance"))] {
                all.push((sample.media.clone(), before.clone(), end));
            }
        }
        if let (Found::Body { .. }, Some((whole, before))) = (sample.found, sample.replies.split_last()) {
            all.push((sample.media, before.to_vec(), Behaviour::BreakInBody(whole.clone())));
        }
    }
    for (media, replies, end) in all {
        let at = format!("{media:?}, after {} answers and then {}", replies.len(), name_of(&end));
        upstream.always(end);
        upstream.next(replies.into_iter().map(Behaviour::Answer));
        let told = facet(&*channel)?.download(&media, None).await;
        if let Err(error) = &told {
            findings.extend(canaries.search(&shown(error), at));
            continue;
        }
        match found(told, &at).await {
            Ok((found, ..)) => findings.add(Finding::new(at, "an error", format!("{found:?}"))),
            Err(error) => findings.extend(canaries.search(&error.got, at)),
        }
    }
    upstream.always(Behaviour::Answer(fixture.failure("conformance")));
    let nobody = facet(&*channel)?.download(&MediaRef::default(), None).await;
    findings.check(nobody.is_err(), "a reference to nothing", "an error", || outcome_of(&nobody, "something"));
    if let Err(error) = nobody {
        findings.extend(canaries.search(&shown(&error), "a reference to nothing"));
    }
    Ok(findings)
}

fn name_of(behaviour: &Behaviour) -> &'static str {
    match behaviour {
        Behaviour::Answer(_) => "a failure",
        Behaviour::BreakInBody(_) => "half of one",
        _ => "none",
    }
}
