//! From what was brought to what is kept and stands in line.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use channel_api::{ChannelAdapter, ChannelAdapterExt as _, Delivered, Error, ErrorKind, Retry};
use futures::future::join_all;
use tokio::time::Instant;

use super::accept::Ready;
use super::answers::Watching;
use super::pace::{Class, Wanted};
use super::queue::{EXPIRES, Group, Line, Waiting};
use super::repeats::{Opened, Storing};
use super::{Draft, NotSent, Sender, Sent};
use crate::store::{Accepted, Message, NewMessage, Outcome, Place, SendKey, Status};

/// How many messages may wait on all channels together.
pub(super) const MOST_PENDING: usize = 100_000;
/// How many messages that wait keep in memory what was made of them.
const MOST_READY: usize = 1_000;

/// A message that was accepted, or a sign that was sent.
pub(super) struct Taken {
    pub(super) adapter: Arc<dyn ChannelAdapter>,
    pub(super) sent: Sent,
    pub(super) person: Option<String>,
    /// Where it stood in line.
    pub(super) stood: Option<(Line, Place)>,
    /// For what comes of it, unless that is known.
    pub(super) watching: Option<Watching>,
}

/// A message that breaks no rule and is to be kept.
pub(super) struct New {
    pub(super) kept: NewMessage,
    pub(super) line: Line,
    pub(super) ready: Ready,
    /// Of a request without a key.
    pub(super) storing: Option<Storing>,
}

/// What a step of the way came to.
enum Step {
    /// The message goes on.
    On(Box<New>),
    /// There is nothing more to do.
    Taken(Box<Taken>),
}

impl Sender {
    /// Writes messages down, each that breaks no rule, and puts them in line.
    pub(super) async fn accept_all(&self, drafts: Vec<Draft>) -> Vec<Result<Taken, NotSent>> {
        let together = drafts.len() > 1;
        let steps = join_all(drafts.into_iter().map(|draft| self.prepare(draft))).await;
        let kept: Vec<NewMessage> = steps
            .iter()
            .filter_map(|step| match step {
                Ok(Step::On(new)) => Some(new.kept.clone()),
                _ => None,
            })
            .collect();
        let watching: Vec<Watching> = kept.iter().map(|kept| self.answers.watch(&kept.id)).collect();
        let room = self.workers.waiting() + kept.len() <= MOST_PENDING;
        let accepted = match kept.len() {
            0 => Ok(Vec::new()),
            _ if !room => Err(NotSent::Full { most: MOST_PENDING }),
            _ => self.outbox.accept(kept).await.map_err(NotSent::Store),
        };
        let group = together.then(|| Group::Batch(self.groups.fetch_add(1, Ordering::Relaxed)));
        let (mut accepted, mut watching) = (accepted.map(Vec::into_iter), watching.into_iter());
        let mut all = Vec::with_capacity(steps.len());
        let mut lines: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
        for step in steps {
            all.push(match step {
                Ok(Step::Taken(taken)) => Ok(*taken),
                Err(reason) => Err(reason),
                Ok(Step::On(new)) => match (&mut accepted, watching.next()) {
                    (Ok(accepted), watching) => match accepted.next() {
                        Some(Accepted::New { seq }) => {
                            let (channel_id, waiting, taken) = self.stand(*new, seq, group.clone(), watching);
                            lines.entry(channel_id).or_default().push(waiting);
                            Ok(taken)
                        }
                        Some(Accepted::Known(known)) => {
                            self.replayed(new.ready.adapter, new.ready.to, *known, &new.kept.fingerprint).await
                        }
                        Some(Accepted::Gone) => Err(NotSent::Gone),
                        None => Err(NotSent::Lost),
                    },
                    (Err(reason), _) => Err(std::mem::replace(reason, reason.again())),
                },
            });
        }
        // All at once, or the first would be gone before the others come.
        for (channel_id, waiting) in lines {
            self.workers.push(&channel_id, waiting);
        }
        all
    }

