//! Callers that give a host messages as fast as it takes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::CHANNEL;
use crate::{Connection, HostProcess, ids, request};

/// How long a caller waits that is told to come again.
const FULL: Duration = Duration::from_millis(50);

/// Which messages, and how they are posted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Feed {
    /// The number of the first.
    pub(super) from: u64,
    /// How many.
    pub(super) messages: u64,
    /// To how many people, in turn.
    pub(super) people: u64,
    /// How many in one batch; 1 for each alone.
    pub(super) together: u64,
    pub(super) connections: usize,
}

/// Gives the host all of them, and returns when it has taken the last.
pub(super) async fn feed(host: &HostProcess, feed: Feed) {
    let next = Arc::new(AtomicU64::new(0));
    let mut connections = JoinSet::new();
    for _ in 0..feed.connections {
        let connection = Connection::open(host.address()).await.expect("a host that listens");
        connections.spawn(post(connection, feed, Arc::clone(&next)));
    }
    while let Some(ended) = connections.join_next().await {
        ended.expect("a caller does not panic");
    }
}

async fn post(mut connection: Connection, feed: Feed, next: Arc<AtomicU64>) {
    let bearer = format!("Bearer {}", ids::API_KEY);
    loop {
        let first = next.fetch_add(feed.together, Ordering::Relaxed);
        if first >= feed.messages {
            return;
        }
        let numbers = first..(first + feed.together).min(feed.messages);
        let mut messages: Vec<_> = numbers.map(|number| message(feed.from + number, feed.people)).collect();
        let (path, body) = if feed.together == 1 {
            ("/api/v1/messages?wait=0", messages.pop().unwrap_or_default())
        } else {
            ("/api/v1/messages/batch?wait=0", json!({ "messages": messages }))
        };
        let body = body.to_string();
        loop {
            let asked = request(Method::POST, path, &[("authorization", &bearer)], body.clone());
            let reply = connection.exchange(asked).await.expect("a host that answers");
            match reply.status {
                200..=299 => break,
                // It holds as many as it will.
                503 => sleep(FULL).await,
                _ => panic!("{} {}", reply.status, reply.text()),
            }
        }
    }
}

/// A message that is like no other.
fn message(number: u64, people: u64) -> Value {
    let person = format!("7411{:012}", number % people);
    let text = format!("Your order {number} has left our house and comes tomorrow before noon.");
    json!({"channelId": CHANNEL, "to": person, "content": {"type": "text", "text": text}})
}
