//! Files that are uploaded, piece by piece.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use channel_api::media::MediaStream;
use channel_api::{MediaKind, MediaSource, Upload};
use futures_core::Stream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::UploadSamples;

/// A piece of a file, or the failure to read one.
pub(super) type Piece = io::Result<Bytes>;

struct Fed(UnboundedReceiver<Piece>);

impl Stream for Fed {
    type Item = Piece;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Piece>> {
        self.0.poll_recv(context)
    }
}

/// Bytes that come when they are given; the end is when the sender is dropped.
pub(super) fn fed() -> (UnboundedSender<Piece>, MediaStream) {
    let (sender, receiver) = unbounded_channel();
    (sender, Box::pin(Fed(receiver)))
}

/// Bytes that are there at once.
pub(super) fn whole(pieces: impl IntoIterator<Item = Piece>) -> MediaStream {
    let (sender, stream) = fed();
    for piece in pieces {
        // The other end is in this function's hands.
        drop(sender.send(piece));
    }
    stream
}

/// All the bytes of a stream.
pub(super) async fn gathered(mut stream: MediaStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(bytes)
}

/// A file of this length, with these bytes.
pub(super) fn of(kind: MediaKind, content_type: &str, length: u64, bytes: MediaStream) -> Upload {
    let (name, content_type) = ("conformance.bin".to_owned(), content_type.to_owned());
    Upload::new(kind, MediaSource::File { name, content_type, length, bytes })
}

/// The fixture's kind of file, of this length and with these bytes.
pub(super) fn sample(samples: &UploadSamples, length: u64, bytes: MediaStream) -> Upload {
    of(samples.kind, samples.content_type, length, bytes)
}
