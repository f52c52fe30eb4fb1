//! What Meta tells the host by webhook of a message that was carried out: its echo, that it was delivered, that it was read.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;

use super::{Dice, Receipts, Whereabouts};
use crate::webhook::{at, between, body};
use crate::{exchange, ids, request, sign, within};

/// How many webhooks are under way at once.
const CONNECTIONS: usize = 4;
/// How long Meta waits before it delivers again. Shortened: Meta itself lets minutes pass.
const AGAIN: Duration = Duration::from_millis(50);

/// Delivers webhooks, each until it is taken.
#[derive(Debug)]
pub(super) struct Teller {
    host: Whereabouts,
    room: Semaphore,
    open: watch::Sender<usize>,
}

/// A message that was carried out, as webhooks tell of it.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) person: String,
    pub(super) text: String,
    pub(super) metadata: Option<String>,
    pub(super) mid: String,
    /// Milliseconds since the epoch.
    pub(super) at: u64,
}

impl Teller {
    pub(super) fn new(host: Whereabouts) -> Self {
        Self { host, room: Semaphore::new(CONNECTIONS), open: watch::Sender::new(0) }
    }

    /// Tells all of a message, in the way that is asked for. Returns when the host has taken everything.
    pub(super) async fn tell(&self, message: Message, how: Receipts, mut dice: Dice) {
        let mut events = vec![echo(&message)];
        if how.read {
            events.extend([delivery(&message), read(&message)]);
        }
        if how.twice {
            events.extend(events.clone());
        }
        self.open.send_modify(|open| *open += events.len());
        let late = u64::try_from(how.late.as_millis()).unwrap_or(u64::MAX);
        let mut moments: Vec<_> = events.iter().map(|_| dice.below(late)).collect();
        if !how.shuffled {
            moments.sort_unstable();
        }
        let mut due: Vec<_> = moments.into_iter().zip(events).collect();
        due.sort_by_key(|(moment, _)| *moment);
        let mut before = 0;
        for (moment, event) in due {
            sleep(Duration::from_millis(moment - before)).await;
            before = moment;
            self.deliver(event).await;
            self.open.send_modify(|open| *open -= 1);
        }
    }

    async fn deliver(&self, event: Value) {
        let body = body([event]);
        let signature = sign(ids::APP_SECRET, &body);
        let path = format!("/api/v1/webhooks/facebook/{}", ids::CHANNEL);
        loop {
            let asked = request(Method::POST, &path, &[("x-hub-signature-256", &signature)], body.clone());
            let answer = {
                let _place = self.room.acquire().await.expect("the semaphore is never closed");
                exchange(self.host.get(), asked).await
            };
            if answer.is_ok_and(|reply| reply.status == 200) {
                return;
            }
            sleep(AGAIN).await;
        }
    }

    /// Waits until the host has taken everything.
    pub(super) async fn all_told(&self) {
        within("the host to take all webhooks", async {
            // The sender is this teller's own.
            drop(self.open.subscribe().wait_for(|open| *open == 0).await);
        })
        .await;
    }
}

fn echo(message: &Message) -> Value {
    let app: u64 = ids::APP.parse().expect("the app's id is a number");
    let mut said = json!({"is_echo": true, "app_id": app, "mid": message.mid, "text": message.text});
    if let Some(metadata) = &message.metadata {
        said["metadata"] = metadata.as_str().into();
    }
    at(between(ids::PAGE, &message.person, "message", said), message.at)
}

fn delivery(message: &Message) -> Value {
    let delivered = json!({"mids": [message.mid], "watermark": message.at});
    at(between(&message.person, ids::PAGE, "delivery", delivered), message.at + 1)
}

fn read(message: &Message) -> Value {
    at(between(&message.person, ids::PAGE, "read", json!({"watermark": message.at})), message.at + 2)
}
