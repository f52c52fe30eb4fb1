//! Where one thing meets another: a message in parts, a cursor of another store, a slow client at the end, a full disk.

use serde_json::{Value, json};
use tests::webhook::{body, text};
use tests::{Graph, HostConfig, ids, within};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

fn message(content: &Value, options: &Value) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": content, "options": options})
}

/// A text that needs three messages.
fn long() -> Value {
    json!({"type": "text", "text": "Sentence after sentence. ".repeat(200)})
}

#[tokio::test]
async fn an_event_of_any_depth_and_with_any_number_is_read_as_it_came() {
    let host = HostConfig::alone().serve().await;
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let odd = format!(r#"{{"zzz":12345678901234567890123,"news":{deep},"aaa":1.0}}"#);
    let body =
        format!(r#"{{"object":"page","entry":[{{"id":"{}","time":1763712000456,"messaging":[{odd}]}}]}}"#, ids::PAGE);
    host.deliver(body).await.expect_status(200);
    host.deliver(tests::webhook::body([text("m_after", "hello")])).await.expect_status(200);
    let page = host.get("/api/v1/events?after=0").await.expect_status(200).text();
    assert!(page.contains(&odd), "{page}");
    assert!(page.contains("m_after"), "{page}");
}

#[tokio::test]
async fn a_long_text_goes_out_in_order_with_a_receipt_for_every_part() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let mut content = long();
    content["quickReplies"] = json!([{"contentType": "text", "title": "More", "payload": "MORE"}]);
    let reply = host.send(message(&content, &json!({"split": true}))).await.expect_status(200).json();
    assert_eq!(reply["receipts"].as_array().unwrap().len(), 3);
    let sent = graph.sent();
    assert_eq!(sent.len(), 3);
    let with_replies: Vec<bool> = sent.iter().map(|body| !body["message"]["quick_replies"].is_null()).collect();
    assert_eq!(with_replies, [false, false, true]);
}

#[tokio::test]
async fn a_message_that_failed_half_way_is_not_called_safe_to_repeat() {
    let graph = Graph::start().await;
    graph.messages().ok("m_1").error(100, 0, "(#100) Something is wrong with it.");
    let host = HostConfig::with_graph(&graph).serve().await;
    let headers = [("idempotency-key", "story-1")];
    let first = host.send_with(&headers, message(&long(), &json!({"split": true}))).await;
    assert_eq!(first.status, 422, "{}", first.text());
    let told = first.json();
    assert_eq!((&told["code"], &told["action"]), (&json!("partly_sent"), &json!("send_rest")));
    assert_eq!(told["retry"]["advice"], "if_idempotent");
    assert_eq!(told["receipts"], json!([{"messageId": "m_1", "recipientId": ids::PERSON}]));
    let second = host.send_with(&headers, message(&long(), &json!({"split": true}))).await;
    assert_eq!((second.status, second.json()), (first.status, told), "the same key never sends it again");
    assert_eq!(graph.sent().len(), 2);
}

#[tokio::test]
async fn a_message_goes_on_with_the_part_that_was_surely_not_sent() {
    let graph = Graph::start().await;
    graph.messages().ok("m_1").error(613, 0, "(#613) Calls to this api have exceeded the rate limit.").ok("m_2");
    let host = HostConfig::with_graph(&graph).serve().await;
    let told = host.send_for(30, &[], message(&long(), &json!({"split": true}))).await.expect_status(200).json();
    let ids: Vec<_> = told["receipts"].as_array().unwrap().iter().map(|receipt| &receipt["messageId"]).collect();
    assert_eq!(ids.len(), 3, "{told:#}");
    assert_eq!((ids[0], ids[1]), (&json!("m_1"), &json!("m_2")));
    let texts: Vec<_> = graph.sent().iter().map(|sent| sent["message"]["text"].clone()).collect();
    assert_eq!((texts.len(), &texts[1]), (4, &texts[2]), "the second part alone was tried again");
}

#[tokio::test]
async fn two_keys_in_one_request_are_refused() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let hello = message(&json!({"type": "text", "text": "hello"}), &json!({}));
    let keys = [("idempotency-key", "one"), ("idempotency-key", "two")];
    let refused = host.send_with(&keys, hello).await.expect_status(400);
    assert_eq!(refused.json()["code"], "bad_idempotency_key");
    assert_eq!(graph.sent(), Vec::<Value>::new());
}

#[tokio::test]
async fn an_array_is_no_object_and_a_number_is_a_channel() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let content = json!({"type": "image", "image": ["https://example.org/a.jpg"]});
    let refused = host.send(message(&content, &json!(["HUMAN_AGENT"]))).await.expect_status(422).json();
    let issues = refused["issues"].as_array().unwrap();
    let mut places: Vec<&str> = issues.iter().map(|issue| issue["pointer"].as_str().unwrap()).collect();
    places.sort_unstable();
    assert_eq!(places, ["/content/image", "/options"]);
    let unknown = host.send(json!({"channelId": 5, "to": "1", "content": {"type": "text", "text": "x"}})).await;
    assert_eq!(unknown.status, 404, "{}", unknown.text());
    for nothing in [json!([1]), json!({})] {
        let refused = host.send(nothing).await.expect_status(422).json();
        assert!(!refused["issues"].as_array().unwrap().is_empty(), "{refused}");
    }
    assert_eq!(graph.sent(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_cursor_of_another_store_is_told_and_not_waited_on() {
    let host = HostConfig::alone().serve().await;
    host.deliver(body([text("m_1", "hello")])).await.expect_status(200);
    for path in ["/api/v1/events?after=99", "/api/v1/events/stream?after=99"] {
        let refused = host.get(path).await.expect_status(400);
        assert_eq!(refused.json()["code"], "cursor_ahead", "{path}");
    }
    assert_eq!(host.page("after=1").await.0, []);
}

#[tokio::test]
async fn a_client_that_never_finishes_its_request_does_not_hold_up_the_end() {
    let host = HostConfig::alone().serve().await;
    let mut slow = TcpStream::connect(host.address()).await.unwrap();
    slow.write_all(b"POST /api/v1/webhooks/facebook/ch_facebook_123 HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    // Answered while the other is half open, so the other has been accepted before it.
    host.get_without_key("/health").await.expect_status(200);
    let stopped = within("the end", host.terminate()).await;
    assert_eq!(stopped.code, Some(0), "{}", stopped.stderr);
    assert!(!stopped.stderr.contains('\u{1b}'), "a log that nobody watches has no colours: {}", stopped.stderr);
}

#[tokio::test]
async fn a_demo_behind_a_proxy_talks_to_itself_all_the_same() {
    let nowhere = "http://127.0.0.1:9";
    let played = tests::Run::new(["demo", "--exit"])
        .env("HTTP_PROXY", nowhere)
        .env("http_proxy", nowhere)
        .run()
        .await
        .expect_code(0);
    assert!(played.stdout.contains("Ana has read it"), "{}", played.stdout);
}
