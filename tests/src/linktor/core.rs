//! The core as a channel meets it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream::{self, context::PublishAckFuture, message::PublishMessage};
use async_nats::{Client, ConnectOptions};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::answer::Answer;
use super::database::{Database, Message};
use super::door::Door;
use super::habits::Habits;
use super::nats::Nats;
use super::processor::{Handled, Handler, State, work};
use super::streams::{self, MESSAGES, inbound, outbound, status};
use super::uuid::fresh;
use crate::graph::locked;
use crate::{ids, within};

/// A running core. What it has stored outlives a pause.
#[derive(Debug)]
pub struct Core {
    door: Door,
    client: Client,
    jetstream: jetstream::Context,
    habits: Habits,
    state: Arc<State>,
    work: Mutex<JoinSet<()>>,
}

impl Core {
    /// A core that has this channel of [`ids`], with streams and consumers made.
    pub async fn start(nats: &Nats, habits: Habits) -> Self {
        Self::connect(nats, ConnectOptions::new(), habits).await
    }

    /// As a user of the server.
    pub async fn connect(nats: &Nats, options: ConnectOptions, habits: Habits) -> Self {
        let door = nats.door().await;
        let options = options.reconnect_delay_callback(|_| Duration::from_millis(50)).max_reconnects(None);
        let client =
            within("the core to connect", options.connect(door.url())).await.expect("a nats-server that listens");
        let jetstream = jetstream::new(client.clone());
        let mut database = Database::default();
        database.add_channel(ids::TENANT, ids::LINKTOR_CHANNEL);
        let state = Arc::new(State {
            database: database.into(),
            handled: Vec::new().into(),
            changes: watch::Sender::new(0),
            is_there: watch::Sender::new(true),
            pace: watch::Sender::new(habits.pace),
            nak_delay: habits.nak_delay,
        });
        let core = Self { door, client, jetstream, habits, state, work: Mutex::default() };
        core.resume().await;
        core
    }

    /// Starts to take messages, after it has made or updated its streams.
    pub async fn resume(&self) {
        for stream in streams::streams(&self.habits) {
            let made = self.jetstream.create_or_update_stream(stream);
            within("a stream", made).await.expect("a server with JetStream");
        }
        let queues: [(_, Handler); 2] = [
            (streams::inbound_processor(&self.habits), Database::take),
            (streams::status_processor(&self.habits), Database::update),
        ];
        for (consumer, handle) in queues {
            let made = self.jetstream.create_consumer_on_stream(consumer.clone(), MESSAGES);
            within("a consumer", made).await.expect("a stream of the core's");
            let working = work(self.jetstream.clone(), consumer, handle, Arc::clone(&self.state));
            locked(&self.work).spawn(working);
        }
    }

    /// Takes nothing any more, as a core that is down.
    pub async fn pause(&self) {
        let mut work = std::mem::take(&mut *locked(&self.work));
        work.shutdown().await;
    }

    /// Whether its database answers. While it does not, everything is put off, and so given up after some deliveries.
    pub fn database_answers(&self, is_there: bool) {
        self.state.is_there.send_replace(is_there);
    }

    /// How long each message takes from now on.
    pub fn take_each(&self, pace: Duration) {
        self.state.pace.send_replace(pace);
    }

    /// Looks at what it has stored.
    pub fn look<T>(&self, at: impl FnOnce(&Database) -> T) -> T {
        at(&locked(&self.state.database))
    }

    /// What it has stored.
    #[must_use]
    pub fn database(&self) -> Database {
        locked(&self.state.database).clone()
    }

    /// Changes what it has stored, as an operator of Linktor does.
    pub fn change(&self, how: impl FnOnce(&mut Database)) {
        how(&mut locked(&self.state.database));
    }

    /// Everything that was handled, in order.
    #[must_use]
    pub fn handled(&self) -> Vec<Handled> {
        locked(&self.state.handled).clone()
    }

    /// Its way to the streams, for what a test wants to know of them.
    #[must_use]
    pub fn jetstream(&self) -> &jetstream::Context {
        &self.jetstream
    }

    /// Its own way to the server.
    #[must_use]
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Its connection.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Waits until what it has stored is like this, and returns what was found there.
    pub async fn until<T>(&self, what: &str, found: impl Fn(&Database) -> Option<T>) -> T {
        let mut changes = self.state.changes.subscribe();
        let what = format!("the core to have {what}");
        let waited = within(&what, async {
            loop {
                if let Some(found) = found(&locked(&self.state.database)) {
                    return Some(found);
                }
                changes.changed().await.ok()?;
            }
        });
        waited.await.expect("the core lives as long as this borrow")
    }

