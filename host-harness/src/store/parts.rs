//! The parts of a message: each is one call of its own, and has a fate of its own.

use channel_api::{Receipt, Retry, Timestamp as ProviderTime, Token};

use super::{Call, Outcome, Status};

/// A part for which a call was begun.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// Which, the first being 0.
    pub(super) index: usize,
    /// What the provider's copy of it brings back.
    pub(super) token: Option<Token>,
    /// The provider's id of it.
    pub(super) message_id: Option<String>,
    /// How far it has come: [`Accepted`](Status::Accepted) when surely nothing of it was sent.
    pub(super) status: Status,
    /// When its last call began, in milliseconds since 1970.
    pub(super) began_at: i64,
    /// When the provider says that it was sent.
    pub(super) sent_at: Option<ProviderTime>,
}

/// Takes down that these calls are begun.
pub(super) fn begin(parts: &mut Vec<Part>, calls: &[Call], began_at: i64) {
    for Call { part, token, .. } in calls {
        parts.retain(|known| known.index != *part);
        let (index, token) = (*part, token.clone());
        parts.push(Part { index, token, message_id: None, status: Status::Begun, began_at, sent_at: None });
    }
}

/// Takes down how their calls ended, and answers what is known of the message now. `again`: what was surely not sent waits for
/// another attempt.
pub(super) fn end(parts: &mut [Part], mut outcome: Outcome, again: bool) -> (Outcome, Status) {
    let mut echoed = false;
    // The provider's copy has come, whatever the call came to.
    while outcome.failure.is_some()
        && let Some(part) = parts.iter().find(|part| part.index == outcome.receipts.len() && part.status.is_sent())
    {
        echoed = true;
        outcome.receipts.push(Receipt { message_id: part.message_id.clone(), ..Receipt::default() });
        if outcome.receipts.len() >= outcome.parts {
            outcome.failure = None;
        }
    }
    let failed = match outcome.failure.as_ref().map(channel_api::Error::retry) {
        _ if echoed => Status::Accepted,
        Some(Retry::IfIdempotent { .. }) => Status::Unknown,
        _ if again => Status::Accepted,
        _ => Status::Failed,
    };
    for part in &mut *parts {
        match outcome.receipts.get(part.index) {
            Some(receipt) => {
                if !part.status.is_sent() {
                    part.status = Status::Sent;
                }
                part.message_id = receipt.message_id.clone().or(part.message_id.take());
            }
            None if part.index == outcome.receipts.len() => part.status = failed,
            // Not called, since the one before it failed.
            None => part.status = Status::Accepted,
        }
    }
    if outcome.failure.is_none() {
        return (outcome, reached(parts));
    }
    if echoed {
        outcome.failure = None;
    }
    (outcome, failed)
}

/// How far a message has come of which all parts were sent: as far as the last of them.
pub(super) fn reached(parts: &[Part]) -> Status {
    let all = |like: fn(Status) -> bool| !parts.is_empty() && parts.iter().all(|part| like(part.status));
    if all(|status| status == Status::Read) {
        Status::Read
    } else if all(|status| matches!(status, Status::Delivered | Status::Read)) {
        Status::Delivered
    } else {
        Status::Sent
    }
}

#[cfg(test)]
mod tests {
    use channel_api::{Error, ErrorKind, ProviderRequest};
    use serde_json::Value;

    use super::*;

    fn parts(of: usize) -> Vec<Part> {
        let call = |part| Call { part, request: ProviderRequest::post("/", Value::Null), token: None };
        let mut parts = Vec::new();
        begin(&mut parts, &(0..of).map(call).collect::<Vec<_>>(), 7);
        parts
    }

    fn outcome(sent: &[&str], of: usize, failure: Option<Retry>) -> Outcome {
        let receipt = |id: &&str| Receipt { message_id: Some((*id).to_owned()), ..Receipt::default() };
        let failure = failure.map(|retry| Error::new(ErrorKind::ProviderFailed, "scripted", "…").with_retry(retry));
        Outcome { receipts: sent.iter().map(receipt).collect(), parts: of, failure, ..Outcome::default() }
    }

    fn ended(parts: &mut [Part], outcome: Outcome, again: bool) -> (usize, bool, Status, Vec<Status>) {
        let (outcome, status) = end(parts, outcome, again);
        (outcome.receipts.len(), outcome.failure.is_some(), status, parts.iter().map(|part| part.status).collect())
    }

    #[test]
    fn each_part_has_its_fate() {
        use Status::{Accepted, Failed, Sent, Unknown};
        let (safe, open) = (Some(Retry::SAFE), Some(Retry::IF_IDEMPOTENT));
        for (sent, failure, again, expected) in [
            (&["m_1", "m_2"][..], None, false, (2, false, Sent, vec![Sent, Sent])),
            (&["m_1"], safe, false, (1, true, Failed, vec![Sent, Failed])),
            (&["m_1"], safe, true, (1, true, Accepted, vec![Sent, Accepted])),
            (&["m_1"], open, true, (1, true, Unknown, vec![Sent, Unknown])),
            (&[], open, false, (0, true, Unknown, vec![Unknown, Accepted])),
        ] {
            assert_eq!(ended(&mut parts(2), outcome(sent, 2, failure), again), expected, "{sent:?} {failure:?}");
        }
    }

    #[test]
    fn what_came_back_was_sent_whatever_its_call_came_to() {
        let open = || outcome(&[], 2, Some(Retry::IF_IDEMPOTENT));
        let mut two = parts(2);
        two[0].status = Status::Delivered;
        two[0].message_id = Some("m_1".to_owned());
        let expected = (1, false, Status::Accepted, vec![Status::Delivered, Status::Accepted]);
        assert_eq!(ended(&mut two, open(), false), expected, "the other is still to be sent");
        two[1].status = Status::Sent;
        let all = ended(&mut two, open(), false);
        assert_eq!(all, (2, false, Status::Sent, vec![Status::Delivered, Status::Sent]));
        assert_eq!(two[0].message_id.as_deref(), Some("m_1"));
    }

    #[test]
    fn a_message_has_come_as_far_as_its_last_part() {
        let mut two = parts(2);
        for (first, second, expected) in [
            (Status::Sent, Status::Read, Status::Sent),
            (Status::Read, Status::Delivered, Status::Delivered),
            (Status::Read, Status::Read, Status::Read),
        ] {
            (two[0].status, two[1].status) = (first, second);
            assert_eq!(reached(&two), expected);
        }
        assert_eq!(reached(&[]), Status::Sent, "an earlier release kept no parts");
    }
}
