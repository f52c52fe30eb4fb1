//! The person and the conversation: the time window, whether the person can be reached, and who holds the thread.

use std::time::Duration;

use channel_api::ErrorKind::{ProviderFailed, RecipientUnavailable, ThreadOwned, WindowClosed};

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{ERR, ERR_OLD, FLY, GERR, SENDMSG};
use super::WAIT_FOR_THE_ECHO;

const WINDOW: &str = "Within 7 days a human's answer may go out with the tag HUMAN_AGENT; news of an order, an appointment or \
    an account may go out as an approved utility template. Otherwise wait until the person writes again.";
const UNREACHABLE: &str = "Do not try again: mark the person as unreachable until a message from them arrives.";
const THREAD: &str =
    "Hold the message until the conversation is passed to this app or released, or take control of it.";

/// Meta says "later" and names no time; its automated answers take minutes.
const AUTOMATION_PAUSE: Duration = Duration::from_mins(2);

pub(super) const RULES: &[Rule] = &[
    Rule::pair(10, 2_018_278, WindowClosed, "facebook.window_closed")
        .says("Message failed to send: the person's last message is more than 24 hours old.")
        .with_hint(WINDOW)
        .source(ERR),
    Rule::pair(10, 2_018_065, WindowClosed, "facebook.window_closed")
        .says("Message failed to send: the person's last message is more than 24 hours old, and the Page is no news Page.")
        .with_hint(WINDOW)
        .source(ERR),
    Rule::pair(10, 2_534_022, WindowClosed, "facebook.window_closed")
        .says("Message failed to send: the person's last message is more than 24 hours old.")
        .with_hint(WINDOW)
        .source(ERR),
    Rule::bare(1_545_041, WindowClosed, "facebook.window_closed")
        .words("window")
        .says("Message failed to send: the person's last message is more than 24 hours old.")
        .with_hint(WINDOW)
        .source(SENDMSG),
    Rule::bare(1_545_041, RecipientUnavailable, "facebook.person_unavailable")
        .says("Message failed to send: the person cannot be reached at the moment.")
        .with_hint(UNREACHABLE)
        .source(ERR),
    Rule::pair(200, 1_545_041, RecipientUnavailable, "facebook.person_unavailable")
        .says("Message failed to send: the person cannot be reached at the moment.")
        .with_hint(UNREACHABLE)
        .source(ERR),
    Rule::pair(551, 1_545_041, RecipientUnavailable, "facebook.person_unavailable")
        .says("Message failed to send: the person cannot be reached at the moment.")
        .with_hint(UNREACHABLE)
        .source(ERR),
    Rule::code(551, RecipientUnavailable, "facebook.person_unavailable")
        .says("Message failed to send: the person has blocked the Page or does not receive messages.")
        .with_hint(UNREACHABLE)
        .source(ERR),
    Rule::pair(10, 2_018_108, RecipientUnavailable, "facebook.person_unavailable")
        .says("Message failed to send: the person cannot receive messages right now. This is not a rate limit.")
        .with_hint(UNREACHABLE)
        .source(ERR),
    Rule::pair(100, 2_018_001, RecipientUnavailable, "facebook.person_unknown")
        .says("Message failed to send: the Page knows nobody with this id (PSID).")
        .with_hint("Verify the PSID: it must be this Page's own, and the person must have written to the Page. An id from Facebook \
            Login or of another Page does not work; a deleted account's never will again.")
        .source(ERR),
    Rule::pair(100, 2_534_014, RecipientUnavailable, "facebook.person_unknown")
        .says("Message failed to send: there is no such Instagram user.")
        .with_hint(UNREACHABLE)
        .source(ERR),
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
    Rule::code(2, ProviderFailed, "facebook.temporary")
        .uncertain()
        .says("Meta reports an unexpected failure. It is the same answer when the person has blocked the Page.")
        .with_hint("A few more attempts, spaced out, are enough: if it stays, take the person for unreachable. \
            metastatus.com shows whether Meta has a problem.")
        .source(ERR),
    Rule::code(1, ProviderFailed, "facebook.unknown_failure")
        .uncertain()
        .says("Meta reports an unknown failure, which is often a missing permission.")
        .with_hint("A few more attempts are enough: if it stays, check the app's permissions and its review.")
        .source(ERR),
    Rule::pair(1, 99, ProviderFailed, "facebook.unknown_failure")
        .uncertain()
        .says("Meta reports an unknown failure, which is often a missing permission.")
        .with_hint("A few more attempts are enough: if it stays, check the app's permissions and its review.")
        .source(GERR),
    Rule::pair(1, 1_357_046, ProviderFailed, "facebook.sent_with_error")
        .uncertain()
        .says("Meta reports an invalid reply although the message was probably delivered.")
        .with_hint(WAIT_FOR_THE_ECHO)
        .source(ERR),
    Rule::code(-1, ProviderFailed, "facebook.temporary")
        .uncertain()
        .says("Meta reports an internal failure.")
        .with_hint(WAIT_FOR_THE_ECHO)
        .source(FLY),
    Rule::code(1200, ProviderFailed, "facebook.temporary")
        .uncertain()
        .says("Meta could not send the message for the moment.")
        .with_hint(WAIT_FOR_THE_ECHO)
        .source(ERR_OLD),
];
