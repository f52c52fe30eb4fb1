//! The one way to send. HTTP, batches and the command line bring a [`Draft`] and show what became of it; nothing here knows how.
//!
//! The outbox is asked first: a message that was sent before is answered with what became of it then, whatever has changed since.
//! Then names are filled in, the time in which the person may be written to is looked at, the channel's rules are checked on what will
//! really be sent, the message is accepted, the attempt is written down just before the calls are made, and their outcome just after.
//! All of it runs on a task of its own from its first line, so that whoever asked may go away at any moment.

mod batch;
mod draft;
mod ledger;
mod outcome;
mod personalise;
mod rate;
mod turns;
mod window;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use channel_api::{ChannelAdapter, ChannelAdapterExt as _, Delivered, Denormalized, Error, ErrorKind, Issue, Pointer};
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::task::TaskTracker;

pub(crate) use self::draft::{Draft, Key};
use self::ledger::{Begun, Ended, Entry, Ledger};
pub(crate) use self::outcome::{NotSent, Sent};
use self::personalise::personalise;
use self::rate::Rate;
use self::turns::Turns;
use crate::channels::Channels;
use crate::config::MESSAGES_PER_SECOND;
use crate::media::Uploads;
use crate::people::Profiles;
use crate::store::{Attempt, Outbox, Outcome, Recovered, Status, StoreError, Unavailable};
use crate::telemetry::{self, MessageMetrics};
use crate::threads::Threads;

/// How long a message waits for a name that is not known yet. Better no name than a late answer.
const NAME_LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// Sends messages.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    channels: Channels,
    ledger: Ledger,
    turns: Turns,
    rate: Rate,
    uploads: Arc<Uploads>,
    profiles: Profiles,
    threads: Threads,
    metrics: MessageMetrics,
    tasks: TaskTracker,
}

/// A message that was not sent before, as far as the outbox knows.
struct New {
    adapter: Arc<dyn ChannelAdapter>,
    draft: Draft,
    entry: Option<Entry>,
}

/// A message that breaks no rule, and is accepted if it is one to be kept.
struct Ready {
    adapter: Arc<dyn ChannelAdapter>,
    /// Whom it is for, as its author wrote that.
    to: Value,
    /// Who gets their messages one after the other.
    line: String,
    person: Option<String>,
    attachment_ids: Vec<String>,
    /// The person could not be reached when the host last heard of it.
    unavailable: bool,
    translated: Denormalized,
    /// Where it is kept, if it is.
    entry: Option<Entry>,
}

/// A message that has leave to be sent: its calls come next.
struct Leave {
    ready: Ready,
    attempt: Option<Attempt>,
}

/// What a step of the way came to.
enum Step<T> {
    /// The message goes on.
    On(T),
    /// It was sent before.
    Sent(Sent),
}

impl Sender {
    /// `tasks` are waited for before the host stops.
    pub(crate) fn new(
        channels: Channels,
        outbox: Arc<dyn Outbox>,
        uploads: Arc<Uploads>,
        profiles: Profiles,
        threads: Threads,
        metrics: MessageMetrics,
        tasks: TaskTracker,
    ) -> Self {
        let (ledger, turns, rate) = (Ledger::new(outbox), Turns::default(), Rate::new(MESSAGES_PER_SECOND));
        Self { channels, ledger, turns, rate, uploads, profiles, threads, metrics, tasks }
    }

    /// With another pace: so many messages of a channel in any second.
    pub(crate) fn with_rate(self, per_second: NonZeroUsize) -> Self {
        Self { rate: Rate::new(per_second), ..self }
    }

    /// Settles what a host has left that came to a sudden end. Called before anything is sent.
    ///
    /// # Errors
    /// The outbox's.
    pub(crate) async fn recover(&self) -> Result<(), StoreError> {
        let Recovered { unknown, not_sent } = self.ledger.recover().await?;
        if unknown + not_sent > 0 {
            tracing::warn!(
                unknown,
                not_sent,
                "the host ended while it was sending; messages that are unknown may have been sent"
            );
        }
        Ok(())
    }

