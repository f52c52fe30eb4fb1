//! Callers, as client libraries in common use make them: each message in one POST, or several in a batch; repeated by itself after
//! 408, 425, 429, 5xx and a broken connection; given up after a while, and begun again by whoever wanted it sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{Dice, Ended, Intent, Whereabouts};
use crate::graph::locked;
use crate::{Connection, Reply, exchange, ids, request, within};

/// The first pause before a repetition, and the longest. Shortened: libraries begin with half a second.
const PAUSE: [Duration; 2] = [Duration::from_millis(20), Duration::from_millis(500)];

/// After so many messages to a person, a caller who does not wait for each looks what has become of the last one.
const UNWATCHED: u64 = 3;

/// How a caller posts.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With a key for each message.
    pub keyed: bool,
    /// So many messages to each of its people in one batch; 0 for each message alone.
    pub batch: u64,
    /// `?wait=`, in seconds.
    pub wait: Option<u64>,
    /// How long it waits for an answer before it gives up and asks again.
    pub patience: Duration,
}

impl Style {
    /// Without a key, one message at a time, waiting as long as the host lets it.
    pub const PLAIN: Self = Self { keyed: false, batch: 0, wait: None, patience: Duration::from_mins(1) };
    /// Each way to post, none of which gives up early.
    pub const ALL: [Self; 6] = [
        Self::PLAIN,
        Self { wait: Some(0), ..Self::PLAIN },
        Self { keyed: true, ..Self::PLAIN },
        Self { batch: 2, ..Self::PLAIN },
        Self { batch: 3, wait: Some(0), ..Self::PLAIN },
        Self { keyed: true, batch: 2, wait: Some(1), ..Self::PLAIN },
    ];
}

/// Callers at work.
#[derive(Debug)]
pub struct Callers {
    tasks: JoinSet<()>,
    record: Arc<Record>,
    stop: watch::Sender<bool>,
}

/// What they meant, and what they were told.
#[derive(Debug, Default)]
struct Record {
    intents: Mutex<Vec<Intent>>,
    answered: watch::Sender<usize>,
    repeated: watch::Sender<u64>,
}

impl Callers {
    /// Starts one caller for each style, who writes to so many people of its own, so many messages to each at most.
    #[must_use]
    pub fn start(host: &Whereabouts, styles: &[Style], people: usize, most: u64, dice: &mut Dice) -> Self {
        let record = Arc::new(Record::default());
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for (index, style) in styles.iter().enumerate() {
            let caller = Caller {
                host: host.clone(),
                style: *style,
                people: (0..people).map(|person| format!("74110022{index:04}{person:04}")).collect(),
                most,
                record: Arc::clone(&record),
                stopped: stopped.clone(),
                dice: dice.fork(),
                connection: None,
            };
            tasks.spawn(caller.run());
        }
        Self { tasks, record, stop }
    }

    /// Waits until so many more messages have been answered.
    pub async fn answered(&self, more: usize) {
        let mut count = self.record.answered.subscribe();
        let goal = *count.borrow() + more;
        within("answers to callers", count.wait_for(|count| *count >= goal)).await.expect("the record lives on");
    }

    /// Waits until so many more posts have come to nothing.
    pub async fn repeated(&self, more: u64) {
        let mut count = self.record.repeated.subscribe();
        let goal = *count.borrow() + more;
        within("posts that come to nothing", count.wait_for(|count| *count >= goal))
            .await
            .expect("the record lives on");
    }

    /// What they have meant so far.
    #[must_use]
    pub fn intents(&self) -> Vec<Intent> {
        locked(&self.record.intents).clone()
    }

    /// Waits until each has posted all that it was to post.
    pub async fn done(mut self) -> Vec<Intent> {
        while self.tasks.join_next().await.is_some() {}
        locked(&self.record.intents).clone()
    }

    /// Lets each come to the end of what it has begun, and returns all that was meant.
    pub async fn end(mut self) -> Vec<Intent> {
        self.stop.send_replace(true);
        // Who is not answered in all this time has something to say to the judge.
        drop(timeout(2 * crate::DEADLINE, async { while self.tasks.join_next().await.is_some() {} }).await);
        locked(&self.record.intents).clone()
    }
}

struct Caller {
    host: Whereabouts,
    style: Style,
    people: Vec<String>,
    most: u64,
    record: Arc<Record>,
    stopped: watch::Receiver<bool>,
    dice: Dice,
    connection: Option<Connection>,
}

impl Caller {
    async fn run(mut self) {
        let each = self.style.batch.max(1);
        for number in (0..self.most).step_by(usize::try_from(each).unwrap_or(1)) {
            if self.style.batch == 0 {
                for person in self.people.clone() {
                    if *self.stopped.borrow() {
                        return;
                    }
                    self.post(&[(person, number)]).await;
                }
            } else {
                if *self.stopped.borrow() {
                    return;
                }
                let numbers = number..number + each;
                let all = numbers.flat_map(|number| self.people.iter().map(move |person| (person.clone(), number)));
                let all: Vec<_> = all.collect();
                self.post(&all).await;
            }
        }
    }

