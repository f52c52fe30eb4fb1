//! Messages that have failed are sent again, and messages that wait are dropped, when somebody says so: one, or many by what they are.

use std::time::Duration;

use channel_api::{Error, ErrorKind, Retry};
use futures::future::join_all;
use tokio::time::timeout;

use super::repeats::{ImpliedKey, Opened, Storing};
use super::take::MOST_PENDING;
use super::{Draft, Request, Sender};
use crate::store::{Message, MessageQuery, OUTCOME_UNKNOWN, Outcome, Retried, Status, StoreError};

/// How many messages are written down at once.
const TOGETHER: usize = 50;

/// What shall be done with a message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Send it again, behind all that wait and without the parts that went.
    Retry {
        /// Even if it may have been sent.
        force: bool,
    },
    /// Do not send it, or give up finding out whether it was sent.
    Drop,
}

/// Why a message was left as it is. `Display` is a sentence about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Left {
    /// It is not kept.
    #[error("there is no such message here")]
    NotFound,
    /// It may have been sent, and nobody insisted.
    #[error("it may have been sent already")]
    NeedsForce,
    /// It waits, or is on its way.
    #[error("it is on its way")]
    OnItsWay,
    /// The provider has it.
    #[error("it was sent")]
    Sent,
    /// It has failed.
    #[error("it has failed, and is not sent again by itself")]
    Failed,
    /// It is being sent at this moment.
    #[error("its call is being made")]
    CallOpen,
    /// Too many messages wait.
    #[error("{MOST_PENDING} messages wait to be sent already")]
    Full,
    /// The outbox failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The task that does it has died.
    #[error("the host failed at it")]
    Lost,
}

/// What became of many messages.
#[derive(Debug, Default)]
pub(crate) struct Redriven {
    /// The ids of those with which it was done, or would be.
    pub(crate) done: Vec<String>,
    /// The ids of the others, and why they were left.
    pub(crate) left: Vec<(String, Left)>,
    /// After which place there are more.
    pub(crate) next: Option<u64>,
    /// Open until it is answered.
    pub(crate) request: Option<Request>,
}

impl Order {
    /// Why it cannot be done with a message as it is now.
    fn refused(self, message: &Message) -> Option<Left> {
        match self {
            Self::Retry { force } => Retried::refused(message, force).map(|retried| Left::of(&retried)),
            Self::Drop => match message.status {
                Status::Accepted | Status::Unknown => None,
                Status::Begun => Some(Left::CallOpen),
                Status::Failed => Some(Left::Failed),
                Status::Sent | Status::Delivered | Status::Read => Some(Left::Sent),
            },
        }
    }
}

impl Left {
    fn of(retried: &Retried) -> Self {
        match retried {
            Retried::NeedsForce => Self::NeedsForce,
            Retried::NotFailed(Status::Accepted | Status::Begun) => Self::OnItsWay,
            Retried::NotFailed(_) => Self::Sent,
            Retried::NotFound | Retried::Again(_) => Self::NotFound,
        }
    }

    /// For programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "unknown_message",
            Self::NeedsForce => "needs_force",
            Self::OnItsWay => "on_its_way",
            Self::Sent => "already_sent",
            Self::Failed => "already_failed",
            Self::CallOpen => "call_open",
            Self::Full => "too_many_pending",
            Self::Store(error) => error.code(),
            Self::Lost => "failed",
        }
    }

    /// What to do next.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NeedsForce => {
                Some("look for it in the conversation; with force it is sent all the same, perhaps a second time")
            }
            Self::CallOpen => Some("ask for it in a moment: what becomes of the call is known then"),
            Self::Sent => Some("what was sent cannot be taken back here"),
            Self::Full => Some("it is as it was; ask again when fewer wait"),
            _ => None,
        }
    }
}

impl Sender {
    /// Does this with a message. One that is already where that leads is answered as it is, so that asking twice is asking once. So is
    /// one that is sent again for a request that came before, known by `implied`, whose answer nobody has.
    ///
    /// # Errors
    /// Why it was left as it is.
    pub(crate) async fn redrive(
        &self,
        id: &str,
        order: Order,
        implied: Option<ImpliedKey>,
    ) -> (Option<Request>, Result<Message, Left>) {
        let (request, storing) = match (order, implied) {
            (Order::Retry { .. }, Some(implied)) => match self.keyless.begin(implied).await {
                (request, Opened::New(storing)) => (Some(request), Some(storing)),
                (request, Opened::Repeated(_)) => return (Some(request), self.now(id).await),
            },
            _ => (None, None),
        };
        let (sender, wanted) = (self.clone(), id.to_owned());
        // On a task of its own: whoever asked may go away, and what is accepted again has to be put in line.
        let done = self.tasks.spawn(async move {
            match order {
                Order::Retry { force } => sender.retry(&wanted, force, storing).await,
                Order::Drop => sender.drop(&wanted).await,
            }
        });
        let done = match (order, done.await.unwrap_or(Err(Left::Lost))) {
            (Order::Retry { .. }, Err(Left::OnItsWay | Left::Sent)) | (Order::Drop, Err(Left::Failed)) => {
                self.now(id).await
            }
            (_, done) => done,
        };
        (request, done)
    }

