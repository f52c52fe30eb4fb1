//! Takes what a durable consumer delivers, for as long as the host runs: in order, in small groups, each acknowledged once it is dealt
//! with. It never sends anything back: what cannot be dealt with now is held until it can be.

mod others;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::{MessagesError, MessagesErrorKind, Stream};
use async_nats::jetstream::{AckKind, Message};
use futures::{FutureExt as _, StreamExt as _};
use tokio::time::{MissedTickBehavior, interval, sleep};

use self::others::Others;
use super::connection::{Bus, Open};
use super::counts::Counts;
use super::durable::{Bound, Durable, Unbound};
use super::streams::reason;

/// How many messages are asked for at once, as Linktor's own channels do.
const BATCH: usize = 10;
/// How long such a request stands.
const EXPIRES: Duration = Duration::from_secs(10);
/// How often the server shows that it still has the request. After two without a sign another one is made.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long until it is tried again what did not work for now.
const AGAIN: Duration = Duration::from_secs(1);
/// And what somebody has to mend.
const MENDED: Duration = Duration::from_secs(15);

/// Deals with what is delivered.
pub(super) trait Taker: Send + Sync {
    /// What has to be done each time before anything is asked for.
    fn begin(&self, open: &Open, bound: &Bound) -> impl Future<Output = Result<(), NotNow>> + Send;

    /// Deals with messages, in their order. They are acknowledged after that, and given again after an error.
    fn take(&self, open: &Open, messages: &[Message]) -> impl Future<Output = Result<(), NotNow>> + Send;
}

/// Why something cannot be dealt with for now.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotNow(pub(super) String);

/// A consumer and what is done with what it delivers.
#[derive(Debug)]
pub(super) struct Pulling<T> {
    pub(super) durable: Durable,
    pub(super) taker: T,
    pub(super) counts: Arc<Counts>,
}

impl<T: Taker> Pulling<T> {
    /// Takes what is delivered, each time the bus is there. Ends never.
    pub(super) async fn keep(self, mut bus: Bus) {
        let mut told = Told::default();
        loop {
            let open = bus.open().await;
            let wait = tokio::select! {
                () = bus.lost(&open) => Duration::ZERO,
                wait = self.session(&open, &mut told) => wait,
            };
            sleep(wait).await;
        }
    }

    /// Takes what is delivered until something goes wrong, and says how long to wait then.
    async fn session(&self, open: &Open, told: &mut Told) -> Duration {
        let name = &self.durable.name;
        let bound = match self.durable.bind(&open.context).await {
            Ok(bound) => bound,
            Err(unbound) => {
                self.counts.trouble(name, Some(unbound.to_string()));
                told.tell(name, &unbound);
                return if matches!(unbound, Unbound::Away(_)) { AGAIN } else { MENDED };
            }
        };
        match (bound.is_new, told.was_there) {
            (true, true) => tracing::warn!(
                consumer = name,
                "the consumer was deleted by somebody, and is made again; nothing is lost that is in the stream"
            ),
            (true, false) => tracing::info!(consumer = name, "the consumer was missing, and is made"),
            (false, _) => {}
        }
        *told = Told { was_there: true, said: None };
        self.counts.trouble(name, None);
        if let Err(reason) = self.taker.begin(open, &bound).await {
            tracing::warn!(%reason, consumer = name, "what is left of the bus cannot be read back now; trying again");
            return AGAIN;
        }
        tokio::select! {
            wait = self.pull(open, &bound) => wait,
            () = others::watch(&bound, name) => AGAIN,
        }
    }

