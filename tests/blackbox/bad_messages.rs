//! Messages that Messenger would refuse: all reasons at once, before anything is sent.

use hyper::Method;
use serde_json::{Value, json};
use tests::{Graph, HostConfig, ids};

use crate::stage::{assert_says, sentence};

/// A message with this content.
fn message(content: &Value) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": content})
}

/// Sends it and returns the issues, once it is sure that nothing left the host.
async fn issues(message: &Value) -> Vec<Value> {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let reply = host.send(message).await.expect_status(422);
    let error = reply.json();
    assert_eq!(error["code"], "invalid_message");
    assert_eq!(graph.sent(), Vec::<Value>::new());
    let issues = error["issues"].as_array().expect("a list of issues").clone();
    for issue in &issues {
        assert!(issue["code"].as_str().is_some_and(|code| !code.is_empty()), "{issue}");
        assert!(issue["message"].as_str().is_some_and(|message| !message.is_empty()), "{issue}");
    }
    issues
}

/// Pointer, limit and actual size of each issue, sorted.
fn places(issues: &[Value]) -> Vec<(String, Option<u64>, Option<u64>)> {
    let mut places: Vec<_> = issues
        .iter()
        .map(|issue| {
            let pointer = issue["pointer"].as_str().expect("a pointer").to_owned();
            (pointer, issue["limit"].as_u64(), issue["actual"].as_u64())
        })
        .collect();
    places.sort();
    places
}

#[tokio::test]
async fn five_limits_broken_at_once_are_five_issues() {
    let element = json!({
        "title": "t".repeat(81),
        "subtitle": "s".repeat(82),
        "buttons": [
            {"type": "postback", "title": "b".repeat(21), "payload": "A"},
            {"type": "postback", "title": "B", "payload": "p".repeat(1001)},
            {"type": "postback", "title": "C", "payload": "C"},
            {"type": "postback", "title": "D", "payload": "D"}
        ]
    });
    let issues = issues(&message(&json!({
        "type": "template",
        "template": {"type": "generic", "elements": [element]}
    })))
    .await;
    let at = |rest: &str| format!("/content/template/elements/0/{rest}");
    assert_eq!(
        places(&issues),
        [
            (at("buttons"), Some(3), Some(4)),
            (at("buttons/0/title"), Some(20), Some(21)),
            (at("buttons/1/payload"), Some(1000), Some(1001)),
            (at("subtitle"), Some(80), Some(82)),
            (at("title"), Some(80), Some(81)),
        ]
    );
}

#[tokio::test]
async fn limits_of_quick_replies_are_told_with_their_places() {
    let mut replies = vec![json!({"contentType": "text", "title": "OK", "payload": "OK"}); 14];
    replies[2]["title"] = "q".repeat(21).into();
    replies[3]["payload"] = "p".repeat(1001).into();
    let issues = issues(&message(&json!({"type": "text", "text": "Choose", "quickReplies": replies}))).await;
    assert_eq!(
        places(&issues),
        [
            ("/content/quickReplies".to_owned(), Some(13), Some(14)),
            ("/content/quickReplies/2/title".to_owned(), Some(20), Some(21)),
            ("/content/quickReplies/3/payload".to_owned(), Some(1000), Some(1001)),
        ]
    );
}

#[tokio::test]
async fn a_text_is_measured_in_characters() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    host.send(message(&json!({"type": "text", "text": "ü".repeat(2000)}))).await.expect_status(200);
    assert_eq!(graph.sent().len(), 1);
    let issues = issues(&message(&json!({"type": "text", "text": "ü".repeat(2001)}))).await;
    assert_eq!(places(&issues), [("/content/text".to_owned(), Some(2000), Some(2001))]);
}

#[tokio::test]
async fn an_issue_never_repeats_what_was_written() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let private = "my diagnosis is ".repeat(200);
    let reply = host.send(message(&json!({"type": "text", "text": private}))).await.expect_status(422);
    assert!(!reply.text().contains("diagnosis"));
}

#[tokio::test]
async fn missing_parts_are_told_with_their_places() {
    let told = places(&issues(&json!({"channelId": ids::CHANNEL, "content": {"type": "image", "image": {}}})).await);
    let pointers: Vec<_> = told.iter().map(|(pointer, ..)| pointer.as_str()).collect();
    // An image may come by URL or by an attachment's id, so it is the image that lacks something.
    assert!(matches!(pointers[..], ["/content/image" | "/content/image/url", "/to"]), "{pointers:?}");
}

