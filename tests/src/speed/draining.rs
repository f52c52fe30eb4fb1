//! How fast accepted messages are sent, beside a loop that does nothing but send.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::feed::{Feed, feed};
use super::lifted;
use super::prompt::Prompt;
use crate::ids;

/// How many people are written to, and so how many calls are open at once.
const PEOPLE: u32 = 64;
/// How long the stand-in takes.
const LATENCY: Duration = Duration::from_millis(100);

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Draining {
    /// Messages a second of the host.
    pub host: f64,
    /// Messages a second of the loop.
    pub bare: f64,
    /// What each message cost the host from its acceptance on.
    pub cpu: Duration,
}

/// Sends so many messages to each of 64 people, once through the host and once without it.
pub async fn draining(each: u32) -> Draining {
    let messages = each * PEOPLE;
    let (host, cpu) = through_the_host(messages).await;
    Draining { host, bare: bare(each).await, cpu }
}

async fn through_the_host(messages: u32) -> (f64, Duration) {
    let meta = Prompt::start(LATENCY).await;
    let host = lifted(&meta.url()).serve().await;
    meta.hold(true);
    let all = Feed { from: 0, messages: messages.into(), people: PEOPLE.into(), together: 1, connections: 16 };
    feed(&host, all).await;
    let (before, start) = (host.usage(), Instant::now());
    meta.hold(false);
    let end = meta.answered_all(usize::try_from(messages).unwrap_or(usize::MAX)).await;
    let cpu = host.usage().cpu.saturating_sub(before.cpu);
    (f64::from(messages) / (end - start).as_secs_f64(), cpu / messages)
}

/// One call after the other to each person.
async fn bare(each: u32) -> f64 {
    let meta = Prompt::start(LATENCY).await;
    let client = reqwest::Client::builder().build().expect("a client for plain HTTP");
    let url = Arc::new(format!("{}/v26.0/{}/messages", meta.url(), ids::PAGE));
    let start = Instant::now();
    let mut people = JoinSet::new();
    for person in 0..PEOPLE {
        let (client, url) = (client.clone(), Arc::clone(&url));
        people.spawn(async move {
            for number in 0..each {
                let body = json!({
                    "messaging_type": "RESPONSE",
                    "recipient": {"id": format!("7411{person:012}")},
                    "message": {"text": format!("Your order {number} has left our house and comes tomorrow before noon.")},
                });
                let call = client.post(&*url).bearer_auth(ids::PAGE_TOKEN).json(&body).send();
                let answer = call.await.expect("the stand-in answers");
                let _receipt: serde_json::Value = answer.json().await.expect("the stand-in answers in JSON");
            }
        });
    }
    while let Some(ended) = people.join_next().await {
        ended.expect("a person's calls do not panic");
    }
    f64::from(each * PEOPLE) / start.elapsed().as_secs_f64()
}
