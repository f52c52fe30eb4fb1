//! Meta failed, or says that something did: what was done is not known.

use channel_api::ErrorKind::ProviderFailed;

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{ERR, ERR_OLD, FLY};
use super::WAIT_FOR_THE_ECHO;

pub(super) const RULES: &[Rule] = &[
    Rule::code(2, ProviderFailed, "facebook.temporary")
        .catch_all()
        .uncertain()
        .says("Meta reports an unexpected failure.")
        .with_hint("Meta's own words say more, where it gives any. It answers so for failures of its own (metastatus.com shows them) \
            and, to a message, where the person has blocked the Page. A message may have been sent all the same: wait for its echo \
            (webhook field message_echoes) before sending it again.")
        .source(ERR),
    Rule::code(1, ProviderFailed, "facebook.unknown_failure")
        .catch_all()
        .uncertain()
        .says("Meta reports a failure whose cause is not known.")
        .with_hint("Meta's own words say more, where it gives any. A message may have been sent all the same: wait for its echo \
            (webhook field message_echoes) before sending it again.")
        .source(ERR),
    Rule::pair(1, 99, ProviderFailed, "facebook.unknown_failure")
        .uncertain()
        .says("Meta reports an unknown failure, of which its page says that missing permissions can cause it.")
        .with_hint("A message may have been sent all the same: wait for its echo (webhook field message_echoes) before sending it again. \
            If it stays, check the app's permissions, its access level and the verification of the business.")
        .source(ERR),
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
