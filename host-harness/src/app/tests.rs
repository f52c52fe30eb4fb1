//! A list of channels that is replaced while the host works, as whoever asks over HTTP sees it.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use channel_api::connection::Credentials;
use channel_api::{ChannelAdapter, ChannelId, ConnectionStatus, Error, Event, EventBody, Identity, Received};
use hyper::service::Service as _;
use hyper::{Method, StatusCode};
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};

use super::*;
use crate::config::{ApiKeys, RateLimits, Retention, RetryPolicy};
use crate::scripted::Scripted;

const KEY: &str = "an-api-key";

fn list(channels: &[&Arc<Scripted>]) -> ChannelList {
    channels.iter().map(|channel| Arc::<Scripted>::clone(channel) as Arc<dyn ChannelAdapter>).collect()
}

/// A host without any channel.
fn app() -> App {
    let config = HostConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        api_keys: ApiKeys::one(KEY),
        data_dir: "unused".into(),
        check_connections: None,
        public_url: None,
        max_body: 8 << 20,
        rate: RateLimits::default(),
        retry: RetryPolicy::default(),
        retention: Retention::default(),
        media_hosts: Vec::new(),
        linktor: None,
        channels: Vec::new(),
    };
    App::build(&config, Storage::Memory, &Registry::discover().unwrap(), |_| None).unwrap()
}

/// Hears one message a delivery.
fn hearing(id: &str) -> Scripted {
    let event = Event::new(
        "message.received",
        ChannelId::new(id),
        "scripted",
        EventBody::Read { message_ids: Vec::new(), watermark: None },
    );
    Scripted::new(id).receiving([Received::new(Identity::Own(format!("m_{id}")), event)])
}

async fn ask(router: &Router, method: Method, path: &str, body: Value) -> (StatusCode, String) {
    let request = Request::builder().method(method).uri(path).header("x-api-key", KEY);
    let request = request.body(Body::from(body.to_string())).unwrap();
    let answer = TowerToHyperService::new(router.clone()).call(request).await.unwrap();
    let status = answer.status();
    let text = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(text.to_vec()).unwrap())
}

async fn get(router: &Router, path: &str) -> (StatusCode, String) {
    ask(router, Method::GET, path, Value::Null).await
}

/// Waits until it is so.
async fn when(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("it becomes so");
}

async fn delivered(router: &Router, id: &str) -> StatusCode {
    ask(router, Method::POST, &format!("/webhooks/scripted/{id}"), json!({})).await.0
}

