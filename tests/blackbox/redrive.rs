//! What has failed is sent again, and what waits is dropped, when somebody says so.

use hyper::Method;
use serde_json::{Value, json};
use tests::{Graph, GraphRequest, HostConfig, HostProcess, ids, within};

fn message(text: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": text}})
}

fn to(person: &str, text: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": person, "content": {"type": "text", "text": text}})
}

fn words(graph: &Graph) -> Vec<Value> {
    graph.sent().iter().map(|sent| sent["message"]["text"].clone()).collect()
}

/// Does something with messages, and expects this status.
async fn post(host: &HostProcess, path: &str, body: Value, status: u16) -> Value {
    let path = format!("/api/v1/messages/{path}");
    host.call(Method::POST, &path, body).await.expect_status(status).json()
}

async fn failed(host: &HostProcess, graph: &Graph, what: Value) -> String {
    graph.messages().error(551, 0, "(#551) This person isn't available right now.");
    host.send(what).await.expect_status(422).json()["id"].as_str().expect("an id").to_owned()
}

async fn unknown(host: &HostProcess, graph: &Graph, what: Value) -> String {
    graph.messages().reset();
    host.send(what).await.expect_status(202).json()["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn what_has_failed_is_sent_again_and_asking_twice_is_asking_once() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let id = failed(&host, &graph, message("hello")).await;
    let again = failed_again(&host, &graph, &id).await;
    assert_eq!((&again["messageStatus"], &again["provider"]["code"]), (&json!("failed"), &json!(551)), "{again}");
    for _ in 0..2 {
        let sent = post(&host, &format!("{id}/retry"), json!({}), 200).await;
        assert_eq!((&sent["id"], &sent["status"]), (&json!(id), &json!("sent")));
    }
    assert_eq!(words(&graph), ["hello", "hello", "hello"], "refused twice, then taken once");
    let kept = host.get(&format!("/api/v1/messages/{id}")).await.expect_status(200).json();
    assert_eq!((&kept["round"], kept["attempts"].as_array().unwrap().len()), (&json!(2), 3));
    let steps: Vec<_> = kept["steps"].as_array().unwrap().iter().map(|step| step["status"].clone()).collect();
    assert_eq!(steps, ["failed", "failed", "sent"]);
    assert_eq!(post(&host, &format!("{id}/drop"), Value::Null, 422).await["code"], "already_sent");
    for what in ["retry", "drop"] {
        let nobody = post(&host, &format!("msg_nobody/{what}"), Value::Null, 404).await;
        assert_eq!(nobody["code"], "unknown_message");
        host.request(Method::POST, &format!("/api/v1/messages/{id}/{what}"), &[], "").await.expect_status(401);
    }
    for wrong in [json!({"force": "yes"}), json!({"wait": 3}), json!([1]), json!({"colour": "red"})] {
        assert_eq!(post(&host, &format!("{id}/retry"), wrong, 422).await["code"], "invalid_input");
    }
    assert_eq!(post(&host, &format!("{id}/retry?wait=31"), Value::Null, 400).await["code"], "bad_query");
}

async fn failed_again(host: &HostProcess, graph: &Graph, id: &str) -> Value {
    graph.messages().error(551, 0, "(#551) This person isn't available right now.");
    post(host, &format!("{id}/retry?wait=20"), Value::Null, 422).await
}

#[tokio::test]
async fn what_may_have_been_sent_is_sent_again_by_force_alone() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let id = unknown(&host, &graph, message("hello")).await;
    let refused = post(&host, &format!("{id}/retry"), Value::Null, 422).await;
    assert_eq!((&refused["code"], &refused["action"]), (&json!("needs_force"), &json!("check_outcome")), "{refused}");
    // To drop it is to give up finding out, and its outcome stays as open as it was.
    let dropped = post(&host, &format!("{id}/drop"), Value::Null, 200).await;
    assert_eq!((&dropped["status"], &dropped["failure"]["code"]), (&json!("failed"), &json!("outcome_unknown")));
    assert_eq!(post(&host, &format!("{id}/drop"), Value::Null, 200).await["status"], "failed");
    assert_eq!(post(&host, &format!("{id}/retry?force=false"), Value::Null, 422).await["code"], "needs_force");
    assert_eq!(words(&graph), ["hello"]);
    assert_eq!(post(&host, &format!("{id}/retry"), json!({"force": true}), 200).await["status"], "sent");
    assert_eq!(words(&graph), ["hello", "hello"]);
}

