//! Messages of which nobody knows whether they were sent: looked for in their conversations, and given up in the end.

use std::collections::HashSet;
use std::time::Duration;

use channel_api::{Error, ErrorKind, Retry, Said};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use super::Statuses;
use crate::store::{Copied, Heard, Message, OUTCOME_UNKNOWN, StoreError};

/// How many messages are read at a time.
const PAGE: usize = 100;
/// How many are looked for in a round, and how many at once: providers let conversations be read a few times a second.
const LOOKS: usize = 20;
const LOOKS_AT_ONCE: usize = 2;
/// How long to wait before the next round where there are more.
pub(super) const NEXT: Duration = Duration::from_secs(10);
/// How long a look may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is remembered of messages that are unknown.
#[derive(Debug)]
pub(super) struct Unknown {
    after: Duration,
    /// Those that were looked for already: they are looked for once soon, and once in the end.
    looked_for: HashSet<String>,
}

impl Unknown {
    pub(super) fn new(after: Duration) -> Self {
        Self { after, looked_for: HashSet::new() }
    }

    /// How often there may be something to decide; also how long a copy is waited for before anybody asks.
    pub(super) fn every(&self) -> Duration {
        (self.after / 10).clamp(Duration::from_millis(100), Duration::from_secs(30))
    }
}

impl Statuses {
    /// Looks for messages that are unknown, and gives those up that have been so too long. Whether there are more than
    /// are looked for at a time.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn decide(
        &self,
        unknown: &mut Unknown,
        now: Timestamp,
        again: &impl Fn(Message),
    ) -> Result<bool, StoreError> {
        let over = earlier(now, unknown.after);
        let is_over = |message: &Message| message.changed_at < over;
        let (mut wanted, mut open, mut after) = (Vec::new(), HashSet::new(), 0);
        // Those that were looked for and are not over yet hold nobody up.
        while wanted.len() < LOOKS {
            let page = self.store.unknown(earlier(now, unknown.every()), after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            open.extend(page.iter().map(|message| message.id.clone()));
            wanted.extend(
                page.into_iter().filter(|message| is_over(message) || !unknown.looked_for.contains(&message.id)),
            );
        }
        let is_more = wanted.len() > LOOKS;
        wanted.truncate(LOOKS);
        let mut found = Vec::new();
        for at_once in wanted.chunks(LOOKS_AT_ONCE) {
            found.extend(join_all(at_once.iter().map(|message| self.look_for(message))).await.into_iter().flatten());
        }
        if !is_more {
            unknown.looked_for.retain(|id| open.contains(id));
        }
        unknown.looked_for.extend(wanted.iter().map(|message| message.id.clone()));
        if !found.is_empty() {
            let heard = found.into_iter().map(Heard::Found).collect();
            self.store.hear(heard).await?.into_iter().for_each(again);
        }
        for message in wanted.iter().filter(|message| is_over(message)) {
            // Its own failure says what happened to the call.
            let cause = message.outcome.as_ref().and_then(|outcome| outcome.failure.as_ref());
            if self.store.give_up(&message.id, never_known(cause)).await? {
                tracing::warn!(message = message.id, "nobody knows whether this message was sent; it is given up");
            }
        }
        Ok(is_more)
    }

    /// What the account said last in a message's conversation, where the channel can tell.
    async fn look_for(&self, message: &Message) -> Vec<Copied> {
        let list = self.channels.list();
        let Some((person, adapter)) = message.person.as_ref().zip(list.get(&message.channel_id)) else {
            return Vec::new();
        };
        let Some(people) = adapter.people() else { return Vec::new() };
        let said = match timeout(PATIENCE, people.last_messages(person)).await {
            Ok(Ok(said)) => said,
            Ok(Err(error)) => {
                tracing::debug!(message = message.id, code = error.code(), "its conversation could not be looked at");
                return Vec::new();
            }
            Err(_) => return Vec::new(),
        };
        // Of two that say the same nobody can tell which it was. The provider does not tell who wrote it: a colleague's message is
        // told by its own copy.
        let once = |one: &Said| said.iter().filter(|other| other.by_account && other.text == one.text).count() == 1;
        let by_account = said.iter().filter(|said| said.by_account && said.text.is_some() && once(said)).cloned();
        let copied = |Said { message_id, text, at, .. }: Said| Copied {
            channel_id: message.channel_id.clone(),
            person: Some(person.clone()),
            token: None,
            message_id: Some(message_id),
            ours: Some(true),
            at,
            kind: None,
            text,
        };
        by_account.map(copied).collect()
    }
}

fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn never_known(cause: Option<&Error>) -> Error {
    let after = cause.map_or_else(|| "the host ended during its call".to_owned(), ToString::to_string);
    let error = Error::new(
        ErrorKind::Unexpected,
        OUTCOME_UNKNOWN,
        format!("nobody knows whether this message was sent: {after}"),
    )
    .with_retry(Retry::IF_IDEMPOTENT)
    .with_hint("look for it in the conversation; to send it again all the same, retry it with force");
    match cause {
        Some(cause) => error.with_context("cause", cause.code().to_owned()),
        None => error,
    }
}
