//! What people have sent, by the short [`Addresses`] that were given out for it: from where the provider keeps it now.

use std::sync::Arc;
use std::time::Duration;

use channel_api::facets::required;
use channel_api::message::Body;
use channel_api::{ByteRange, ChannelAdapter, Content, Download, Error, ErrorKind, MediaRef};
use moka::future::Cache;
use serde::Deserialize;
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

use super::part::Part;
use super::{Addresses, Downloads, Fetched, Refusal};
use crate::channels::Channels;
use crate::store::{EventLog, Query, StoreError, StoredEvent};
use crate::telemetry;

/// A provider is asked for a new address of one medium at most so often, whatever comes of it.
const ASKED_EVERY: Duration = Duration::from_hours(1);
/// Of so many media it is known that they were asked for.
const REMEMBERED: u64 = 10_000;

/// Why there is nothing at such an address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Missing {
    /// This host has not given it out.
    #[error("there is nothing at this address")]
    NotOurs,
    /// It was given out, and the event is no longer kept.
    #[error("what was sent is no longer kept")]
    Gone,
    /// Its channel is not configured here now.
    #[error("the channel that received it is not here")]
    NoChannel,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its host gave nothing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The provider told no new address.
    #[error(transparent)]
    Provider(#[from] Error),
}

/// What the provider said when it was asked.
#[derive(Clone, Debug)]
enum Answer {
    Address(Arc<str>),
    /// It gives the bytes themselves, each time anew.
    Bytes,
    Failed(Error),
}

type Asked = Arc<OnceCell<Answer>>;

/// Finds what people have sent.
#[derive(Debug)]
pub(crate) struct ReceivedMedia {
    addresses: Addresses,
    events: Arc<dyn EventLog>,
    channels: Channels,
    downloads: Arc<Downloads>,
    /// By the event's place in the log and the medium's in its message.
    asked: Cache<(u64, u16), Asked>,
    tasks: TaskTracker,
}

impl ReceivedMedia {
    /// `tasks` keeps the process alive while a provider is being asked.
    pub(crate) fn new(
        addresses: Addresses,
        events: Arc<dyn EventLog>,
        channels: Channels,
        downloads: Arc<Downloads>,
        tasks: TaskTracker,
    ) -> Self {
        Self { addresses, events, channels, downloads, asked: asked_within(ASKED_EVERY), tasks }
    }

    /// The same, asking as often as a test likes.
    #[cfg(test)]
    pub(super) fn asking_every(self, span: Duration) -> Self {
        Self { asked: asked_within(span), ..self }
    }

    #[cfg(test)]
    pub(crate) const fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// What stands at such an address, or a part of it.
    ///
    /// # Errors
    /// [`Missing`].
    pub(crate) async fn fetch(&self, token: &str, range: Option<ByteRange>) -> Result<Fetched, Missing> {
        let meant = self.addresses.read(token).ok_or(Missing::NotOurs)?;
        let before = Query { after: meant.seq.saturating_sub(1), limit: 1, ..Query::default() };
        let event = self.events.read(before).await?.pop().filter(|event| self.addresses.is_of(meant, event));
        let event = event.ok_or(Missing::Gone)?;
        let (medium, url) = medium(&event, meant.index).ok_or(Missing::Gone)?;
        let adapter = Arc::clone(self.channels.list().get(&event.channel_id).ok_or(Missing::NoChannel)?);
        let key = (meant.seq, meant.index);
        // Who was asked within the hour has said where it is now.
        if let Some(url) = url.filter(|_| !self.asked.contains_key(&key)) {
            match self.at(&*adapter, &url, range).await {
                Err(Missing::Refused(Refusal::Gone(_))) if adapter.media_down().is_some() => {}
                fetched => return fetched,
            }
        }
        match self.ask(key, Arc::clone(&adapter), medium.clone()).await {
            Answer::Address(url) => self.at(&*adapter, &url, range).await,
            Answer::Bytes => self.bytes(&*adapter, &medium, range).await,
            Answer::Failed(error) => Err(error.into()),
        }
    }

