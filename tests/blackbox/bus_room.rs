//! The stream drops its oldest without a word. What the core has not taken yet is not pushed out, and comes again where it was dropped.

use serde_json::json;
use tests::linktor::{Core, Habits, MESSAGES, Nats, outbound};
use tests::webhook::{body, text};
use tests::{HostConfig, HostProcess, ids, within};

use crate::bus_inbound::soon;
use crate::bus_refusals::until_stands;

/// The room of a test's stream: enough for about a hundred of its messages.
const SMALL: i64 = 1 << 20;

/// So many long messages.
async fn says(host: &HostProcess, numbers: std::ops::Range<u64>) {
    for n in numbers {
        let words = format!("{n}:{}", "x".repeat(10_000));
        host.deliver(body([text(&format!("m_{n}"), &words)])).await.expect_status(200);
    }
}

async fn until_all_are_seen(core: &Core, numbers: std::ops::Range<u64>) {
    let all: Vec<String> = numbers.map(|n| n.to_string()).collect();
    core.until("all messages", |database| (database.messages().len() >= all.len()).then_some(())).await;
    core.look(|database| {
        let seen = database.seen(ids::PERSON);
        let seen: Vec<&str> = seen.iter().map(|words| words.split(':').next().unwrap_or_default()).collect();
        assert_eq!(seen, all);
    });
    assert_eq!(core.came_again(), 0);
}

#[tokio::test]
async fn while_the_core_is_down_a_small_stream_is_not_filled_up() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits { max_bytes: SMALL, ..Habits::HASTY }).await;
    core.pause().await;
    let door = nats.door().await;
    let host = HostConfig::alone().linktor(&door, soon()).serve().await;
    says(&host, 0..200).await;
    let held = until_stands(&host, "it is held back", |linktor| linktor["reasons"] != json!([])).await;
    assert!(held["reasons"][0].as_str().unwrap_or_default().contains("% full"), "{held:#}");
    assert!(held["waiting"].as_u64() > Some(50), "{held:#}");
    core.resume().await;
    until_all_are_seen(&core, 0..200).await;
    until_stands(&host, "it goes on", |linktor| linktor["reasons"] == json!([]) && linktor["waiting"] == 0).await;
}

#[tokio::test]
async fn what_the_stream_drops_before_the_core_took_it_comes_again() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits { max_bytes: SMALL, ..Habits::HASTY }).await;
    core.pause().await;
    let door = nats.door().await;
    let host = HostConfig::alone().linktor(&door, soon()).serve().await;
    says(&host, 0..3).await;
    until_stands(&host, "it is published", |linktor| linktor["waiting"] == 0).await;
    let stream = core.jetstream().get_stream(MESSAGES).await.expect("the core's stream");
    // What another channel's agents answer has its place there, too.
    let answer = json!({"content": "x".repeat(200_000)});
    for n in 0..6 {
        core.try_publish(&outbound("another"), &format!("answer-{n}"), &answer).await.expect("a stream");
    }
    let first = stream.get_info().await.expect("a stream").state.first_sequence;
    assert!(first > 3, "they have pushed out what was there: {first}");
    stream.purge().filter(outbound("another")).await.expect("that they are taken");
    within("all to lie there again", async {
        while stream.get_info().await.expect("a stream").state.messages < 3 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    core.resume().await;
    core.until("all messages", |database| (database.messages().len() >= 3).then_some(())).await;
    assert_eq!(core.came_again(), 0);
}

#[tokio::test]
async fn of_who_is_erased_nothing_is_left_on_the_bus() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    core.pause().await;
    let door = nats.door().await;
    let host = HostConfig::alone().linktor(&door, soon()).serve().await;
    says(&host, 0..3).await;
    until_stands(&host, "it is published", |linktor| linktor["waiting"] == 0).await;
    let path = format!("people/{}", ids::PERSON);
    host.channel(hyper::Method::DELETE, &path, "").await.expect_status(200);
    let stream = core.jetstream().get_stream(MESSAGES).await.expect("the core's stream");
    within("nothing to lie there any more", async {
        while stream.get_info().await.expect("a stream").state.messages > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
