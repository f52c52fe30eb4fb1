//! What people have sent, by the addresses that were given out for it, as long as it is kept.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use channel_api::{ByteRange, ChannelAdapter, Download, Error, ErrorKind, Identity, MediaRef};
use futures::StreamExt as _;
use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::channels::{ChannelList, Channels};
use crate::config::MediaHost;
use crate::media::{Addresses, Downloads, Fetched, MediaKey, Missing, ReceivedMedia, Refusal};
use crate::scripted::Scripted;
use crate::store::{NewEvent, Query, StoredEvent, Stores};

const PERSON: &str = "7411002233445566";
const BYTES: &[u8] = b"0123456789";

/// A host that keeps media, some of it no longer. Returns its `address:port`.
async fn media_host() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new()
        .route("/cat.jpg", get(cat))
        .route("/moved.jpg", get(cat))
        .route("/whole.jpg", get(async || BYTES))
        .route("/ended.jpg", get(async || StatusCode::FORBIDDEN))
        .route("/broken.jpg", get(async || StatusCode::INTERNAL_SERVER_ERROR));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Gives parts.
async fn cat(headers: HeaderMap) -> Response {
    let Some(range) = headers.get(header::RANGE) else {
        return ([(header::CONTENT_TYPE, "image/jpeg")], BYTES).into_response();
    };
    let (first, last) = range.to_str().unwrap().strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap_or(9).min(9));
    if first > 9 {
        return StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    }
    let told = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/10"))];
    (StatusCode::PARTIAL_CONTENT, told, &BYTES[first..=last]).into_response()
}

/// A host with one channel, and one event in its log.
struct Stage {
    stores: Stores,
    channel: Arc<Scripted>,
    channels: Channels,
    media: Arc<ReceivedMedia>,
    event: StoredEvent,
    host: String,
}

impl Stage {
    /// `content` is what a person sent, given the address of the media host; `finds` is what the provider answers later.
    async fn new(
        content: impl Fn(&str) -> Value,
        finds: impl Fn(&str) -> Option<Vec<channel_api::Result<Download>>>,
    ) -> Self {
        let (host, stores) = (media_host().await, Stores::in_memory());
        let url = format!("http://{host}");
        let data = json!({"content": content(&url), "metadata": {"mid": "m.1"}});
        let event = NewEvent {
            channel_id: "ch_1".into(),
            identity: Identity::Own("m_1".to_owned()),
            name: "message.received".into(),
            kind: None,
            person: Some(PERSON.to_owned()),
            happened_at: None,
            concerns: Vec::new(),
            opening: None,
            copy: None,
            data: RawValue::from_string(data.to_string()).unwrap(),
        };
        stores.events.append(vec![event]).await.unwrap();
        let event = stores.events.read(Query { limit: 1, ..Query::default() }).await.unwrap().pop().unwrap();
        let channel = Scripted::new("ch_1");
        let channel = Arc::new(match finds(&url) {
            Some(answers) => channel.finding(answers),
            None => channel,
        });
        let channels = Channels::default();
        channels.replace(only(&channel));
        let media = ReceivedMedia::new(
            Addresses::new(MediaKey::passing().unwrap(), None),
            Arc::clone(&stores.events),
            channels.clone(),
            Arc::new(Downloads::new(&[MediaHost::parse(&host).unwrap()]).unwrap()),
            TaskTracker::new(),
        );
        Self { stores, channel, channels, media: Arc::new(media), event, host }
    }

    fn token(&self, index: usize) -> String {
        self.media.addresses().path(&self.event, index).unwrap().strip_prefix("/media/").unwrap().to_owned()
    }

    async fn fetch(&self, index: usize, range: Option<ByteRange>) -> Result<Fetched, Missing> {
        let token = self.token(index);
        let fetching = self.media.fetch(&token, range);
        tokio::time::timeout(Duration::from_secs(20), fetching).await.unwrap()
    }

    async fn text(&self, index: usize) -> String {
        read(self.fetch(index, None).await.unwrap()).await
    }

    fn asked(&self) -> Vec<MediaRef> {
        self.channel.found.lock().unwrap().iter().map(|(media, _)| media.clone()).collect()
    }
}

fn only(channel: &Arc<Scripted>) -> ChannelList {
    std::iter::once(Arc::<Scripted>::clone(channel) as Arc<dyn ChannelAdapter>).collect()
}

fn picture(name: &'static str) -> impl Fn(&str) -> Value {
    move |url| json!({"type": "image", "image": {"url": format!("{url}/{name}")}})
}

fn nothing(_: &str) -> Option<Vec<channel_api::Result<Download>>> {
    None
}

/// The provider tells this address, so often.
fn moved_to(name: &'static str, times: usize) -> impl Fn(&str) -> Option<Vec<channel_api::Result<Download>>> {
    move |url| {
        let told = || Ok(Download::Address { url: format!("{url}/{name}"), expires: None });
        Some((0..times).map(|_| told()).collect())
    }
}