    /// Brings a message to where it can be accepted. A sign is sent at once: it is worth nothing a moment later.
    async fn prepare(&self, mut draft: Draft) -> Result<Step, NotSent> {
        let adapter = self.preparation.channel(&mut draft)?;
        if let Some(key) = draft.key.as_ref().filter(|_| draft.is_kept()) {
            let key = SendKey { channel_id: adapter.channel_id().to_string(), key: key.as_str().to_owned() };
            if let Some(known) = self.outbox.find(&key).await? {
                return Ok(Step::Taken(Box::new(
                    self.replayed(adapter, draft.to(), known, &draft.fingerprint()).await?,
                )));
            }
        }
        let storing = match draft.opened.take() {
            Some(Opened::Repeated(id)) => match self.outbox.get(&id).await? {
                Some(known) => {
                    let taken = self.replayed(adapter, draft.to(), known, &draft.fingerprint()).await?;
                    return Ok(Step::Taken(Box::new(taken)));
                }
                // It was erased since.
                None => return Err(NotSent::Gone),
            },
            Some(Opened::New(storing)) => Some(storing),
            None => None,
        };
        let kept = if draft.is_kept() { Some(draft.kept(storing.as_ref().map(Storing::key))?) } else { None };
        let line = draft.line();
        let ready = self.preparation.ready(draft, adapter).await?;
        match kept {
            Some(kept) => Ok(Step::On(Box::new(New { kept, line, ready, storing }))),
            None => Ok(Step::Taken(Box::new(self.sign(ready).await))),
        }
    }

    /// How an accepted message stands in line, and what is told of it.
    pub(super) fn stand(
        &self,
        new: New,
        seq: u64,
        group: Option<Group>,
        watching: Option<Watching>,
    ) -> (String, Waiting, Taken) {
        let New { kept: NewMessage { id, channel_id, reference, .. }, line, ready, storing } = new;
        if let Some(storing) = storing {
            storing.stored(&id);
        }
        let Ready { adapter, to, person, translated, .. } = &ready;
        let taken = Taken {
            adapter: Arc::clone(adapter),
            sent: Sent {
                id: Some(id.clone()),
                channel_id: channel_id.clone(),
                to: to.clone(),
                reference,
                status: Status::Accepted,
                outcome: Outcome { warnings: translated.warnings.clone(), ..Outcome::default() },
                wait: None,
                replayed: false,
                other_owner: None,
            },
            person: person.clone(),
            stood: Some((line.clone(), Place::accepted(seq))),
            watching,
        };
        let ready = (self.workers.waiting() < MOST_READY).then(|| Box::new(ready));
        let (place, expires) = (Place::accepted(seq), Instant::now() + EXPIRES);
        let waiting = Waiting { id, line, place, expires, due: None, tried: None, group, class: Class::Answer, ready };
        (channel_id, waiting, taken)
    }

    /// What is known of a message that was given before.
    async fn replayed(
        &self,
        adapter: Arc<dyn ChannelAdapter>,
        to: serde_json::Value,
        known: Message,
        fingerprint: &[u8; 32],
    ) -> Result<Taken, NotSent> {
        if known.fingerprint != *fingerprint {
            return Err(NotSent::KeyReused);
        }
        let watching = self.answers.watch(&known.id);
        // It may have come on since it was looked up.
        let known = self.outbox.get(&known.id).await?.unwrap_or(known);
        let is_open = matches!(known.status, Status::Accepted | Status::Begun);
        let stood = is_open.then(|| (Draft::line_of(&known), known.place()));
        let Message { id, channel_id, person, reference, status, outcome, .. } = known;
        let outcome = outcome.unwrap_or_default();
        let sent = Sent {
            id: Some(id),
            channel_id,
            to,
            reference,
            status,
            outcome,
            wait: None,
            replayed: true,
            other_owner: None,
        };
        Ok(Taken { adapter, sent, person, stood, watching: is_open.then_some(watching) })
    }

    async fn sign(&self, ready: Ready) -> Taken {
        let Ready { adapter, to, person, translated, .. } = ready;
        let channel_id = adapter.channel_id().to_string();
        let wanted = Wanted { person: None, calls: translated.requests.len(), media: false, class: Class::Answer };
        let started = Instant::now();
        let (receipts, failure) = if self.pace.take(&channel_id, &[wanted]).await {
            let Delivered { receipts, failure, .. } = adapter.deliver(&translated.requests).await;
            self.pace.ended(&channel_id, failure.as_ref());
            (receipts, failure)
        } else {
            (Vec::new(), Some(held()))
        };
        let told = failure.as_ref().map_or("sent", |error| error.kind().as_str());
        self.preparation.metrics.observe(told, started.elapsed());
        let outcome = Outcome { receipts, parts: translated.requests.len(), failure, warnings: translated.warnings };
        let (status, reference) = (outcome.status(), None);
        let sent = Sent {
            id: None,
            channel_id,
            to,
            reference,
            status,
            outcome,
            wait: None,
            replayed: false,
            other_owner: None,
        };
        Taken { adapter, sent, person, stood: None, watching: None }
    }
}

/// A sign does not wait for its channel.
fn held() -> Error {
    Error::new(ErrorKind::RateLimited, "sending_held", "the channel sends nothing at this moment")
        .with_retry(Retry::SAFE)
        .with_hint("`sending` of the channel says why, and until when")
}
