//! Web addresses in messages, profiles and operations: what they must be, and what is the matter with one that is not.
//!
//! A person's browser opens the addresses of buttons; pictures and films are fetched by Meta. So an address of a private
//! network is refused where Meta would have to fetch it, and warned of where a person would have to open it.
//!
//! Codes: `required`, `url`, `url.space`, `url.scheme`, `url.host`, `url.https`, `url.private`.

mod fault;
mod host;

use channel_api::{Issue, Pointer, Report};

use fault::Fault;

/// What to do with a file that may also be uploaded.
pub(crate) const UPLOAD: &str = "upload the file and give its attachmentId";
/// What to do with a file where only an address is taken.
pub(crate) const PUBLISH: &str = "put the file where everybody on the internet can fetch it";

/// There must be one.
pub(crate) fn required<'a>(at: &Pointer<'_>, url: Option<&'a str>, report: &mut Report) -> Option<&'a str> {
    if url.is_none() {
        report.refuse(Issue::new(at, "required", "is missing: give a web address that starts with https://"));
    }
    url
}

/// One that is there can be fetched by Meta. `instead` is what to do with a file that has no such address.
pub(crate) fn fetched(at: &Pointer<'_>, url: Option<&str>, instead: &'static str, report: &mut Report) {
    if let Some(fault) = url.and_then(|url| Fault::of(url, false)) {
        report.refuse(fault.issue(at, Some(instead)));
    }
}

/// One that is there can be fetched by Meta, and is encrypted.
pub(crate) fn fetched_securely(at: &Pointer<'_>, url: Option<&str>, instead: &'static str, report: &mut Report) {
    if let Some(fault) = url.and_then(|url| Fault::of(url, true)) {
        report.refuse(fault.issue(at, Some(instead)));
    }
}

/// One that is there can be opened in a browser.
pub(crate) fn opened(at: &Pointer<'_>, url: Option<&str>, report: &mut Report) {
    note(at, url.and_then(|url| Fault::of(url, false)), report);
}

/// One that is there can be opened in a browser, and is encrypted.
pub(crate) fn opened_securely(at: &Pointer<'_>, url: Option<&str>, report: &mut Report) {
    note(at, url.and_then(|url| Fault::of(url, true)), report);
}

/// What is the matter with an encrypted address that is not to be reached by anybody: a domain in a list.
pub(crate) fn well_formed(at: &Pointer<'_>, url: &str, report: &mut Report) -> bool {
    let fault = Fault::of(url, true).filter(|fault| !matches!(fault, Fault::Unreachable(_)));
    let good = fault.is_none();
    note(at, fault, report);
    good
}

fn note(at: &Pointer<'_>, fault: Option<Fault<'_>>, report: &mut Report) {
    match fault {
        // Somebody's own network may be just where the people are that this is for.
        Some(fault @ Fault::Unreachable(_)) => report.warn(fault.issue(at, None)),
        Some(fault) => report.refuse(fault.issue(at, None)),
        None => {}
    }
}

/// Words that are there hold no address.
pub(crate) fn none_in(at: &Pointer<'_>, text: Option<&str>, report: &mut Report) {
    let www = |word: &str| {
        let word = word.trim_start_matches('(');
        word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
    };
    if text.is_some_and(|text| text.contains("://") || text.split_whitespace().any(www)) {
        report.refuse(Issue::new(at, "url.not_allowed", "may not hold a web address: take it out"));
    }
}

/// The part of a web address between `//` and the path, or nothing where it is none.
pub(crate) fn authority(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")).then(|| host::authority(rest))
}

#[cfg(test)]
mod tests;