async fn read(fetched: Fetched) -> String {
    let chunks: Vec<_> = fetched.body.collect().await;
    let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.unwrap()).collect();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn each_medium_of_a_message_has_an_address_of_its_own() {
    let several = |url: &str| {
        json!({"type": "text", "text": "two", "attachments": [
            {"type": "image", "image": {"url": format!("{url}/cat.jpg")}},
            {"type": "location", "location": {"latitude": 1.0, "longitude": 2.0}},
            {"type": "sticker", "sticker": {"url": format!("{url}/whole.jpg")}},
        ]})
    };
    let stage = Stage::new(several, nothing).await;
    let first = stage.fetch(0, None).await.unwrap();
    assert_eq!((first.content_type.as_str(), first.filename.as_str()), ("image/jpeg", "cat.jpg"));
    assert_eq!(read(first).await, "0123456789");
    assert_eq!(stage.fetch(2, None).await.unwrap().filename, "whole.jpg");
    for none in [1, 3] {
        assert!(matches!(stage.fetch(none, None).await, Err(Missing::Gone)), "{none}");
    }
    let alone = Stage::new(picture("cat.jpg"), nothing).await;
    assert_eq!(alone.text(0).await, "0123456789");
    assert!(matches!(alone.fetch(1, None).await, Err(Missing::Gone)));
}

#[tokio::test]
async fn an_address_that_was_not_given_out_is_nobody_s() {
    let stage = Stage::new(picture("cat.jpg"), nothing).await;
    let token = stage.token(0);
    let (all_but_one, last) = token.split_at(token.len() - 1);
    let changed = format!("{all_but_one}{}", if last == "0" { "1" } else { "0" });
    for forged in ["", "x", all_but_one, &format!("{token}00"), &changed] {
        assert!(matches!(stage.media.fetch(forged, None).await, Err(Missing::NotOurs)), "{forged}");
    }
}

#[tokio::test]
async fn what_was_erased_or_is_too_old_is_gone_from_its_address_too() {
    let erased = Stage::new(picture("cat.jpg"), nothing).await;
    assert_eq!(erased.text(0).await, "0123456789");
    erased.stores.erase("ch_1", PERSON, Timestamp::now()).await.unwrap();
    assert!(matches!(erased.fetch(0, None).await, Err(Missing::Gone)));

    let old = Stage::new(picture("cat.jpg"), nothing).await;
    let soon = Timestamp::now() + Duration::from_hours(1);
    assert_eq!(old.stores.events.expire(soon, u64::MAX, 10).await.unwrap(), 1);
    assert!(matches!(old.fetch(0, None).await, Err(Missing::Gone)));
}

#[tokio::test]
async fn a_channel_that_is_not_here_lets_nobody_in() {
    let stage = Stage::new(picture("cat.jpg"), nothing).await;
    stage.channels.replace(ChannelList::default());
    assert!(matches!(stage.fetch(0, None).await, Err(Missing::NoChannel)));
}

#[tokio::test]
async fn only_hosts_of_the_channel_are_asked() {
    let elsewhere = |_: &str| json!({"type": "image", "image": {"url": "http://127.0.0.1:1/cat.jpg"}});
    let stage = Stage::new(elsewhere, moved_to("cat.jpg", 1)).await;
    assert!(matches!(stage.fetch(0, None).await, Err(Missing::Refused(Refusal::Address))));
    let moved = |_: &str| Some(vec![Ok(Download::Address { url: "http://127.0.0.1:1/".to_owned(), expires: None })]);
    let stage = Stage::new(picture("ended.jpg"), moved).await;
    assert!(matches!(stage.fetch(0, None).await, Err(Missing::Refused(Refusal::Address))));
}

#[tokio::test]
async fn a_part_is_passed_on_where_the_media_host_gives_parts() {
    let stage = Stage::new(picture("cat.jpg"), nothing).await;
    let part = stage.fetch(0, Some(ByteRange::new(2).with_last(Some(5)))).await.unwrap();
    assert_eq!((part.part.unwrap().to_string().as_str(), part.length), ("bytes 2-5/10", Some(4)));
    assert_eq!(read(part).await, "2345");
    let beyond = stage.fetch(0, Some(ByteRange::new(10))).await;
    assert!(matches!(beyond, Err(Missing::Refused(Refusal::OutOfRange))), "{beyond:?}");
    let whole = Stage::new(picture("whole.jpg"), nothing).await;
    let fetched = whole.fetch(0, Some(ByteRange::new(2))).await.unwrap();
    assert_eq!((fetched.part, fetched.length), (None, Some(10)));
}

