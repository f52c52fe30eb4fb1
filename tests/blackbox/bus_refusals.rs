//! The core gives up in silence: what it did not take is found, published once more, and else told and kept.

use hyper::Method;
use serde_json::{Value, json};
use tests::linktor::{Core, Habits, Nats, Way, inbound};
use tests::webhook::{body, text};
use tests::{HostConfig, HostProcess, Run, ids, within};
use tokio::time::{Duration, interval};

use crate::bus_inbound::soon;

/// A channel that no core has.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

async fn says(host: &HostProcess, n: u64) {
    host.deliver(body([text(&format!("m_{n}"), &format!("{n}"))])).await.expect_status(200);
}

/// Waits until the channel stands so with Linktor.
pub(crate) async fn until_stands(host: &HostProcess, what: &str, stands: impl Fn(&Value) -> bool) -> Value {
    let mut looks = interval(Duration::from_millis(50));
    let looking = async {
        loop {
            looks.tick().await;
            let channel = host.get(&format!("/api/v1/channels/{}", ids::CHANNEL)).await.expect_status(200).json();
            if stands(&channel["linktor"]) {
                return channel["linktor"].clone();
            }
        }
    };
    within(&format!("the channel to stand so: {what}"), looking).await
}

/// Whether it is told that the core takes nothing.
fn has_stopped(linktor: &Value) -> bool {
    let reasons = linktor["reasons"].as_array().into_iter().flatten();
    reasons.filter_map(Value::as_str).any(|reason| reason.contains("linktor_channel_id"))
}

async fn until_seen(core: &Core, count: u64) {
    let count = usize::try_from(count).expect("a number of messages");
    core.until("all messages", |database| (database.messages().len() >= count).then_some(())).await;
    core.look(|database| {
        let mut seen = database.seen(ids::PERSON);
        seen.sort_by_key(|words| words.parse::<u64>().ok());
        let all: Vec<String> = (1..=count).map(|n| n.to_string()).collect();
        assert_eq!(seen, all, "each once");
    });
}

#[tokio::test]
async fn what_was_given_up_while_the_database_was_away_comes_after_all() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let host = HostConfig::alone().linktor(&door, soon()).serve().await;
    core.database_answers(false);
    for n in [1, 2] {
        says(&host, n).await;
        core.until_handled(n, 5).await;
    }
    core.database_answers(true);
    says(&host, 3).await;
    until_seen(&core, 3).await;
    until_stands(&host, "nothing is given up", |linktor| linktor["givenUp"] == 0 && linktor["waiting"] == 0).await;
    assert_eq!(core.came_again(), 0);
}

#[tokio::test]
async fn a_channel_of_which_nothing_is_taken_stops_and_goes_on_where_it_was() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let config = HostConfig::alone().linktor(&door, soon()).channel("linktor_channel_id", UNKNOWN);
    let host = config.serve().await;
    for n in 1..=3 {
        says(&host, n).await;
    }
    until_stands(&host, "it has stopped", has_stopped).await;
    for n in 4..=20 {
        says(&host, n).await;
    }
    until_stands(&host, "it holds back", |linktor| linktor["waiting"].as_u64() > Some(10)).await;
    core.change(|database| database.add_channel(ids::TENANT, UNKNOWN));
    until_seen(&core, 20).await;
    until_stands(&host, "it goes on", |linktor| linktor["reasons"] == json!([]) && linktor["waiting"] == 0).await;
}

#[tokio::test]
async fn what_was_given_up_twice_is_told_and_published_again_under_other_settings() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data").to_string_lossy().into_owned();
    let right = HostConfig::alone().linktor(&door, soon()).server("data_dir", data);
    let host = right.clone().channel("linktor_channel_id", UNKNOWN).serve().await;
    says(&host, 1).await;
    // The only one that was ever said is its own probe.
    for n in 2..=3 {
        says(&host, n).await;
    }
    until_stands(&host, "it is given up", |linktor| linktor["givenUp"].as_u64() > Some(0)).await;
    let metrics = host.get("/metrics").await.text();
    assert!(metrics.contains("bus_given_up{channel=\"ch_facebook_123\"}"), "{metrics}");
    let stopped = host.terminate().await;
    assert!(stopped.stderr.contains("core takes nothing of this channel"), "{}", stopped.stderr);
    let host = right.serve().await;
    until_seen(&core, 3).await;
    until_stands(&host, "nothing is given up", |linktor| linktor["givenUp"] == 0).await;
}

