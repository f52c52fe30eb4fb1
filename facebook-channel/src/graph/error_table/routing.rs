//! Which of the Page's apps talks to a person, and which of them may say so.

use std::time::Duration;

use channel_api::ErrorKind::{Permission, Rejected, ThreadOwned};

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{CODE_27, ERR, PRIMARY_APP};

const THREAD: &str =
    "Hold the message until the conversation is passed to this app or released, or take control of it.";
const DEFAULT_APP: &str = "Make this app the Page's default app in conversation routing (Page settings, Advanced messaging, \
    Conversation routing). The primary app and the primary receiver are its older names.";

/// Meta says "later" and names no time; its automated answers take minutes.
const AUTOMATION_PAUSE: Duration = Duration::from_mins(2);

pub(super) const RULES: &[Rule] = &[
    Rule::bare(2_018_300, ThreadOwned, "facebook.thread_owned")
        .says("Another app, or a colleague in the Page's inbox, is talking to this person now.")
        .with_hint(THREAD)
        .source(ERR),
    Rule::pair(10, 2_018_300, ThreadOwned, "facebook.thread_owned")
        .says("Another app, or a colleague in the Page's inbox, is talking to this person now.")
        .with_hint(THREAD)
        .source(ERR),
    Rule::pair(100, 2_534_037, ThreadOwned, "facebook.thread_owned")
        .says("This app does not hold the conversation.")
        .with_hint(THREAD)
        .source(ERR),
    Rule::bare(2_018_321, ThreadOwned, "facebook.thread_automated")
        .safe_after(AUTOMATION_PAUSE)
        .says("Messenger's own automated questions hold the conversation.")
        .with_hint("Send the message again after some minutes.")
        .source(ERR),
    Rule::code(27, Permission, "facebook.routing")
        .words("conversation routing")
        .says("The Page has no conversation routing, without which control of a conversation cannot be taken.")
        .with_hint("Set up conversation routing (Page settings, Advanced messaging), or go on without taking control.")
        .source(CODE_27),
    Rule::bare(2_018_171, Permission, "facebook.routing")
        .says("Only the Page's primary and secondary receivers may do this.")
        .with_hint("Set up the app in the Page's conversation routing (Page settings, Advanced messaging).")
        .source(ERR),
    Rule::bare(2_018_234, Rejected, "facebook.receivers_hidden")
        .says("The Page's secondary receivers are not shown to this app.")
        .with_hint("Do without the list, or make the app the Page's default app in conversation routing.")
        .source(ERR),
    Rule::saying("primary app", Permission, "facebook.not_default_app")
        .says("Only the Page's default app may do this, and this app is another one.")
        .with_hint(DEFAULT_APP)
        .source(PRIMARY_APP),
    Rule::saying("not the primary receiver", Permission, "facebook.not_default_app")
        .says("Only the Page's default app may do this, and this app is another one.")
        .with_hint(DEFAULT_APP)
        .source(PRIMARY_APP),
    Rule::saying("as the default app", Permission, "facebook.not_default_app")
        .says("Only the Page's default app may do this, and this app is another one.")
        .with_hint(DEFAULT_APP)
        .source(PRIMARY_APP),
    Rule::saying("not the default app", Permission, "facebook.not_default_app")
        .says("Only the Page's default app may do this, and this app is another one.")
        .with_hint(DEFAULT_APP)
        .source(PRIMARY_APP),
];
