//! The time in which a person may be written to, as the channel's adapter judges it just before each attempt.

use channel_api::message::Body;
use channel_api::{ChannelAdapter, Issue, Judgement, Opening, OutboundMessage, Pointer, Report, Timestamp};

use crate::config::WindowRule;

/// Puts the message into the form in which it may be sent now, and answers what its author should know. What comes too late and is
/// refused by the channel's rule stands in the report; what is not certain is never refused.
pub(super) fn judge(
    message: &mut OutboundMessage,
    adapter: &dyn ChannelAdapter,
    rule: WindowRule,
    openings: &[Opening],
    report: &mut Report,
) -> Option<Issue> {
    let window = adapter.window()?;
    let now = Timestamp::now();
    // What was opened for long is not closed by what was opened for a shorter time afterwards.
    let judged = openings.iter().map(|opening| window.judge(message, Some(opening), now)).min_by_key(severity);
    match judged.unwrap_or_else(|| window.judge(message, None, now)) {
        Judgement::Allowed => None,
        Judgement::AllowedAs(changed) => {
            *message = *changed;
            None
        }
        Judgement::Closed(issue) if rule == WindowRule::Refuse => {
            report.refuse(issue);
            None
        }
        Judgement::Closed(issue) => Some(issue),
        _ => needs_a_window(message).then(|| uncertain(openings.first())),
    }
}

/// What may be said to stand against giving a message to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing: it may be sent.
    Open,
    /// It comes too late.
    Closed,
    /// Nobody knows.
    Unknown,
}

/// Whether a message may be sent to whom it is for, as far as is known now.
pub(super) fn standing(message: &OutboundMessage, adapter: &dyn ChannelAdapter, openings: &[Opening]) -> Standing {
    let (Some(window), Some(_)) = (adapter.window(), message.to.person()) else { return Standing::Open };
    let now = Timestamp::now();
    let judged = openings.iter().map(|opening| window.judge(message, Some(opening), now)).min_by_key(severity);
    match judged.unwrap_or_else(|| window.judge(message, None, now)) {
        Judgement::Allowed | Judgement::AllowedAs(_) => Standing::Open,
        Judgement::Closed(_) => Standing::Closed,
        _ => Standing::Unknown,
    }
}

/// From what lets a message go to what holds it back.
fn severity(judgement: &Judgement) -> u8 {
    match judgement {
        Judgement::Allowed => 0,
        Judgement::AllowedAs(_) => 1,
        Judgement::Closed(_) => 3,
        _ => 2,
    }
}

/// A sign is no message, and whoever is addressed otherwise than by their id has given leave in another way.
fn needs_a_window(message: &OutboundMessage) -> bool {
    message.to.person().is_some() && !matches!(message.content.body, Body::SenderAction(_))
}

fn uncertain(newest: Option<&Opening>) -> Issue {
    let message = match newest {
        None => "may come too late: this host does not know when the person last wrote".to_owned(),
        Some(Opening { at, by, .. }) => format!("may come too late: the person was last heard of at {at} ({by})"),
    };
    let issue = Issue::new(&Pointer::ROOT.key("to"), "window.unknown", message);
    issue.with_hint("the provider decides; once the person writes again it is known")
}
