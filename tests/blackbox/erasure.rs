//! A person who is erased is nowhere, does not come back with what is old, and may come back as somebody new.

use std::fs;

use hyper::Method;
use serde_json::json;
use tests::webhook::{ago, at, body, delivery, read, text};
use tests::{ConfigFile, Graph, HostConfig, HostProcess, Run, StoredEvent, ids, within};

use crate::stage::assert_says;

const OTHER: &str = "7411002233449999";
/// What only this person has brought.
const CANARIES: [&str; 4] = [ids::PERSON, "canary-words", "Canaryname", "canary-answer"];

/// Which canaries stand in the store's files.
fn left(config: &ConfigFile) -> Vec<&'static str> {
    let mut left = Vec::new();
    for file in fs::read_dir(config.dir().join("data")).expect("a data directory").flatten() {
        let Ok(bytes) = fs::read(file.path()) else { continue };
        let stands = |canary: &&str| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        left.extend(CANARIES.into_iter().filter(stands));
    }
    left
}

/// Both write, and are known by name.
async fn two_people(graph: &Graph, host: &HostProcess) {
    graph.person(ids::PERSON, "Canaryname", "Lima", "https://cdn.example.org/canary.jpg");
    graph.person(OTHER, "Bruno", "Reis", "https://cdn.example.org/bruno.jpg");
    host.deliver(body([at(text("m_1", "canary-words"), ago(60_000))])).await.expect_status(200);
    let theirs = tests::webhook::between(OTHER, ids::PAGE, "message", json!({"mid": "m_2", "text": "hello"}));
    host.deliver(body([theirs])).await.expect_status(200);
    within("both to be known", async {
        while host.events().await.iter().filter(|event| event.event == "contact.updated").count() < 2 {}
    })
    .await;
}

fn message(words: &str) -> serde_json::Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": words}})
}

fn person(of: &str) -> String {
    format!("people/{of}")
}

#[tokio::test]
async fn who_is_erased_is_nowhere_and_comes_back_as_somebody_new() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    two_people(&graph, &host).await;
    assert_eq!(left(host.config()).len(), 3, "they are there before");

    let erased = host.channel(Method::DELETE, &person(ids::PERSON), "").await.expect_status(200).json();
    assert_eq!((&erased["person"], &erased["events"]), (&json!(ids::PERSON), &json!(2)));
    assert_eq!(left(host.config()), Vec::<&str>::new());
    let conversation = format!("conversations/{}", ids::PERSON);
    let known = host.channel(Method::GET, &conversation, "").await.expect_status(200).json();
    let nothing = json!({"channelId": ids::CHANNEL, "person": ids::PERSON, "owner": null, "since": null});
    assert_eq!(known, nothing);

    // Delivered again, and told late.
    let looked_up = graph.requests().len();
    let mids = [text("m_1", "canary-words"), text("m_0", "canary-words that came late")];
    host.deliver(body(mids.map(|event| at(event, ago(60_000))))).await.expect_status(200);
    host.deliver(body([delivery(&["m_9"], ago(60_000)), read(ago(60_000))])).await.expect_status(200);
    let left_over = host.events().await;
    assert_eq!(left_over.iter().map(StoredEvent::mid).collect::<Vec<_>>(), ["m_2", ""], "Bruno and his name");
    assert_eq!(left(host.config()), Vec::<&str>::new());
    assert_eq!(graph.requests().len(), looked_up, "nobody asks for an erased person's name");

    // Who writes anew is new: nothing of before is known.
    host.deliver(body([at(text("m_3", "hello again"), ago(0))])).await.expect_status(200);
    let events = host.events().await;
    let anew = events.iter().find(|event| event.mid() == "m_3").expect("it is stored");
    assert_eq!((&anew.data["metadata"]["firstName"], &anew.data["late"]), (&json!(null), &json!(null)));
    assert!(!left(host.config()).contains(&"canary-words"));
}

#[tokio::test]
async fn what_was_sent_to_them_goes_what_waits_is_dropped_and_a_repetition_is_not_sent() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let key = [("idempotency-key", "order-17")];
    let sent = host.send_with(&key, message("canary-answer")).await.expect_status(200).json();
    host.channel(Method::POST, "pause", "").await.expect_status(200);
    let path = "/api/v1/messages?wait=0";
    let waiting = host.call(Method::POST, path, message("canary-answer that waits")).await.expect_status(202).json();
    let (erased, dropped) = tokio::join!(
        async {
            within("the message to wait", async {
                while host.get("/api/v1/messages?status=pending").await.json()["data"].as_array().map_or(0, Vec::len)
                    < 2
                {}
            })
            .await;
            host.channel(Method::DELETE, &person(ids::PERSON), "").await.expect_status(200).json()
        },
        host.send(message("canary-answer that somebody waits for")),
    );
    assert_eq!(erased["messages"], 3);
    let dropped = dropped.expect_status(422).json();
    assert_eq!((&dropped["code"], &dropped["messageStatus"]), (&json!("dropped"), &json!("failed")));
    assert_eq!(left(host.config()), Vec::<&str>::new());
    assert_eq!(host.events().await, [], "nor is anything told of these messages");
    for gone in [&sent["id"], &waiting["id"], &dropped["id"]] {
        host.get(&format!("/api/v1/messages/{}", gone.as_str().expect("an id"))).await.expect_status(404);
    }

    host.channel(Method::POST, "resume", "").await.expect_status(200);
    let again = host.send_with(&key, message("canary-answer")).await.expect_status(410).json();
    assert_eq!((&again["code"], &again["action"]), (&json!("erased"), &json!("fix_request")));
    assert_eq!(left(host.config()), Vec::<&str>::new());
    // They can be written to again, as to somebody new.
    host.send(message("hello")).await.expect_status(200);
    assert_eq!(graph.sent().len(), 2);
}

#[tokio::test]
async fn the_command_erases_beside_a_running_host_and_without_one() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    let host = file.serve().await;
    two_people(&graph, &host).await;
    file.overwrite(&file.text().replace("127.0.0.1:0", &host.address().to_string()));
    let erase = async |who: &str| Run::new(["erase", ids::CHANNEL, who]).config(&file).run().await.expect_code(0);
    assert_says(&erase(ids::PERSON).await.stdout, &["is erased, with 2 event(s)"]);
    assert_eq!(left(&file), Vec::<&str>::new());
    let stopped = host.terminate().await;
    assert!(!stopped.stderr.contains(ids::PERSON), "{}", stopped.stderr);

    let ran = Run::new(["erase", "--json", ids::CHANNEL, OTHER]).config(&file).run().await.expect_code(0).json();
    assert_eq!((&ran["events"], &ran["person"], &ran["channelId"]), (&json!(2), &json!(OTHER), &json!(ids::CHANNEL)));
    assert_says(&erase(OTHER).await.stdout, &["with 0 event(s)"]);
    let host = file.serve().await;
    assert!(host.events().await.is_empty());
    // Whatever an id looks like; but a channel that is mistyped erases nobody, and says so.
    let odd = format!("/api/v1/channels/{}/people/a%2Fb%20c", ids::CHANNEL);
    let odd = host.call(Method::DELETE, &odd, "").await.expect_status(200);
    assert_eq!((&odd.json()["person"], &odd.json()["events"]), (&json!("a/b c"), &json!(0)));
    let gone = host.call(Method::DELETE, "/api/v1/channels/ch_gone/people/7", "").await.expect_status(404);
    assert_eq!(gone.json()["code"], "unknown_channel");
    host.request(Method::DELETE, "/api/v1/channels/ch_gone/people/7", &[], "").await.expect_status(401);
}
