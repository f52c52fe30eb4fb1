//! [`ExactLength`]: a stream that has the length it was announced with, or fails.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use channel_api::media::MediaStream;
use channel_api::{Error, ErrorKind, Issue, Pointer, Report, Retry};
use futures::Stream;

use crate::Provider;

/// How a stream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    /// It could not be read to its end.
    Off(io::ErrorKind),
    /// It ended after so many bytes.
    Short(u64),
    /// There were more bytes than announced: so many when it was noticed.
    Long(u64),
}

/// Says, outside of the call, how its stream failed.
#[derive(Clone, Debug)]
pub struct UploadWatch {
    announced: u64,
    broken: Arc<OnceLock<Broken>>,
}

impl UploadWatch {
    /// The error of a stream that failed. Nothing is kept, since the provider saw no end of the request.
    pub fn failure(&self, provider: &Provider) -> Option<Error> {
        let (announced, name) = (self.announced, provider.name);
        let actual = match *self.broken.get()? {
            Broken::Off(kind) => {
                let sentence = format!("the file could not be read to its end; nothing is kept at {name}");
                let error = Error::new(ErrorKind::InvalidMessage, "media.broken_off", sentence)
                    .with_retry(Retry::SAFE)
                    .with_hint("upload it again")
                    .with_source(io::Error::from(kind));
                return Some(error);
            }
            Broken::Short(actual) | Broken::Long(actual) => actual,
        };
        let message = format!("has not the {announced} bytes that were announced; nothing is kept at {name}");
        let size = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
        let mut report = Report::default();
        let issue = Issue::new(&Pointer::ROOT.key("file"), "media.length", message);
        report.refuse(issue.with_limit(size(announced), size(actual)));
        Some(Error::refused(ErrorKind::InvalidMessage, "media.length", "the upload", report))
    }
}

/// Passes on exactly as many bytes as were announced. One byte too many or too few is an error, so that the request never
/// becomes whole.
pub struct ExactLength {
    bytes: MediaStream,
    passed: u64,
    watch: UploadWatch,
}

impl ExactLength {
    /// The stream, and what says how it failed.
    pub fn new(bytes: MediaStream, announced: u64) -> (Self, UploadWatch) {
        let watch = UploadWatch { announced, broken: Arc::default() };
        (Self { bytes, passed: 0, watch: watch.clone() }, watch)
    }

    fn fail(&self, broken: Broken, kind: io::ErrorKind) -> Poll<Option<io::Result<Bytes>>> {
        // The first failure is the one that counts.
        self.watch.broken.get_or_init(|| broken);
        Poll::Ready(Some(Err(kind.into())))
    }
}

impl std::fmt::Debug for ExactLength {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExactLength({} of {})", self.passed, self.watch.announced)
    }
}

impl Stream for ExactLength {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.bytes.as_mut().poll_next(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(piece))) => {
                let passed = self.passed.saturating_add(piece.len() as u64);
                self.passed = passed;
                if passed > self.watch.announced {
                    return self.fail(Broken::Long(passed), io::ErrorKind::InvalidData);
                }
                Poll::Ready(Some(Ok(piece)))
            }
            // Its words may hold a path.
            Poll::Ready(Some(Err(error))) => self.fail(Broken::Off(error.kind()), error.kind()),
            Poll::Ready(None) if self.passed < self.watch.announced => {
                self.fail(Broken::Short(self.passed), io::ErrorKind::UnexpectedEof)
            }
            Poll::Ready(None) => Poll::Ready(None),
        }
    }
}