#[tokio::test]
async fn a_second_copy_of_what_the_core_has_is_no_refusal() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let host = HostConfig::alone().linktor(&door, soon()).serve().await;
    until_stands(&host, "it is there", |linktor| linktor["bus"] == "open").await;
    door.set(Way::Shut);
    until_stands(&host, "it is away", |linktor| linktor["bus"] == "away").await;
    says(&host, 1).await;
    // What the host would have published, had it been killed after that and found the server more than five minutes later.
    let copy = json!({
        "id": "5503bf97-e2ff-42cf-a782-c330802e2c60", "tenant_id": ids::TENANT, "channel_id": ids::LINKTOR_CHANNEL,
        "channel_type": "facebook", "external_id": "m_1", "content_type": "text", "content": "1",
        "metadata": {"sender_id": ids::PERSON}, "timestamp": "2026-11-22T09:00:00Z",
    });
    core.try_publish(&inbound("facebook"), "another-id", &copy).await.expect("a stream");
    core.has("m_1").await;
    let host = host.kill().await.restart().await;
    door.set(Way::Open);
    until_stands(&host, "it is published", |linktor| linktor["waiting"] == 0).await;
    says(&host, 2).await;
    let mut looks = interval(Duration::from_millis(50));
    within("the second copy to be known as one", async {
        while !host.log().contains("Linktor has this message already") {
            looks.tick().await;
        }
    })
    .await;
    until_seen(&core, 2).await;
    let stands = until_stands(&host, "nothing is given up", |linktor| linktor["givenUp"] == 0).await;
    assert_eq!(stands["reasons"], json!([]));
}

#[tokio::test]
async fn what_was_given_up_goes_again_when_an_operator_says_so() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    // No probe comes by itself.
    let quiet = json!({"look_every": "200ms", "given_up_after": "1s", "probe_every": "1h"});
    let config = HostConfig::alone().linktor(&door, quiet).channel("linktor_channel_id", UNKNOWN);
    let host = config.serve().await;
    for n in 1..=5 {
        says(&host, n).await;
    }
    until_stands(&host, "it has stopped", has_stopped).await;
    core.change(|database| database.add_channel(ids::TENANT, UNKNOWN));
    let path = format!("/api/v1/channels/{}/linktor/redrive", ids::CHANNEL);
    let told = host.call(Method::POST, &path, "").await.expect_status(200).json();
    assert!(told["due"].as_u64() >= Some(3), "{told}");
    until_seen(&core, 5).await;
    until_stands(&host, "it goes on", |linktor| linktor["reasons"] == json!([]) && linktor["givenUp"] == 0).await;
    let query = host.call(Method::POST, &format!("{path}?all=1"), "").await.expect_status(400).json();
    assert_eq!(query["code"], "bad_query", "{query}");
}

#[tokio::test]
async fn what_was_said_before_the_bus_goes_when_a_command_says_so() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data").to_string_lossy().into_owned();
    let alone = HostConfig::alone().server("data_dir", data);
    let host = alone.serve().await;
    for n in 1..=3 {
        says(&host, n).await;
    }
    host.terminate().await;
    let config = alone.linktor(&door, soon()).write();
    let host = config.serve().await;
    says(&host, 4).await;
    core.has("m_4").await;
    // Its own port is the system's choice, so the host is asked where it listens.
    let path = format!("/api/v1/channels/{}/linktor/publish?since=2026-01-01T00:00:00Z", ids::CHANNEL);
    let told = host.call(Method::POST, &path, "").await.expect_status(200).json();
    assert_eq!(told, json!({"id": ids::CHANNEL, "due": 3}));
    until_seen(&core, 4).await;
    host.terminate().await;
    let ran = Run::new(["linktor", "redrive"]).config(&config).run().await;
    let told = format!("{}: 0 message(s) go to Linktor, when a host serves\n", ids::CHANNEL);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), told.as_str()), "{}", ran.stderr);
    let unknown = Run::new(["linktor", "publish", "--channel", "another"]).config(&config).run().await;
    assert_eq!(unknown.code, Some(1), "{}", unknown.stderr);
}