    async fn pull(&self, open: &Open, bound: &Bound) -> Duration {
        loop {
            let stream = bound.consumer.stream().max_messages_per_batch(BATCH).expires(EXPIRES).heartbeat(HEARTBEAT);
            let mut stream = match stream.messages().await {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(reason = reason(&error), consumer = self.durable.name, "nothing can be pulled now");
                    return AGAIN;
                }
            };
            match self.from(open, bound, &mut stream).await {
                // What was held is dealt with, and another pull is made.
                Ok(()) => {}
                Err(error) => return self.broken(&error),
            }
        }
    }

    /// Takes from one pull until it breaks, or until something has to be held: then nothing more is asked for.
    async fn from(&self, open: &Open, bound: &Bound, stream: &mut Stream) -> Result<(), MessagesError> {
        let ack_wait = bound.consumer.cached_info().config.ack_wait;
        let mut others = Others::new(&self.durable.name);
        while let Some(first) = stream.next().await {
            let mut group = vec![first?];
            let broken = ready(stream, &mut group);
            for message in &group {
                others.heard(message);
            }
            if let Err(reason) = self.deal(open, &group, ack_wait).await {
                let consumer = &self.durable.name;
                tracing::warn!(%reason, consumer, "what the bus delivers cannot be kept now: it is held, and nothing more is asked for");
                // What was asked for already may still come, and has waited as long.
                let _broken = ready(stream, &mut group);
                self.hold(open, &group, ack_wait).await;
                return Ok(());
            }
            broken?;
        }
        Ok(())
    }

    /// Deals with messages and acknowledges them, and keeps them from being delivered again meanwhile.
    async fn deal(&self, open: &Open, group: &[Message], ack_wait: Duration) -> Result<(), NotNow> {
        let mut progress = interval((ack_wait / 3).max(Duration::from_millis(100)));
        progress.set_missed_tick_behavior(MissedTickBehavior::Delay);
        progress.reset();
        let dealing = self.taker.take(open, group);
        tokio::pin!(dealing);
        let dealt = loop {
            tokio::select! {
                dealt = &mut dealing => break dealt,
                _ = progress.tick() => in_progress(group).await,
            }
        };
        if dealt.is_ok() {
            for message in group {
                // Lost, it is delivered again, and known.
                let _lost = message.ack().await;
            }
        }
        dealt
    }

    /// Tries until it is dealt with.
    async fn hold(&self, open: &Open, group: &[Message], ack_wait: Duration) {
        loop {
            in_progress(group).await;
            sleep(AGAIN).await;
            if self.deal(open, group, ack_wait).await.is_ok() {
                tracing::info!(consumer = self.durable.name, "what was held is kept, and the bus is asked for more");
                return;
            }
        }
    }

    /// What a pull that broke says of what to do next.
    fn broken(&self, error: &MessagesError) -> Duration {
        let consumer = &self.durable.name;
        match error.kind() {
            MessagesErrorKind::MissingHeartbeat => {
                Counts::add(&self.counts.pulls_rebuilt);
                tracing::warn!(consumer, "the bus left a pull without a sign of life: it is made again");
                Duration::ZERO
            }
            MessagesErrorKind::ConsumerDeleted => Duration::ZERO,
            _ => {
                Counts::add(&self.counts.pulls_rebuilt);
                tracing::warn!(consumer, reason = reason(error), "a pull ended: it is made again");
                AGAIN
            }
        }
    }
}

/// What is there already, behind the first.
fn ready(stream: &mut Stream, group: &mut Vec<Message>) -> Result<(), MessagesError> {
    while group.len() < 2 * BATCH {
        match stream.next().now_or_never() {
            Some(Some(Ok(message))) => group.push(message),
            Some(Some(Err(error))) => return Err(error),
            _ => break,
        }
    }
    Ok(())
}

async fn in_progress(group: &[Message]) {
    for message in group {
        let _lost = message.ack_with(AckKind::Progress).await;
    }
}

/// What was said, so that it is not said each time.
#[derive(Debug, Default)]
struct Told {
    was_there: bool,
    said: Option<String>,
}

impl Told {
    fn tell(&mut self, consumer: &str, unbound: &Unbound) {
        let reason = unbound.to_string();
        if self.said.as_ref() == Some(&reason) {
            return;
        }
        match unbound {
            Unbound::Away(_) => tracing::warn!(consumer, reason, "the consumer cannot be looked at now; trying again"),
            Unbound::Refused(_) => tracing::error!(consumer, reason, "nothing is taken from Linktor's bus"),
        }
        self.said = Some(reason);
    }
}
