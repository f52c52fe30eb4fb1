use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Rule, hold, rule};
use crate::generate::{content, message};

/// A text with these options and no others.
fn with(options: Value, told: &str, code: &'static str) -> Rule {
    let plain = message::of(content::plain());
    rule(plain, "/options", options, code).told_at(&format!("/options{told}"))
}

#[test]
fn tags_and_types() {
    let utility = |options: Value, told: &str, code| {
        rule(message::utility(), "/options", options, code).told_at(&format!("/options{told}"))
    };
    hold(&[
        with(json!({"tag": "SHIPPING_UPDATE"}), "/tag", "tag.removed"),
        with(json!({"tag": "PAIRING_UPDATE"}), "/tag", "tag.removed"),
        with(json!({"tag": "human_agent"}), "/tag", "tag.unknown"),
        with(json!({"tag": ""}), "/tag", "tag.unknown"),
        with(json!({"tag": "CUSTOMER_FEEDBACK"}), "/tag", "tag.customer_feedback"),
        with(json!({"messagingType": "MESSAGE_TAG"}), "/tag", "required"),
        with(json!({"messagingType": "NEWS"}), "/messagingType", "choice"),
        with(json!({"messagingType": "UTILITY"}), "/messagingType", "messaging_type"),
        with(json!({"messagingType": "RESPONSE", "tag": "HUMAN_AGENT"}), "/messagingType", "messaging_type"),
        with(json!({"messagingType": "UPDATE", "tag": "HUMAN_AGENT"}), "/messagingType", "messaging_type"),
        utility(json!({"messagingType": "RESPONSE"}), "/messagingType", "messaging_type"),
        utility(json!({"messagingType": "UPDATE"}), "/messagingType", "messaging_type"),
        utility(json!({"tag": "HUMAN_AGENT"}), "/tag", "not_allowed"),
    ]);
}

#[test]
fn everything_else() {
    hold(&[
        with(json!({"notificationType": "LOUD"}), "/notificationType", "choice"),
        with(json!({"personaId": ""}), "/personaId", "required"),
        with(json!({"replyTo": " "}), "/replyTo", "required"),
        with(json!({"metadata": {}}), "/metadata", "type"),
        with(json!({"split": "yes"}), "/split", "type"),
        with(json!({"fallback": 1}), "/fallback", "type"),
        with(json!({"threadControl": {"appId": "1"}}), "/threadControl/controlType", "required"),
        with(json!({"threadControl": {"controlType": "take"}}), "/threadControl/controlType", "choice"),
        with(json!({"threadControl": "pass"}), "/threadControl", "type"),
    ]);
}

#[test]
fn who_can_get_one_message_only_gets_no_parts() {
    let rules: Vec<_> = [json!({"commentId": "1_2"}), json!({"postId": "1_2"}), json!({"oneTimeNotifToken": "t"})]
        .into_iter()
        .map(|to| rule(message::split(), "/to", to, "split.once").told_at("/options/split"))
        .collect();
    hold(&rules);
}

#[test]
fn a_retired_tag_is_refused_where_the_configuration_says_so() {
    use channel_api::{BuildContext, ChannelAdapterExt as _, ChannelId, Registry};

    let registry = Registry::discover().unwrap();
    let facebook = registry.get("facebook").unwrap();
    let mut config = (facebook.example)();
    config["retired_tags"] = json!("refuse");
    let channel = (facebook.build)(&config, &BuildContext::new(ChannelId::new("ch"))).unwrap();
    let tags = prop::sample::select(vec!["CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "ACCOUNT_UPDATE"]);
    proptest!(ProptestConfig::with_cases(32), |(message in message::of(content::plain()), tag in tags)| {
        let mut message = message;
        message["options"] = json!({"tag": tag});
        let refused = channel.denormalize_json(&message).unwrap_err();
        let told: Vec<_> = refused.issues().iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        prop_assert_eq!(told, [("/options/tag", "tag.retired")]);
    });
}
