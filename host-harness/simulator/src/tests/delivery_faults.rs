//! Webhooks twice, together, out of order; and the same again with the same seed.

use serde_json::{Value, json};

use super::stage::{PAGE, START_MS, Stage, simulator, until, within};
use crate::{Clock, SimulatorEvent};

/// The texts that arrive, body by body, when twelve are said under these faults.
async fn delivered(seed: u64, faults: &Value) -> Vec<Vec<String>> {
    let mut stage = Stage::with(simulator().seed(seed)).await;
    stage.act("weather", faults.clone()).await;
    for number in 0..12 {
        stage.sim.say(None, &number.to_string()).unwrap();
    }
    stage.act("flush", json!({})).await;
    within(stage.sim.settled()).await;
    let mut bodies = Vec::new();
    while let Ok(received) = stage.webhooks.try_recv() {
        let entries = received.entries();
        bodies.push(
            entries.iter().map(|entry| entry["messaging"][0]["message"]["text"].as_str().unwrap().to_owned()).collect(),
        );
    }
    bodies
}

fn numbers(bodies: &[Vec<String>]) -> Vec<u32> {
    bodies.iter().flatten().map(|text| text.parse().unwrap()).collect()
}

#[tokio::test]
async fn without_faults_each_goes_alone_in_order() {
    let bodies = delivered(7, &json!({})).await;
    assert_eq!(bodies.len(), 12);
    assert!(numbers(&bodies).is_sorted());
}

#[tokio::test]
async fn a_batch_has_so_many_entries() {
    let bodies = delivered(7, &json!({"batch": 5, "lingerMs": null})).await;
    let sizes: Vec<usize> = bodies.iter().map(Vec::len).collect();
    assert_eq!(sizes, [5, 5, 2], "two full ones, and what the flush let go");
    assert!(numbers(&bodies).is_sorted());
}

#[tokio::test]
async fn duplicates_come_later_and_nothing_is_lost() {
    let twice = delivered(7, &json!({"duplicate": 1, "hold": 12, "lingerMs": null})).await;
    let seen = numbers(&twice);
    assert_eq!(seen.len(), 24);
    for number in 0..12 {
        assert_eq!(seen.iter().filter(|seen| **seen == number).count(), 2, "{number}");
    }
    let some = numbers(&delivered(7, &json!({"duplicate": 0.5, "hold": 12, "lingerMs": null})).await);
    assert!((13..24).contains(&some.len()), "{some:?}");
}

#[tokio::test]
async fn the_same_seed_blows_the_same_way() {
    let storm = json!({"duplicate": 0.4, "batch": 3, "reorder": true, "hold": 12, "lingerMs": null});
    let first = delivered(7, &storm).await;
    assert_eq!(first, delivered(7, &storm).await);
    assert_ne!(first, delivered(8, &storm).await);
    assert!(!numbers(&first).is_sorted());
    let mut all = numbers(&first);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all, (0..12).collect::<Vec<_>>(), "whatever goes wrong, nothing is lost");
}

#[tokio::test]
async fn what_is_held_back_goes_out_by_itself_after_a_while() {
    let mut stage = Stage::new().await;
    stage.act("weather", json!({"batch": 100, "lingerMs": 1})).await;
    stage.sim.say(None, "alone").unwrap();
    assert_eq!(stage.webhook().await["message"]["text"], "alone");
    for wrong in [json!({"duplicate": 2}), json!({"batch": 0}), json!({"wind": 1})] {
        assert_eq!(stage.post("/_sim/weather", &wrong).await.0, 422, "{wrong}");
    }
    assert_eq!(stage.get("/_sim/state").await.1["weather"]["batch"], 100);
}

#[tokio::test]
async fn an_hour_of_failures_ends_the_subscription() {
    let clock = Clock::fixed(START_MS);
    let mut stage = Stage::with(simulator().clock(clock.clone())).await;
    let mut events = stage.sim.events();
    stage.answers.lock().unwrap().extend([500; 8]);
    stage.sim.say(None, "first").unwrap();
    within(stage.sim.settled()).await;
    clock.advance(std::time::Duration::from_hours(1));
    stage.sim.say(None, "second").unwrap();
    let page = until(&mut events, |event| match event {
        SimulatorEvent::Unsubscribed { page } => Some(page.clone()),
        _ => None,
    });
    assert_eq!(page.await, PAGE);
    within(stage.sim.settled()).await;
    stage.all_webhooks().await;
    stage.sim.say(None, "nobody hears this").unwrap();
    assert!(stage.all_webhooks().await.is_empty());
    assert_eq!(stage.get("/v26.0/me/subscribed_apps").await.1, json!({"data": []}));
    assert_eq!(stage.post("/v26.0/me/subscribed_apps?subscribed_fields=messages", &json!({})).await.0, 200);
    stage.sim.say(None, "heard again").unwrap();
    assert_eq!(stage.webhook().await["message"]["text"], "heard again");
}
