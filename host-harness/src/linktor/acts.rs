//! What agents do to messages and conversations beside answering: they react, type and read. What is not this host's is acknowledged
//! silently: the events of all channels lie on the same subjects.

mod act;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use channel_api::ChannelAdapter;
use channel_api::json::Document;
use jiff::Timestamp;
use serde_json::{Value, json};

use self::act::{Act, Done, subjects};
use super::connection::Open;
use super::counts::Counts;
use super::durable::{Bound, Durable};
use super::pulling::{NotNow, Taker};
use super::streams::EVENTS;
use crate::channels::Channels;
use crate::sending::{Draft, Key, NotSent, Sender};
use crate::store::{Message as Kept, MessageQuery, Origin, Outbox, StoreError};
use crate::threads::Threads;

/// As often as it takes: each is dealt with in the end.
const MAX_DELIVER: i64 = -1;
/// Whoever types or reads does so now.
const FRESH: Duration = Duration::from_secs(30);

/// Takes what agents do on channels of one type.
#[derive(Debug)]
pub(super) struct Acts {
    pub(super) channel_type: String,
    pub(super) channels: Channels,
    pub(super) outbox: Arc<dyn Outbox>,
    pub(super) threads: Threads,
    pub(super) sender: Sender,
    pub(super) counts: Arc<Counts>,
}

/// The consumer of these events, and of no others: the stream keeps what somebody has asked for.
pub(super) fn durable(channel_type: &str) -> Durable {
    Durable { stream: EVENTS, name: format!("{channel_type}-events"), subjects: subjects(), max_deliver: MAX_DELIVER }
}

impl Taker for Acts {
    /// The order of events is of no consequence beyond a message's own, and they come again in it.
    async fn begin(&self, _: &Open, _: &Bound) -> Result<(), NotNow> {
        Ok(())
    }

    async fn take(&self, _: &Open, messages: &[Message]) -> Result<(), NotNow> {
        for message in messages {
            let Some(done) = Done::read(message) else { continue };
            if self.deal(&done).await? {
                Counts::add(&self.counts.acts);
            }
        }
        Ok(())
    }
}

/// A person in a conversation of one of this host's channels.
struct Whose {
    adapter: Arc<dyn ChannelAdapter>,
    person: String,
}

impl Acts {
    /// Whether it was this host's.
    async fn deal(&self, done: &Done) -> Result<bool, NotNow> {
        let Done { act, conversation_id, .. } = done;
        let is_old = || done.at.is_some_and(|at| Timestamp::now().duration_since(at).unsigned_abs() > FRESH);
        match act {
            Act::Reaction { channel_id, message_id, external_id, emoji } => {
                let Some(adapter) = self.channel(channel_id) else { return Ok(false) };
                let known = self.message_of(message_id, external_id, conversation_id, adapter).await?;
                let Some((whose, target)) = known else {
                    tracing::warn!(message_id, "an agent reacts to a message of which this host knows nothing");
                    return Ok(false);
                };
                self.send(&whose, &reaction(&target, emoji), Some(&done.id)).await?;
            }
            Act::Typing { .. } | Act::Read if is_old() => return Ok(false),
            Act::Typing { is_typing } => {
                let Some(whose) = self.whose(conversation_id).await? else { return Ok(false) };
                let action = if *is_typing { "typing_on" } else { "typing_off" };
                self.send(&whose, &json!({ "type": action }), None).await?;
            }
            Act::Read => {
                let Some(whose) = self.whose(conversation_id).await? else { return Ok(false) };
                self.send(&whose, &json!({"type": "mark_seen"}), None).await?;
            }
            Act::Change { message_id, what } => {
                let Some(kept) = self.answer(message_id).await? else { return Ok(false) };
                let channel_id = kept.channel_id;
                tracing::warn!(
                    message_id,
                    channel_id,
                    "an agent has {what} an answer in Linktor: what is sent cannot be changed on this channel, and the person has it as it was"
                );
            }
        }
        Ok(true)
    }

