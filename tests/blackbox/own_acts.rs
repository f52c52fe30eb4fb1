//! What the Page itself does is told apart, and nobody takes it for a person's.

use serde_json::{Value, json};
use tests::webhook::{at, between, body, entries};
use tests::{HostConfig, HostProcess, ids};

use crate::stage::Stage;

/// The person's message, and what the Page does around it, marked in no way.
fn doings() -> Vec<Value> {
    let message = |mid: &str| json!({"mid": mid, "text": "Hello"});
    vec![
        between(ids::PAGE, ids::PERSON, "message", message("m_1")),
        between(ids::PAGE, ids::PAGE, "message", message("m_2")),
        between(ids::PAGE, ids::PERSON, "postback", json!({"mid": "m_3", "title": "Buy", "payload": "BUY"})),
        between(ids::PAGE, ids::PERSON, "reaction", json!({"mid": "m_1", "action": "react", "emoji": "👍"})),
        between(ids::PAGE, ids::PERSON, "read", json!({"watermark": ids::NOW_MS})),
    ]
}

async fn names(host: &HostProcess) -> Vec<(String, Value)> {
    host.events().await.into_iter().map(|mut event| (event.event, event.data["direction"].take())).collect()
}

#[tokio::test]
async fn a_message_of_the_page_is_an_echo_marked_or_not_and_nobody_is_looked_up() {
    let stage = Stage::new().await;
    let asked = async || stage.sim.calls(&format!("/{}", ids::PAGE)).await.len();
    let before = asked().await;
    stage.host.deliver(body(doings())).await.expect_status(200);
    let standby = json!({"id": ids::PAGE, "time": ids::NOW_MS, "standby": doings()});
    stage.host.deliver(entries([standby])).await.expect_status(200);
    let told = names(&stage.host).await;
    let expected = ["message.echo", "message.echo", "facebook.postback", "message.reaction", "message.read"];
    let expected = expected.map(|name| (name.to_owned(), json!("outbound")));
    assert_eq!(told, [expected.clone(), expected].concat());
    // Whoever is looked up is looked up in the order in which they wrote.
    let ana = json!({"psid": ids::PERSON, "firstName": "Ana"});
    stage.sim.act("people", ana).await;
    stage.says("hello").await;
    stage.says("again").await;
    assert_eq!(asked().await, before, "nobody asks for the Page's first name");
}

#[tokio::test]
async fn what_happens_on_the_page_names_it_and_tells_the_page_s_own_acts() {
    let host = HostConfig::alone().serve().await;
    let comment = |id: &str, author: Value| {
        let mut value =
            json!({"item": "comment", "verb": "add", "comment_id": id, "post_id": "1_2", "message": "Nice"});
        value["from"] = author;
        json!({"field": "feed", "value": value})
    };
    let changes = [
        comment("3", json!({"id": ids::PERSON, "name": "Ana"})),
        comment("4", json!({"id": ids::PAGE, "name": "Example Shop"})),
        comment("5", json!(null)),
        json!({"field": "feed", "value": {"item": "levitation", "verb": "begin", "from": {"id": ids::PAGE}}}),
    ];
    host.deliver(entries([json!({"id": ids::PAGE, "time": ids::NOW_MS, "changes": changes})])).await.expect_status(200);
    let told: Vec<_> = host
        .events()
        .await
        .into_iter()
        .map(|event| {
            assert_eq!(
                (&*event.event, &event.data["pageId"]),
                ("facebook.feed", &json!(ids::PAGE)),
                "{:#}",
                event.data
            );
            (event.data["byPage"].clone(), event.data["direction"].clone())
        })
        .collect();
    let own = (json!(true), json!("outbound"));
    assert_eq!(told, [(json!(false), json!(null)), own.clone(), (json!(null), json!(null)), own]);
}

#[tokio::test]
async fn what_comes_before_its_message_says_so_and_what_comes_after_does_not() {
    let host = HostConfig::alone().serve().await;
    let by_the_person = |seconds: u64, key: &str, value: Value| {
        at(between(ids::PERSON, ids::PAGE, key, value), ids::NOW_MS + seconds * 1000)
    };
    let edit = |count: u64| json!({"mid": "m_early", "text": "Hi!", "num_edit": count});
    let reaction = json!({"mid": "m_early", "action": "react", "emoji": "👍"});
    let sent = at(
        between(ids::PAGE, ids::PERSON, "message", json!({"mid": "m_out", "text": "Hello", "is_echo": true})),
        ids::NOW_MS + 10_000,
    );
    let delivered = |also: &str| json!({"mids": ["m_out", also], "watermark": ids::NOW_MS + 11_000});
    let deliveries = [
        vec![by_the_person(2, "message_edit", edit(1)), by_the_person(3, "reaction", reaction.clone())],
        vec![by_the_person(1, "message", json!({"mid": "m_early", "text": "Hi"}))],
        vec![
            by_the_person(4, "message_edit", edit(2)),
            by_the_person(5, "message", json!({"mid": "m_gone", "is_deleted": true})),
        ],
        vec![by_the_person(12, "delivery", delivered("m_early"))],
        vec![sent],
        vec![by_the_person(13, "delivery", delivered("m_never"))],
    ];
    for delivery in deliveries {
        host.deliver(body(delivery)).await.expect_status(200);
    }
    let expected = [
        ("message.edited", json!(["m_early"]), false),
        ("message.reaction", json!(["m_early"]), false),
        ("message.received", json!(null), true),
        ("message.edited", json!(null), false),
        ("message.deleted", json!(["m_gone"]), false),
        ("message.delivered", json!(["m_out"]), false),
        ("message.echo", json!(null), true),
        ("message.delivered", json!(["m_never"]), false),
    ];
    let check = |events: Vec<tests::StoredEvent>| {
        let told: Vec<_> = events
            .iter()
            .map(|event| (&*event.event, event.data["unknownMessages"].clone(), event.data["late"] == true))
            .collect();
        assert_eq!(told, expected);
    };
    check(host.events().await);
    // Neither a restart nor a redelivery changes what was told.
    let host = host.terminate().await.restart().await;
    host.deliver(body([by_the_person(3, "reaction", reaction)])).await.expect_status(200);
    check(host.events().await);
}
