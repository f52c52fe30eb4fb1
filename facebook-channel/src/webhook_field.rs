//! The webhook fields of a Page: which the channel reads, and which of them it asks for.
//!
//! Meta refuses a whole subscription for one name that it does not know and for one whose permission the token lacks, so the
//! names are those of its own list (`subscribed_fields` in its Business SDK), and only those are asked for unasked for which
//! `pages_messaging` is enough.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>,
//! <https://github.com/meta/facebook-python-business-sdk>

use std::borrow::Cow;
use std::fmt;

use channel_api::{Issue, Pointer, Report};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::webhook::EVENTS;

/// What a Page is subscribed to unless the configuration says otherwise: the five fields that Linktor's guide names, then those
/// that tell what else happens in a conversation.
pub const DEFAULT_FIELDS: &[&str] = &[
    MESSAGES,
    "messaging_postbacks",
    "messaging_optins",
    "message_deliveries",
    "message_reads",
    // <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-echoes>
    // With the echo one learns whether a message went out whose answer was lost.
    "message_echoes",
    // …/webhook-events/message-edits
    "message_edits",
    // …/webhook-events/message-reactions
    "message_reactions",
    // …/webhook-events/messaging_optins
    "messaging_optouts",
    // …/webhook-events/messaging_referrals
    "messaging_referrals",
    // …/webhook-events/messaging_handovers, …/webhook-events/standby
    "messaging_handovers",
    "standby",
    // …/webhook-events/messaging_account_linking
    "messaging_account_linking",
    // …/webhook-events/messaging_policy_enforcement
    "messaging_policy_enforcement",
    // …/webhook-events, for the customer feedback template
    "messaging_feedback",
];

/// What people write.
pub(crate) const MESSAGES: &str = "messages";

/// What else the channel reads, with the permission that Meta wants for it beside `pages_manage_metadata`, which every
/// subscription needs.
///
/// Source: <https://developers.facebook.com/docs/graph-api/webhooks/reference/page>,
/// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started/webhooks-for-leadgen>,
/// <https://developers.facebook.com/documentation/business-messaging/messenger-platform/marketing-messages-on-messenger>
const OTHER_FIELDS: &[(&str, &str)] = &[
    ("messaging_customer_information", MESSAGING),
    ("messaging_in_thread_lead_form_submit", MESSAGING),
    ("response_feedback", MESSAGING),
    ("inbox_labels", MESSAGING),
    ("business_integrity", MESSAGING),
    ("message_template_status_update", "pages_utility_messaging"),
    ("calls", MESSAGING),
    ("call_permission_reply", MESSAGING),
    ("send_cart", MESSAGING),
    ("messaging_game_plays", MESSAGING),
    ("messaging_payments", MESSAGING),
    ("messaging_pre_checkouts", MESSAGING),
    ("messaging_checkout_updates", MESSAGING),
    ("marketing_message_deliveries", MARKETING),
    ("marketing_message_delivery_failed", MARKETING),
    ("marketing_message_reads", MARKETING),
    ("marketing_message_clicks", MARKETING),
    ("marketing_message_echoes", MARKETING),
    ("feed", METADATA),
    ("mention", METADATA),
    ("ratings", METADATA),
    ("group_feed", METADATA),
    ("leadgen", "leads_retrieval"),
];
const MESSAGING: &str = "pages_messaging";
const MARKETING: &str = "marketing_messages_messenger";
const METADATA: &str = "pages_manage_metadata";

/// The permission that Meta wants for a field.
pub(crate) fn permission(field: &str) -> Option<&'static str> {
    all().find(|(name, _)| *name == field).map(|(_, permission)| permission)
}

/// Every field that the channel reads, with its permission.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    DEFAULT_FIELDS.iter().map(|name| (*name, MESSAGING)).chain(OTHER_FIELDS.iter().copied())
}

/// What comes through a field.
pub(crate) fn description(field: &str) -> String {
    let told = EVENTS.iter().filter(|(_, of, _)| *of == field).map(|(.., what)| *what);
    match (field, told.collect::<Vec<_>>()) {
        ("standby", _) => "What people write while another app is responsible for the conversation.".to_owned(),
        ("messaging_optouts", _) => "Somebody no longer agrees to be written to.".to_owned(),
        (_, told) => told.join(" "),
    }
}

/// The fields that an operator has chosen, as they were given: a list, or one text with commas, as Linktor's core keeps what is
/// no text. Empty is as good as absent: whoever wants no webhooks unsubscribes.
#[derive(Debug, Default)]
pub(crate) enum Chosen {
    #[default]
    Nothing,
    List(Vec<String>),
    Text(String),
}

impl Chosen {
    /// The fields to subscribe to.
    pub(crate) fn fields(&self, at: &Pointer<'_>, report: &mut Report) -> Vec<&'static str> {
        let names: Vec<&str> = match self {
            Self::Nothing => Vec::new(),
            Self::List(names) => names.iter().map(String::as_str).collect(),
            Self::Text(text) => text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
        };
        let mut fields = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let element = at.index(index);
            let place = if matches!(self, Self::List(_)) { &element } else { at };
            match all().find(|(known, _)| *known == snake_case(name)) {
                Some((known, _)) if fields.contains(&known) => {
                    report.refuse(Issue::new(place, "duplicate", "must name each webhook field once"));
                }
                Some((known, _)) => fields.push(known),
                None => {
                    let known: Vec<&str> = all().map(|(name, _)| name).collect();
                    let message = format!("must be a webhook field that this channel reads: {}", known.join(", "));
                    report.refuse(Issue::new(place, "webhook_field", message).with_hint(
                        "what else Meta offers can be subscribed to at Meta itself: it stays there, and comes as facebook.unknown",
                    ));
                }
            }
        }
        if fields.is_empty() { DEFAULT_FIELDS.to_vec() } else { fields }
    }
}