    fn channel(&self, linktor_channel_id: &str) -> Option<Arc<dyn ChannelAdapter>> {
        let (list, id) = (self.channels.list(), linktor_channel_id.to_lowercase());
        let mut here = list.in_linktor().filter(|(_, adapter)| adapter.channel_type() == self.channel_type);
        here.find(|(place, _)| place.channel_id == id).map(|(_, adapter)| Arc::clone(adapter))
    }

    /// The message that is meant, and whose conversation it stands in. One of ours is named as the core names it: the provider's id takes
    /// that place when it is sent.
    async fn message_of(
        &self,
        message_id: &str,
        external_id: &str,
        conversation_id: &str,
        adapter: Arc<dyn ChannelAdapter>,
    ) -> Result<Option<(Whose, String)>, NotNow> {
        if external_id.is_empty() {
            let kept = self.answer(message_id).await?.filter(|kept| kept.channel_id == adapter.channel_id().as_str());
            let named = kept.and_then(|kept| kept.person);
            return Ok(named.map(|person| (Whose { adapter, person }, message_id.to_owned())));
        }
        let told = self.threads.person_of(&*adapter, external_id).await.map_err(not_now)?;
        let whose = match told {
            Some(person) => Some(Whose { adapter, person }),
            // The log may not keep it any more.
            None => self.whose(conversation_id).await?,
        };
        Ok(whose.map(|whose| (whose, external_id.to_owned())))
    }

    /// An answer that the core gave to this host.
    async fn answer(&self, message_id: &str) -> Result<Option<Kept>, NotNow> {
        let kept = self.outbox.get(message_id).await.map_err(not_now)?;
        Ok(kept.filter(|kept| kept.origin == Origin::Linktor))
    }

    /// Who is in a conversation of the core's: whom its last answer was for.
    async fn whose(&self, conversation_id: &str) -> Result<Option<Whose>, NotNow> {
        if conversation_id.is_empty() {
            return Ok(None);
        }
        let reference = Some(conversation_id.to_owned());
        let query = MessageQuery { reference, limit: 1, ..MessageQuery::default() };
        let last = self.outbox.list(query).await.map_err(not_now)?.pop();
        let Some(Kept { channel_id, person: Some(person), .. }) = last.filter(|kept| kept.origin == Origin::Linktor)
        else {
            return Ok(None);
        };
        let channels = self.channels.list();
        let adapter = channels.get(&channel_id).filter(|adapter| adapter.channel_type() == self.channel_type);
        Ok(adapter.map(|adapter| Whose { adapter: Arc::clone(adapter), person }))
    }

    /// Sends it; what is kept is known by the event's id when that comes again.
    async fn send(&self, whose: &Whose, content: &Value, id: Option<&str>) -> Result<(), NotNow> {
        let Whose { adapter, person } = whose;
        let message = json!({"channelId": adapter.channel_id(), "to": person, "content": content});
        let key = id.and_then(|id| Key::new(&format!("linktor:{id}")));
        let draft = Draft::read(Document::new(message)).with_key(key);
        match self.sender.send(draft, Duration::ZERO).await {
            Ok(_) | Err(NotSent::Gone) => Ok(()),
            // Nobody can be told: the core has no word for it.
            Err(reason @ (NotSent::Refused(_) | NotSent::UnknownChannel { .. } | NotSent::KeyReused)) => {
                let channel_id = adapter.channel_id();
                tracing::warn!(%reason, %channel_id, "what an agent did in Linktor does not reach the person");
                Ok(())
            }
            Err(reason) => Err(NotNow(reason.to_string())),
        }
    }
}

fn reaction(message_id: &str, emoji: &str) -> Value {
    if emoji.is_empty() {
        return json!({"type": "unreact", "messageId": message_id});
    }
    json!({"type": "react", "messageId": message_id, "reaction": emoji})
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over")]
fn not_now(error: StoreError) -> NotNow {
    NotNow(error.to_string())
}
