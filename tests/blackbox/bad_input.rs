//! Webhooks that are signed and odd: the sender learns what is wrong, the host stays up, and what is good beside the odd is kept.

use serde_json::{Value, json};
use tests::webhook::{at, batch, between, body, entries, entry, escaped, event, read, text, without};
use tests::{HostConfig, HostProcess, ids};

/// Delivers a body that must be taken, and returns the events' names.
async fn taken(host: &HostProcess, body: Vec<u8>) -> Vec<String> {
    let before = host.events().await.len();
    host.deliver(body).await.expect_status(200);
    host.events().await.split_off(before).into_iter().map(|event| event.event).collect()
}

/// Delivers a body that is no webhook: 400, a code, nothing stored, and the host goes on.
async fn no_webhook(host: &HostProcess, body: impl Into<Vec<u8>>) {
    let body = body.into();
    let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
    let before = host.events().await.len();
    let reply = host.deliver(body).await;
    assert_eq!(reply.status, 400, "for {shown}: {}", reply.text());
    let problem = reply.json();
    assert!(problem["code"].is_string() && problem["message"].is_string(), "for {shown}: {problem}");
    assert_eq!(host.events().await.len(), before, "something was stored for {shown}");
}

#[tokio::test]
async fn an_unknown_channel_is_not_found() {
    let host = HostConfig::alone().serve().await;
    let body = body([text("m_1", "hello")]);
    let signature = tests::sign(ids::APP_SECRET, &body);
    let headers = [("x-hub-signature-256", signature.as_str())];
    for path in
        ["/webhooks/facebook/ch_none", "/api/v1/webhooks/facebook/ch_none", "/webhooks/telegram/ch_facebook_123"]
    {
        let reply = host.request(hyper::Method::POST, path, &headers, body.clone()).await.expect_status(404);
        assert!(reply.json()["code"].is_string());
    }
    assert_eq!(host.events().await, []);
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let host = HostConfig::alone().serve().await;
    for body in ["", "hello", "{", "{\"object\":\"page\",", "object=page&entry=1", "\u{feff}", "<xml/>"] {
        no_webhook(&host, body).await;
    }
    no_webhook(&host, [0xff, 0xfe, 0x00]).await;
    no_webhook(&host, "[".repeat(100_000)).await;
    no_webhook(&host, format!("{{\"object\":\"page\",\"entry\":{}", "[".repeat(100_000))).await;
    assert_eq!(taken(&host, body([text("m_1", "still here")])).await, ["message.received"]);
}

#[tokio::test]
async fn a_byte_that_is_no_utf_8_costs_only_itself() {
    let host = HostConfig::alone().serve().await;
    let mut bytes = body([text("m_1", "one ? two"), text("m_2", "hello")]);
    let odd = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[odd] = 0xff;
    assert_eq!(taken(&host, bytes).await, ["message.received", "message.received"]);
    assert_eq!(host.events().await[0].data["content"]["text"], "one \u{fffd} two");
}

#[tokio::test]
async fn json_of_another_shape_is_refused() {
    let host = HostConfig::alone().serve().await;
    for body in
        ["[]", "null", "42", "true", "\"page\"", "{}", "{\"hello\":\"world\"}", "[{\"object\":\"page\",\"entry\":[]}]"]
    {
        no_webhook(&host, body).await;
    }
    assert_eq!(taken(&host, body([text("m_1", "still here")])).await, ["message.received"]);
}

#[tokio::test]
async fn what_is_meant_for_another_page_never_becomes_this_page_s_message() {
    let host = HostConfig::alone().serve().await;
    let foreign = between(ids::PERSON, ids::OTHER_PAGE, "message", json!({"mid": "m_foreign", "text": "not for you"}));
    let own = entry(ids::PAGE, [text("m_own", "for you")]);
    let mixed = entries([entry(ids::OTHER_PAGE, [foreign.clone()]), own]);
    host.deliver(mixed).await.expect_status(200);
    let messages: Vec<_> =
        host.events().await.into_iter().filter(|event| event.event.starts_with("message.")).collect();
    assert_eq!(messages.len(), 1, "{messages:#?}");
    assert_eq!(messages[0].mid(), "m_own");

    host.deliver(entries([entry(ids::OTHER_PAGE, [foreign])])).await;
    let messages = host.events().await.into_iter().filter(|event| event.event.starts_with("message.")).count();
    assert_eq!(messages, 1);
    assert_eq!(taken(&host, body([text("m_after", "still here")])).await, ["message.received"]);
}

#[tokio::test]
async fn ids_may_be_numbers() {
    let host = HostConfig::alone().serve().await;
    let person: u64 = ids::PERSON.parse().unwrap();
    let page: u64 = ids::PAGE.parse().unwrap();
    let event = json!({
        "sender": {"id": person},
        "recipient": {"id": page},
        "timestamp": ids::NOW_MS.to_string(),
        "message": {"mid": "m_num", "text": "hello"}
    });
    let body = escaped(&json!({"object": "page", "entry": [{"id": page, "time": ids::NOW_MS, "messaging": [event]}]}));
    assert_eq!(taken(&host, body).await, ["message.received"]);
    let event = &host.events().await[0];
    assert_eq!(event.data["from"], ids::PERSON);
    assert_eq!(event.data["to"], ids::PAGE);
    assert_eq!(event.data["timestamp"], "2026-11-22T09:00:00Z");
}

