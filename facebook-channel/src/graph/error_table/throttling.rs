//! Too much in too short a time. Meta refuses such a call before it does anything, and calling on lengthens the refusal.

use std::time::Duration;

use channel_api::ErrorKind::RateLimited;
use channel_api::Scope::{Account, App, Call, Message};

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{ERR, ERR_OLD, GERR, GRL, MM, SENDMSG};

const SLOWER: &str = "Rate limited: wait as long as the answer says, then back off exponentially. Send more slowly; every call \
    in the meantime lengthens the wait.";

/// Meta lifts a block for spam after hours and names no number.
const BLOCK: Duration = Duration::from_hours(1);

pub(super) const RULES: &[Rule] = &[
    Rule::code(4, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(App)
        .says("The app has made too many calls.")
        .with_hint(SLOWER)
        .source(ERR),
    Rule::pair(4, 2_018_022, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Call)
        .says("Too many messages were sent to phone numbers.")
        .with_hint(SLOWER)
        .source(ERR_OLD),
    Rule::pair(9, 2_018_352, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Message)
        .says("The person was asked to opt in too often.")
        .with_hint("Send fewer opt-in requests to one person.")
        .source(ERR),
    Rule::code(17, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Account)
        .says("The person behind the token has made too many calls.")
        .with_hint(SLOWER)
        .source(GRL),
    Rule::code(32, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Account)
        .says("The Page has made too many calls.")
        .with_hint(SLOWER)
        .source(GRL),
    Rule::code(341, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(App)
        .says("The app has reached its limit for the moment.")
        .with_hint(SLOWER)
        .source(GERR),
    Rule::code(368, RateLimited, "facebook.blocked")
        .safe_after(BLOCK)
        .stops(Account)
        .says("Meta has blocked this action for some hours, for what looks like a breach of its policies.")
        .with_hint("Stop sending. Read the Page's support inbox at Facebook, and review what was sent before going on.")
        .source(GERR),
    Rule::code(613, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Call)
        .says("Calls of this kind have exceeded their own limit.")
        .with_hint(SLOWER)
        .source(SENDMSG),
    Rule::pair(613, 1996, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Call)
        .says("The number of calls jumps too much for Meta.")
        .with_hint("Spread the calls more evenly.")
        .source(GRL),
    Rule::pair(613, 2_534_040, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Call)
        .says("Too many messages were sent in too short a time.")
        .with_hint(SLOWER)
        .source(ERR),
    Rule::code(80_001, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Account)
        .says("The Page has used up its quota of calls.")
        .with_hint(SLOWER)
        .source(GRL),
    Rule::code(80_002, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Account)
        .says("The Instagram account has used up its quota of calls.")
        .with_hint(SLOWER)
        .source(GRL),
    Rule::code(80_006, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Account)
        .says("The Page has used up its quota of Messenger calls: 200 a day for each person it talks to.")
        .with_hint(SLOWER)
        .source(GRL),
    Rule::bare(2_300_052, RateLimited, "facebook.rate_limited")
        .safe()
        .stops(Message)
        .says("The last marketing message to this person, or the conversation itself, is too recent.")
        .with_hint("Leave 12 hours between marketing messages to one person, or the gap that the Page has set.")
        .source(MM),
];