#[tokio::test]
async fn a_content_of_no_known_type_is_told() {
    let told = places(&issues(&message(&json!({"type": "hologram", "hologram": {}}))).await);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0.starts_with("/content"), "{told:?}");
}

#[tokio::test]
async fn a_message_that_is_not_json_or_no_object_is_refused() {
    let host = HostConfig::alone().serve().await;
    for body in ["", "hello", "{", "[]", "null", "42", "\"text\""] {
        let reply = host.send(body).await;
        assert!([400, 422].contains(&reply.status), "for {body}: {} {}", reply.status, reply.text());
        let told = reply.json();
        assert!(told["code"].is_string());
        assert!(
            told["hint"].is_string() || told["issues"][0]["message"].is_string(),
            "what to do about {body}: {told:#}"
        );
        assert_eq!(told["action"], "fix_request");
    }
    let told = host.send("{\"channelId\": \"ch_1\",}").await.expect_status(400).json();
    assert_says(&sentence(&told), &["line 1, column 22", "no comma after a last member"]);
}

#[tokio::test]
async fn a_message_in_another_encoding_is_told_so_with_the_byte() {
    let host = HostConfig::alone().serve().await;
    let body = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "caf?"}});
    let body = body.to_string().into_bytes();
    let at = body.iter().position(|byte| *byte == b'?').unwrap();
    let key = format!("Bearer {}", ids::API_KEY);
    // Latin-1, a byte that no text in UTF-8 has, and a character that is cut off by the end.
    for (byte, length) in [(0xe9, body.len()), (0xff, body.len()), (0xc3, at + 1)] {
        let mut odd = body.clone();
        odd[at] = byte;
        odd.truncate(length);
        let reply = host.request(Method::POST, "/api/v1/messages", &[("authorization", &key)], odd).await;
        let reply = reply.expect_status(400).json();
        assert_eq!(reply["code"], "not_utf8", "{reply}");
        assert_eq!(reply["message"], format!("the body is not UTF-8 (byte {})", at + 1));
    }
}

#[tokio::test]
async fn a_message_for_an_unknown_channel_is_not_found() {
    let host = HostConfig::alone().serve().await;
    let text = json!({"type": "text", "text": "hello"});
    let reply = host.send(json!({"channelId": "ch_none", "to": ids::PERSON, "content": text})).await.expect_status(404);
    assert!(reply.json()["code"].is_string());
}

#[tokio::test]
async fn whom_it_is_for_and_where_it_leads_are_refused_for_the_true_reason() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let picture = |url: &str| json!({"type": "image", "image": {"url": url}});
    let button = |url: &str| {
        let button = json!({"type": "web_url", "title": "Open", "url": url});
        json!({"type": "template", "template": {"type": "button", "text": "Our catalogue", "buttons": [button]}})
    };
    let hello = || json!({"type": "text", "text": "Hello"});
    let cases = [
        ("+55 11 91234 5678", hello(), "/to", "is a phone number"),
        ("https://www.facebook.com/ana.lima", hello(), "/to", "is a link"),
        ("ana@example.org", hello(), "/to", "is an e-mail address"),
        ("7411002233445566\t", hello(), "/to", "has white space"),
        ("null", hello(), "/to", "digits only"),
        (ids::PERSON, picture("http://172.16.3.4/snap.png"), "/content/image/url", "cannot be reached"),
        (ids::PERSON, picture("/pictures/cat.png"), "/content/image/url", "only the end"),
        (ids::PERSON, picture("https://cdn.example.org/my cat.png"), "/content/image/url", "%20"),
        (ids::PERSON, button("tel:+15105551234"), "/content/template/buttons/0/url", "is a phone number"),
        (ids::PERSON, button("myapp://open"), "/content/template/buttons/0/url", "begins with myapp:"),
    ];
    for (to, content, place, reason) in cases {
        let reply = host.send(&json!({"channelId": ids::CHANNEL, "to": to, "content": content})).await;
        let error = reply.expect_status(422).json();
        let issue = &error["issues"][0];
        assert_eq!(issue["pointer"], place, "{issue}");
        assert!(issue["message"].as_str().is_some_and(|message| message.contains(reason)), "{issue}");
    }
    assert_eq!(graph.sent(), Vec::<Value>::new());
    // Where a person opens it, it may be their own network: they are told, and it goes out.
    let intranet = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": button("https://intranet/menu")});
    let sent = host.send(&intranet).await.expect_status(200).json();
    assert_eq!(sent["warnings"][0]["code"], "url.private", "{sent}");
    assert_eq!(graph.sent().len(), 1);
}
