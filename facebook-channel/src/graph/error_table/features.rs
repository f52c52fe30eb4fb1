//! Single features: profiles, opt-ins, marketing messages, account linking, calls, games, and what only a phone ever sees.

use channel_api::ErrorKind::{Permission, Rejected};

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{ERR, ERR_OLD};
use super::OWN_WORDS;

const ON_THE_PHONE: &str = "It happened in the person's Messenger: look into the web page's own code.";
const PAYMENT: &str = "Meta has given up payments in Messenger: send a link to a payment page instead.";

pub(super) const RULES: &[Rule] = &[
    Rule::bare(2_018_218, Rejected, "facebook.no_profile")
        .says("The person has no profile: the account was made with a phone number.")
        .with_hint("Go on without the profile.")
        .source(ERR),
    Rule::pair(100, 2_018_218, Rejected, "facebook.no_profile")
        .says("The person has no profile: the account was made with a phone number.")
        .with_hint("Go on without the profile.")
        .source(ERR),
    Rule::pair(4, 2_018_354, Rejected, "facebook.notification_too_early")
        .says("The next notification for this topic is not due yet.")
        .with_hint("Leave this one out; the app is not held to account for it.")
        .source(ERR),
    Rule::pair(10, 1_404_170, Permission, "facebook.opt_in_restricted")
        .says("Meta has restricted the Page from asking people to opt in.")
        .with_hint("Wait, or appeal in the Page's support inbox at Facebook.")
        .source(ERR),
    Rule::pair(10, 1_893_015, Rejected, "facebook.notifications_stopped")
        .says("The person has stopped the notifications for this topic.")
        .with_hint("Forget the token; ask again only when the person wants it.")
        .source(ERR),
    Rule::pair(613, 1_893_016, Rejected, "facebook.opt_in_repeated")
        .says("The person was asked to opt in to this topic before.")
        .with_hint("Ask once for each topic.")
        .source(ERR),
    Rule::code(10_303, Rejected, "facebook.account_linking_expired")
        .says("The account linking token is wrong or older than 5 minutes.")
        .with_hint("Let the person start linking again.")
        .source(ERR),
    Rule::code(24_001, Rejected, "facebook.payment")
        .says("Meta reports a failure of a payment.")
        .with_hint(PAYMENT)
        .source(ERR_OLD),
    Rule::code(24_002, Rejected, "facebook.payment")
        .says("Meta reports a failure of a payment.")
        .with_hint(PAYMENT)
        .source(ERR_OLD),
    Rule::code(24_005, Rejected, "facebook.payment")
        .says("Meta reports a failure of a payment.")
        .with_hint(PAYMENT)
        .source(ERR_OLD),
    Rule::bare(2_018_144, Rejected, "facebook.game_limit")
        .says("The game has used up its 5 messages in 10 days to this player.")
        .with_hint("Wait until the player plays again.")
        .source(ERR),
    Rule::bare(2_018_154, Rejected, "facebook.extensions_sdk")
        .says("The Messenger Extensions SDK reports a failure in a web view.")
        .with_hint(ON_THE_PHONE)
        .source(ERR),
    Rule::bare(2_018_163, Rejected, "facebook.extensions_sdk")
        .says("The Messenger Extensions SDK reports a failure in a web view.")
        .with_hint(ON_THE_PHONE)
        .source(ERR),
    Rule::bare(2_018_166, Rejected, "facebook.extensions_sdk")
        .says("The Messenger Extensions SDK reports a failure in a web view.")
        .with_hint(ON_THE_PHONE)
        .source(ERR),
    Rule::bare(2_071_010, Rejected, "facebook.extensions_sdk")
        .through(2_071_025)
        .says("The Messenger Extensions SDK reports a failure in a web view.")
        .with_hint(ON_THE_PHONE)
        .source(ERR),
    Rule::bare(2_018_389, Rejected, "facebook.call_failed")
        .through(2_018_396)
        .catch_all()
        .says("Meta refuses a step of a call by voice or video.")
        .with_hint(OWN_WORDS)
        .source(ERR),
];
