//! Linked accounts, and what Meta does to a Page that breaks its policies.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_account_linking>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_policy_enforcement>

use super::event_spec::EventSpec;
use super::fields::{Field, FieldType, field};

const POLICY_ENFORCEMENT: &str = "facebook.policy_enforcement";

pub(super) const SPECS: &[EventSpec] = &[
    EventSpec::fields("account_linking", "facebook.account_linking", LINKING, &["status"]),
    EventSpec::fields("policy_enforcement", POLICY_ENFORCEMENT, POLICY, &["action"]).without_sender(),
    // Meta's older pages write it with a hyphen.
    EventSpec::fields("policy-enforcement", POLICY_ENFORCEMENT, POLICY, &["action"]).without_sender(),
];

const LINKING: &[Field] =
    &[field("status", "status", FieldType::Text), field("authorization_code", "authorizationCode", FieldType::Text)];

const POLICY: &[Field] = &[field("action", "action", FieldType::Text), field("reason", "reason", FieldType::Text)];
