//! What became of a message can be asked for, whatever its sender was told.

use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use tests::{Graph, GraphRequest, HostConfig, HostProcess, Run, ids};

use crate::stage::Stage;

fn message(text: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": text}})
}

async fn asked(host: &HostProcess, id: &Value) -> Value {
    host.get(&format!("/api/v1/messages/{}", id.as_str().expect("an id"))).await.expect_status(200).json()
}

/// The words of all listed messages, and where the next page begins.
async fn listed(host: &HostProcess, query: &str) -> (Vec<String>, Value) {
    let page = host.get(&format!("/api/v1/messages?{query}")).await.expect_status(200).json();
    let words = |message: &Value| message["content"]["text"].as_str().expect("its words").to_owned();
    (page["data"].as_array().expect("a list").iter().map(words).collect(), page["pagination"]["nextCursor"].clone())
}

#[tokio::test]
async fn each_message_has_an_id_and_is_told_as_it_ended() {
    let graph = Graph::start().await;
    graph.messages().ok("m_1").error(551, 0, "(#551) This person isn't available right now.").reset();
    let host = HostConfig::with_graph(&graph).serve().await;

    let sent = host.send(message("sent")).await.expect_status(200).json();
    assert_eq!(sent["status"], "sent");
    let failed = host.send(message("failed")).await.expect_status(422).json();
    assert_eq!((&failed["messageStatus"], &failed["status"]), (&json!("failed"), &json!(422)));
    let unknown = host.send(message("unknown")).await.expect_status(202).json();
    assert_eq!(
        (&unknown["status"], &unknown["failure"]["retry"]["advice"]),
        (&json!("unknown"), &json!("if_idempotent"))
    );

    let kept = asked(&host, &sent["id"]).await;
    assert_eq!(kept["receipts"][0]["messageId"], "m_1");
    assert_eq!((&kept["status"], &kept["parts"], &kept["failure"]), (&json!("sent"), &json!(1), &Value::Null));
    assert_eq!(
        (&kept["to"], &kept["person"], &kept["channelId"]),
        (&json!(ids::PERSON), &json!(ids::PERSON), &json!(ids::CHANNEL))
    );
    let kept = asked(&host, &failed["id"]).await;
    assert_eq!((&kept["status"], &kept["failure"]["code"]), (&json!("failed"), &failed["code"]));
    assert_eq!(kept["failure"]["provider"]["code"], 551);
    let kept = asked(&host, &unknown["id"]).await;
    assert_eq!((&kept["status"], &kept["failure"]["retry"]["advice"]), (&json!("unknown"), &json!("if_idempotent")));

    // What breaks a rule is not kept: nothing was accepted.
    host.send(message("")).await.expect_status(422);
    for (query, expected) in [
        ("", &["unknown", "failed", "sent"][..]),
        ("status=failed", &["failed"]),
        ("status=pending", &[]),
        ("channel=ch_other", &[]),
        ("channel=ch_facebook_123&person=7411002233445566&status=sent", &["sent"]),
        ("person=nobody", &[]),
    ] {
        assert_eq!(listed(&host, query).await.0, expected, "{query}");
    }
    let (first, next) = listed(&host, "limit=2").await;
    let (rest, end) = listed(&host, &format!("limit=2&cursor={}", next.as_str().expect("a cursor"))).await;
    assert_eq!([first, rest].concat(), ["unknown", "failed", "sent"]);
    assert_eq!(end, Value::Null);

    host.get("/api/v1/messages/msg_nobody").await.expect_status(404);
    for (bad, pointer, must) in [
        ("status=lost", "/status", "must be one of pending, sent"),
        ("limit=many", "/limit", "must be a whole number from 1 to 200"),
        ("limit=201", "/limit", "must be a whole number from 1 to 200, and is 201"),
        ("limit=0", "/limit", "must be a whole number from 1 to 200, and is 0"),
        ("colour=red", "/colour", "is not known here"),
        ("after=yesterday", "/after", "must be a time as RFC 3339 writes it"),
    ] {
        let refused = host.get(&format!("/api/v1/messages?{bad}")).await.expect_status(400).json();
        assert_eq!((&refused["code"], &refused["issues"][0]["pointer"]), (&json!("bad_query"), &json!(pointer)));
        let message = refused["message"].as_str().expect("a sentence");
        assert!(
            message.starts_with(&format!("{} {must}", &pointer[1..])) && refused["hint"].is_string(),
            "{refused:#}"
        );
    }
    host.request(Method::GET, "/api/v1/messages", &[], "").await.expect_status(401);
}

