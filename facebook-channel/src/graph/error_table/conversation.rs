//! The person: the time window, and whether they can be reached.

use channel_api::ErrorKind::{RecipientUnavailable, WindowClosed};

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{ERR, SENDMSG};

const WINDOW: &str = "Within 7 days a human's answer may go out with the tag HUMAN_AGENT; news of an order, an appointment or \
    an account may go out as an approved utility template. Otherwise wait until the person writes again.";
const UNREACHABLE: &str = "Do not try again until a message from the person arrives.";
const PSID: &str = "Verify the PSID: it must be this Page's own, and the person must have written to the Page. An id from Facebook \
    Login or of another Page does not work; a deleted account's never will again.";

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
    Rule::code(10, WindowClosed, "facebook.window_closed")
        .words("allowed window")
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
    Rule::saying("this person isn't available", RecipientUnavailable, "facebook.person_unavailable")
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
    Rule::saying("receive your messages right now", RecipientUnavailable, "facebook.person_unavailable")
        .says("Message failed to send: the person cannot receive messages right now. This is not a rate limit.")
        .with_hint(UNREACHABLE)
        .source(ERR),
    Rule::pair(100, 2_018_001, RecipientUnavailable, "facebook.person_unknown")
        .says("Message failed to send: the Page knows nobody with this id (PSID).")
        .with_hint(PSID)
        .source(ERR),
    Rule::saying("no matching user found", RecipientUnavailable, "facebook.person_unknown")
        .says("Message failed to send: the Page knows nobody with this id (PSID).")
        .with_hint(PSID)
        .source(ERR),
    Rule::pair(100, 2_534_014, RecipientUnavailable, "facebook.person_unknown")
        .says("Message failed to send: there is no such Instagram user.")
        .with_hint(UNREACHABLE)
        .source(ERR),
];
