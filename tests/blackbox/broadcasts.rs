//! One message to a list of people: who gets it, who does not, and what holds or ends it.

use std::collections::BTreeMap;

use hyper::Method;
use serde_json::{Value, json};
use tests::webhook::{ago, at, body, text};
use tests::{Graph, GraphRequest, HostConfig, HostProcess, Ran, Run, ids, within};

use crate::stage::assert_says;

const DAY: u64 = 24 * 60 * 60 * 1_000;

fn person(number: usize) -> String {
    format!("90000000000{number:05}")
}

/// These people wrote so long ago, and the host knows it.
async fn wrote(host: &HostProcess, people: impl IntoIterator<Item = usize>, long_ago: u64) {
    let events = people.into_iter().map(|number| {
        let mut event = at(text(&format!("m_{number}_{long_ago}"), "Hi"), ago(long_ago));
        event["sender"]["id"] = person(number).into();
        event
    });
    host.deliver(body(events)).await.expect_status(200);
}

fn broadcast(people: impl IntoIterator<Item = usize>) -> Value {
    let people: Vec<String> = people.into_iter().map(person).collect();
    json!({"channelId": ids::CHANNEL, "content": {"type": "text", "text": "Sale"}, "to": people})
}

async fn create(host: &HostProcess, broadcast: &Value) -> String {
    let made = host.call(Method::POST, "/api/v1/broadcasts", broadcast).await.expect_status(202).json();
    made["id"].as_str().expect("an id").to_owned()
}

async fn act(host: &HostProcess, id: &str, wish: &str) -> Value {
    host.call(Method::POST, &format!("/api/v1/broadcasts/{id}/{wish}"), "").await.expect_status(200).json()
}

async fn report(host: &HostProcess, id: &str) -> Value {
    host.get(&format!("/api/v1/broadcasts/{id}")).await.expect_status(200).json()
}

/// The report, once it is like this.
async fn once(host: &HostProcess, id: &str, what: &str, like: impl Fn(&Value) -> bool) -> Value {
    within(what, async {
        loop {
            let report = report(host, id).await;
            if like(&report) {
                return report;
            }
        }
    })
    .await
}

async fn ended(host: &HostProcess, id: &str, status: &str) -> Value {
    once(host, id, &format!("the broadcast to be {status}"), |report| report["status"] == status).await
}

/// How many messages each person got.
fn got(graph: &Graph) -> BTreeMap<String, usize> {
    let mut got = BTreeMap::new();
    for person in graph.requests().iter().flat_map(GraphRequest::recipients) {
        *got.entry(person).or_default() += 1;
    }
    got
}

fn once_each(people: impl IntoIterator<Item = usize>) -> BTreeMap<String, usize> {
    people.into_iter().map(|number| (person(number), 1)).collect()
}

#[tokio::test]
async fn whoever_may_be_written_to_gets_it_once_in_batches_and_the_others_are_counted() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).rate("messages_per_second", 200).serve().await;
    wrote(&host, 0..30, 60_000).await;
    wrote(&host, 30..33, 2 * DAY).await;
    // One person twice, and some of whom nothing is known.
    let asked = broadcast((0..38).chain([3]));
    let windows = host.call(Method::POST, "/api/v1/broadcasts?dryRun=true", &asked).await.expect_status(200).json();
    assert_eq!(
        (&windows["open"], &windows["windowClosed"], &windows["windowUnknown"]),
        (&json!(30), &json!(3), &json!(5)),
        "nobody is counted twice"
    );
    assert_eq!(got(&graph), BTreeMap::new(), "nobody was written to");

    let id = create(&host, &asked).await;
    let again = host.call(Method::POST, "/api/v1/broadcasts", &asked).await.expect_status(202);
    assert_eq!((&again.json()["id"], again.header("idempotent-replayed")), (&json!(id), "true"));
    let report = ended(&host, &id, "done").await;
    assert_eq!(got(&graph), once_each(0..30));
    assert!(graph.requests().iter().any(|request| request.batch().is_some_and(|items| items > 1)), "in batches");
    let counts = &report["counts"];
    assert_eq!(
        (&counts["total"], &counts["taken"], &counts["sent"]),
        (&json!(38), &json!(30), &json!(30)),
        "{report:#}"
    );
    assert_eq!(counts["skipped"], json!({"window_closed": 3, "window_unknown": 5}));

    let told = host.get(&format!("/api/v1/messages?broadcast={id}&limit=200")).await.expect_status(200).json();
    let data = told["data"].as_array().expect("a list");
    assert!(data.len() == 30 && data.iter().all(|message| message["broadcast"] == id.as_str()));
    let listed = host.get("/api/v1/broadcasts?status=done").await.expect_status(200).json();
    assert_eq!((&listed["data"][0]["id"], &listed["pagination"]["hasMore"]), (&json!(id), &json!(false)));
    let steps = within("the statuses to be told", async {
        loop {
            let events = host.events().await;
            let of: Vec<_> = events.into_iter().filter(|event| event.event == "message.status").collect();
            if of.len() == 30 {
                return of;
            }
        }
    });
    assert!(steps.await.iter().all(|step| step.data["broadcast"] == id.as_str()));

    for number in [0, 31] {
        let path = format!("/api/v1/channels/{}/people/{}", ids::CHANNEL, person(number));
        host.call(Method::DELETE, &path, "").await.expect_status(200);
    }
    let report = host.get(&format!("/api/v1/broadcasts/{id}")).await.expect_status(200).json();
    let counts = report["counts"].clone();
    let of = |names: &[&str]| names.iter().map(|name| counts[*name].as_u64().expect("a count")).sum::<u64>();
    assert_eq!((of(&["gone"]), of(&["sent"])), (1, 29), "{report:#}");
    assert_eq!(
        of(&["taken"]),
        of(&["pending", "sent", "delivered", "read", "failed", "unknown", "gone"]),
        "{report:#}"
    );
    assert_eq!(of(&["total"]), of(&["waiting", "taken"]) + 8, "{report:#}");
}