#[tokio::test]
async fn an_address_that_has_ended_is_asked_for_once_an_hour() {
    let stage = Stage::new(picture("ended.jpg"), moved_to("moved.jpg", 1)).await;
    for _ in 0..3 {
        assert_eq!(stage.text(0).await, "0123456789");
    }
    assert_eq!(stage.asked(), [MediaRef::of_message("m.1", 0)]);

    let mut again = Stage::new(picture("ended.jpg"), moved_to("moved.jpg", 2)).await;
    let media = Arc::into_inner(again.media).unwrap().asking_every(Duration::ZERO);
    again.media = Arc::new(media);
    for _ in 0..2 {
        assert_eq!(again.text(0).await, "0123456789");
    }
    assert_eq!(again.asked().len(), 2, "after the hour it is asked again");

    let good = Stage::new(picture("cat.jpg"), moved_to("moved.jpg", 0)).await;
    assert_eq!(good.text(0).await, "0123456789");
    let broken = Stage::new(picture("broken.jpg"), moved_to("moved.jpg", 0)).await;
    assert!(matches!(broken.fetch(0, None).await, Err(Missing::Refused(Refusal::Status(500)))));
}

#[tokio::test]
async fn many_who_want_it_and_hang_up_make_one_question() {
    let stage = Stage::new(picture("ended.jpg"), nothing).await;
    let url = format!("http://{}/moved.jpg", stage.host);
    let slow = Scripted::new("ch_1").finding([Ok(Download::Address { url, expires: None })]).slow();
    let slow = Arc::new(slow);
    stage.channels.replace(only(&slow));
    let fetching = || {
        let (media, token) = (Arc::clone(&stage.media), stage.token(0));
        tokio::spawn(async move { media.fetch(&token, None).await })
    };
    let gone = fetching();
    let asked = async {
        while slow.found.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.expect("the provider is asked");
    gone.abort();
    let waiting = [fetching(), fetching()];
    slow.go_on();
    for fetched in waiting {
        let fetched = tokio::time::timeout(Duration::from_secs(10), fetched).await.unwrap();
        assert_eq!(read(fetched.unwrap().unwrap()).await, "0123456789");
    }
    assert_eq!(slow.found.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_provider_does_not_tell_is_not_asked_for_again() {
    let refused = |_: &str| Some(vec![Err(Error::new(ErrorKind::Rejected, "scripted.gone", "it is gone"))]);
    let stage = Stage::new(picture("ended.jpg"), refused).await;
    for _ in 0..2 {
        let missing = stage.fetch(0, None).await;
        assert!(matches!(&missing, Err(Missing::Provider(error)) if error.code() == "scripted.gone"), "{missing:?}");
    }
    let cannot = Stage::new(picture("ended.jpg"), nothing).await;
    assert!(matches!(cannot.fetch(0, None).await, Err(Missing::Refused(Refusal::Gone(403)))));
}

fn bytes(length: Option<u64>, bytes: &'static [u8]) -> Download {
    let stream = futures::stream::iter([Ok(bytes::Bytes::from_static(bytes))]);
    Download::Body { content_type: Some("image/png".to_owned()), length, bytes: Box::pin(stream) }
}

#[tokio::test]
async fn bytes_that_only_the_channel_s_token_opens_are_passed_on() {
    let by_id = |_: &str| json!({"type": "image", "image": {"id": "f_1"}});
    let whole =
        |_: &str| Some(vec![Ok(bytes(Some(10), BYTES)), Ok(bytes(Some(10), BYTES)), Ok(bytes(Some(4), b"2345"))]);
    let stage = Stage::new(by_id, whole).await;
    let fetched = stage.fetch(0, None).await.unwrap();
    assert_eq!((fetched.content_type.as_str(), fetched.length), ("image/png", Some(10)));
    assert_eq!(read(fetched).await, "0123456789");
    let part = stage.fetch(0, Some(ByteRange::new(2).with_last(Some(5)))).await.unwrap();
    assert_eq!((part.part.unwrap().to_string().as_str(), read(part).await.as_str()), ("bytes 2-5/*", "2345"));
    assert_eq!(stage.asked()[0], MediaRef::of_message("m.1", 0).with_id(Some("f_1".to_owned())));

    let only_whole = |_: &str| {
        let unsupported = || Err(Error::unsupported("ranges"));
        Some(vec![Ok(bytes(None, BYTES)), unsupported(), Ok(bytes(None, BYTES)), Ok(bytes(None, b"23"))])
    };
    let stage = Stage::new(by_id, only_whole).await;
    let fetched = stage.fetch(0, Some(ByteRange::new(2))).await.unwrap();
    assert_eq!((fetched.part, read(fetched).await.as_str()), (None, "0123456789"));
    let unnamed = stage.fetch(0, Some(ByteRange::new(2))).await;
    assert!(matches!(unnamed, Err(Missing::Refused(Refusal::Status(206)))), "{unnamed:?}");
}