    async fn at(&self, adapter: &dyn ChannelAdapter, url: &str, range: Option<ByteRange>) -> Result<Fetched, Missing> {
        Ok(self.downloads.fetch(adapter.capabilities().media_hosts, url, range).await?)
    }

    /// Asks the provider, or remembers what it said. On a task of its own: whoever hangs up and comes again must not make a
    /// second call.
    async fn ask(&self, key: (u64, u16), adapter: Arc<dyn ChannelAdapter>, medium: MediaRef) -> Answer {
        let asked = self.asked.get_with(key, async { Asked::default() }).await;
        let asking = self.tasks.spawn(async move { asked.get_or_init(|| answer(&*adapter, &medium)).await.clone() });
        asking.await.unwrap_or_else(|_| {
            Answer::Failed(Error::new(ErrorKind::Unexpected, "media.ask", "the provider could not be asked"))
        })
    }

    /// The bytes, where the provider gives them only to whoever has the channel's token.
    async fn bytes(
        &self,
        adapter: &dyn ChannelAdapter,
        medium: &MediaRef,
        range: Option<ByteRange>,
    ) -> Result<Fetched, Missing> {
        let media = required(adapter.media_down(), "download")?;
        let (told, range) = match media.download(medium, range).await {
            Err(error) if range.is_some() && error.kind() == ErrorKind::Unsupported => {
                (media.download(medium, None).await?, None)
            }
            told => (told?, range),
        };
        match told {
            Download::Address { url, .. } => self.at(adapter, &url, range).await,
            Download::Body { content_type, length, bytes } => {
                let part = match range {
                    None => None,
                    // Without a length nobody can say which part it is.
                    Some(range) => Some(
                        length.and_then(|length| Part::beginning(range.first, length)).ok_or(Refusal::Status(206))?,
                    ),
                };
                Ok(self.downloads.given(content_type.as_deref(), length, bytes, part))
            }
            _ => Err(unheard_of().into()),
        }
    }
}

fn asked_within(span: Duration) -> Cache<(u64, u16), Asked> {
    Cache::builder().max_capacity(REMEMBERED).time_to_live(span).build()
}

async fn answer(adapter: &dyn ChannelAdapter, medium: &MediaRef) -> Answer {
    let told = match required(adapter.media_down(), "download") {
        Ok(media) => media.download(medium, None).await,
        Err(error) => Err(error),
    };
    match told {
        Ok(Download::Address { url, .. }) => Answer::Address(url.into()),
        Ok(Download::Body { .. }) => Answer::Bytes,
        Ok(_) => Answer::Failed(unheard_of()),
        Err(error) => {
            telemetry::failed(adapter, &error, "no new address of media was told");
            Answer::Failed(error)
        }
    }
}

fn unheard_of() -> Error {
    Error::new(ErrorKind::Unexpected, "media.ask", "the provider gave something that this host cannot pass on")
}

/// The medium at this place of an event's message, as the provider knows it, and the address that came with it.
fn medium(event: &StoredEvent, index: u16) -> Option<(MediaRef, Option<String>)> {
    #[derive(Deserialize)]
    struct Data {
        content: Content,
        #[serde(default)]
        metadata: Metadata,
    }
    /// What the provider calls the message, where that is not the event's id.
    #[derive(Default, Deserialize)]
    struct Metadata {
        mid: Option<String>,
    }
    let Data { content, metadata } = serde_json::from_str(event.data.get()).ok()?;
    let index = usize::from(index);
    let bodies = if content.attachments.is_empty() { vec![content.body] } else { content.attachments };
    let (id, url) = match bodies.into_iter().nth(index)? {
        Body::Image(media) | Body::Video(media) | Body::Audio(media) | Body::File(media) => (media.id, media.url),
        Body::Sticker(sticker) => (None, sticker.url),
        _ => return None,
    };
    let message = metadata.mid.unwrap_or_else(|| event.id.clone());
    Some((MediaRef::of_message(message, index).with_id(id), url))
}
