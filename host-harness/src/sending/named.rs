//! Messages that have an id of their author's, by which it will ask for them, as Linktor's core does: they are kept under it, and each once however often it is
//! given. Their author hears what is wrong from what becomes of them, so those that break a rule are kept, too.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use channel_api::json::Document;
use channel_api::{Error, ErrorKind};
use futures::FutureExt as _;
use futures::future::join_all;

use super::accept::Ready;
use super::queue::Waiting;
use super::take::{MOST_PENDING, New};
use super::{Draft, NotSent, Sender};
use crate::store::{Accepted, NewMessage, Origin};

/// A message and its author's id of it.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) id: String,
    /// The message. Its flaws are kept with what is wrong otherwise.
    pub(crate) document: Document,
}

/// What is kept of it.
#[derive(Debug)]
pub(crate) struct Kept {
    /// It was not given before.
    pub(crate) is_new: bool,
    /// Why it was not sent, where that is so.
    pub(crate) failure: Option<Error>,
}

struct Prepared {
    kept: NewMessage,
    line: String,
    /// Unless it is refused.
    ready: Option<Ready>,
}

impl Sender {
    /// Keeps messages, all or none and in their order, and puts those in line that break no rule. The others are kept as failed with
    /// all that is wrong with them. What was given before is left as it is.
    ///
    /// # Errors
    /// Why none of them may have been kept: give them all again.
    pub(crate) async fn keep(&self, named: Vec<Named>) -> Result<Vec<Kept>, NotSent> {
        let sender = self.clone();
        // On a task of its own: what is kept is put in line, whether or not anybody waits for this.
        self.tasks.spawn(async move { sender.keep_all(named).await }).await.map_err(|_| NotSent::Lost)?
    }

    async fn keep_all(&self, named: Vec<Named>) -> Result<Vec<Kept>, NotSent> {
        let prepared = join_all(named.into_iter().map(|named| self.prepare_named(named))).await;
        let prepared: Vec<Prepared> = prepared.into_iter().collect::<Result<_, _>>()?;
        if self.workers.waiting() + prepared.len() > MOST_PENDING {
            return Err(NotSent::Full { most: MOST_PENDING });
        }
        let accepted = self.outbox.accept(prepared.iter().map(|one| one.kept.clone()).collect()).await?;
        let mut lines: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
        let kept =
            accepted.into_iter().zip(prepared).map(|(accepted, Prepared { kept, line, ready })| match accepted {
                Accepted::New { seq } => {
                    let failure = kept.refused.clone();
                    if let Some(ready) = ready {
                        let new = New { kept, line, ready, storing: None };
                        let (channel_id, waiting, _) = self.stand(new, seq, None, None);
                        lines.entry(channel_id).or_default().push(waiting);
                    }
                    Kept { is_new: true, failure }
                }
                Accepted::Known(known) => Kept { is_new: false, failure: known.failure().cloned() },
                Accepted::Gone => Kept { is_new: false, failure: None },
            });
        let kept = kept.collect();
        for (channel_id, waiting) in lines {
            self.workers.push(&channel_id, waiting);
        }
        Ok(kept)
    }

    async fn prepare_named(&self, named: Named) -> Result<Prepared, NotSent> {
        let Named { id, document } = named;
        let mut draft = Draft::read(document);
        // As a key it stays taken when the message itself is kept no longer.
        let key = Some(format!("linktor:{id}"));
        let mut kept = NewMessage { id, key, origin: Origin::Linktor, ..draft.kept(None)? };
        let line = draft.line();
        let ready = match self.preparation.channel(&mut draft) {
            Ok(adapter) => {
                let ready = AssertUnwindSafe(self.preparation.ready(draft, adapter)).catch_unwind().await;
                ready.unwrap_or_else(|_| Err(panicked()))
            }
            Err(reason) => Err(draft.refused().unwrap_or_else(|| unknown_channel(&reason))),
        };
        let ready = ready.inspect_err(|error| kept.refused = Some(error.clone())).ok();
        Ok(Prepared { kept, line, ready })
    }
}

fn panicked() -> Error {
    Error::new(ErrorKind::Unexpected, "panicked", "this message brings its channel's adapter down")
}

fn unknown_channel(reason: &NotSent) -> Error {
    let error = Error::new(ErrorKind::InvalidMessage, "unknown_channel", reason.to_string());
    match reason.hint() {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}