#[tokio::test]
async fn it_stops_by_itself_when_too_much_is_refused_and_goes_on_when_told() {
    let graph = Graph::start().await;
    for number in 0..25 {
        match number % 5 {
            0 => graph.messages().error(100, 2_018_001, "(#100) No matching user found"),
            _ => graph.messages().ok(&format!("m_{number}")),
        };
    }
    let host = HostConfig::with_graph(&graph).rate("messages_per_second", 200).serve().await;
    wrote(&host, 0..120, 60_000).await;
    let id = create(&host, &broadcast(0..120)).await;
    let report = ended(&host, &id, "stopped").await;
    assert!(report["counts"]["waiting"].as_u64() >= Some(60), "{report:#}");
    act(&host, &id, "resume").await;
    let report = ended(&host, &id, "done").await;
    assert_eq!((&report["counts"]["failed"], &report["counts"]["sent"]), (&json!(5), &json!(115)), "{report:#}");
    assert_eq!(report["failures"].as_object().map(|by| by.values().cloned().collect()), Some(vec![json!(5)]));
    assert_eq!(got(&graph), once_each(0..120));
    let over = host.call(Method::POST, &format!("/api/v1/broadcasts/{id}/cancel"), "").await.expect_status(422).json();
    assert_eq!(over["code"], "broadcast_over");
}

#[tokio::test]
async fn kill_9_in_the_middle_costs_nobody_and_doubles_nothing() {
    let graph = Graph::start().await;
    let config = HostConfig::with_graph(&graph).rate("messages_per_second", 60);
    let mut host = config.serve().await;
    wrote(&host, 0..150, 60_000).await;
    let id = create(&host, &broadcast(0..150)).await;
    for kills in 1..=3 {
        once(&host, &id, "some to be sent", |report| report["counts"]["sent"].as_u64() >= Some(kills * 30)).await;
        host = host.kill().await.restart().await;
    }
    let report = once(&host, &id, "everybody's turn", |report| {
        report["status"] != "running" || report["counts"]["waiting"] == 0 && report["counts"]["pending"] == 0
    })
    .await;
    let counts = &report["counts"];
    assert_eq!(
        (&counts["total"], &counts["taken"], &counts["failed"]),
        (&json!(150), &json!(150), &json!(0)),
        "{report:#}"
    );
    let number = |name: &str| counts[name].as_u64().expect("a number");
    assert_eq!(number("sent") + number("unknown"), 150);
    let got = got(&graph);
    assert!(got.values().all(|times| *times == 1), "{got:?}");
    assert!(got.len() as u64 >= number("sent"), "what is told as sent was sent");
}

