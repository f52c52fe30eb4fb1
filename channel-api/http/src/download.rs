//! [`Body`]: the bytes of a file as they arrive, and the call's end with the last of them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use channel_api::ByteRange;
use futures::Stream;
use http::HeaderMap;
use http::header::CONTENT_RANGE;

use crate::record::Record;
use crate::{Provider, network};

type Pieces = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

/// A file's bytes. The call has ended when they have: a file that breaks off is a call that failed.
pub(crate) struct Body {
    pieces: Pieces,
    provider: &'static Provider,
    /// Until the call's end is reported.
    record: Option<Record>,
    /// How many bytes are to come, where that is known: whoever has them all asks for no more.
    left: Option<u64>,
}

impl Body {
    pub(crate) fn new(
        pieces: impl Stream<Item = reqwest::Result<Bytes>> + Send + 'static,
        length: Option<u64>,
        provider: &'static Provider,
        record: Record,
    ) -> Self {
        Self { pieces: Box::pin(pieces), provider, record: Some(record), left: length }
    }

    fn end(&mut self, error: Option<&channel_api::Error>) {
        if let Some(record) = self.record.take() {
            record.end(error);
        }
    }
}

impl Stream for Body {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.pieces.as_mut().poll_next(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(piece))) => {
                self.left = self.left.map(|left| left.saturating_sub(piece.len() as u64));
                if self.left == Some(0) {
                    self.end(None);
                }
                Poll::Ready(Some(Ok(piece)))
            }
            Poll::Ready(Some(Err(error))) => {
                let error = network::no_answer(self.provider, error);
                self.end(Some(&error));
                Poll::Ready(Some(Err(io::Error::other(error))))
            }
            Poll::Ready(None) => {
                self.end(None);
                Poll::Ready(None)
            }
        }
    }
}

/// Whether a part is the one that was asked for, by the answer's own word. It may end before the part does, where the file does.
pub(crate) fn is_part(headers: &HeaderMap, asked: ByteRange) -> bool {
    let Some((first, last, whole)) = content_range(headers) else { return false };
    let end = whole.map(|whole| whole.saturating_sub(1));
    first == asked.first
        && match asked.last {
            Some(asked) => last == asked || (last < asked && end == Some(last)),
            None => end.is_none_or(|end| last == end),
        }
}

/// `bytes 2-5/8`: first, last, and the length of the whole where it is known.
fn content_range(headers: &HeaderMap) -> Option<(u64, u64, Option<u64>)> {
    let (part, whole) = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    let whole = if whole == "*" { None } else { Some(whole.parse().ok()?) };
    Some((first.parse().ok()?, last.parse().ok()?, whole))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_part_is_the_one_that_was_asked_for() {
        for (said, first, last, good) in [
            ("bytes 2-5/8", 2, Some(5), true),
            ("bytes 2-5/*", 2, Some(5), true),
            ("bytes 2-7/8", 2, Some(9), true),
            ("bytes 2-7/8", 2, None, true),
            ("bytes 2-7/*", 2, None, true),
            ("bytes 0-5/8", 2, Some(5), false),
            ("bytes 2-4/8", 2, Some(5), false),
            ("bytes 2-4/*", 2, Some(5), false),
            ("bytes 2-6/8", 2, Some(5), false),
            ("bytes 2-6/8", 2, None, false),
            ("bytes */8", 2, Some(5), false),
            ("items 2-5/8", 2, Some(5), false),
            ("bytes 2-5", 2, Some(5), false),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_RANGE, HeaderValue::from_static(said))]);
            let asked = ByteRange::new(first).with_last(last);
            assert_eq!(is_part(&headers, asked), good, "{said} for {first} to {last:?}");
        }
        assert!(!is_part(&HeaderMap::new(), ByteRange::new(0)));
    }
}
