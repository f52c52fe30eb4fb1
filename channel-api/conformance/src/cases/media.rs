//! Uploads: by address and by file, whole or not at all.

use std::io;

use bytes::Bytes;
use channel_api::{MediaSource, Result, Retry, Upload, Uploaded};

pub(crate) use super::download::{download, download_failing, download_in_part, received};
use crate::UploadSamples;
use crate::context::{CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::file::{self, Piece};
use crate::finding::{Checked, Finding, Findings};
use crate::upstream::{Behaviour, Received};

/// The id under which the stand-in keeps what it gets.
const MEDIA_ID: &str = "1857777774821032";
/// A file of several pieces: more than any buffer on the way.
const PIECES: usize = 24;
const PIECE: usize = 16 << 10;

fn samples(context: &CaseContext) -> Result<UploadSamples, Finding> {
    context.fixture().upload().ok_or_else(|| Finding::not_brought("samples for uploads"))
}

/// A file's pieces, no two bytes of which are alike for long.
fn pieces() -> Vec<Bytes> {
    let mut random = crate::random::Random::seeded(9);
    (0..PIECES).map(|_| random.bytes(PIECE).into()).collect()
}

fn length(pieces: &[Bytes]) -> u64 {
    pieces.iter().map(|piece| piece.len() as u64).sum()
}

fn holds(body: &[u8], wanted: &[u8]) -> bool {
    let start = wanted.get(..64.min(wanted.len())).unwrap_or_default();
    body.windows(start.len().max(1))
        .enumerate()
        .any(|(at, window)| window == start && body.get(at..at + wanted.len()).is_some_and(|found| found == wanted))
}

/// Looks at an upload that shall work.
fn kept(findings: &mut Findings, at: &str, samples: &UploadSamples, told: &Result<Uploaded>, calls: &[Received]) {
    let good = told.as_ref().is_ok_and(|kept| kept.attachment_id == MEDIA_ID && kept.expires_in == samples.expires_in);
    let expected = format!("the id {MEDIA_ID}, good for {:?}", samples.expires_in);
    findings.check(good, at, &expected, || outcome_of(told, &format!("{told:?}")));
    findings.check(calls.len() == 1, at, "one call", || format!("{} calls", calls.len()));
}

pub(crate) async fn by_url(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    upstream.always(Behaviour::Answer((samples.kept)(MEDIA_ID)));
    let media = Upload::new(samples.kind, MediaSource::Url(samples.url.to_owned()));
    let told = channel.upload(media).await;
    let calls = upstream.take();
    kept(&mut findings, "an upload by address", &samples, &told, &calls);
    // It may be written with escapes, as JSON allows, so the last step of the path stands for it.
    let name = samples.url.rsplit('/').next().unwrap_or_default();
    let there = calls.iter().any(|call| String::from_utf8_lossy(&call.body).contains(name));
    findings.check(there, "an upload by address", "the address in the call's body", || "none".to_owned());
    Ok(findings)
}

pub(crate) async fn by_file(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    upstream.always(Behaviour::Answer((samples.kept)(MEDIA_ID)));
    for pieces in [pieces(), vec![Bytes::from_static(b"conformance: a small file, in one piece")]] {
        let whole = pieces.concat();
        let stream = file::whole(pieces.iter().cloned().map(Ok));
        let told = channel.upload(file::sample(&samples, length(&pieces), stream)).await;
        let calls = upstream.take();
        let at = format!("a file of {} bytes", whole.len());
        kept(&mut findings, &at, &samples, &told, &calls);
        let there = calls.iter().any(|call| holds(&call.body, &whole));
        findings.check(there, at.as_str(), "its bytes, all and in order", || "others".to_owned());
        let typed = calls.iter().any(|call| {
            let kind = call.headers.get("content-type").map(|kind| kind.as_bytes().to_vec()).unwrap_or_default();
            holds(&kind, samples.content_type.as_bytes()) || holds(&call.body, samples.content_type.as_bytes())
        });
        findings.check(typed, at, "its MIME type", || "none".to_owned());
    }
    Ok(findings)
}

pub(crate) async fn streamed(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    upstream.always(Behaviour::Answer((samples.kept)(MEDIA_ID)));
    let pieces = pieces();
    let (sender, stream) = file::fed();
    let media = file::sample(&samples, length(&pieces), stream);
    let uploading = tokio::spawn(async move { channel.upload(media).await });
    let mut rest = pieces.into_iter();
    // One that stopped listening is found by what it tells.
    let give = |piece: Bytes| drop(sender.send(Ok(piece)));
    // Who waits for all of it before calling waits in vain.
    rest.next().map(give);
    let called = upstream.connected().await;
    findings
        .check(called, "a file of which the first piece is there", "a call", || "none: it waits for all".to_owned());
    rest.for_each(give);
    drop(sender);
    let told = uploading.await.map_err(|error| Finding::new("an upload", "an end", error.to_string()))?;
    findings.check(told.is_ok(), "a file that comes piece by piece", "success", || outcome_of(&told, ""));
    Ok(findings)
}

pub(crate) async fn broken_file(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    upstream.always(Behaviour::Answer((samples.kept)(MEDIA_ID)));
    let broken = || Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    let good = |count: usize| pieces().into_iter().take(count).map(Ok).collect::<Vec<Piece>>();
    let with = |mut pieces: Vec<Piece>, more: Piece| {
        pieces.push(more);
        pieces
    };
    let said = (PIECES * PIECE) as u64;
    let files: [(&str, Vec<Piece>); 5] = [
        ("a file that breaks off", with(good(PIECES / 2), broken())),
        ("a file that breaks off at once", vec![broken()]),
        ("a file that ends too early", good(PIECES - 1)),
        ("a file that is not there", Vec::new()),
        ("a file that is longer than was said", with(good(PIECES), Ok(Bytes::from_static(b"more")))),
    ];
    for (at, pieces) in files {
        let told = channel.upload(file::sample(&samples, said, file::whole(pieces))).await;
        findings.check(told.is_err(), at, "an error", || "an id, as if it were kept".to_owned());
    }
    Ok(findings)
}

pub(crate) async fn failing(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream, samples) = (context.channel()?, context.upstream()?, samples(context)?);
    let media = |by_file: bool| {
        if by_file {
            let bytes = Bytes::from_static(b"conformance");
            return file::sample(&samples, bytes.len() as u64, file::whole([Ok(bytes)]));
        }
        Upload::new(samples.kind, MediaSource::Url(samples.url.to_owned()))
    };
    for by_file in [false, true] {
        let at = if by_file { "a file" } else { "an address" };
        for failing in context.fixture().failing().into_iter().filter(|failing| failing.provider.code.is_some()) {
            upstream.always(Behaviour::Answer(failing.reply.clone()));
            let told = channel.upload(media(by_file)).await;
            let same = told.as_ref().is_err_and(|error| error.kind() == failing.kind && error.code() == failing.code);
            let expected = format!("{} ({})", failing.code, failing.kind.as_str());
            findings.check(same, format!("the upload of {at}, {failing}"), &expected, || outcome_of(&told, "success"));
        }
        upstream.take();
        upstream.always(Behaviour::BreakOff);
        let told = channel.upload(media(by_file)).await;
        let advice = told.as_ref().err().map(channel_api::Error::retry);
        let good = matches!(advice, Some(Retry::IfIdempotent { .. }));
        let at = format!("the upload of {at} of which no answer comes");
        findings.check(good, at.as_str(), "an error with the advice if_idempotent", || format!("{advice:?}"));
        let made = upstream.take().len();
        findings.check(made <= 1, at, "one call", || format!("{made} calls"));
    }
    Ok(findings)
}

/// A host's name of two parts or more, or `*.` and one.
fn is_host(host: &str) -> bool {
    let name = host.strip_prefix("*.").unwrap_or(host);
    let is_label = |label: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && label.chars().all(allowed) && !label.starts_with('-') && !label.ends_with('-')
    };
    // The last part of an address is a number; that of a name never is.
    let top = name.rsplit('.').next().unwrap_or_default();
    name.contains('.') && name.split('.').all(is_label) && !top.chars().all(|c| c.is_ascii_digit())
}

pub(crate) async fn hosts(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for host in context.capabilities().media_hosts {
        let expected = "the name of a host, or `*.` and one, in lower case";
        findings.check(is_host(host), "mediaHosts", expected, || format!("{host:?}"));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name() {
        for good in ["cdn.example.org", "*.example.org", "scontent-lhr8-1.xx.fbcdn.net"] {
            assert!(is_host(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "*.com",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "a.example:8080",
            "https://a.example",
            "A.example",
            "*a.example.org",
        ] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
