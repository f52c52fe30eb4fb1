//! A reaction names its message as the provider does, or as this host does: then the provider's id takes that place once there is one. A
//! reaction goes to the person behind the message, so by its turn it is known.

use channel_api::message::{Body, SenderAction};
use channel_api::{Error, ErrorKind, Issue, OutboundMessage, Pointer, Report};

use crate::store::{Message, Outbox, Status};

/// What became of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// It is as the provider needs it.
    Named,
    /// The message is not sent yet.
    NotYet,
}

/// Puts the provider's id in place of this host's.
pub(super) async fn name_target(outbox: &dyn Outbox, message: &mut OutboundMessage, report: &mut Report) -> Target {
    let Body::SenderAction(
        SenderAction::React { message_id: Some(id), .. } | SenderAction::Unreact { message_id: Some(id) },
    ) = &mut message.content.body
    else {
        return Target::Named;
    };
    let kept = match outbox.get(id).await {
        Ok(Some(kept)) => kept,
        Ok(None) => return Target::Named,
        Err(error) => {
            tracing::warn!(%error, "the message of a reaction cannot be looked up");
            return Target::NotYet;
        }
    };
    match provider_id(&kept) {
        Some(named) => {
            *id = named;
            Target::Named
        }
        None if matches!(kept.status, Status::Accepted | Status::Begun) => Target::NotYet,
        None => {
            report.refuse(issue());
            Target::Named
        }
    }
}

/// Of a message of several parts the last is what its person sees last.
fn provider_id(kept: &Message) -> Option<String> {
    if !kept.status.is_sent() {
        return None;
    }
    kept.outcome.as_ref()?.receipts.iter().rev().find_map(|receipt| receipt.message_id.clone())
}

fn issue() -> Issue {
    let message = "must be a message that was sent, and this one was not";
    Issue::new(&Pointer::ROOT.key("content").key("messageId"), "not_sent", message)
}

/// Its message waits on, whose turn was before.
pub(super) fn not_sent() -> Error {
    let report = Report { refusals: vec![issue()], ..Report::default() };
    Error::refused(ErrorKind::InvalidMessage, "not_sent", "the message", report)
}
