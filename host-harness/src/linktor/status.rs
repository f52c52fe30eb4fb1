//! What has become of an agent's answer, for the core: by its own id of it, in the words that it knows, and never a step back. Its update
//! overwrites whatever was there.

use channel_api::Error;
use serde::Deserialize;

use super::inbound::fit;
use super::outbound::in_words;
use super::wire::StatusUpdate;
use crate::store::{Status, Step, StoredEvent};

/// The most characters of a reason. The column has no limit, but nobody reads more.
const REASON: usize = 10_000;

/// What a `message.status` event says, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    send_id: String,
    status: String,
    #[serde(default)]
    round: u32,
    #[serde(default)]
    message_ids: Vec<String>,
    #[serde(default)]
    error: Option<Error>,
}

/// The message that a `message.status` event is about.
pub(super) fn message_of(event: &StoredEvent) -> Option<String> {
    serde_json::from_str::<Said>(event.data.get()).ok().map(|said| said.send_id)
}

/// What the core is told of it, with how the message came on. `None` for what it must not be told.
pub(super) fn update(event: &StoredEvent, steps: &[Step], channel_type: &str) -> Option<StatusUpdate> {
    let said: Said = serde_json::from_str(event.data.get()).ok()?;
    let is_this = |step: &Step| step.round == said.round && word(step.status) == Some(&said.status);
    let place = steps.iter().position(is_this)?;
    let (earlier, this) = (steps.get(..place)?, steps.get(place)?);
    if !comes_on(earlier, this.status) {
        return None;
    }
    let reason = said.error.as_ref().filter(|_| this.status == Status::Failed).map(in_words);
    Some(StatusUpdate {
        message_id: said.send_id,
        external_id: said.message_ids.into_iter().next(),
        channel_type: channel_type.to_owned(),
        status: said.status,
        error_message: reason.map(|reason| fit::cut(&reason, REASON)),
        timestamp: this.at,
    })
}

/// Whether nothing comes after this step that the core is told: an older one would overwrite it.
pub(super) fn is_latest(event: &StoredEvent, steps: &[Step]) -> bool {
    let Ok(said) = serde_json::from_str::<Said>(event.data.get()) else { return false };
    let mut told = (1..=steps.len()).rev().filter_map(|length| {
        let (this, earlier) = steps.get(..length)?.split_last()?;
        comes_on(earlier, this.status).then_some(this)
    });
    told.next().is_some_and(|last| last.round == said.round && word(last.status) == Some(&said.status))
}

/// Whether a message that has come so far goes on with this. One that has failed may be tried again, or turn out to have been sent.
fn comes_on(earlier: &[Step], status: Status) -> bool {
    let highest = earlier.iter().filter_map(|step| rank(step.status)).max().unwrap_or_default();
    match (status, rank(status)) {
        (Status::Failed, _) => highest == 0,
        (_, Some(rank)) => rank > highest,
        _ => false,
    }
}

fn rank(status: Status) -> Option<u8> {
    match status {
        Status::Sent => Some(1),
        Status::Delivered => Some(2),
        Status::Read => Some(3),
        Status::Accepted | Status::Begun | Status::Failed | Status::Unknown => None,
    }
}

