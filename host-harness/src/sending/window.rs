//! The time in which a person may be written to, as the channel's adapter judges it just before each attempt.

use channel_api::message::Body;
use channel_api::{ChannelAdapter, Issue, Judgement, Opening, OutboundMessage, Pointer, Report, Timestamp};

use crate::config::WindowRule;
use crate::threads::Threads;

/// Puts the message into the form in which it may be sent now. What comes too late is told in the report, by the channel's rule as
/// a warning or as a refusal; what is not certain is told, and never refused.
pub(super) async fn judge(
    message: &mut OutboundMessage,
    adapter: &dyn ChannelAdapter,
    rule: WindowRule,
    threads: &Threads,
    report: &mut Report,
) {
    let Some(window) = adapter.window() else { return };
    let openings = match message.to.person() {
        Some(person) => threads.openings(adapter.channel_id().as_str(), &person).await,
        None => Vec::new(),
    };
    let now = Timestamp::now();
    // What was opened for long is not closed by what was opened for a shorter time afterwards.
    let judged = openings.iter().map(|opening| window.judge(message, Some(opening), now)).min_by_key(severity);
    match judged.unwrap_or_else(|| window.judge(message, None, now)) {
        Judgement::Allowed => {}
        Judgement::AllowedAs(changed) => *message = *changed,
        Judgement::Closed(issue) => match rule {
            WindowRule::Warn => report.warn(issue),
            WindowRule::Refuse => report.refuse(issue),
        },
        _ if needs_a_window(message) => report.warn(uncertain(openings.first())),
        _ => {}
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
