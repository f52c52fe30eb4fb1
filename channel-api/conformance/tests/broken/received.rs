//! Whose a delivery is, what is kept of it, and what is found of it later.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use channel_api::event::Metadata;
use channel_api::message::Body;
use channel_api::{
    ByteRange, Delivery, Download, ErrorKind, EventBody, MediaRef, Proof, ProviderRequest, Receipt, Received, Result,
    Retry, Secret, Token, Verified, VerifierId, WebhookReply,
};

use crate::kit::{BrokenAdapter, Defect, Inner};

macro_rules! defects {
    ($($name:ident: $method:ident($($argument:ident: $kind:ty),*) -> $told:ty { $body:expr })*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        impl Defect for $name {
            fn $method(&self, inner: &Inner, $($argument: $kind),*) -> $told {
                $body(inner, $($argument),*)
            }
        })*
    };
}

defects! {
    OneForAll: verifier() -> VerifierId { |_: &Inner| VerifierId::of("memory", &[Secret::default()]) }
    NamesTheToken: verify(delivery: &Delivery<'_>) -> Result<Proof> {
        |inner: &Inner, delivery: &Delivery<'_>| inner.channel.verify(delivery).map(|_| Proof::by("token"))
    }
    NamesTwice: normalize(delivery: &Verified<'_>) -> Result<Vec<Received>> {
        |inner: &Inner, delivery: &Verified<'_>| {
            let mut all = inner.channel.normalize(delivery)?;
            for received in all.iter_mut().filter(|received| received.event.name == "memory.handover") {
                // A field with the name of one of the event's own.
                received.event.body = EventBody::Fields(Metadata::from_iter([("missing", 7)]));
            }
            Ok(all)
        }
    }
    NamesPicturesAnew: normalize(delivery: &Verified<'_>) -> Result<Vec<Received>> {
        |inner: &Inner, delivery: &Verified<'_>| {
            let mut all = inner.channel.normalize(delivery)?;
            for received in &mut all {
                let EventBody::Message { content } = &mut received.event.body else { continue };
                let Body::Image(picture) = &mut content.body else { continue };
                picture.id = picture.id.take().map(|id| format!("own-{id}"));
            }
            Ok(all)
        }
    }
    ForgetsTheToken: normalize(delivery: &Verified<'_>) -> Result<Vec<Received>> {
        |inner: &Inner, delivery: &Verified<'_>| {
            let all = inner.channel.normalize(delivery)?;
            Ok(all.into_iter().map(|received| received.with_correlation(None)).collect())
        }
    }
    SaysNothing: reply(delivery: &Verified<'_>) -> WebhookReply {
        |_: &Inner, _: &Verified<'_>| WebhookReply::default()
    }
    CountsItsStamps: stamp(request: &mut ProviderRequest, token: &Token) -> bool {
        |inner: &Inner, request: &mut ProviderRequest, token: &Token| {
            static COUNT: AtomicU64 = AtomicU64::new(0);
            let stamped = inner.channel.stamp(request, token);
            if stamped {
                request.body["count"] = COUNT.fetch_add(1, Ordering::Relaxed).into();
            }
            stamped
        }
    }
}

macro_rules! downloads {
    ($($name:ident: |$inner:ident, $media:ident, $range:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        #[async_trait]
        impl Defect for $name {
            async fn download(&self, $inner: &Inner, $media: &MediaRef, $range: Option<ByteRange>) -> Result<Download> {
                $body
            }
        })*
    };
}

downloads! {
    NeverEnds: |inner, media, range| match inner.download(media, range).await? {
        Download::Address { url, .. } => Ok(Download::Address { url, expires: None }),
        bytes => Ok(bytes),
    };
    LooksElsewhere: |inner, media, range| {
        let other = media.id.as_ref().map(|id| MediaRef::by_id(format!("{id}x")));
        inner.download(&other.unwrap_or_else(|| media.clone()), range).await
    };
    AlwaysWhole: |inner, media, _range| inner.download(media, None).await;
    RepeatsTheProvider: |inner, media, range| match inner.download(media, range).await {
        Err(error) if error.kind() == ErrorKind::Rejected => {
            let answer = inner.by_hand("GET /v1/media/again", &serde_json::Value::Null).await;
            Err(error.with_context("answer", answer))
        }
        told => told,
    };
    EmptyWhenGone: |inner, media, range| inner.download(media, range).await.or_else(|error| {
        if error.kind() == ErrorKind::InvalidMessage {
            return Err(error);
        }
        Ok(Download::Address { url: "https://example.org/gone.jpg".to_owned(), expires: None })
    });
}

#[derive(Debug, Default)]
struct WaitsHalfSeconds;

#[async_trait]
impl Defect for WaitsHalfSeconds {
    async fn send(&self, inner: &Inner, request: &ProviderRequest) -> Result<Receipt> {
        // JSON holds whole seconds.
        let retry = Retry::IfIdempotent { after: Some(Duration::from_millis(1500)) };
        let told = inner.channel.send(request).await;
        told.map_err(|error| if error.code() == "memory.no_answer" { error.with_retry(retry) } else { error })
    }
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::registration("names no account", "registration.accounts", |it| it.accounts = |_| Vec::new()),
        BrokenAdapter::registration("reads every body", "verify.head", |it| it.check_head = |_| Ok(())),
        BrokenAdapter::code::<OneForAll>("has one verifier for all", "verify.verifiers"),
        BrokenAdapter::code::<NamesTheToken>("names another secret", "verify.names_the_secret"),
        BrokenAdapter::code::<NamesTwice>("gives two things one name", "normalize.reads_back"),
        BrokenAdapter::code::<ForgetsTheToken>("does not know its copies", "normalize.correlation"),
        BrokenAdapter::code::<SaysNothing>("says nothing to its provider", "normalize.reply"),
        BrokenAdapter::code::<CountsItsStamps>("counts what it stamps", "denormalize.stamp"),
        BrokenAdapter::code::<NeverEnds>("gives addresses without their end", "media.download")
            .also(&["media.received"]),
        BrokenAdapter::code::<AlwaysWhole>("gives all when a part is asked for", "media.download_in_part"),
        BrokenAdapter::code::<RepeatsTheProvider>(
            "repeats what the provider says of a file",
            "secrets.repeated_by_the_provider",
        )
        .also(&["send.observed"]),
        BrokenAdapter::code::<EmptyWhenGone>("finds what is gone", "media.download_failing")
            .also(&["media.download_in_part"]),
        BrokenAdapter::code::<NamesPicturesAnew>("gives pictures ids of its own", "media.received")
            .also(&["normalize.events_as_expected"]),
        BrokenAdapter::code::<LooksElsewhere>("looks for media elsewhere", "media.download"),
        BrokenAdapter::code::<WaitsHalfSeconds>("waits for half seconds", "errors.read_back"),
    ]
}
