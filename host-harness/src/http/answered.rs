//! Whether an answer was written whole.
//!
//! A handler puts [`OnceAnswered`] into the extensions of its response. What stands there is told when the last byte of a response
//! that is an answer has been handed to the operating system. It is dropped, and told nothing, when the connection ends before
//! that, when something else is answered in its place, or when whoever asked has gone.
//!
//! What was handed over may reach nobody. A client that has closed its end refuses an answer that comes then, and one that closes
//! it on an answer which it has not read resets the connection: that is told, too. To hear of it, a connection stays open for a
//! moment after its client has closed it. A client whose end went away without a word, or which has a proxy before it, counts as
//! answered: it needs a key.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::{fmt, io, mem};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::StatusCode;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How long a client that has closed its end may take to refuse what was on its way.
const REFUSAL: Duration = Duration::from_millis(100);

/// Who is told of an answer's end.
pub(super) trait Answer: Send + Sync {
    /// It was written whole.
    fn written(&self);
    /// It was, and the client has said something since, or has closed its end and refused nothing.
    fn read(&self);
    /// It was, and the client has gone without reading all of it.
    fn unread(&self);
}

/// In a response's extensions: who is told when it was written whole. One who is dropped untold has nobody's answer.
#[derive(Clone)]
pub(super) struct OnceAnswered(pub(super) Arc<dyn Answer>);

impl fmt::Debug for OnceAnswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceAnswered").finish_non_exhaustive()
    }
}

/// The answers of a connection. Handles share it.
#[derive(Clone, Default)]
pub(super) struct Answers(Arc<Mutex<Ends>>);

#[derive(Default)]
struct Ends {
    /// The HTTP layer has their last byte, and the operating system perhaps not yet.
    ending: Vec<Arc<dyn Answer>>,
    /// The operating system has it, and the client has not said anything since.
    written: Vec<Arc<dyn Answer>>,
}

impl Answers {
    /// Follows a response of this connection to its end.
    pub(super) fn follow(&self, mut response: Response) -> Response {
        let Some(OnceAnswered(answer)) = response.extensions_mut().remove() else { return response };
        if !is_answer(response.status()) {
            return response;
        }
        let answers = self.clone();
        response.map(|body| Body::new(Followed { body, answer: Some(answer), answers }))
    }

    /// The client has everything.
    fn read(&self) {
        for answer in mem::take(&mut self.lock().written) {
            answer.read();
        }
    }

    /// The client has gone without reading everything.
    fn unread(&self) {
        for answer in mem::take(&mut self.lock().written) {
            answer.unread();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a client that repeats by itself leaves it at that: standard clients repeat 408, 425, 429 and 5xx.
fn is_answer(status: StatusCode) -> bool {
    let repeated = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    status.is_success() || status.is_client_error() && !repeated.contains(&status)
}

/// A body that hands its answer on with its last frame. It ends with that frame or after it, never before.
struct Followed {
    body: Body,
    answer: Option<Arc<dyn Answer>>,
    answers: Answers,
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Self { body, answer, answers } = self.get_mut();
        let frame = ready!(Pin::new(&mut *body).poll_frame(cx));
        if matches!(frame, Some(Err(_))) {
            *answer = None;
        } else if frame.is_none() || body.is_end_stream() {
            answers.lock().ending.extend(answer.take());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.answer.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection's stream, which tells what it notices of its answers' ends. hyper flushes the stream when nothing is left in its
/// own buffer, and never before.
pub(super) struct Watched {
    stream: TcpStream,
    answers: Answers,
    /// The end of one side, while the other may still refuse something.
    closing: Option<Pin<Box<Sleep>>>,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, answers: Answers) -> Self {
        Self { stream, answers, closing: None }
    }

    /// Nothing more comes through to the client.
    fn noticed<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.inspect_err(|_| self.answers.unread())
    }

    /// One side is closed. Waits for what the client refuses, if there is anything that it could.
    fn poll_refusal(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.answers.lock().written.is_empty() {
            return Poll::Ready(());
        }
        if self.has_failed() {
            self.answers.unread();
            return Poll::Ready(());
        }
        ready!(self.closing.get_or_insert_with(|| Box::pin(sleep(REFUSAL))).as_mut().poll(cx));
        if self.has_failed() {
            self.answers.unread();
        } else {
            self.answers.read();
        }
        Poll::Ready(())
    }

    /// The client has refused what was written: it had gone.
    fn has_failed(&self) -> bool {
        !matches!(self.stream.take_error(), Ok(None))
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let filled = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buffer));
        match &read {
            Ok(()) if buffer.filled().len() > filled => self.answers.read(),
            Ok(()) => ready!(self.poll_refusal(cx)),
            Err(_) => {}
        }
        Poll::Ready(self.noticed(read))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        Poll::Ready(self.noticed(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, slices));
        Poll::Ready(self.noticed(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        let ending = mem::take(&mut self.answers.lock().ending);
        // On one machine the refusal is there before the write has returned.
        if !ending.is_empty() && !self.has_failed() {
            for answer in &ending {
                answer.written();
            }
            self.answers.lock().written.extend(ending);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        self.poll_refusal(cx).map(Ok)
    }
}
