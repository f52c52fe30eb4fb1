//! What has to be right about an answer before its words are looked at: the channel, its age, and whom it is for.

use std::time::Duration;

use channel_api::json::Document;
use channel_api::{ChannelAdapter, Issue, Pointer};
use jiff::{SignedDuration, Timestamp};

use super::answer::Answer;
use super::translate::translate;
use crate::channels::Channels;
use crate::threads::Threads;

/// The channel of what names none, so that it can be kept all the same.
const NOWHERE: &str = "unknown";

/// Judges answers.
#[derive(Clone, Debug)]
pub(in crate::linktor) struct Judge {
    pub(in crate::linktor) channels: Channels,
    pub(in crate::linktor) threads: Threads,
    pub(in crate::linktor) max_age: Duration,
}

/// An answer as a message of this host.
#[derive(Debug)]
pub(super) struct Judged {
    /// The message; all that is wrong so far stands in its flaws.
    pub(super) document: Document,
    /// It is for a channel that is not here.
    pub(super) is_stranger: bool,
}

impl Judge {
    pub(super) async fn judge(&self, answer: &Answer, now: Timestamp) -> Judged {
        let Answer { message, unreadable } = answer;
        let list = self.channels.list();
        let given = message.channel_id.to_lowercase();
        let found = list.in_linktor().find(|(place, _)| place.channel_id == given);
        let mut flaws: Vec<_> = unreadable.iter().cloned().collect();
        let channel_id = if let Some((_, adapter)) = found {
            flaws.extend(self.misdirected(&**adapter, &message.recipient_id).await);
            adapter.channel_id().to_string()
        } else {
            if unreadable.is_none() {
                flaws.push(stranger(&message.channel_id, &message.channel_type));
            }
            if given.is_empty() { NOWHERE.to_owned() } else { given }
        };
        flaws.extend(message.timestamp.and_then(|written| too_old(written, now, self.max_age)));
        let mut document = translate(message, &channel_id);
        document.flaws.splice(..0, flaws);
        Judged { document, is_stranger: found.is_none() }
    }

    /// What says that this is nobody whom this channel can write to. The core takes the first of a contact's identities.
    async fn misdirected(&self, adapter: &dyn ChannelAdapter, recipient: &str) -> Option<Issue> {
        let channel_type = adapter.channel_type();
        let refused = |code, message: String| {
            let hint = format!(
                "Linktor takes the contact's first identity of type {channel_type}: look at the contact's identities, and let the person write once more"
            );
            Some(Issue::new(&Pointer::ROOT.key("recipient_id"), code, message).with_hint(hint))
        };
        if recipient.trim().is_empty() {
            return refused("required", "must be the person's id on this channel, and is empty".to_owned());
        }
        if is_phone_number(recipient) {
            return refused(
                "phone_number",
                "must be the person's id on this channel, and is a phone number".to_owned(),
            );
        }
        let own = adapter.channel_id();
        if !self.threads.known(own.as_str(), recipient).await.openings.is_empty() {
            return None;
        }
        let list = self.channels.list();
        for other in list.iter().filter(|other| other.channel_id() != own && other.channel_type() == channel_type) {
            if !self.threads.known(other.channel_id().as_str(), recipient).await.openings.is_empty() {
                let whose =
                    format!("must be a person of this channel, and is one of the channel {}", other.channel_id());
                return refused("other_channel", whose);
            }
        }
        None
    }
}

fn stranger(channel_id: &str, channel_type: &str) -> Issue {
    let message = format!("is no channel of this host: {channel_id:?}");
    let hint = format!(
        "one host serves all channels of type {channel_type} on a bus: give a channel of it this id as linktor_channel_id"
    );
    Issue::new(&Pointer::ROOT.key("channel_id"), "unknown_channel", message).with_hint(hint)
}

fn too_old(written: Timestamp, now: Timestamp, max_age: Duration) -> Option<Issue> {
    let max_age = SignedDuration::try_from(max_age).unwrap_or(SignedDuration::MAX);
    if now.duration_since(written) <= max_age {
        return None;
    }
    let message = format!("must be written within the last {max_age:#}, and was at {written:.0}");
    let hint = "answer anew if it is still to be said; max_age of [linktor] says how old an answer may be";
    Some(Issue::new(&Pointer::ROOT.key("timestamp"), "too_old", message).with_hint(hint))
}

/// Written as people write them. Digits alone may be anybody's id.
fn is_phone_number(text: &str) -> bool {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let others = text.chars().all(|c| c.is_ascii_digit() || "+ ()-./".contains(c));
    others && (5..=15).contains(&digits) && digits < text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_told_from_an_id() {
        for (text, is) in [
            ("+5511999999999", true),
            ("(11) 99999-9999", true),
            ("+1 555.0100", true),
            ("6100000000000001", false),
            ("5511999999999", false),
            ("m_1-2", false),
            ("+1", false),
        ] {
            assert_eq!(is_phone_number(text), is, "{text}");
        }
    }

    #[test]
    fn an_old_answer_is_told_how_old_it_may_be() {
        let now: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
        let day = Duration::from_hours(24);
        let judged = |written: &str| too_old(written.parse().unwrap(), now, day);
        assert_eq!(judged("2026-11-27T12:00:00Z"), None);
        // A clock that goes ahead.
        assert_eq!(judged("2026-11-28T13:00:00Z"), None);
        let issue = judged("2026-11-27T11:59:59.5Z").unwrap();
        assert_eq!(issue.message, "must be written within the last 24h, and was at 2026-11-27T11:59:59Z");
    }
}