#[tokio::test]
async fn the_messages_of_a_batch_and_replays_have_ids_too() {
    let stage = Stage::in_conversation().await;
    let host = &stage.host;
    let keyed = json!({"idempotencyKey": "order-17", "channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "hello"}});
    let batch = json!({"messages": [keyed, message("second")]});
    let results = |reply: Value| reply["results"].as_array().expect("results").clone();
    let first = results(host.call(Method::POST, "/api/v1/messages/batch", &batch).await.expect_status(200).json());
    let again = results(host.call(Method::POST, "/api/v1/messages/batch", &batch).await.expect_status(200).json());
    assert_eq!(first[0]["id"], again[0]["id"], "the same message under the same key");
    assert_ne!(first[1]["id"], again[1]["id"], "without a key, another one");
    for result in first.iter().chain(&again) {
        let status = asked(host, &result["id"]).await["status"].clone();
        assert!(["sent", "delivered", "read"].contains(&status.as_str().expect("a status")), "{status} {result}");
    }
}

#[tokio::test]
async fn after_kill_9_what_was_under_way_is_unknown_and_asked_for_by_its_key() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let key = [("idempotency-key", "order-17")];
    tokio::select! {
        reply = host.send_with(&key, message("hello")) => panic!("{}", reply.text()),
        _ = graph.received("the message", GraphRequest::is_message) => {}
    }
    let pending = host.get("/api/v1/messages?status=pending").await.expect_status(200).json();
    let id = pending["data"][0]["id"].clone();
    let host = host.kill().await.restart().await;
    assert_eq!(asked(&host, &id).await["status"], "unknown");
    let again = host.send_with(&key, message("hello")).await.expect_status(202).json();
    assert_eq!((&again["id"], &again["status"]), (&id, &json!("unknown")));
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn a_person_s_messages_wait_for_each_other_and_for_nobody_else_s() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let other =
        json!({"channelId": ids::CHANNEL, "to": "9000000000000001", "content": {"type": "text", "text": "other"}});
    let under_way = async {
        graph.received("the first message", GraphRequest::is_message).await;
        tokio::select! {
            reply = host.send(message("second")) => panic!("it overtook the first: {}", reply.text()),
            // Whoever it was sent for later goes first.
            reply = async { host.send(&other).await } => { reply.expect_status(200); }
        }
    };
    tokio::select! {
        reply = host.send(message("first")) => panic!("{}", reply.text()),
        () = under_way => {}
    }
    let words: Vec<_> = graph.sent().iter().map(|sent| sent["message"]["text"].clone()).collect();
    assert_eq!(words, ["first", "other"]);
}

#[tokio::test]
async fn no_more_go_out_in_a_second_than_the_configuration_says() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).rate("messages_per_second", 4).serve().await;
    let started = Instant::now();
    let to = |n: usize| json!({"channelId": ids::CHANNEL, "to": format!("900000000000000{n}"), "content": {"type": "text", "text": "hello"}});
    for n in 0..9 {
        host.send(to(n)).await.expect_status(200);
    }
    // The ninth waits for the fifth, which waits for the first, a second each.
    assert!(started.elapsed() >= Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn who_does_not_wait_is_told_that_it_is_pending_and_its_name_comes_back() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let mut named = message("hello");
    named["ref"] = "order-17".into();
    let told = host.send_for(0, &[], &named).await.expect_status(202).json();
    assert_eq!((&told["status"], &told["ref"]), (&json!("pending"), &json!("order-17")));
    let kept = asked(&host, &told["id"]).await;
    assert_eq!((&kept["status"], &kept["ref"]), (&json!("pending"), &json!("order-17")));
    named["ref"] = "".into();
    let refused = host.send(&named).await.expect_status(422).json();
    assert_eq!(refused["issues"][0]["pointer"], "/ref");
    for bad in ["wait=31", "wait=soon", "wait=-1", "patience=1"] {
        let path = format!("/api/v1/messages?{bad}");
        let refused = host.call(Method::POST, &path, message("hello")).await.expect_status(400).json();
        assert_eq!(refused["code"], "bad_query", "{bad}");
    }
}

#[tokio::test]
async fn what_was_accepted_is_sent_by_the_next_host() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let first = host.send_for(0, &[], message("first")).await.expect_status(202).json();
    graph.received("the first message", GraphRequest::is_message).await;
    let second = host.send_for(0, &[], message("second")).await.expect_status(202).json();
    let host = host.kill().await.restart().await;
    graph.received("the second message", |request| request.body["message"]["text"] == "second").await;
    let told = host.send_for(10, &[("idempotency-key", "third")], message("third")).await.expect_status(200);
    assert_eq!(told.json()["status"], "sent");
    assert_eq!(asked(&host, &first["id"]).await["status"], "unknown");
    assert_eq!(asked(&host, &second["id"]).await["status"], "sent");
    let words: Vec<_> = graph.sent().iter().map(|sent| sent["message"]["text"].clone()).collect();
    assert_eq!(words, ["first", "second", "third"]);
}

