//! A small stand-in of Linktor's core. It takes and gives what the core does, over NATS alone, and keeps contacts and conversations in
//! memory. Whatever happens on its side is told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::context::Context;
use async_nats::jetstream::message::PublishMessage;
use futures::StreamExt as _;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use crate::demo::DemoError;
use crate::demo::replies::{self, Heard, Reply};

/// The tenant in the core.
pub(super) const TENANT: &str = "7a0c2f64-1d5e-4b1c-9a53-0c8f6f2e4d01";
/// The channel's id in the core.
pub(super) const CHANNEL: &str = "c3e9b8a2-6f47-4d0e-8b1a-5d7e9f3a2c02";
/// Who answers before people do.
pub(super) const BOT: &str = "bot";
/// An agent, in the core's dashboard.
pub(super) const AGENT: &str = "Rui";

const MESSAGES: &str = "LINKTOR_MESSAGES";
const EVENTS: &str = "LINKTOR_EVENTS";
/// Stream, durable consumer and subjects of what the core takes. Nobody in the core asks for events yet; this one does, to show them.
const QUEUES: [(&str, &str, &str, Handler); 3] = [
    (MESSAGES, "inbound-processor", "linktor.messages.inbound.>", Core::hears),
    (MESSAGES, "status-processor", "linktor.messages.status.>", Core::learns),
    (EVENTS, "demo", "linktor.events.facebook.>", Core::notices),
];
/// How long the host may take to make the streams.
const LONGEST: Duration = Duration::from_secs(20);
/// How long between two looks at what is not there yet.
const LOOK: Duration = Duration::from_millis(50);

/// What is done with a message, and what the bot says to it.
type Handler = fn(&Core, &Value) -> Option<(String, Reply)>;

/// What happened on the core's side.
#[derive(Debug)]
pub(super) enum Told {
    /// Somebody wrote for the first time.
    NewContact { name: String, person: String },
    /// A person said something.
    Said { name: String, words: String, payload: Option<String> },
    /// The bot or an agent answers, with more than words where there is something rich, and something to tap on it.
    Answered { by: &'static str, id: String, words: String, rich: Option<String>, choices: String },
    /// An answer has come so far.
    Status { id: String, status: String, error: Option<String> },
    /// Something else happened to a person.
    Happened { event: String, words: Option<String> },
    /// The core could not be reached by its agent or bot.
    Wrong(String),
}

/// The core.
#[derive(Debug)]
pub(super) struct Core {
    bus: Context,
    /// Their names, by what the channel calls them.
    contacts: Mutex<HashMap<String, String>>,
    /// The bot is silent then.
    is_with_agent: AtomicBool,
    answers: AtomicU64,
    told: UnboundedSender<Told>,
}

/// A core that works until this is dropped.
#[derive(Debug)]
pub(super) struct Working {
    pub(super) core: Arc<Core>,
    pub(super) told: UnboundedReceiver<Told>,
    _tasks: JoinSet<()>,
}

impl Core {
    /// Begins to work. The streams are the host's to make: it comes to a server that has none.
    pub(super) async fn start(url: &str) -> Result<Working, DemoError> {
        let client = async_nats::connect(url).await.map_err(wrong)?;
        let bus = async_nats::jetstream::new(client);
        let (told, telling) = unbounded_channel();
        let core = Arc::new(Self {
            bus,
            contacts: Mutex::default(),
            is_with_agent: AtomicBool::new(false),
            answers: AtomicU64::new(0),
            told,
        });
        let mut tasks = JoinSet::new();
        for (stream, durable, subjects, handle) in QUEUES {
            let queue = timeout(LONGEST, core.queue(stream, durable, subjects)).await;
            let queue = queue.map_err(|_| DemoError::Nats(format!("{stream} is not there after {LONGEST:?}")))??;
            tasks.spawn(work(Arc::clone(&core), queue, handle));
        }
        Ok(Working { core, told: telling, _tasks: tasks })
    }

    async fn queue(&self, stream: &str, durable: &str, subjects: &str) -> Result<PullConsumer, DemoError> {
        let mut looks = interval(LOOK);
        let stream = loop {
            looks.tick().await;
            if let Ok(stream) = self.bus.get_stream(stream).await {
                break stream;
            }
        };
        let config = pull::Config {
            durable_name: Some(durable.to_owned()),
            ack_policy: AckPolicy::Explicit,
            filter_subject: subjects.to_owned(),
            ..pull::Config::default()
        };
        stream.create_consumer(config).await.map_err(wrong)
    }

    /// On `linktor.messages.inbound.*`.
    fn hears(&self, message: &Value) -> Option<(String, Reply)> {
        let metadata = |name: &str| message["metadata"][name].as_str();
        let person = metadata("sender_id").unwrap_or_default().to_owned();
        let name = {
            let mut contacts = self.contacts.lock().unwrap_or_else(PoisonError::into_inner);
            let name = contacts.entry(person.clone()).or_insert_with(|| {
                // The core reads it this once.
                let name = metadata("sender_name").unwrap_or("Unknown").to_owned();
                self.tell(Told::NewContact { name: name.clone(), person: person.clone() });
                name
            });
            name.clone()
        };
        let words = message["content"].as_str().unwrap_or_default();
        let payload = metadata("payload");
        self.tell(Told::Said { name: name.clone(), words: words.to_owned(), payload: payload.map(str::to_owned) });
        if self.is_with_agent.load(Ordering::Relaxed) {
            return None;
        }
        let heard = Heard { first_name: name.split(' ').next(), words: Some(words), payload };
        Some((person, replies::to(&heard)))
    }

