//! Every failure that Meta documents for Messenger, and more that its users report.
//!
//! One row says one thing for one cause. Under some codes Meta answers much that has nothing in common: their own rows are marked
//! as [`catch_all`](GraphErrorRule::catch_all), and say no more than what is true of all of it and that Meta's own words say more.

mod access;
mod content;
mod conversation;
mod failure;
mod features;
mod message;
mod routing;
mod throttling;

use std::sync::LazyLock;

use super::error_rule::GraphErrorRule;

/// The whole table: for the documentation, for a dashboard, and to classify what Meta answers.
///
/// It answers the troubleshooting questions of an operator as well: a rule's [`sentence`](field@GraphErrorRule::sentence) says what
/// happened, its [`hint`](field@GraphErrorRule::hint) what to do.
pub fn error_table() -> &'static [GraphErrorRule] {
    static TABLE: LazyLock<Vec<GraphErrorRule>> = LazyLock::new(|| {
        // Where two rows fit equally well, the first counts: Meta names permissions in what it says of the window, too.
        [
            conversation::RULES,
            access::RULES,
            routing::RULES,
            failure::RULES,
            throttling::RULES,
            message::RULES,
            content::RULES,
            features::RULES,
        ]
        .concat()
    });
    &TABLE
}

/// Where nothing is known but what Meta itself says.
pub(super) const OWN_WORDS: &str =
    "Meta's own words say more, where it gives any; its trace id helps Meta's support to find the call.";

/// Where one cannot know whether the message went out.
const WAIT_FOR_THE_ECHO: &str = "Do not send it again before its echo (webhook field message_echoes) or a delivery receipt \
    has had time to arrive: the person may have it already.";
