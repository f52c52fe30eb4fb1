//! What somebody's words mean who was offered answers by number.

use channel_api::message::Body;
use channel_api::{Choice, Direction, Event, EventBody, event};
use jiff::{SignedDuration, Timestamp};

use crate::store::{Conversations, Offered, StoreError};

/// The provider's clock and the host's may differ by so much.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(10);

/// Puts the payload into a text that answers by number or by title what the person was offered last. It is told under its own
/// name and with its words, and is the same [kind](Event::kind) of event as a tap.
pub(super) async fn understand(
    event: &mut Event,
    person: &str,
    conversations: &dyn Conversations,
) -> Result<(), StoreError> {
    let Some(words) = words(event) else { return Ok(()) };
    let Some(Offered { choices, since }) = conversations.choices(event.channel_id.as_str(), person).await? else {
        return Ok(());
    };
    if !is_in_time(event, since) {
        return Ok(());
    }
    let Some(Choice { title, payload, .. }) = Choice::meant(&choices, words).cloned() else { return Ok(()) };
    if let EventBody::Message { content } = &event.body {
        let text = Some(title).filter(|title| !title.is_empty());
        event.body = EventBody::QuickReply { payload, text, answers: None, content: Some(content.clone()) };
    }
    Ok(())
}

/// The words of a person's message to us that holds nothing else.
fn words(event: &Event) -> Option<&str> {
    let ours = event.name == event::name::MESSAGE_RECEIVED && event.direction != Some(Direction::Outbound);
    let EventBody::Message { content } = &event.body else { return None };
    let Body::Text(words) = &content.body else { return None };
    (ours && !event.observed && !event.imported && content.attachments.is_empty()).then_some(words)
}

/// Whether it was written after the choices were sent, and while they were good.
fn is_in_time(event: &Event, since: Timestamp) -> bool {
    let written = event.timestamp.and_then(|at| Timestamp::from_millisecond(at.as_millis()).ok());
    let after = written.unwrap_or_else(Timestamp::now).duration_since(since);
    after >= -CLOCKS_DIFFER && after.unsigned_abs() <= Choice::GOOD_FOR
}