    /// Waits until this delivery of a message in the stream has been handled.
    pub async fn until_handled(&self, sequence: u64, delivery: i64) -> Handled {
        let mut changes = self.state.changes.subscribe();
        let like = |handled: &&Handled| handled.sequence == sequence && handled.delivery == delivery;
        let what = format!("delivery {delivery} of message {sequence}");
        let waited = within(&what, async {
            loop {
                if let Some(found) = locked(&self.state.handled).iter().find(like) {
                    return Some(found.clone());
                }
                changes.changed().await.ok()?;
            }
        });
        waited.await.expect("the core lives as long as this borrow")
    }

    /// Waits until a message of the person's with this id is there.
    pub async fn has(&self, external_id: &str) -> Message {
        self.until(external_id, |database| database.external(external_id).cloned()).await
    }

    /// Waits until an answer has come so far.
    pub async fn until_status(&self, id: &str, status: &str) -> Message {
        let what = format!("{status} of {id}");
        let is = |database: &Database| database.message(id).filter(|message| message.status == status).cloned();
        self.until(&what, is).await
    }

    /// An agent answers. Returns the core's id of it, once the stream has it.
    pub async fn answers(&self, person: &str, answer: Answer) -> String {
        let (id, body) = self.written(person, answer);
        self.publish(&id, &body).await;
        id
    }

    /// Stores an answer, and returns what is to be published of it.
    #[must_use]
    pub fn written(&self, person: &str, answer: Answer) -> (String, Value) {
        let Answer { content_type, content, metadata, attachments } = answer;
        let contact = self.look(|database| database.contact_of(person).cloned());
        // Whom the core does not know can be written to all the same: a test may ask for it.
        let (contact, conversation) =
            contact.map_or_else(|| (fresh(), fresh()), |contact| (contact.id, contact.conversation));
        let message = Message { metadata, ..Message::answer(person, &content_type, &content) };
        let mut body = json!({
            "id": message.id,
            "tenant_id": ids::TENANT,
            "channel_id": ids::LINKTOR_CHANNEL,
            "channel_type": KIND,
            "conversation_id": conversation,
            "contact_id": contact,
            "recipient_id": person,
            "content_type": message.content_type,
            "content": message.content,
            "timestamp": message.created_at.to_string(),
        });
        if !message.metadata.is_empty() {
            body["metadata"] = json!(message.metadata);
        }
        if !attachments.is_null() {
            body["attachments"] = attachments;
        }
        let id = message.id.clone();
        self.change(|database| database.add_answer(message));
        (id, body)
    }

    /// Publishes an answer until the stream has it.
    pub async fn publish(&self, id: &str, body: &Value) {
        within("the stream to take an answer", async {
            while self.try_publish(&outbound(KIND), id, body).await.is_none() {
                sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
    }

    /// Publishes once, on any subject. The place in the stream, if the server has said so.
    pub async fn try_publish(&self, subject: &str, id: &str, body: &Value) -> Option<u64> {
        let message = PublishMessage::build().message_id(id).payload(body.to_string().into());
        let ack: PublishAckFuture = self.jetstream.send_publish(subject.to_owned(), message).await.ok()?;
        Some(ack.await.ok()?.sequence)
    }

    /// An agent reacts to a message, or takes the reaction away with an empty one.
    pub async fn reacts(&self, message: &str, emoji: &str) {
        let stored = self.database().message(message).cloned().expect("a message that the core has");
        let conversation = self.database().contact_of(&stored.person).map(|contact| contact.conversation.clone());
        let payload = json!({
            "channel_id": ids::LINKTOR_CHANNEL,
            "conversation_id": conversation,
            "emoji": emoji,
            "external_id": stored.external_id,
            "message_id": stored.id,
            "sender_id": fresh(),
        });
        let now = Timestamp::now();
        let event =
            json!({"type": REACTION, "tenant_id": ids::TENANT, "payload": payload, "timestamp": now.to_string()});
        let id = format!("{}-{REACTION}-{}", ids::TENANT, now.as_nanosecond());
        let subject = format!("linktor.events.{REACTION}");
        self.try_publish(&subject, &id, &event).await.expect("a server that takes an event");
    }

    /// How often a person's message with an id that was there already came once more.
    #[must_use]
    pub fn came_again(&self) -> usize {
        let subject = inbound(KIND);
        let of = |handled: &&Handled| handled.subject == subject && handled.came_again();
        self.handled().iter().filter(of).count()
    }

    /// The statuses that came, in order of their coming.
    #[must_use]
    pub fn statuses(&self) -> Vec<Handled> {
        let subject = status(KIND);
        self.handled().into_iter().filter(|handled| handled.subject == subject).collect()
    }
}

/// The channel's type, which stands in the subjects.
const KIND: &str = "facebook";
/// The one act of an agent that the core tells as an event.
const REACTION: &str = "message.reaction";