    async fn now(&self, id: &str) -> Result<Message, Left> {
        self.outbox.get(id).await?.ok_or(Left::NotFound)
    }

    /// Does this with messages, the oldest first, as many as are asked for. `only_look`: nothing is done.
    ///
    /// # Errors
    /// The outbox's, where they cannot be listed.
    pub(crate) async fn redrive_all(
        &self,
        which: MessageQuery,
        order: Order,
        only_look: bool,
        implied: Option<ImpliedKey>,
    ) -> Result<Redriven, StoreError> {
        let limit = which.limit;
        // One more tells whether there are more.
        let which = MessageQuery { limit: limit.saturating_add(1), after: which.after.or(Some(0)), ..which };
        let mut found = self.outbox.list(which).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let mut redriven = Redriven { next: found.last().filter(|_| more).map(|last| last.seq), ..Redriven::default() };
        for together in found.chunks(TOGETHER) {
            let each = together.iter().map(async |message| {
                let (request, done) = match order.refused(message) {
                    Some(left) => (None, Err(left)),
                    None if only_look => (None, Ok(())),
                    None => {
                        let implied = implied.map(|implied| implied.of_message(message.seq));
                        let (request, done) = self.redrive(&message.id, order, implied).await;
                        (request, done.map(drop))
                    }
                };
                (message.id.clone(), request, done)
            });
            for (id, request, done) in join_all(each).await {
                match done {
                    Ok(()) => redriven.done.push(id),
                    Err(left) => redriven.left.push((id, left)),
                }
                redriven.request = match (redriven.request.take(), request) {
                    (Some(request), Some(more)) => Some(request.and(more)),
                    (request, more) => request.or(more),
                };
            }
        }
        Ok(redriven)
    }

    /// A message as it is once it has come to an end, or after so long.
    ///
    /// # Errors
    /// [`Left::NotFound`], or the outbox's.
    pub(crate) async fn settled(&self, id: &str, wait: Duration) -> Result<Message, Left> {
        let mut watching = self.answers.watch(id);
        let message = self.outbox.get(id).await?.ok_or(Left::NotFound)?;
        if !matches!(message.status, Status::Accepted | Status::Begun) {
            return Ok(message);
        }
        // However that ends, the outbox knows.
        let _told = timeout(wait, self.stopping.run_until_cancelled(watching.told())).await;
        self.outbox.get(id).await?.ok_or(Left::NotFound)
    }

    async fn retry(&self, id: &str, force: bool, storing: Option<Storing>) -> Result<Message, Left> {
        if self.workers.waiting() >= MOST_PENDING {
            return Err(Left::Full);
        }
        let implied = storing.as_ref().map(|storing| storing.key().bytes());
        match self.outbox.retry(id, force, implied).await? {
            Retried::Again(message) => {
                if let Some(storing) = storing {
                    storing.stored(id);
                }
                self.put_back((*message).clone());
                Ok(*message)
            }
            refused => Err(Left::of(&refused)),
        }
    }

    async fn drop(&self, id: &str) -> Result<Message, Left> {
        let message = self.outbox.get(id).await?.ok_or(Left::NotFound)?;
        if let Some(left) = Order::Drop.refused(&message) {
            return Err(left);
        }
        let failure = dropped(&message);
        let is_done = match message.status {
            Status::Unknown => self.statuses.give_up(id, failure.clone()).await?,
            _ => self.outbox.fail(id, failure.clone()).await?,
        };
        let now = self.outbox.get(id).await?.ok_or(Left::NotFound)?;
        if !is_done {
            // It came on meanwhile.
            return Err(Order::Drop.refused(&now).unwrap_or(Left::CallOpen));
        }
        // After it is written down: what is taken out of line and not dropped would wait for the next host.
        self.workers.remove(&now.channel_id, &Draft::line_of(&now), now.place());
        self.answers.tell(id, now.status, now.outcome.as_ref().unwrap_or(&Outcome::default()));
        Ok(now)
    }
}

/// Why a message has failed that somebody dropped.
fn dropped(message: &Message) -> Error {
    if message.status == Status::Unknown {
        return Error::new(
            ErrorKind::Unexpected,
            OUTCOME_UNKNOWN,
            "nobody knows whether it was sent, and somebody dropped it",
        )
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint("look for it in the conversation; to send it again all the same, retry it with force");
    }
    Error::new(ErrorKind::Unexpected, "dropped", "somebody dropped it before it was sent")
        .with_hint("retry it if it is wanted after all")
}