#[tokio::test]
async fn answers_overtake_it_and_it_is_paused_resumed_and_cancelled() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).rate("messages_per_second", 8).serve().await;
    wrote(&host, 0..60, 60_000).await;
    let id = create(&host, &broadcast(0..60)).await;
    graph.received("the first of them", |request| !request.recipients().is_empty()).await;
    let answer = json!({"channelId": ids::CHANNEL, "to": person(500), "content": {"type": "text", "text": "Yes"}});
    host.send(&answer).await.expect_status(200);
    let told = report(&host, &id).await;
    assert!(told["counts"]["sent"].as_u64() < Some(40), "the answer did not wait for all of them: {told:#}");

    assert_eq!(act(&host, &id, "pause").await["status"], "paused");
    assert_eq!(act(&host, &id, "pause").await["status"], "paused", "twice is once");
    let paused = once(&host, &id, "what is under way to end", |report| report["counts"]["pending"] == 0).await;
    let (waiting, sent) = (paused["counts"]["waiting"].as_u64(), paused["counts"]["sent"].as_u64());
    assert!(waiting.zip(sent).is_some_and(|(waiting, sent)| waiting > 0 && waiting + sent == 60), "{paused:#}");
    let host = host.terminate().await.restart().await;
    assert_eq!(report(&host, &id).await["counts"]["sent"].as_u64(), sent, "a restart does not resume it");

    act(&host, &id, "resume").await;
    once(&host, &id, "it to go on", |report| report["counts"]["sent"].as_u64() > sent).await;
    assert_eq!(act(&host, &id, "cancel").await["status"], "cancelled");
    let ended = once(&host, &id, "what is under way to end", |report| report["counts"]["pending"] == 0).await;
    assert!(ended["counts"]["waiting"].as_u64() > Some(0), "{ended:#}");
    assert!(got(&graph).values().all(|times| *times == 1));
}

#[tokio::test]
async fn it_waits_for_its_time_and_for_its_channel() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    wrote(&host, 0..2, 60_000).await;
    let mut later = broadcast(0..1);
    later["at"] = "2999-01-01T00:00:00Z".into();
    later["ref"] = "sale".into();
    let scheduled = create(&host, &later).await;
    let host = host.kill().await.restart().await;
    host.call(Method::POST, &format!("/api/v1/channels/{}/pause", ids::CHANNEL), "").await.expect_status(200);
    let id = create(&host, &broadcast(1..2)).await;
    once(&host, &id, "their message to wait", |report| report["counts"]["pending"] == 1).await;
    let told = report(&host, &scheduled).await;
    assert_eq!(
        (&told["status"], &told["ref"], &told["counts"]["waiting"]),
        (&json!("scheduled"), &json!("sale"), &json!(1))
    );
    assert_eq!(got(&graph), BTreeMap::new());
    host.call(Method::POST, &format!("/api/v1/channels/{}/resume", ids::CHANNEL), "").await.expect_status(200);
    ended(&host, &id, "done").await;
    assert_eq!(got(&graph), once_each(1..2));
    assert_eq!(act(&host, &scheduled, "cancel").await["status"], "cancelled");

    let mut past = broadcast(0..1);
    past["at"] = "2001-01-01T00:00:00Z".into();
    let past = create(&host, &past).await;
    ended(&host, &past, "done").await;
}

#[tokio::test]
async fn what_is_wrong_is_told_before_anybody_gets_it() {
    let host = HostConfig::alone().serve().await;
    let mut long = broadcast(0..1);
    long["content"]["text"] = "x".repeat(2_001).into();
    let refused = host.call(Method::POST, "/api/v1/broadcasts", &long).await.expect_status(422).json();
    assert_eq!(refused["issues"][0]["pointer"], "/content/text");
    let refused = host.call(Method::POST, "/api/v1/broadcasts", &broadcast([])).await.expect_status(422).json();
    assert_eq!(refused["issues"][0]["pointer"], "/to");
    let mut elsewhere = broadcast(0..1);
    elsewhere["channelId"] = "ch_none".into();
    host.call(Method::POST, "/api/v1/broadcasts", &elsewhere).await.expect_status(404);
    host.get("/api/v1/broadcasts/bc_none").await.expect_status(404);
    host.get("/api/v1/broadcasts?status=lost").await.expect_status(400);
    // More than a message may have, and less than a list may.
    let many = host.call(Method::POST, "/api/v1/broadcasts", &broadcast(0..99_000)).await.expect_status(202).json();
    assert_eq!(many["total"], 99_000);
}

#[tokio::test]
async fn the_command_sends_it_and_says_how_it_ended() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).rate("messages_per_second", 200).serve().await;
    wrote(&host, 0..40, 60_000).await;
    let config = host.terminate().await.config;
    let file = config.dir().join("people.txt");
    let list = (0..41).map(person).collect::<Vec<_>>().join("\n");
    std::fs::write(&file, list).expect("a file");
    let message = json!({"content": {"type": "text", "text": "Sale"}}).to_string();
    let command = || {
        Run::new(["broadcast", "--channel", ids::CHANNEL, "--file"]).path(&file).config(&config).stdin(message.clone())
    };
    let counted = command().arg("--dry-run").arg("--json").run().await.expect_code(0).json();
    assert_eq!((&counted["open"], &counted["windowUnknown"]), (&json!(40), &json!(1)));
    let ran = command().arg("--json").run().await.expect_code(0);
    assert_eq!((&ran.json()["status"], &ran.json()["counts"]["sent"]), (&json!("done"), &json!(40)));
    assert_eq!(got(&graph), once_each(0..40));
    let id = ran.json()["id"].as_str().expect("an id").to_owned();
    let shown = Run::new(["broadcast", "show", &id]).config(&config).run().await.expect_code(0).stdout;
    assert!(
        shown.contains("is done") && shown.contains("       40  sent") && shown.contains("window_unknown"),
        "{shown}"
    );
    Run::new(["broadcast", "show", "bc_none"]).config(&config).run().await.expect_code(1);
    Run::new(["broadcast"]).config(&config).run().await.expect_code(2);
}