    /// Sends a message, and waits until its calls have ended.
    ///
    /// # Errors
    /// Why it did not get as far as the provider. What the provider refuses is an outcome.
    pub(crate) async fn send(&self, draft: Draft) -> Result<Sent, NotSent> {
        let sender = self.clone();
        let sending = self.tasks.spawn(async move { sender.carry_out(draft).await });
        sending.await.unwrap_or(Err(NotSent::Lost))
    }

    async fn carry_out(&self, draft: Draft) -> Result<Sent, NotSent> {
        let _turn = self.turns.wait(&draft.message.channel_id, draft.line()).await;
        let ready = match self.prepare(draft, Instant::now() + NAME_LOOKUP_TIMEOUT).await? {
            Step::On(ready) => ready,
            Step::Sent(sent) => return Ok(sent),
        };
        // To wait for this is no attempt: nothing has begun.
        self.rate.take(ready.adapter.channel_id().as_str(), ready.translated.requests.len()).await;
        let leave = match self.begin(ready).await? {
            Step::On(leave) => leave,
            Step::Sent(sent) => return Ok(sent),
        };
        let (began, started) = (Timestamp::now(), Instant::now());
        let delivered = leave.ready.adapter.deliver(&leave.ready.translated.requests).await;
        Ok(self.conclude(leave, delivered, began, started.elapsed()).await)
    }

    /// Brings a message to where only its calls are missing, waiting for names until `until` at most.
    async fn prepare(&self, draft: Draft, until: Instant) -> Result<Step<Ready>, NotSent> {
        match self.recall(draft).await? {
            Step::On(new) => self.accept(new, until).await,
            Step::Sent(sent) => Ok(Step::Sent(sent)),
        }
    }

    /// Finds the message's channel, and what became of the message if it was sent before.
    async fn recall(&self, draft: Draft) -> Result<Step<New>, NotSent> {
        let channel_id = &draft.message.channel_id;
        if channel_id.is_empty() {
            let refused = Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", draft.report);
            return Err(refused.into());
        }
        let channels = self.channels.list();
        let Some(adapter) = channels.get(channel_id).map(Arc::clone) else {
            return Err(NotSent::UnknownChannel { known: channels.ids() });
        };
        let entry = if draft.is_kept() { Some(Entry::of(&draft)?) } else { None };
        if let Some(entry) = &entry
            && let Some(earlier) = self.ledger.find(entry).await?
        {
            let person = draft.message.to.person();
            return Ok(Step::Sent(self.replayed(&*adapter, draft.to(), person.as_deref(), earlier).await));
        }
        Ok(Step::On(New { adapter, draft, entry }))
    }

    /// Fills names in, checks and translates the message, and writes it down.
    async fn accept(&self, new: New, until: Instant) -> Result<Step<Ready>, NotSent> {
        let New { adapter, draft, mut entry } = new;
        let (to, line) = (draft.to(), draft.line());
        let Draft { json, mut message, mut report, .. } = draft;
        report.warnings.extend(personalise(&mut message, &adapter, &self.profiles, until).await);
        let rule = self.channels.list().window_rule(adapter.channel_id().as_str());
        let too_late = window::judge(&mut message, &*adapter, rule, &self.threads, &mut report).await;
        let mut translated = adapter
            .denormalize_read(&message, report, &json)
            .inspect_err(|error| self.metrics.observe(error.kind().as_str(), Duration::ZERO))?;
        translated.warnings.extend(too_late);
        let person = message.to.person().map(String::from);
        if let Some(person) = &person
            && let Some(other) = self.threads.other_owner(adapter.channel_id().as_str(), person).await
        {
            // The provider decides: what the host knows may be old.
            let issue = Issue::new(&Pointer::ROOT.key("to"), "thread.other_owner", other.to_string());
            translated.warnings.push(issue.with_hint("leave the answer to them, or take the conversation back first"));
        }
        let unavailable = match &person {
            Some(person) => self.threads.unavailable(adapter.channel_id().as_str(), person).await,
            None => None,
        };
        if let Some(Unavailable { code, since }) = &unavailable {
            // The provider decides here, too.
            let since = since.strftime("%Y-%m-%d %H:%M:%S UTC");
            let told =
                format!("no message has reached this person since {since} ({code}), and they have not written since");
            let issue = Issue::new(&Pointer::ROOT.key("to"), "person.unavailable", told);
            translated.warnings.push(issue.with_hint("wait until they write"));
        }
        if let Some(entry) = &mut entry
            && let Some(earlier) = self.ledger.accept(entry).await?
        {
            return Ok(Step::Sent(self.replayed(&*adapter, to, person.as_deref(), earlier).await));
        }
        let attachment_ids = message.attachment_ids();
        Ok(Step::On(Ready {
            adapter,
            to,
            line,
            person,
            attachment_ids,
            unavailable: unavailable.is_some(),
            translated,
            entry,
        }))
    }

