//! What people say comes to Linktor's core over a real nats-server: once, in their order, with their names, whatever stops in between.

use serde_json::{Value, json};
use tests::linktor::{Answer, Core, Habits, Nats};
use tests::webhook::{ago, at, attachment, between, body, delivery, postback, read, text};
use tests::{Graph, HostConfig, HostProcess, ids};

use crate::bus_refusals::until_stands;
use crate::stage::Stage;

/// What `[linktor]` says so that no test waits for minutes.
pub(crate) fn soon() -> Value {
    json!({"look_every": "200ms", "given_up_after": "1s", "probe_every": "500ms"})
}

/// The n-th thing that somebody says.
fn said(person: u64, n: u64) -> Value {
    let mid = format!("m_{person}_{n}");
    let message = json!({"mid": mid, "text": format!("{n}")});
    at(between(&format!("740000000000{person:04}"), ids::PAGE, "message", message), ids::NOW_MS + n)
}

/// Each of these people says so much more, in turns.
async fn say(host: &HostProcess, people: u64, numbers: std::ops::Range<u64>) {
    for n in numbers {
        host.deliver(body((0..people).map(|person| said(person, n)))).await.expect_status(200);
    }
}

/// Waits until the core has all of it, and sees that it has it once and in order.
async fn assert_has_all(core: &Core, people: u64, count: u64) {
    let expected = usize::try_from(people * count).expect("a number of messages");
    core.until("all that was said", |database| (database.messages().len() >= expected).then_some(())).await;
    let numbers: Vec<String> = (0..count).map(|n| n.to_string()).collect();
    for person in 0..people {
        let person = format!("740000000000{person:04}");
        core.look(|database| assert_eq!(database.seen(&person), numbers, "{person}"));
    }
    assert_eq!(core.came_again(), 0, "nothing was refused");
    assert_eq!(core.handled().len(), expected, "nothing came twice");
}

#[tokio::test]
async fn what_a_person_says_is_seen_once_and_under_their_name() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let stage = Stage::with(|config| config.linktor(&door, soon())).await;
    stage.sim.act("people", json!({"psid": ids::PERSON, "firstName": "Ana", "lastName": "Lima"})).await;
    stage.says("hello").await;
    stage.says("is anybody there?").await;
    core.until("two messages", |database| (database.messages().len() == 2).then_some(())).await;
    core.look(|database| {
        assert_eq!(database.seen(ids::PERSON), ["hello", "is anybody there?"]);
        let contact = database.contact_of(ids::PERSON).expect("a contact");
        assert_eq!(contact.name.as_deref(), Some("Ana Lima"));
    });
    // The core has it a moment before the host has heard that.
    until_stands(&stage.host, "all is published", |linktor| linktor["bus"] == "open" && linktor["waiting"] == 0).await;
    let metrics = stage.host.get("/metrics").await.text();
    let published = metrics.lines().find(|line| line.contains("bus_published_total{kind=\"message\"}"));
    assert_eq!(published, Some("linktor_bus_published_total{kind=\"message\"} 2"));
}

#[tokio::test]
async fn all_kinds_are_words_that_an_agent_can_read() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let host = HostConfig::alone().linktor(&door, soon()).serve().await;
    let long = format!("https://scontent.example.org/v/{}?oh=1", "a".repeat(600));
    let kinds = [
        attachment("m_1", "image", "https://scontent.example.org/1.jpg"),
        attachment("m_2", "image", &long),
        postback("m_3", "Talk to a person", "AGENT"),
        between(
            ids::PERSON,
            ids::PAGE,
            "reaction",
            json!({"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤"}),
        ),
    ];
    host.deliver(body(kinds)).await.expect_status(200);
    core.until("four messages", |database| (database.messages().len() == 4).then_some(())).await;
    core.look(|database| {
        let seen = database.seen(ids::PERSON);
        assert_eq!(seen[0], "Picture: https://scontent.example.org/1.jpg");
        assert!(seen[1].contains("public_url"), "{seen:?}");
        assert_eq!(seen[2..], ["Talk to a person", "Reacted with ❤"]);
        assert_eq!(database.external("m_3").expect("the tap").metadata["payload"], "AGENT");
    });
    assert_eq!(core.came_again(), 0);
}

