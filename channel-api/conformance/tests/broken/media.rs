//! Uploads.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_trait::async_trait;
use bytes::Bytes;
use channel_api::media::MediaStream;
use channel_api::{ErrorKind, MediaSource, Result, Upload, Uploaded};
use futures_core::Stream;

use crate::kit::{BrokenAdapter, Defect, Inner};

macro_rules! defects {
    ($($name:ident: |$inner:ident, $media:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        #[async_trait]
        impl Defect for $name {
            async fn upload(&self, $inner: &Inner, $media: Upload) -> Result<Uploaded> {
                $body
            }
        })*
    };
}

/// Pieces that are there at once.
struct Gathered(std::vec::IntoIter<io::Result<Bytes>>);

impl Stream for Gathered {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next())
    }
}

async fn gather(mut stream: MediaStream) -> MediaStream {
    let mut pieces = Vec::new();
    while let Some(piece) = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await {
        pieces.push(piece);
    }
    Box::pin(Gathered(pieces.into_iter()))
}

defects! {
    EternalIds: |inner, media| {
        let by_url = matches!(media.source, MediaSource::Url(_));
        let kept = inner.channel.media_up().unwrap().upload(media).await?;
        Ok(if by_url { kept.with_expires_in(None) } else { kept })
    };
    Untyped: |inner, media| {
        let mut media = media;
        if let MediaSource::File { content_type, .. } = &mut media.source {
            "application/octet-stream".clone_into(content_type);
        }
        inner.channel.media_up().unwrap().upload(media).await
    };
    GathersFirst: |inner, media| {
        let source = match media.source {
            MediaSource::File { name, content_type, length, bytes } => {
                MediaSource::File { name, content_type, length, bytes: gather(bytes).await }
            }
            other => other,
        };
        inner.channel.media_up().unwrap().upload(Upload::new(media.kind, source)).await
    };
    KeepsTheBroken: |inner, media| match inner.channel.media_up().unwrap().upload(media).await {
        Err(error) if error.code() == "memory.file_broken" => {
            Ok(Uploaded::new("1857777774821032"))
        }
        told => told,
    };
    UploadsAgain: |inner, media| {
        let address = match &media.source {
            MediaSource::Url(address) => Some(address.clone()),
            _ => None,
        };
        let kind = media.kind;
        match (inner.channel.media_up().unwrap().upload(media).await, address) {
            (Err(error), Some(address)) if error.kind() == ErrorKind::Unreachable => {
                inner.channel.media_up().unwrap().upload(Upload::new(kind, MediaSource::Url(address))).await
            }
            (told, _) => told,
        }
    };
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<EternalIds>("does not say how long an upload is kept", "media.by_url"),
        BrokenAdapter::code::<Untyped>("does not say what a file is", "media.by_file"),
        BrokenAdapter::code::<GathersFirst>("keeps a file in memory", "media.streamed"),
        BrokenAdapter::code::<KeepsTheBroken>("takes half a file for a whole one", "media.broken_file"),
        BrokenAdapter::code::<UploadsAgain>("uploads again what may be kept", "media.failing"),
    ]
}