#[tokio::test]
async fn seconds_are_told_from_milliseconds() {
    let host = HostConfig::alone().serve().await;
    taken(&host, body([at(text("m_s", "hello"), ids::NOW_MS / 1000)])).await;
    assert_eq!(host.events().await[0].data["timestamp"], "2026-11-22T09:00:00Z");
}

#[tokio::test]
async fn null_or_missing_parties_and_timestamps_lose_nothing() {
    let host = HostConfig::alone().serve().await;
    let mut odd: Vec<Value> = Vec::new();
    for (number, party) in ["sender", "recipient", "timestamp"].into_iter().enumerate() {
        odd.push(without(text(&format!("m_without_{number}"), "hello"), party));
        let mut null = text(&format!("m_null_{number}"), "hello");
        null[party] = Value::Null;
        odd.push(null);
    }
    odd.push(without(without(text("m_nobody", "hello"), "sender"), "recipient"));
    odd.push(json!({"recipient": {"id": ids::PAGE}, "optin": {"ref": "cart-9", "user_ref": "guest-123"}}));
    for event in odd {
        let shown = event.to_string();
        assert_eq!(taken(&host, body([event])).await.len(), 1, "for {shown}");
    }
    let events = host.events().await;
    let unique: std::collections::HashSet<_> = events.iter().map(|event| event.data["id"].to_string()).collect();
    assert_eq!(unique.len(), events.len(), "two events share an id");
}

#[tokio::test]
async fn an_odd_event_costs_its_neighbours_nothing() {
    let host = HostConfig::alone().serve().await;
    let odd = [
        Value::Null,
        json!(42),
        json!("event"),
        json!([]),
        json!({}),
        json!({"sender": "nobody", "message": 5}),
        event("message", Value::Null),
        event("message", json!({"mid": 7, "text": {"not": "text"}})),
        event("message", json!({"mid": "m_odd", "attachments": "none"})),
        event("postback", json!([1, 2])),
        event("read", json!({"watermark": "soon"})),
        event("something_new", json!({"that": ["Meta", "added"]})),
        at(text("m_far", "hello"), json!(u64::MAX)),
        at(text("m_when", "hello"), json!("yesterday")),
    ];
    for (number, odd) in odd.into_iter().enumerate() {
        let before = format!("m_{number}_before");
        let after = format!("m_{number}_after");
        let shown = odd.to_string();
        let names = taken(&host, body([text(&before, "hello"), odd, text(&after, "hello")])).await;
        assert_eq!(names.len(), 3, "for {shown}: {names:?}");
        let mids: Vec<_> = host.events().await.iter().map(|event| event.mid().to_owned()).collect();
        assert!(mids.contains(&before) && mids.contains(&after), "for {shown}: {mids:?}");
    }
}

#[tokio::test]
async fn what_is_not_recognised_is_kept_as_it_came() {
    let host = HostConfig::alone().serve().await;
    let new = event("something_new", json!({"that": ["Meta", "added"], "n": 12_345_678_901_234_567_u64}));
    assert_eq!(taken(&host, body([new])).await, ["facebook.unknown"]);
    let data = &host.events().await[0].data;
    assert!(data["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{data}");
    assert_eq!(data["raw"]["something_new"], json!({"that": ["Meta", "added"], "n": 12_345_678_901_234_567_u64}));
}

#[tokio::test]
async fn odd_entries_cost_their_neighbours_nothing() {
    let host = HostConfig::alone().serve().await;
    let good = entry(ids::PAGE, [text("m_good", "hello")]);
    let odd = [Value::Null, json!("entry"), json!({}), json!({"id": ids::PAGE, "messaging": {"not": "a list"}})];
    let names = taken(&host, entries(odd.into_iter().chain([good]))).await;
    assert_eq!(names.iter().filter(|name| *name == "message.received").count(), 1, "{names:?}");
    assert_eq!(host.events().await.iter().filter(|event| event.mid() == "m_good").count(), 1);
}

#[tokio::test]
async fn a_thousand_events_in_a_body_are_accepted_in_order() {
    let host = HostConfig::alone().serve().await;
    host.deliver(batch("m_", 1_000)).await.expect_status(200);
    let mids: Vec<_> = host.events().await.iter().map(|event| event.mid().to_owned()).collect();
    let expected: Vec<_> = (0..1_000).map(|n| format!("m_{n}")).collect();
    assert_eq!(mids, expected);
}

#[tokio::test]
async fn the_same_event_twice_in_one_body_is_stored_once() {
    let host = HostConfig::alone().serve().await;
    let twice = body([text("m_1", "hello"), text("m_1", "hello"), read(ids::NOW_MS), read(ids::NOW_MS)]);
    assert_eq!(taken(&host, twice).await, ["message.received", "message.read"]);
}

#[tokio::test]
async fn events_without_a_mid_are_told_apart_and_stored_once() {
    let host = HostConfig::alone().serve().await;
    let tap = |payload: &str, when: u64| at(event("postback", json!({"title": "Go", "payload": payload})), when);
    let taps = body([tap("A", ids::NOW_MS), tap("B", ids::NOW_MS), tap("A", ids::NOW_MS + 1)]);
    assert_eq!(taken(&host, taps.clone()).await.len(), 3);
    assert_eq!(taken(&host, taps).await.len(), 0);
}