    /// Writes down that the message is begun. Its calls have to follow at once: what ends this host in between leaves a message
    /// that may have been sent.
    async fn begin(&self, mut ready: Ready) -> Result<Step<Leave>, NotSent> {
        let Some(entry) = &mut ready.entry else { return Ok(Step::On(Leave { ready, attempt: None })) };
        match self.ledger.begin(entry).await? {
            Begun::Attempt(attempt) => Ok(Step::On(Leave { ready, attempt: Some(attempt) })),
            Begun::Known(earlier) => {
                let Ready { adapter, to, person, .. } = ready;
                Ok(Step::Sent(self.replayed(&*adapter, to, person.as_deref(), earlier).await))
            }
        }
    }

    /// Remembers what has to be remembered of a message whose calls began at `began` and took so long.
    async fn conclude(&self, leave: Leave, delivered: Delivered, began: Timestamp, took: Duration) -> Sent {
        let Leave { ready, attempt } = leave;
        let Ready { adapter, to, person, attachment_ids, unavailable, translated, entry, .. } = ready;
        let Delivered { receipts, failure, .. } = delivered;
        let Denormalized { requests, warnings, thread, .. } = translated;
        let outcome = Outcome { receipts, parts: requests.len(), failure, warnings };
        // Before anything else: a crash after this costs a remark, and one before it the outcome.
        if let Some(attempt) = &attempt {
            self.ledger.settle(attempt, &outcome).await;
        }
        let failure = &outcome.failure;
        self.metrics.observe(failure.as_ref().map_or("sent", |error| error.kind().as_str()), took);
        let channel_id = adapter.channel_id().as_str();
        match failure {
            None => {
                if let Some(thread) = &thread {
                    self.threads.changed_at(channel_id, thread, began).await;
                }
                if let Some(person) = person.as_deref().filter(|_| unavailable) {
                    self.threads.reached(channel_id, person, began).await;
                }
            }
            Some(error) => {
                let what = match (outcome.status(), outcome.receipts.len()) {
                    (Status::Unknown, _) => "a message may have been sent",
                    (_, 0) => "a message was not sent",
                    _ => "a message was sent in part",
                };
                let id = entry.as_ref().map(Entry::id).unwrap_or_default();
                telemetry::message_failed(&*adapter, error, what, id);
                if let Some(person) = &person {
                    self.threads.failed(&*adapter, person, error, began).await;
                }
                if error.kind() == ErrorKind::Rejected {
                    // One of the ids in it may have ended.
                    for id in &attachment_ids {
                        self.uploads.forget(channel_id, id).await;
                    }
                }
            }
        }
        let ended = Ended { id: entry.map(Entry::into_id), outcome };
        self.sent(&*adapter, to, person.as_deref(), ended).await
    }

    async fn replayed(&self, adapter: &dyn ChannelAdapter, to: Value, person: Option<&str>, earlier: Ended) -> Sent {
        Sent { replayed: true, ..self.sent(adapter, to, person, earlier).await }
    }

    async fn sent(&self, adapter: &dyn ChannelAdapter, to: Value, person: Option<&str>, ended: Ended) -> Sent {
        let Ended { id, outcome } = ended;
        let channel_id = adapter.channel_id().to_string();
        let owned = outcome.failure.as_ref().is_some_and(|error| error.kind() == ErrorKind::ThreadOwned);
        let other_owner = match person.filter(|_| owned) {
            Some(person) => self.threads.other_owner(&channel_id, person).await,
            None => None,
        };
        Sent { id, channel_id, to, outcome, replayed: false, other_owner }
    }
}
