//! The one way to send. HTTP, batches and the command line bring a [`Draft`] and show what became of it; nothing here knows how.
//!
//! The outbox is asked first: a message that was given before is answered with what is known of it now, whatever has changed since.
//! Then it is made ready, which finds all that is wrong with it, and accepted: from here on it is kept, and this host or the next one
//! sends it when its turn comes. Whoever brought it waits for that as long as they like.

mod accept;
mod answers;
mod attempt;
mod broadcast;
mod channel_queue;
mod draft;
mod gauges;
mod keyless;
mod named;
mod outcome;
mod pace;
mod personalise;
mod queue;
mod redrive;
mod repeats;
mod retry;
mod take;
mod target;
mod window;
mod worker;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use channel_api::{Error, ErrorKind};
use futures::future::join_all;
use jiff::Timestamp;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::accept::Preparation;
use self::answers::{Answers, Known};
use self::attempt::Attempts;
pub(crate) use self::broadcast::{Bar, message_of};
pub(crate) use self::draft::{Draft, Key};
use self::keyless::Keyless;
pub(crate) use self::keyless::Request;
pub(crate) use self::named::{Kept, Named};
pub(crate) use self::outcome::{NotSent, Sent};
use self::pace::Class;
pub(crate) use self::pace::{Pace, SendingState, Wait};
use self::queue::{Group, Line, Waiting, expires};
pub(crate) use self::redrive::{Left, Order};
pub(crate) use self::repeats::ImpliedKey;
use self::take::Taken;
use self::worker::Workers;
use crate::channels::Channels;
use crate::config::RetryPolicy;
use crate::media::Uploads;
use crate::people::Profiles;
use crate::store::{ErasedMessages, Message, MessageQuery, Outbox, Outcome, Place, Status, Statuses, StoreError};
use crate::telemetry::MessageMetrics;
use crate::threads::{OtherOwner, Threads};

/// How many messages are read at once.
const PAGE: usize = 1_000;
/// How often it is looked whether a call has ended.
const CALL_ENDS: Duration = Duration::from_millis(50);

/// Sends messages.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    preparation: Preparation,
    outbox: Arc<dyn Outbox>,
    statuses: Arc<dyn Statuses>,
    answers: Answers,
    keyless: Keyless,
    pace: Pace,
    workers: Workers,
    groups: Arc<AtomicU64>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

/// What a sender is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) channels: Channels,
    pub(crate) outbox: Arc<dyn Outbox>,
    pub(crate) statuses: Arc<dyn Statuses>,
    pub(crate) uploads: Arc<Uploads>,
    pub(crate) profiles: Profiles,
    pub(crate) threads: Threads,
    pub(crate) metrics: MessageMetrics,
    pub(crate) pace: Pace,
    pub(crate) retry: RetryPolicy,
    /// What is waited for before the host stops.
    pub(crate) tasks: TaskTracker,
    /// Nothing is begun after this.
    pub(crate) stopping: CancellationToken,
}

