//! How the core works its queues off: ten are fetched, one is handled after the other, and whatever fails is put off.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, AckKind};
use futures::StreamExt as _;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::sleep;

use super::database::{Database, Refusal};
use super::streams::MESSAGES;
use crate::graph::locked;

/// How many are fetched at once, and how long is waited for them.
const FETCHED: (usize, Duration) = (10, Duration::from_secs(1));
/// How long between two tries to reach the server.
const AGAIN: Duration = Duration::from_millis(100);

/// What the subjects of people's messages begin with.
const INBOUND: &str = "linktor.messages.inbound.";

/// One delivery that was handled.
#[derive(Clone, Debug)]
pub struct Handled {
    /// On which subject.
    pub subject: String,
    /// Its place in the stream.
    pub sequence: u64,
    /// Which delivery of it this was, from 1.
    pub delivery: i64,
    /// The channel's id of it, if it is a person's message.
    pub external_id: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
}

impl Handled {
    /// Whether the core had a message with this id already.
    #[must_use]
    pub fn came_again(&self) -> bool {
        matches!(self.outcome, Outcome::Refused(Refusal::Known(_)))
    }
}

/// What the core makes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Stored and acknowledged.
    Taken,
    /// Put off. After so many deliveries it is given up, and nobody is told.
    Refused(Refusal),
}

/// What the core and its queues share.
#[derive(Debug)]
pub(super) struct State {
    pub(super) database: Mutex<Database>,
    pub(super) handled: Mutex<Vec<Handled>>,
    /// Goes up with everything that happens.
    pub(super) changes: watch::Sender<u64>,
    /// Whether the database answers.
    pub(super) is_there: watch::Sender<bool>,
    /// How long each message takes.
    pub(super) pace: watch::Sender<Duration>,
    pub(super) nak_delay: Duration,
}

/// What is done with the body of a message.
pub(super) type Handler = fn(&mut Database, &[u8]) -> Result<(), Refusal>;

/// Works off a queue until it is aborted.
pub(super) async fn work(jetstream: jetstream::Context, consumer: pull::Config, handle: Handler, state: Arc<State>) {
    loop {
        // The consumer may be gone with a server that lost its store, and the server may be away: both pass.
        if let Ok(queue) = jetstream.create_consumer_on_stream(consumer.clone(), MESSAGES).await {
            while one_fetch(&queue, handle, &state).await.is_some() {}
        }
        sleep(AGAIN).await;
    }
}

async fn one_fetch(queue: &PullConsumer, handle: Handler, state: &State) -> Option<()> {
    let mut batch = queue.batch().max_messages(FETCHED.0).expires(FETCHED.1).messages().await.ok()?;
    while let Some(message) = batch.next().await {
        let message = message.ok()?;
        let info = message.info().ok()?;
        let (sequence, delivery) = (info.stream_sequence, info.delivered);
        let pace = *state.pace.borrow();
        sleep(pace).await;
        let done = if *state.is_there.borrow() {
            handle(&mut locked(&state.database), &message.payload)
        } else {
            Err(Refusal::Away)
        };
        // Lost with the connection, if it is: then the message comes again.
        let (kind, outcome) = match done {
            Ok(()) => (AckKind::Ack, Outcome::Taken),
            Err(refusal) => (AckKind::Nak(Some(state.nak_delay)), Outcome::Refused(refusal)),
        };
        drop(message.ack_with(kind).await);
        let subject = message.subject.to_string();
        let read: Value = serde_json::from_slice(&message.payload).unwrap_or_default();
        let external_id = if subject.starts_with(INBOUND) { read["external_id"].as_str() } else { None };
        let external_id = external_id.map(str::to_owned);
        locked(&state.handled).push(Handled { subject, sequence, delivery, external_id, outcome });
        state.changes.send_modify(|changes| *changes += 1);
    }
    Some(())
}