/// The core's word, which is the event's, too. It has none for what may have been sent, and would take it for `pending`.
fn word(status: Status) -> Option<&'static str> {
    match status {
        Status::Sent => Some("sent"),
        Status::Delivered => Some("delivered"),
        Status::Read => Some("read"),
        Status::Failed => Some("failed"),
        Status::Accepted | Status::Begun | Status::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use channel_api::ErrorKind;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ID: &str = "f8361687-8c7e-4660-a389-3e4713ab64e0";

    fn steps(list: &[(u32, Status)]) -> Vec<Step> {
        let step = |(seq, &(round, status)): (u64, &(u32, Status))| Step {
            seq,
            round,
            status,
            at: Timestamp::from_millisecond(1_763_812_800_123).unwrap(),
        };
        (1..).zip(list).map(step).collect()
    }

    fn event(round: u32, status: &str, error: Option<&Error>) -> StoredEvent {
        let data =
            json!({"sendId": ID, "round": round, "status": status, "messageIds": ["m_1", "m_2"], "error": error});
        StoredEvent {
            seq: 1,
            channel_id: "ch_1".to_owned(),
            id: "msg_1".to_owned(),
            name: "message.status".to_owned(),
            kind: None,
            person: None,
            data: serde_json::value::to_raw_value(&data).unwrap(),
            copy: None,
            received_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// The words that are told of such a message, in order.
    fn told(list: &[(u32, Status)]) -> Vec<String> {
        let steps = steps(list);
        let word = |status| word(status).unwrap_or("unknown");
        list.iter()
            .filter_map(|&(round, status)| update(&event(round, word(status), None), &steps, "scripted"))
            .map(|update| update.status)
            .collect()
    }

    #[test]
    fn a_message_comes_on_and_never_back() {
        use Status::{Delivered, Failed, Read, Sent, Unknown};
        for (list, words) in [
            (&[(0, Sent), (0, Delivered), (0, Read)][..], &["sent", "delivered", "read"][..]),
            (&[(0, Sent), (0, Read), (0, Delivered)], &["sent", "read"]),
            (&[(0, Read), (0, Sent)], &["read"]),
            (&[(0, Unknown), (0, Sent)], &["sent"]),
            (&[(0, Unknown), (0, Failed), (0, Sent), (0, Read)], &["failed", "sent", "read"]),
            (&[(0, Failed), (1, Failed), (2, Sent)], &["failed", "failed", "sent"]),
            (&[(0, Delivered), (1, Failed)], &["delivered"]),
            (&[(0, Sent), (1, Sent), (1, Delivered)], &["sent", "delivered"]),
            (&[(0, Unknown)], &[]),
        ] {
            assert_eq!(told(list), words, "{list:?}");
        }
    }

    #[test]
    fn it_is_the_core_s_id_and_the_step_s_time() {
        let update = update(&event(0, "sent", None), &steps(&[(0, Status::Sent)]), "scripted").unwrap();
        let json = serde_json::to_value(update).unwrap();
        let expected = json!({
            "message_id": ID, "external_id": "m_1", "channel_type": "scripted", "status": "sent",
            "timestamp": "2025-11-22T12:00:00.123Z",
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn a_failure_says_why() {
        let error = Error::new(ErrorKind::Permission, "no_permission", "the Page\u{0} may not").with_hint("ask for it");
        let steps = steps(&[(0, Status::Failed), (0, Status::Sent)]);
        let reason = |status| update(&event(0, status, Some(&error)), &steps, "scripted").unwrap().error_message;
        assert_eq!(reason("failed").as_deref(), Some("the Page may not (ask for it)"));
        assert_eq!(reason("sent"), None);
    }

    #[test]
    fn only_the_latest_is_worth_a_second_try() {
        use Status::{Delivered, Failed, Read, Sent};
        let steps = steps(&[(0, Failed), (1, Sent), (1, Read), (1, Delivered)]);
        for (round, status, is) in
            [(0, "failed", false), (1, "sent", false), (1, "read", true), (1, "delivered", false), (2, "read", false)]
        {
            assert_eq!(is_latest(&event(round, status, None), &steps), is, "{status}");
        }
    }

    #[test]
    fn what_is_unknown_here_is_not_told() {
        assert_eq!(update(&event(0, "sent", None), &[], "scripted"), None);
        assert_eq!(update(&event(0, "pending", None), &steps(&[(0, Status::Accepted)]), "scripted"), None);
    }

    proptest! {
        /// As the core stores it: each overwrites the last.
        #[test]
        fn whatever_comes_the_core_never_goes_back(list in prop::collection::hash_set((0_u32..3, 0_usize..7), 0..12)) {
            const ALL: [Status; 7] = [
                Status::Accepted, Status::Begun, Status::Sent, Status::Delivered, Status::Read, Status::Failed, Status::Unknown,
            ];
            let list: Vec<_> = list.into_iter().map(|(round, status)| (round, ALL[status])).collect();
            let rank = |word: &str| ["failed", "sent", "delivered", "read"].iter().position(|known| *known == word).unwrap();
            let told: Vec<_> = told(&list).iter().map(|word| rank(word)).collect();
            for pair in told.windows(2) {
                prop_assert!(pair[0] < pair[1] || pair == [0, 0], "{:?}", told);
            }
        }
    }
}
