//! A part of a file: how it is asked for, and which one came.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9110#name-range-requests>

use std::fmt;

use channel_api::ByteRange;
use http::{HeaderMap, header};

/// The part that came: `bytes first-last/whole`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    first: u64,
    last: u64,
    /// How many bytes all of it has, where that is told.
    pub(super) whole: Option<u64>,
}

impl Part {
    /// What an answer's `Content-Range` says; `None` where it does not say it, or says another part than was asked for.
    pub(super) fn of(headers: &HeaderMap, asked: ByteRange) -> Option<Self> {
        let told = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
        let (range, whole) = told.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let whole = if whole == "*" { None } else { Some(whole.parse().ok()?) };
        let part = Self { first: first.parse().ok()?, last: last.parse().ok()?, whole };
        let fits = part.first == asked.first
            && part.last >= part.first
            && asked.last.is_none_or(|last| part.last <= last)
            && whole.is_none_or(|whole| part.last < whole);
        fits.then_some(part)
    }

    /// So many bytes, of a file whose length nobody has told; `None` for none.
    pub(super) fn beginning(first: u64, length: u64) -> Option<Self> {
        Some(Self { first, last: first.checked_add(length.checked_sub(1)?)?, whole: None })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bytes {}-{}/", self.first, self.last)?;
        match self.whole {
            Some(whole) => write!(f, "{whole}"),
            None => f.write_str("*"),
        }
    }
}

/// The part that a request asks for. `None` for all of it, and for what may be answered with all of it: several parts, or a part
/// of a version that nobody can name here.
pub(crate) fn asked_for(headers: &HeaderMap) -> Option<ByteRange> {
    if headers.contains_key(header::IF_RANGE) {
        return None;
    }
    let range = headers.get(header::RANGE)?.to_str().ok()?.trim();
    let (unit, range) = range.split_once('=')?;
    let (first, last) = range.split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
    let (first, last) = (first.trim().parse().ok()?, last.trim());
    let last = if last.is_empty() { None } else { Some(last.parse().ok()?) };
    last.is_none_or(|last| last >= first).then(|| ByteRange::new(first).with_last(last))
}

/// How it is asked for.
pub(super) fn asked_as(range: ByteRange) -> String {
    range.last.map_or_else(|| format!("bytes={}-", range.first), |last| format!("bytes={}-{last}", range.first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, http::HeaderValue::from_static(value))])
    }

    #[test]
    fn one_part_is_asked_for_as_it_came() {
        for (range, expected) in [
            ("bytes=0-", Some("bytes=0-")),
            ("bytes=2-5", Some("bytes=2-5")),
            ("Bytes=2- 5", Some("bytes=2-5")),
            ("bytes=5-2", None),
            ("bytes=-5", None),
            ("bytes=0-1,4-5", None),
            ("bytes=a-b", None),
            ("pages=1-2", None),
            ("", None),
        ] {
            assert_eq!(asked_for(&headers(header::RANGE, range)).map(asked_as).as_deref(), expected, "{range}");
        }
        let mut of_a_version = headers(header::RANGE, "bytes=0-1");
        of_a_version.insert(header::IF_RANGE, http::HeaderValue::from_static("\"v1\""));
        assert_eq!(asked_for(&of_a_version), None);
    }

    #[test]
    fn what_came_is_what_was_asked_for_or_nothing() {
        let asked = ByteRange::new(2).with_last(Some(5));
        for (told, expected) in [
            ("bytes 2-5/10", Some("bytes 2-5/10")),
            ("bytes 2-5/*", Some("bytes 2-5/*")),
            ("bytes 2-3/4", Some("bytes 2-3/4")),
            ("bytes 3-5/10", None),
            ("bytes 2-6/10", None),
            ("bytes 2-5/5", None),
            ("bytes 2-1/10", None),
            ("bytes */10", None),
            ("2-5/10", None),
        ] {
            let part = Part::of(&headers(header::CONTENT_RANGE, told), asked);
            assert_eq!(part.map(|part| part.to_string()).as_deref(), expected, "{told}");
        }
        assert_eq!(Part::of(&HeaderMap::new(), asked), None);
        let to_the_end = Part::of(&headers(header::CONTENT_RANGE, "bytes 2-9/10"), ByteRange::new(2)).unwrap();
        assert_eq!(to_the_end.to_string(), "bytes 2-9/10");
        assert_eq!(Part::beginning(2, 4).unwrap().to_string(), "bytes 2-5/*");
        assert_eq!(Part::beginning(2, 0), None);
    }
}