#[tokio::test]
async fn the_command_tells_the_same_broadcast_and_makes_another_when_told() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).rate("messages_per_second", 200).serve().await;
    wrote(&host, 0..2, 60_000).await;
    let config = host.terminate().await.config;
    let file = config.dir().join("people.txt");
    std::fs::write(&file, format!("# ours\n{}\n\n{}\n{}\n", person(0), person(1), person(0))).expect("a file");
    let message = json!({"content": {"type": "text", "text": "Sale"}}).to_string();
    let command = || {
        Run::new(["broadcast", "--json", "--channel", ids::CHANNEL, "--file"])
            .path(&file)
            .config(&config)
            .stdin(message.clone())
    };
    let first = command().run().await.expect_code(0);
    assert_says(&first.stderr, &["1 line(s) name somebody who stands there already"]);
    assert_eq!((&first.json()["counts"]["total"], got(&graph)), (&json!(2), once_each(0..2)));
    let told = async |ran: Ran| {
        let report = ran.clone().expect_code(0).json();
        assert_eq!(report["id"], first.json()["id"], "{report:#}");
        let id = report["id"].as_str().expect("an id");
        assert_says(
            &ran.stderr,
            &[&format!("this is the broadcast {id} of 20"), "nothing is sent once more", "--again"],
        );
    };
    told(command().run().await).await;
    let host = config.serve().await;
    config.overwrite(&config.text().replace("127.0.0.1:0", &host.address().to_string()));
    told(command().run().await).await;
    assert_eq!(got(&graph), once_each(0..2));
    for times in [2, 3] {
        let again = command().arg("--again").run().await.expect_code(0).json();
        assert_ne!(again["id"], first.json()["id"]);
        assert!(got(&graph).values().all(|got| *got == times), "{times}: {:?}", got(&graph));
    }
    let elsewhere = Run::new(["broadcast", "--channel", "ch_none", "--file"]).path(&file).config(&config);
    let refused = elsewhere.stdin(message.clone()).run().await.expect_code(1);
    assert_says(&refused.stderr, &["no such channel", "--channel is one of: ch_facebook_123"]);
}

#[tokio::test]
async fn the_command_says_what_becomes_of_one_whose_time_is_to_come() {
    let graph = Graph::start().await;
    let config = HostConfig::with_graph(&graph).write();
    let file = config.dir().join("people.txt");
    std::fs::write(&file, person(0)).expect("a file");
    let command = |at: &str, text: &str| {
        let message = json!({"content": {"type": "text", "text": text}}).to_string();
        Run::new(["broadcast", "--channel", ids::CHANNEL, "--at", at, "--file"])
            .path(&file)
            .config(&config)
            .stdin(message)
    };
    let over = command("2001-01-01T00:00:00Z", "Sale").run().await.expect_code(2);
    assert_says(&over.stderr, &["2001-01-01T00:00:00Z is over: it is 20"]);
    let alone = command("2999-01-01T00:00:00Z", "Sale").until("waits for 2999-01-01T00:00:00Z").await;
    let shown = async |id: &str| Run::new(["broadcast", "show", id]).config(&config).run().await.expect_code(0).stdout;
    let alone = alone.interrupt().await.expect_code(0);
    assert_says(&alone.stderr, &["Ctrl-C leaves it scheduled", "still scheduled", "`broadcast cancel bc_"]);
    let id = alone.stdout.split(' ').next().expect("an id");
    assert_says(&shown(id).await, &[id, "is scheduled"]);
    let host = config.serve().await;
    config.overwrite(&config.text().replace("127.0.0.1:0", &host.address().to_string()));
    let beside = command("2999-01-01T00:00:00Z", "Sale!").run().await.expect_code(0);
    assert_says(&beside.stderr, &["is sent at 2999-01-01T00:00:00Z by the host that runs with this store"]);
    let cancelled = Run::new(["broadcast", "cancel", id]).config(&config).run().await.expect_code(0).stdout;
    assert_says(&cancelled, &["is cancelled"]);
    host.terminate().await;
    let over = Run::new(["broadcast", "pause", id]).config(&config).run().await.expect_code(1);
    assert_says(&over.stderr, &["the broadcast is cancelled already"]);
}
