//! What a broadcast asks of sending: whether somebody may be written to, messages to many put in line, and news of them.

use channel_api::Error;
use channel_api::json::Document;
use serde_json::Value;
use tokio::sync::watch;

use super::window::{Standing, standing};
use super::{Draft, NotSent, Sender, waiting};
use crate::store::{BROADCAST_ENDED, Broadcast, Message, MessageQuery, NewMessage, Status, StoreError};

/// So many messages are withdrawn at a time.
const PAGE: usize = 200;

/// Why somebody gets no message of a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Bar {
    /// It would come too late.
    WindowClosed,
    /// Nobody knows whether it would come too late.
    WindowUnknown,
    /// They cannot be reached until they write.
    Unavailable,
}

impl Bar {
    /// As it is told.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::WindowClosed => "window_closed",
            Self::WindowUnknown => "window_unknown",
            Self::Unavailable => "person_unavailable",
        }
    }
}

impl Sender {
    /// Finds what is wrong with a message whoever it goes to, judged as one to this person. Nobody is asked for anything.
    ///
    /// # Errors
    /// What is wrong with it, or that its channel is not here.
    pub(crate) fn check(&self, json: &Value, person: &str) -> Result<(), NotSent> {
        let mut draft = to(json, person);
        let adapter = self.preparation.channel(&mut draft)?;
        draft.translate(&*adapter)?;
        Ok(())
    }

    /// What stands against writing to this person now.
    ///
    /// # Errors
    /// [`NotSent::UnknownChannel`].
    pub(crate) async fn bar(&self, json: &Value, person: &str) -> Result<Option<Bar>, NotSent> {
        let mut draft = to(json, person);
        let adapter = self.preparation.channel(&mut draft)?;
        let known = self.preparation.threads.known(adapter.channel_id().as_str(), person).await;
        Ok(match standing(&draft.message, &*adapter, &known.openings) {
            Standing::Closed => Some(Bar::WindowClosed),
            Standing::Unknown => Some(Bar::WindowUnknown),
            Standing::Open => known.unavailable.map(|_| Bar::Unavailable),
        })
    }

    /// Puts messages of one channel in line that are accepted, so that they may go out together.
    pub(crate) fn put_all_in_line(&self, channel_id: &str, messages: Vec<Message>) {
        self.workers.push(channel_id, messages.into_iter().map(waiting));
    }

    /// Ends what waits of a broadcast to be tried again.
    ///
    /// # Errors
    /// The outbox's.
    pub(crate) async fn withdraw(&self, broadcast: &str) -> Result<(), StoreError> {
        let (statuses, broadcast) = (vec![Status::Accepted], Some(broadcast.to_owned()));
        let query = MessageQuery { limit: PAGE, broadcast, statuses, ..MessageQuery::default() };
        let ended = Error::new(channel_api::ErrorKind::Unexpected, BROADCAST_ENDED, "its broadcast was cancelled")
            .with_hint("it was not sent; retry it if this person shall have it all the same");
        loop {
            let waiting = self.outbox.list(query.clone()).await?;
            for message in &waiting {
                if self.outbox.fail(&message.id, ended.clone()).await? {
                    let outcome = self.outbox.get(&message.id).await?.and_then(|message| message.outcome);
                    self.answers.tell(&message.id, Status::Failed, &outcome.unwrap_or_default());
                }
                self.workers.remove(&message.channel_id, &Draft::line_of(message), message.place());
            }
            if waiting.len() < PAGE {
                return Ok(());
            }
        }
    }

    /// Changes when something has become known of any message.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.answers.news()
    }
}

/// The message that a person gets of a broadcast.
///
/// # Errors
/// When the system has no random bytes for an id.
pub(crate) fn message_of(broadcast: &Broadcast, json: &Value, person: &str) -> Result<NewMessage, NotSent> {
    to(json, person).of_broadcast(Some(broadcast.id.clone()), broadcast.reference.clone()).kept(None)
}

fn to(json: &Value, person: &str) -> Draft {
    let mut json = json.clone();
    if let Some(members) = json.as_object_mut() {
        members.insert("to".to_owned(), person.into());
    }
    Draft::read(Document::new(json))
}
