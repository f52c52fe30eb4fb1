//! Server-sent events: from now on, from a cursor, and on after a broken connection.

use serde_json::Value;
use tests::webhook::{batch, body, entries, entry, text};
use tests::{EventStream, HostConfig, SseEvent, ids};

async fn next(stream: &mut EventStream) -> SseEvent {
    stream.next().await.expect("the stream goes on")
}

fn mid(event: &SseEvent) -> String {
    let data: Value = serde_json::from_str(&event.data).expect("data is JSON");
    assert_eq!(data["seq"].to_string(), event.id);
    assert_eq!(data["event"], event.event.as_str());
    data["data"]["metadata"]["mid"].as_str().expect("a mid").to_owned()
}

#[tokio::test]
async fn a_new_stream_starts_now() {
    let host = HostConfig::alone().serve().await;
    host.deliver(body([text("m_before", "hello")])).await.expect_status(200);
    let mut stream = host.stream("", &[]).await;
    host.deliver(body([text("m_after", "hello")])).await.expect_status(200);
    let event = next(&mut stream).await;
    assert_eq!(event.event, "message.received");
    assert_eq!(mid(&event), "m_after");
}

#[tokio::test]
async fn a_stream_from_a_cursor_begins_with_what_is_stored() {
    let host = HostConfig::alone().serve().await;
    host.deliver(batch("m_", 3)).await.expect_status(200);
    let first = host.page("limit=1").await.1;
    let mut stream = host.stream(&format!("?after={first}"), &[]).await;
    host.deliver(body([text("m_3", "hello")])).await.expect_status(200);
    for expected in ["m_1", "m_2", "m_3"] {
        assert_eq!(mid(&next(&mut stream).await), expected);
    }
}

#[tokio::test]
async fn last_event_id_resumes_without_a_gap_or_a_repetition() {
    let host = HostConfig::alone().serve().await;
    let mut stream = host.stream("?after=0", &[]).await;
    host.deliver(batch("a_", 4)).await.expect_status(200);
    assert_eq!(mid(&next(&mut stream).await), "a_0");
    let last = next(&mut stream).await;
    assert_eq!(mid(&last), "a_1");
    drop(stream);
    host.deliver(batch("b_", 2)).await.expect_status(200);
    let mut again = host.stream("", &[("last-event-id", &last.id)]).await;
    for expected in ["a_2", "a_3", "b_0", "b_1"] {
        assert_eq!(mid(&next(&mut again).await), expected);
    }
}

#[tokio::test]
async fn who_is_cut_off_before_the_first_event_misses_nothing() {
    let host = HostConfig::alone().serve().await;
    host.deliver(body([text("m_before", "hello")])).await.expect_status(200);
    let mut stream = host.stream("", &[]).await;
    let place = stream.last_id().await;
    assert_eq!(place, host.page("limit=10").await.1.to_string());
    drop(stream);
    host.deliver(body([text("m_between", "hello")])).await.expect_status(200);
    let mut again = host.stream("", &[("last-event-id", &place)]).await;
    assert_eq!(mid(&next(&mut again).await), "m_between");
}

#[tokio::test]
async fn a_stream_begins_with_its_place_wherever_it_begins() {
    let host = HostConfig::alone().serve().await;
    assert_eq!(host.stream("", &[]).await.last_id().await, "0", "nothing has happened yet");
    host.deliver(batch("m_", 3)).await.expect_status(200);
    let first = host.page("limit=1").await.1.to_string();
    assert_eq!(host.stream(&format!("?after={first}"), &[]).await.last_id().await, first);
    let mut resumed = host.stream("", &[("last-event-id", &first)]).await;
    assert_eq!(resumed.last_id().await, first);
    assert_eq!(mid(&next(&mut resumed).await), "m_1");
}

#[tokio::test]
async fn last_event_id_wins_over_the_query_that_a_browser_repeats() {
    let host = HostConfig::alone().serve().await;
    host.deliver(batch("m_", 3)).await.expect_status(200);
    let second = host.page("limit=2").await.1.to_string();
    let mut stream = host.stream("?after=0", &[("last-event-id", &second)]).await;
    assert_eq!(mid(&next(&mut stream).await), "m_2");
}

#[tokio::test]
async fn every_reader_sees_everything() {
    let host = HostConfig::alone().serve().await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(host.stream("?after=0", &[]).await);
    }
    host.deliver(batch("m_", 300)).await.expect_status(200);
    for stream in &mut streams {
        for number in 0..300 {
            assert_eq!(mid(&next(stream).await), format!("m_{number}"));
        }
    }
}

#[tokio::test]
async fn a_reader_that_does_not_read_holds_nobody_up() {
    let host = HostConfig::alone().serve().await;
    let mut slow = host.stream("?after=0", &[]).await;
    for number in 0..20 {
        host.deliver(batch(&format!("m_{number}_"), 200)).await.expect_status(200);
    }
    for number in 0..20 {
        for message in 0..200 {
            assert_eq!(mid(&next(&mut slow).await), format!("m_{number}_{message}"));
        }
    }
}

#[tokio::test]
async fn a_stream_may_follow_one_channel() {
    let other = tests::ChannelConfig::facebook("ch_other").set("page_id", ids::OTHER_PAGE);
    let channels = [tests::ChannelConfig::facebook(ids::CHANNEL), other];
    let host = HostConfig::with_channels(channels).serve().await;
    let mut stream = host.stream("?after=0&channelId=ch_facebook_123", &[]).await;
    let other = entries([entry(ids::OTHER_PAGE, [text("m_other", "hello")])]);
    let signature = tests::sign(ids::APP_SECRET, &other);
    let headers = [("x-hub-signature-256", signature.as_str())];
    host.request(hyper::Method::POST, "/webhooks/facebook/ch_other", &headers, other).await.expect_status(200);
    host.deliver(body([text("m_own", "hello")])).await.expect_status(200);
    assert_eq!(mid(&next(&mut stream).await), "m_own");
}

#[tokio::test]
async fn streams_end_when_the_host_is_asked_to_stop() {
    let host = HostConfig::alone().serve().await;
    let mut streams = [host.stream("", &[]).await, host.stream("?after=0", &[]).await];
    let stopped = host.terminate().await;
    assert_eq!(stopped.code, Some(0), "{}", stopped.stderr);
    for stream in &mut streams {
        assert_eq!(stream.next().await, None);
    }
}