impl Sender {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { channels, outbox, statuses, uploads, profiles, threads, metrics, pace, retry, tasks, stopping } =
            parts;
        let preparation = Preparation { channels, outbox: Arc::clone(&outbox), profiles, threads, metrics };
        let answers = Answers::default();
        let attempts = Attempts {
            outbox: Arc::clone(&outbox),
            preparation: preparation.clone(),
            uploads,
            pace: pace.clone(),
            answers: answers.clone(),
            policy: retry,
            stopping: stopping.clone(),
        };
        let workers = Workers::new(attempts, pace.clone(), tasks.clone(), stopping.clone());
        let keyless = Keyless::new(Arc::clone(&outbox), tasks.clone());
        Self { preparation, outbox, statuses, answers, keyless, pace, workers, groups: Arc::default(), tasks, stopping }
    }

    /// Goes on with what waits. Called before anything is sent, and after the outbox has [recovered](Outbox::recover).
    ///
    /// # Errors
    /// The outbox's.
    pub(crate) async fn start(&self) -> Result<(), StoreError> {
        self.pace.recall().await?;
        self.keyless.start().await?;
        let mut after = None;
        let mut waiting = 0;
        loop {
            let page = self.outbox.waiting(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.place());
            waiting += page.len();
            for message in page {
                self.put_back(message);
            }
        }
        if waiting > 0 {
            tracing::info!(waiting, "messages that an earlier host has accepted are being sent");
        }
        Ok(())
    }

    /// Puts a message in line again which held up its person's others until it was known what had become of it.
    pub(crate) fn resume(&self, message: Message) {
        self.workers.let_go(&message.channel_id, &Draft::line_of(&message));
        self.put_back(message);
    }

    /// Puts a message in line that is accepted and kept.
    fn put_back(&self, message: Message) {
        let channel_id = message.channel_id.clone();
        let waiting = waiting(message);
        self.workers.push(&channel_id, [waiting]);
    }

    /// Begins a request for messages, some of them perhaps without a key. It is open until it is answered or dropped: until then,
    /// and for a while if it ends unanswered, the same words are the same messages. While an equal request brings them to where they
    /// are stored, this waits.
    pub(crate) async fn open(&self, drafts: &mut [Draft]) -> Request {
        self.keyless.open(drafts).await
    }

    /// Erases a person's messages: what waits is dropped, and what is being sent is waited for. Tells how many those were.
    ///
    /// # Errors
    /// The outbox's; the rest is done by erasing again.
    pub(crate) async fn erase(&self, channel_id: &str, person: &str) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            self.drop_waiting(channel_id, person).await?;
            let ErasedMessages { erased, open } = self.outbox.erase(channel_id, person).await?;
            all += erased;
            if open == 0 {
                return Ok(all);
            }
            sleep(CALL_ENDS).await;
        }
    }

    /// Whoever waits for one of these messages hears that it is not sent.
    async fn drop_waiting(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        loop {
            let waiting = self.outbox.list(MessageQuery {
                channel_id: Some(channel_id.to_owned()),
                person: Some(person.to_owned()),
                statuses: vec![Status::Accepted],
                limit: PAGE,
                ..MessageQuery::default()
            });
            let waiting = waiting.await?;
            for message in &waiting {
                self.workers.remove(channel_id, &Draft::line_of(message), message.place());
                let dropped = Error::new(ErrorKind::Unexpected, "dropped", "its person was erased before it was sent");
                if self.outbox.fail(&message.id, dropped.clone()).await? {
                    let outcome = Outcome { failure: Some(dropped), ..Outcome::default() };
                    self.answers.tell(&message.id, Status::Failed, &outcome);
                }
            }
            if waiting.is_empty() {
                return Ok(());
            }
        }
    }

    /// Accepts a message, and waits for so long at most until it has been sent or will not be.
    ///
    /// # Errors
    /// Why it was not accepted. What the provider refuses is an outcome.
    pub(crate) async fn send(&self, draft: Draft, wait: Duration) -> Result<Sent, NotSent> {
        self.send_batch(vec![draft], wait).await?.pop().unwrap_or(Err(NotSent::Lost))
    }

    /// Accepts messages, waits for all of them for so long at most, and answers each at its place.
    ///
    /// # Errors
    /// [`NotSent::Lost`] when nothing is known of any of them.
    pub(crate) async fn send_batch(
        &self,
        drafts: Vec<Draft>,
        wait: Duration,
    ) -> Result<Vec<Result<Sent, NotSent>>, NotSent> {
        let sender = self.clone();
        // On a task of its own, so that whoever asked may go away at any moment: what is accepted is put in line.
        let accepting = self.tasks.spawn(async move { sender.accept_all(drafts).await });
        let taken = accepting.await.map_err(|_| NotSent::Lost)?;
        let until = Instant::now() + wait;
        let answers = taken.into_iter().map(async |taken| match taken {
            Ok(taken) => Ok(self.answer(taken, until).await),
            Err(reason) => Err(reason),
        });
        Ok(join_all(answers).await)
    }

    /// Why a message waits that is accepted and not begun, where something holds it.
    pub(crate) fn wait(&self, message: &Message) -> Option<Wait> {
        if message.status != Status::Accepted {
            return None;
        }
        let stood = (Draft::line_of(message), message.place());
        self.waits(&message.channel_id, message.person.as_deref(), Some(&stood))
    }

    fn waits(&self, channel_id: &str, person: Option<&str>, stood: Option<&(Line, Place)>) -> Option<Wait> {
        let behind = || {
            let (line, place) = stood?;
            Some(Wait::behind(self.workers.behind(channel_id, line, *place)?.until))
        };
        self.pace.wait(channel_id, person).or_else(behind)
    }

    /// Waits for what becomes of a message, at most until then.
    async fn answer(&self, taken: Taken, until: Instant) -> Sent {
        let Taken { adapter, mut sent, person, stood, watching } = taken;
        if let Some(mut watching) = watching {
            let told = timeout_at(until, self.stopping.run_until_cancelled(watching.told())).await;
            let told = told.ok().flatten().flatten().or_else(|| watching.last());
            if let Some(Known { status, outcome }) = told {
                let warnings = std::mem::take(&mut sent.outcome.warnings);
                (sent.status, sent.outcome) = (status, outcome);
                if sent.outcome.warnings.is_empty() {
                    sent.outcome.warnings = warnings;
                }
            }
        }
        if sent.status == Status::Accepted {
            sent.wait = self.waits(&sent.channel_id, person.as_deref(), stood.as_ref());
        }
        let owned = |error: &Error| error.kind() == ErrorKind::ThreadOwned;
        if let Some(person) = person.filter(|_| sent.outcome.failure.as_ref().is_some_and(owned)) {
            let threads = &self.preparation.threads;
            sent.other_owner = OtherOwner::of(threads.known(adapter.channel_id().as_str(), &person).await);
        }
        sent
    }
}

/// What waits of a message that is kept. From here on it goes by a clock that does not jump.
fn waiting(message: Message) -> Waiting {
    let now = Instant::now();
    let due = message.due_at.map(|due| now + until(due).min(between(message.changed_at, due)));
    // Of an attempt before this machine was started there is no moment.
    let tried = message.tried_at.map(|at| now.checked_sub(between(at, Timestamp::now())).unwrap_or(now));
    let since = if message.round == 0 { message.accepted_at } else { message.changed_at };
    let (line, place) = (Draft::line_of(&message), message.place());
    let class = if message.broadcast.is_some() { Class::Broadcast } else { Class::Answer };
    let group = message.broadcast.map(Group::Broadcast);
    Waiting { id: message.id, line, place, expires: expires(since), due, tried, group, class, ready: None }
}

/// How long it is until then.
fn until(due: Timestamp) -> Duration {
    between(Timestamp::now(), due)
}

/// How much later the second is, if it is.
fn between(one: Timestamp, other: Timestamp) -> Duration {
    Duration::try_from(other.duration_since(one)).unwrap_or_default()
}
