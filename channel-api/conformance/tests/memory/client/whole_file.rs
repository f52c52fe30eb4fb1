//! A file that arrives whole or not at all.

use std::error::Error as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use channel_api::media::MediaStream;
use channel_api::{Error, ErrorKind, Retry};
use futures_core::Stream;
use hyper::body::{Bytes, Frame};

use super::Cause;

/// Why a file did not arrive.
#[derive(Debug, thiserror::Error)]
#[error("the file is not as long as was said, or it broke off")]
struct NotWhole;

/// Counts the bytes. A piece goes on only when it is known to belong to the file: the last one when nothing follows it.
pub(super) struct WholeFile {
    left: u64,
    bytes: MediaStream,
    last: Option<Bytes>,
}

impl WholeFile {
    pub(super) fn new(length: u64, bytes: MediaStream) -> Self {
        Self { left: length, bytes, last: None }
    }
}

impl Stream for WholeFile {
    type Item = Result<Frame<Bytes>, Cause>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let piece = match ready!(self.bytes.as_mut().poll_next(context)) {
                Some(Ok(piece)) => piece,
                Some(Err(_)) => return Poll::Ready(Some(Err(NotWhole.into()))),
                None if self.left > 0 => return Poll::Ready(Some(Err(NotWhole.into()))),
                None => return Poll::Ready(self.last.take().map(|last| Ok(Frame::data(last)))),
            };
            let Some(left) = self.left.checked_sub(piece.len() as u64) else {
                return Poll::Ready(Some(Err(NotWhole.into())));
            };
            self.left = left;
            if left > 0 {
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
            if !piece.is_empty() {
                self.last = Some(piece);
            }
        }
    }
}

/// Tells a file that was at fault from a connection that was.
pub(super) fn explain(error: Error) -> Error {
    let mut cause = error.source();
    while let Some(told) = cause {
        if told.is::<NotWhole>() {
            return Error::new(
                ErrorKind::InvalidMessage,
                "memory.file_broken",
                "the file did not come whole; it is not kept",
            )
            .with_retry(Retry::SAFE)
            .with_hint("look whether the file is still there, and as long as was said");
        }
        cause = told.source();
    }
    error
}
