//! Every failure that Meta documents for Messenger, and a few that its users report.

mod access;
mod conversation;
mod features;
mod message;
mod throttling;

use std::sync::LazyLock;

use super::error_rule::GraphErrorRule;

/// The whole table: for the documentation, for a dashboard, and to classify what Meta answers.
///
/// It answers the troubleshooting questions of an operator as well: a rule's [`sentence`](field@GraphErrorRule::sentence) says what
/// happened, its [`hint`](field@GraphErrorRule::hint) what to do.
pub fn error_table() -> &'static [GraphErrorRule] {
    static TABLE: LazyLock<Vec<GraphErrorRule>> = LazyLock::new(|| {
        [access::RULES, conversation::RULES, throttling::RULES, message::RULES, features::RULES].concat()
    });
    &TABLE
}

/// Where one cannot know whether the message went out.
const WAIT_FOR_THE_ECHO: &str = "Do not send it again before its echo (webhook field message_echoes) or a delivery receipt \
    has had time to arrive: the person may have it already.";
