//! Linked accounts, and what Meta does to a Page that breaks its policies.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_account_linking>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_policy_enforcement>

use super::fields::{Field, Form, field};
use super::kind::Kind;

const POLICY_ENFORCEMENT: &str = "facebook.policy_enforcement";

pub(super) const KINDS: &[Kind] = &[
    Kind::fields("account_linking", "facebook.account_linking", LINKING, &["status"]),
    Kind::fields("policy_enforcement", POLICY_ENFORCEMENT, POLICY, &["action"]).without_sender(),
    // Meta's older pages write it with a hyphen.
    Kind::fields("policy-enforcement", POLICY_ENFORCEMENT, POLICY, &["action"]).without_sender(),
];

const LINKING: &[Field] =
    &[field("status", "status", Form::Text), field("authorization_code", "authorizationCode", Form::Text)];

const POLICY: &[Field] = &[field("action", "action", Form::Text), field("reason", "reason", Form::Text)];