/// `messageEchoes` as Meta writes it.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

impl<'de> Deserialize<'de> for Chosen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListOrText)
    }
}

struct ListOrText;

impl<'de> Visitor<'de> for ListOrText {
    type Value = Chosen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of webhook fields")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Chosen, E> {
        Ok(Chosen::Nothing)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Chosen, E> {
        Ok(Chosen::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Chosen, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name);
        }
        Ok(Chosen::List(names))
    }
}

/// Check boxes: a list of words, each with what it brings and which permission it needs.
impl JsonSchema for Chosen {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "WebhookFields".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |(name, permission): (&str, &str)| {
            let description = format!("{} Needs {permission}.", description(name));
            json!({ "const": name, "title": name, "description": description })
        };
        let fields: Vec<Value> = all().map(one).collect();
        json_schema!({
            "type": "array",
            "items": { "type": "string", "oneOf": fields },
            "uniqueItems": true,
            "default": DEFAULT_FIELDS,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn chosen(json: &Value) -> (Vec<&'static str>, Vec<String>) {
        let mut report = Report::default();
        let chosen: Chosen = serde_json::from_value(json.clone()).unwrap();
        let fields = chosen.fields(&Pointer::ROOT.key("subscribe"), &mut report);
        (fields, report.refusals.iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect())
    }

    #[test]
    fn fields_are_chosen_by_name_in_either_spelling_in_a_list_or_a_text() {
        for (given, fields) in [
            (json!(["messages", "feed"]), &["messages", "feed"][..]),
            (json!(["messageEchoes", "callPermissionReply"]), &["message_echoes", "call_permission_reply"]),
            (json!("messages, feed,inbox_labels"), &["messages", "feed", "inbox_labels"]),
            (json!([]), DEFAULT_FIELDS),
            (json!(" , "), DEFAULT_FIELDS),
            (json!(""), DEFAULT_FIELDS),
            (json!(null), DEFAULT_FIELDS),
        ] {
            assert_eq!(chosen(&given), (fields.to_vec(), Vec::new()), "{given}");
        }
    }

    #[test]
    fn what_is_no_field_and_what_is_named_twice_is_refused_where_it_stands() {
        for (given, refused) in [
            (json!(["messages", "mesages"]), &["/subscribe/1 webhook_field"][..]),
            (json!(["feed", "messages", "Feed", ""]), &["/subscribe/2 webhook_field", "/subscribe/3 webhook_field"]),
            (json!(["feed", "messages", "feed"]), &["/subscribe/2 duplicate"]),
            (json!(["message_reads", "messageReads"]), &["/subscribe/1 duplicate"]),
            (json!("messages,from_next_year"), &["/subscribe webhook_field"]),
            (json!(["(any other)"]), &["/subscribe/0 webhook_field"]),
        ] {
            assert_eq!(chosen(&given).1, refused, "{given}");
        }
        assert!(serde_json::from_value::<Chosen>(json!([1])).is_err());
        assert!(serde_json::from_value::<Chosen>(json!({"messages": true})).is_err());
    }

    #[test]
    fn all_that_becomes_an_event_is_offered_and_each_is_described() {
        let offered: BTreeSet<&str> = all().map(|(name, _)| name).collect();
        assert_eq!(offered.len(), all().count(), "each once");
        let read = EVENTS.iter().map(|(_, field, _)| *field).filter(|field| *field != "(any other)");
        let read: BTreeSet<&str> = read.chain(["standby", "messaging_optouts"]).collect();
        assert_eq!(offered, read);
        for (name, permission) in all() {
            assert!(!description(name).is_empty() && !permission.is_empty(), "{name}");
        }
    }

    /// `subscribed_fields` as Meta's Business SDK of June 2026 lists them, those for which `pages_messaging` is enough.
    const KNOWN: &str = "messages messaging_postbacks messaging_optins messaging_optouts messaging_referrals messaging_handovers \
        messaging_account_linking messaging_policy_enforcement messaging_feedback message_deliveries message_reads message_echoes \
        message_edits message_reactions standby";

    #[test]
    fn no_field_that_is_asked_for_unasked_could_make_the_call_fail() {
        let known: Vec<&str> = KNOWN.split_whitespace().collect();
        for field in DEFAULT_FIELDS {
            assert!(known.contains(field), "{field}: is it in Meta's list, and is pages_messaging enough for it?");
        }
        for field in ["messages", "messaging_postbacks", "messaging_optins", "message_deliveries", "message_reads"] {
            assert!(DEFAULT_FIELDS.contains(&field), "Linktor's guide names {field}");
        }
    }

    #[test]
    fn a_dashboard_draws_check_boxes_from_the_schema() {
        let schema = schemars::schema_for!(Chosen).to_value();
        assert_eq!((&schema["type"], &schema["uniqueItems"]), (&json!("array"), &json!(true)));
        assert_eq!(schema["default"], json!(DEFAULT_FIELDS));
        let choices = schema["items"]["oneOf"].as_array().unwrap();
        assert_eq!(choices.len(), all().count());
        let feed = choices.iter().find(|choice| choice["const"] == "feed").unwrap();
        let description = feed["description"].as_str().unwrap();
        assert!(description.contains("comment") && description.contains("pages_manage_metadata"), "{description}");
    }
}