#[tokio::test]
async fn who_asks_for_a_channel_finds_it_in_the_list_of_that_moment() {
    let App { parts, .. } = app();
    let channels = parts.channels.clone();
    let router = http::router(parts);
    let (first, second) = (Arc::new(hearing("ch_1")), Arc::new(hearing("ch_2")));
    for (replaced, here, gone) in [(list(&[&first]), "ch_1", "ch_2"), (list(&[&second]), "ch_2", "ch_1")] {
        channels.replace(replaced);
        assert_eq!(delivered(&router, here).await, StatusCode::OK);
        assert_eq!(delivered(&router, gone).await, StatusCode::NOT_FOUND);
        let (_, events) = get(&router, "/api/v1/events").await;
        assert!(events.contains(&format!("\"m_{here}\"")), "{events}");

        let (_, metrics) = get(&router, "/metrics").await;
        let gauge = |id: &str| format!("linktor_channel_connection{{channel_id=\"{id}\",state=\"unknown\"}} 1\n");
        assert!(metrics.contains(&gauge(here)) && !metrics.contains(gone), "{metrics}");

        for path in ["", "/connection", "/profile", "/operations", "/conversations/7"] {
            assert_eq!(get(&router, &format!("/api/v1/channels/{here}{path}")).await.0, StatusCode::OK, "{path}");
            let (status, told) = get(&router, &format!("/api/v1/channels/{gone}{path}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(told.contains(&format!("one of: {here}\"")), "{told}");
        }
        let (_, all) = get(&router, "/api/v1/channels").await;
        assert!(all.contains(here) && !all.contains(gone), "{all}");

        let message = |id: &str| json!({"channelId": id, "to": "7", "content": {"type": "text", "text": "hi"}});
        let sent = |id: &'static str| ask(&router, Method::POST, "/api/v1/messages", message(id));
        assert_eq!(sent(gone).await.0, StatusCode::NOT_FOUND);
        assert_ne!(sent(here).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn connections_are_checked_of_the_channels_that_are_here() {
    let App { parts, .. } = app();
    let (channels, connections) = (parts.channels.clone(), parts.connections.clone());
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    connections.watch(Duration::from_hours(1), &stopping, &tasks);

    let ends_never = ConnectionStatus { credentials: Some(Credentials::default()), ..ConnectionStatus::default() };
    let stays = Scripted::new("ch_1").checks([Ok(ends_never)]);
    let before = Scripted::new("ch_2").checks([Err(Error::unsupported("connection_check"))]);
    channels.replace(list(&[&stays, &before]));
    stays.has_checked(1).await;
    before.has_checked(1).await;

    let (after, comes) = (Scripted::new("ch_2").checks([]), Scripted::new("ch_3").checks([]));
    channels.replace(list(&[&stays, &after, &comes]));
    after.has_checked(1).await;
    comes.has_checked(1).await;
    let known = connections.check(&ChannelId::new("ch_2")).await;
    assert_eq!((known.reason, *after.checked.borrow()), (None, 2), "the adapter that is here was asked, and no other");
    assert_eq!(*before.checked.borrow(), 1);
    assert_eq!(*stays.checked.borrow(), 1, "a channel that stays keeps its schedule");
    let status = connections.known(&ChannelId::new("ch_1")).status.unwrap();
    assert!(status.credentials.is_some(), "and what was found of it");

    channels.replace(list(&[]));
    assert_eq!(connections.all(), []);
    // Nobody is checked any more: one waits for the next list.
    when(|| tasks.len() == 1).await;
    stopping.cancel();
    when(|| tasks.is_empty()).await;
}

#[tokio::test]
async fn an_adapter_that_takes_another_s_place_waits_for_what_writes_to_the_profile() {
    let App { parts, .. } = app();
    let (channels, locks) = (parts.channels.clone(), Arc::clone(&parts.profiles));
    let router = http::router(parts);
    channels.replace(list(&[&Arc::new(Scripted::new("ch_1"))]));
    let id = ChannelId::new("ch_1");
    let lock = locks.of(&id);
    let writing = lock.lock().await;

    let after = Arc::new(Scripted::new("ch_1"));
    channels.replace(list(&[&after]));
    let put = tokio::spawn(async move {
        ask(&router, Method::PUT, "/api/v1/channels/ch_1/profile", json!({"greeting": "Hi"})).await
    });
    // The lock is held by its entry, by this test, and by whoever waits for it.
    when(|| Arc::strong_count(&lock) == 3).await;
    assert!(after.profile.lock().unwrap().0.is_empty(), "one writes at a time, whichever adapter it is");
    drop(writing);
    drop(lock);
    assert_eq!(put.await.unwrap().0, StatusCode::OK);
    assert_eq!(json!(*after.profile.lock().unwrap()), json!({"greeting": "Hi"}));
}

#[tokio::test]
async fn who_is_looked_up_while_they_are_erased_is_not_known_afterwards() {
    let App { parts, .. } = app();
    let ana = channel_api::UserProfile { first_name: Some("Ana".to_owned()), ..channel_api::UserProfile::default() };
    let stub = Arc::new(Scripted::new("ch_1").knowing(Ok(ana)).slow());
    let channel: Arc<dyn ChannelAdapter> = Arc::<Scripted>::clone(&stub);
    parts.people.prefetch(&channel, "7411").await;
    let erasure = parts.erasure.clone();
    let erasing = tokio::spawn(async move { erasure.erase("ch_1", "7411").await });
    stub.go_on();
    tokio::time::timeout(Duration::from_secs(20), erasing).await.unwrap().unwrap().unwrap();
    assert!(parts.people.known("ch_1", "7411").await.answer.is_err());
    let left = parts.events.read(crate::store::Query { limit: 10, ..Default::default() }).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
}
