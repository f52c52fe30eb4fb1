//! [`Exact`]: a stream that has the length it was announced with, or fails.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use channel_api::media::MediaStream;
use channel_api::{Error, ErrorKind, Issue, Pointer, Report, Retry};
use futures_core::Stream;

/// How a stream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It could not be read to its end.
    Off(io::ErrorKind),
    /// It ended after so many bytes.
    Short(u64),
    /// There were more bytes than announced: so many when it was noticed.
    Long(u64),
}

impl Broken {
    /// Nothing is kept: Meta saw no end of the request.
    pub(super) fn into_error(self, announced: u64) -> Error {
        let actual = match self {
            Self::Off(kind) => {
                return Error::new(
                    ErrorKind::InvalidMessage,
                    "media.broken_off",
                    "the file could not be read to its end; nothing is kept at Meta",
                )
                .with_retry(Retry::SAFE)
                .with_hint("upload it again")
                .with_source(io::Error::from(kind));
            }
            Self::Short(actual) | Self::Long(actual) => actual,
        };
        let message = format!("has not the {announced} bytes that were announced; nothing is kept at Meta");
        let size = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
        let mut report = Report::default();
        let issue = Issue::new(&Pointer::ROOT.key("file"), "media.length", message);
        report.refuse(issue.with_limit(size(announced), size(actual)));
        Error::refused(ErrorKind::InvalidMessage, "media.length", "the upload", report)
    }
}

/// Tells, outside of the call, how its stream failed.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch(Arc<OnceLock<Broken>>);

impl Watch {
    pub(super) fn broken(&self) -> Option<Broken> {
        self.0.get().copied()
    }
}

/// Passes on exactly as many bytes as were announced. One byte too many or too few is an error, so that the request never
/// becomes whole.
pub(super) struct Exact {
    bytes: MediaStream,
    announced: u64,
    passed: u64,
    watch: Watch,
}

impl Exact {
    pub(super) fn new(bytes: MediaStream, announced: u64, watch: Watch) -> Self {
        Self { bytes, announced, passed: 0, watch }
    }

    fn fail(&self, broken: Broken, kind: io::ErrorKind) -> Poll<Option<io::Result<Bytes>>> {
        // The first failure is the one that counts.
        self.watch.0.get_or_init(|| broken);
        Poll::Ready(Some(Err(kind.into())))
    }
}

impl Stream for Exact {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.bytes.as_mut().poll_next(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(piece))) => {
                let passed = self.passed.saturating_add(piece.len() as u64);
                self.passed = passed;
                if passed > self.announced {
                    return self.fail(Broken::Long(passed), io::ErrorKind::InvalidData);
                }
                Poll::Ready(Some(Ok(piece)))
            }
            // Its words may hold a path.
            Poll::Ready(Some(Err(error))) => self.fail(Broken::Off(error.kind()), error.kind()),
            Poll::Ready(None) if self.passed < self.announced => {
                self.fail(Broken::Short(self.passed), io::ErrorKind::UnexpectedEof)
            }
            Poll::Ready(None) => Poll::Ready(None),
        }
    }
}