    /// Posts these until they are answered.
    async fn post(&mut self, messages: &[(String, u64)]) {
        let places = self.meant(messages);
        let text = |(person, number): &(String, u64)| format!("{person} #{number}");
        let message = |of: &(String, u64)| json!({"channelId": ids::CHANNEL, "to": of.0, "content": {"type": "text", "text": text(of)}});
        let key = text(&messages[0]);
        let mut keys = Vec::new();
        let (mut path, body) = if self.style.batch == 0 {
            if self.style.keyed {
                keys.push(("idempotency-key", key.as_str()));
            }
            ("/api/v1/messages".to_owned(), message(&messages[0]))
        } else {
            let mut batch: Vec<_> = messages.iter().map(message).collect();
            for (message, of) in batch.iter_mut().zip(messages).filter(|_| self.style.keyed) {
                message["idempotencyKey"] = text(of).into();
            }
            ("/api/v1/messages/batch".to_owned(), json!({ "messages": batch }))
        };
        if let Some(wait) = self.style.wait {
            path = format!("{path}?wait={wait}");
        }
        let reply = self.answer(&path, &keys, &body.to_string(), &places).await;
        self.told(&places, &reply);
        if self.style.wait == Some(0) && messages.iter().any(|(_, number)| number % UNWATCHED == 0) {
            self.watch(places.last().copied().unwrap_or_default()).await;
        }
    }

    /// Asks until there is an answer that a client library rests with.
    async fn answer(&mut self, path: &str, keys: &[(&str, &str)], body: &str, places: &[usize]) -> Reply {
        let bearer = format!("Bearer {}", ids::API_KEY);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend_from_slice(keys);
        let mut pause = PAUSE[0];
        loop {
            for place in places {
                locked(&self.record.intents)[*place].posted += 1;
            }
            let asked = request(Method::POST, path, &headers, body.to_owned());
            let asking = async {
                let mut connection = match self.connection.take() {
                    Some(connection) => connection,
                    None => Connection::open(self.host.get()).await?,
                };
                let reply = connection.exchange(asked).await?;
                Ok::<_, crate::Error>((connection, reply))
            };
            // Who gives up drops the connection.
            if let Ok(Ok((connection, reply))) = timeout(self.style.patience, asking).await {
                if reply.header("connection") != "close" {
                    self.connection = Some(connection);
                }
                if !is_repeated(reply.status) {
                    return reply;
                }
            }
            self.record.repeated.send_modify(|count| *count += 1);
            let jitter = self.dice.below(u64::try_from(pause.as_micros()).unwrap_or(u64::MAX));
            sleep(Duration::from_micros(jitter)).await;
            pause = (2 * pause).min(PAUSE[1]);
        }
    }

    /// Asks for a message until it is no longer pending, so that nobody buries the host under messages.
    async fn watch(&mut self, place: usize) {
        let Ended::Accepted(id) = locked(&self.record.intents)[place].ended.clone() else { return };
        let bearer = format!("Bearer {}", ids::API_KEY);
        let path = format!("/api/v1/messages/{id}");
        while !*self.stopped.borrow() {
            let asked = request(Method::GET, &path, &[("authorization", &bearer)], Bytes::new());
            let answer = timeout(self.style.patience, exchange(self.host.get(), asked)).await;
            let json = answer.ok().and_then(Result::ok).and_then(|reply| serde_json::from_slice(&reply.body).ok());
            if json.is_some_and(|json: Value| json["status"].is_string() && json["status"] != "pending") {
                return;
            }
            sleep(PAUSE[0]).await;
        }
    }

    fn meant(&self, messages: &[(String, u64)]) -> Vec<usize> {
        let mut intents = locked(&self.record.intents);
        let first = intents.len();
        intents.extend(messages.iter().map(|(person, number)| Intent {
            person: person.clone(),
            number: *number,
            text: format!("{person} #{number}"),
            posted: 0,
            ended: Ended::Open,
        }));
        (first..intents.len()).collect()
    }

    fn told(&self, places: &[usize], reply: &Reply) {
        let json: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let mut intents = locked(&self.record.intents);
        for (index, place) in places.iter().enumerate() {
            let own = if self.style.batch > 0 && reply.status < 300 { &json["results"][index] } else { &json };
            intents[*place].ended = match own["id"].as_str() {
                Some(id) => Ended::Accepted(id.to_owned()),
                None => Ended::Refused(reply.status),
            };
        }
        drop(intents);
        self.record.answered.send_modify(|count| *count += places.len());
    }
}

/// What the client libraries of `OpenAI`, Stripe and Azure repeat by themselves, taken together.
fn is_repeated(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..)
}