#[tokio::test]
async fn that_somebody_types_is_not_kept() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    for action in ["typing_on", "mark_seen", "typing_off"] {
        let sign = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": action}});
        let sent = host.send_with(&[("idempotency-key", "one-key")], &sign).await.expect_status(200).json();
        assert_eq!((&sent["status"], &sent["id"]), (&json!("sent"), &Value::Null));
    }
    assert_eq!(listed(&host, "").await.0, Vec::<String>::new());
}

#[tokio::test]
async fn in_a_batch_nobody_waits_for_another_person() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let other =
        json!({"channelId": ids::CHANNEL, "to": "9000000000000001", "content": {"type": "text", "text": "other"}});
    let batch = json!({"messages": [message("second"), other]});
    let under_way = async {
        graph.received("the first message", GraphRequest::is_message).await;
        tokio::select! {
            reply = host.call(Method::POST, "/api/v1/messages/batch", &batch) => panic!("{}", reply.text()),
            _ = graph.received("the other person's", |request| request.body.to_string().contains("other")) => {}
        }
    };
    tokio::select! {
        reply = host.send(message("first")) => panic!("{}", reply.text()),
        () = under_way => {}
    }
    assert!(
        graph.requests().iter().all(|request| !request.body.to_string().contains("second")),
        "it overtook the first"
    );
}

#[tokio::test]
async fn a_key_that_stands_twice_in_a_batch_is_one_message() {
    let stage = Stage::in_conversation().await;
    let mut keyed = message("hello");
    keyed["idempotencyKey"] = "order-17".into();
    let mut other = message("something else");
    other["idempotencyKey"] = "order-17".into();
    let batch = json!({"messages": [keyed, keyed, message("between"), other]});
    let told = stage.host.call(Method::POST, "/api/v1/messages/batch", &batch).await.expect_status(200).json();
    let results = told["results"].as_array().expect("results");
    assert_eq!((&results[0]["status"], &results[0]["id"]), (&json!("sent"), &results[1]["id"]), "{told:#}");
    assert_eq!((&results[2]["status"], &results[3]["code"]), (&json!("sent"), &json!("idempotency_key_reused")));
    let mut kept = listed(&stage.host, "").await.0;
    kept.sort();
    assert_eq!(kept, ["between", "hello"]);
}

#[tokio::test]
async fn a_message_that_is_refused_costs_its_neighbour_to_the_same_person_nothing() {
    let stage = Stage::in_conversation().await;
    let mut gone = message("");
    gone["content"] = json!({"type": "image", "image": {"attachmentId": "999999"}});
    let batch = json!({"messages": [gone, message("one"), gone, message("two")]});
    let told = stage.host.call(Method::POST, "/api/v1/messages/batch", &batch).await.expect_status(200).json();
    let results = told["results"].as_array().expect("results");
    let statuses: Vec<_> =
        results.iter().map(|result| result.get("messageStatus").unwrap_or(&result["status"])).collect();
    assert_eq!(statuses, ["failed", "sent", "failed", "sent"], "{told:#}");
    assert!(results.iter().step_by(2).all(|result| result["code"] == "facebook.attachment_gone"), "{told:#}");
}

#[tokio::test]
async fn a_provider_that_never_answers_keeps_no_host_that_is_asked_to_stop_and_what_is_open_is_unknown() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    // A call that may take longer than a host has to stop.
    let video = json!({"type": "video", "video": {"url": "https://cdn.example/film.mp4"}});
    let video = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": video});
    let id = host.call(Method::POST, "/api/v1/messages?wait=0", video).await.expect_status(202).json()["id"].clone();
    graph.received("the message", GraphRequest::is_message).await;
    let asked_to_stop = Instant::now();
    let stopped = host.terminate().await;
    assert!(asked_to_stop.elapsed() < Duration::from_secs(30), "{:?}", asked_to_stop.elapsed());
    assert_eq!(stopped.code, Some(0), "{}", stopped.stderr);
    assert!(stopped.stderr.contains("may have been sent"), "{}", stopped.stderr);
    let show = ["outbox", "show", "--json", id.as_str().expect("an id")];
    let shown = Run::new(show).config(&stopped.config).run().await.expect_code(0).json();
    assert_eq!((&shown["status"], &shown["failure"]["code"]), (&json!("unknown"), &json!("outcome_lost")), "{shown}");
    let host = stopped.restart().await;
    assert_eq!(asked(&host, &id).await["status"], "unknown");
    assert_eq!(graph.sent().len(), 1);
}