#[tokio::test]
async fn while_the_server_is_down_what_people_say_is_kept_and_then_comes_in_order() {
    let Some(mut nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let host = HostConfig::alone().linktor(&door, soon()).serve().await;
    say(&host, 5, 0..4).await;
    core.until("the first", |database| (database.messages().len() == 20).then_some(())).await;
    for (stop, numbers) in [(true, 4..10), (false, 10..20)] {
        if stop {
            nats.stop().await;
        } else {
            nats.kill().await;
        }
        say(&host, 5, numbers).await;
        nats.start_again().await;
    }
    assert_has_all(&core, 5, 20).await;
}

#[tokio::test]
async fn a_host_that_is_killed_goes_on_where_it_was() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let mut host = HostConfig::alone().linktor(&door, soon()).serve().await;
    for round in 0..4 {
        say(&host, 5, round * 8..(round + 1) * 8).await;
        host = host.kill().await.restart().await;
    }
    assert_has_all(&core, 5, 32).await;
    let stopped = host.terminate().await;
    assert_eq!(stopped.code, Some(0), "{}", stopped.stderr);
}

#[tokio::test]
async fn a_channel_begins_at_the_end_of_the_log_and_never_again() {
    let Some(mut nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let alone = HostConfig::alone();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data").to_string_lossy().into_owned();
    let host = alone.clone().server("data_dir", data.clone()).serve().await;
    host.deliver(body([said(0, 100)])).await.expect_status(200);
    host.terminate().await;
    let door = nats.door().await;
    nats.stop().await;
    let host = alone.server("data_dir", data).linktor(&door, soon()).serve().await;
    host.deliver(body([said(0, 0)])).await.expect_status(200);
    let host = host.kill().await.restart().await;
    nats.start_again().await;
    say(&host, 1, 1..3).await;
    assert_has_all(&core, 1, 3).await;
}

#[tokio::test]
async fn what_becomes_of_an_answer_comes_back_to_it_and_never_a_step_back() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let (graph, door) = (Graph::start().await, nats.door().await);
    let host = HostConfig::with_graph(&graph).linktor(&door, soon()).serve().await;
    host.deliver(body([at(text("m_1", "hello"), ago(1_000))])).await.expect_status(200);
    core.has("m_1").await;
    let id = core.answers(ids::PERSON, Answer::text("Good morning")).await;
    core.until_status(&id, "sent").await;
    let sent = host.get(&format!("/api/v1/messages/{id}")).await.expect_status(200).json();
    let mid = sent["receipts"][0]["messageId"].as_str().expect("Meta's id").to_owned();
    for receipt in [read(ago(0) + 1), delivery(&[&mid], ago(0) + 1)] {
        host.deliver(body([receipt])).await.expect_status(200);
    }
    let answered = core.until_status(&id, "read").await;
    assert_eq!(answered.error_message, None);
    let refused = core.answers(ids::PERSON, Answer::of("template", "nothing beside it")).await;
    let failed = core.until_status(&refused, "failed").await;
    assert!(failed.error_message.is_some_and(|reason| !reason.is_empty()));
    let own =
        host.send(json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "ours"}}));
    own.await;
    let last = core.answers(ids::PERSON, Answer::text("And good night")).await;
    core.until_status(&last, "sent").await;
    core.look(|database| {
        let steps = database.steps(&id);
        assert_eq!(steps.iter().filter(|step| **step == "read").count(), 1, "{steps:?}");
        assert_eq!(steps.last(), Some(&"read"), "{steps:?}");
    });
    assert!(core.handled().iter().all(|handled| handled.delivery == 1), "no status was refused: {:#?}", core.handled());
}