#[tokio::test]
async fn a_client_that_repeats_a_retry_by_itself_sends_it_once_more_and_no_oftener() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let id = unknown(&host, &graph, message("hello")).await;
    let again = format!("/api/v1/messages/{id}/retry?force=true");
    let many = json!({"status": "unknown", "force": true});
    graph.messages().hang();
    // Its connection ends before it has an answer, and the host with it.
    tokio::select! {
        reply = host.call(Method::POST, &again, Value::Null) => panic!("{}", reply.text()),
        () = within("the second call", async { while graph.sent().len() < 2 { tokio::task::yield_now().await } }) => {}
    }
    let host = host.kill().await.restart().await;
    let told = host.call(Method::POST, &again, Value::Null).await.expect_status(202).json();
    assert_eq!((&told["id"], &told["status"]), (&json!(id), &json!("unknown")));
    assert_eq!(words(&graph), ["hello", "hello"]);
    // Who has that answer and asks anew means it.
    assert_eq!(post(&host, "retry", many, 200).await["retried"], 1);
    within("the third call", async {
        while graph.sent().len() < 3 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_dropped_and_what_is_being_sent_is_not() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let first = host.send_for(0, &[], message("first")).await.expect_status(202).json();
    graph.received("the first message", GraphRequest::is_message).await;
    let second = host.send_for(0, &[], message("second")).await.expect_status(202).json();
    let id = |told: &Value| told["id"].as_str().expect("an id").to_owned();
    assert_eq!(post(&host, &format!("{}/drop", id(&first)), Value::Null, 422).await["code"], "call_open");
    for _ in 0..2 {
        let dropped = post(&host, &format!("{}/drop", id(&second)), Value::Null, 200).await;
        assert_eq!((&dropped["status"], &dropped["failure"]["code"]), (&json!("failed"), &json!("dropped")));
    }
    let waits = post(&host, &format!("{}/retry?wait=0", id(&first)), Value::Null, 202).await;
    assert_eq!(waits["status"], "pending", "it is left where it is");
    // Wanted after all: it goes behind the first one.
    assert_eq!(post(&host, &format!("{}/retry?wait=0", id(&second)), Value::Null, 202).await["status"], "pending");
    let host = host.kill().await.restart().await;
    graph.received("the second message", |request| request.body["message"]["text"] == "second").await;
    within("the second to be sent", async {
        while host.get(&format!("/api/v1/messages/{}", id(&second))).await.json()["status"] != "sent" {}
    })
    .await;
    assert_eq!(words(&graph), ["first", "second"]);
}

#[tokio::test]
async fn many_are_sent_again_or_dropped_by_what_they_are() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let mut ids = Vec::new();
    for n in 1..=3 {
        ids.push(failed(&host, &graph, to(&format!("900000000000000{n}"), &format!("failed {n}"))).await);
    }
    let lost = unknown(&host, &graph, to("9000000000000004", "unknown")).await;
    let code = host.get(&format!("/api/v1/messages/{}", ids[0])).await.json()["failure"]["code"].clone();
    let listed = async |query: &str| {
        let page = host.get(&format!("/api/v1/messages?{query}")).await.expect_status(200).json();
        page["data"].as_array().expect("a list").len()
    };
    let of_code = format!("code={}", code.as_str().expect("a code"));
    for (query, expected) in [
        (&*of_code, 3),
        ("code=nothing", 0),
        ("after=2026-01-02T15:04:05Z", 4),
        ("before=2026-01-02T15:04:05Z", 0),
        ("ref=order-17", 0),
        ("broadcast=bc_1", 0),
    ] {
        assert_eq!(listed(query).await, expected, "{query}");
    }

    let looked = post(&host, "retry", json!({"code": code, "dryRun": true}), 200).await;
    assert_eq!((&looked["retried"], &looked["dryRun"], &looked["left"]), (&json!(3), &json!(true), &json!([])));
    let none = post(&host, "retry", json!({"code": code, "before": "2026-01-02T15:04:05Z"}), 200).await;
    assert_eq!(none["retried"], 0);
    let before = words(&graph).len();
    let page = post(&host, "retry", json!({"code": code, "limit": 2}), 200).await;
    assert_eq!((&page["retried"], &page["pagination"]["hasMore"]), (&json!(2), &json!(true)));
    let rest = json!({"code": code, "limit": 2, "cursor": page["pagination"]["nextCursor"]});
    let rest = post(&host, "retry", rest, 200).await;
    assert_eq!((&rest["retried"], &rest["pagination"]["hasMore"]), (&json!(1), &json!(false)));
    within("all to be sent", async { while listed("status=sent").await < 3 {} }).await;
    assert_eq!(words(&graph)[before..].len(), 3);

    let left = post(&host, "retry", json!({"status": "unknown"}), 200).await;
    assert_eq!((&left["retried"], &left["left"][0]["code"]), (&json!(0), &json!("needs_force")), "{left}");
    assert_eq!((&left["left"][0]["count"], &left["left"][0]["ids"]), (&json!(1), &json!([lost])));
    assert_eq!(post(&host, "drop", json!({"person": "9000000000000004"}), 200).await["dropped"], 0, "none waits");
    for path in ["retry?dryRun=true", "drop?dryRun=true", &format!("{lost}/drop?dryRun=true")] {
        let refused = post(&host, path, json!({"status": "unknown"}), 400).await;
        assert_eq!(
            (&refused["code"], &refused["issues"][0]["pointer"]),
            (&json!("bad_query"), &json!("/dryRun")),
            "{path}"
        );
    }
    assert_eq!(post(&host, "drop", json!({"status": "unknown"}), 200).await["dropped"], 1);
    let forced = json!({"code": "outcome_unknown", "channel": ids::CHANNEL, "force": true});
    assert_eq!(post(&host, "retry", forced, 200).await["retried"], 1);
    for wrong in [
        json!({}),
        json!({"limit": 5}),
        json!({"status": "sent"}),
        json!({"status": "lost"}),
        json!({"code": 7}),
        json!({"after": "yesterday"}),
        json!({"colour": "red"}),
    ] {
        for what in ["retry", "drop"] {
            let refused = post(&host, what, wrong.clone(), 422).await;
            assert!(refused["code"] == "bad_filter" && refused["hint"].is_string(), "{refused}");
        }
    }
    assert_eq!(post(&host, "drop", json!({"status": "failed"}), 422).await["code"], "bad_filter");
    for bad in ["force=true", "after=yesterday", "dryRun=true"] {
        host.get(&format!("/api/v1/messages?{bad}")).await.expect_status(400);
    }
}