    /// On `linktor.messages.status.*`.
    fn learns(&self, update: &Value) -> Option<(String, Reply)> {
        let text = |name: &str| update[name].as_str().map(str::to_owned);
        let (id, status) = (text("message_id").unwrap_or_default(), text("status").unwrap_or_default());
        self.tell(Told::Status { id, status, error: text("error_message") });
        None
    }

    /// On `linktor.events.facebook.*`.
    fn notices(&self, event: &Value) -> Option<(String, Reply)> {
        let words = event["payload"]["data"]["content"]["text"].as_str().map(str::to_owned);
        self.tell(Told::Happened { event: event["type"].as_str().unwrap_or_default().to_owned(), words });
        None
    }

    /// An agent writes to a person, whose conversation is the agent's from then on.
    pub(super) async fn agent_says(&self, person: &str, words: &str) {
        self.is_with_agent.store(true, Ordering::Relaxed);
        self.answer(AGENT, person, replies::text(words)).await;
    }

    /// The agent leaves the conversation to the bot again.
    pub(super) async fn agent_leaves(&self, person: &str) {
        self.is_with_agent.store(false, Ordering::Relaxed);
        self.reply(person, replies::back()).await;
    }

    async fn reply(&self, person: &str, reply: Reply) {
        let content = match reply {
            Reply::Say(content) => content,
            Reply::HandOver(content) => {
                self.is_with_agent.store(true, Ordering::Relaxed);
                content
            }
        };
        self.answer(BOT, person, content).await;
    }

    /// On `linktor.messages.outbound.facebook`. The core knows words alone: what is more than words goes as `metadata["rich"]`.
    async fn answer(&self, by: &'static str, person: &str, content: Value) {
        let number = self.answers.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("{number:08}-0000-4000-8000-000000000000");
        let (words, rich, choices) = (words(&content), rich(&content), choices(&content));
        let mut metadata = Map::new();
        if by == BOT {
            // By it the host knows a machine's answer, which may not be sent as a person's.
            metadata.insert("ai_model".to_owned(), "".into());
        }
        if rich.is_some() {
            metadata.insert("rich".to_owned(), json!({ "content": content }).to_string().into());
        }
        let message = json!({
            "id": id,
            "tenant_id": TENANT,
            "channel_id": CHANNEL,
            "channel_type": "facebook",
            "conversation_id": "00000000-0000-4000-8000-000000000001",
            "contact_id": "00000000-0000-4000-8000-000000000002",
            "recipient_id": person,
            "content_type": content["type"],
            "content": words,
            "metadata": metadata,
            "timestamp": Timestamp::now().to_string(),
        });
        self.tell(Told::Answered { by, id: id.clone(), words, rich, choices });
        let publish = PublishMessage::build().message_id(&id).payload(message.to_string().into());
        let published = async { self.bus.send_publish("linktor.messages.outbound.facebook", publish).await?.await };
        if let Err(error) = published.await {
            self.tell(Told::Wrong(format!("the answer could not be published: {error}")));
        }
    }

    fn tell(&self, told: Told) {
        // Nobody listens any more when the demo ends.
        drop(self.told.send(told));
    }
}

async fn work(core: Arc<Core>, queue: PullConsumer, handle: Handler) {
    let Ok(mut messages) = queue.messages().await else { return };
    while let Some(Ok(message)) = messages.next().await {
        let body = serde_json::from_slice(&message.payload).unwrap_or_default();
        let reply = handle(&core, &body);
        if message.ack().await.is_err() {
            return;
        }
        if let Some((person, reply)) = reply {
            core.reply(&person, reply).await;
        }
    }
}

fn wrong(error: impl std::fmt::Display) -> DemoError {
    DemoError::Nats(format!("the stand-in of the core: {error}"))
}

/// What an agent reads of an answer: the core's dashboard draws nothing but words.
fn words(content: &Value) -> String {
    let template = &content["template"];
    let text = content["text"].as_str().or_else(|| template["text"].as_str());
    let titles = template["elements"].as_array().into_iter().flatten().filter_map(|element| element["title"].as_str());
    text.map_or_else(|| titles.collect::<Vec<_>>().join(", "), str::to_owned)
}

/// What an answer is more than words.
fn rich(content: &Value) -> Option<String> {
    match content["template"]["type"].as_str() {
        Some(kind) => Some(format!("a {kind} template")),
        None => content.get("quickReplies").map(|_| "quick replies".to_owned()),
    }
}

/// What can be tapped of an answer.
fn choices(content: &Value) -> String {
    let titles = |list: &Value, [open, close]: [char; 2]| -> Vec<String> {
        let list = list.as_array().into_iter().flatten().filter_map(|choice| choice["title"].as_str());
        list.map(|title| format!("{open}{title}{close}")).collect()
    };
    let template = &content["template"];
    let mut found = titles(&content["quickReplies"], ['(', ')']);
    found.extend(titles(&template["buttons"], ['[', ']']));
    for element in template["elements"].as_array().into_iter().flatten() {
        found.extend(titles(&element["buttons"], ['[', ']']));
    }
    found.join(" ")
}
