//! The events that a Messenger channel emits, by the host's names.

use channel_api::event::name;

/// A quick reply was tapped. It is this event and no message besides.
pub const QUICK_REPLY: &str = "facebook.quick_reply";
/// Somebody took a message back.
pub const MESSAGE_DELETED: &str = "message.deleted";
/// Somebody changed the words of a message.
pub const MESSAGE_EDITED: &str = "message.edited";
/// Somebody reacted to a message, or stopped to.
pub const MESSAGE_REACTION: &str = "message.reaction";
/// Somebody came to a conversation by a link or an advertisement.
pub const REFERRAL: &str = "facebook.referral";
/// Something that is kept as it came, because this version does not understand it.
pub const UNKNOWN: &str = "facebook.unknown";

/// Every event: the host's name, Meta's webhook field (as in `subscribed_fields`), and what happened.
///
/// While another app is responsible for a conversation its events arrive through Meta's field `standby`; they have the same
/// names, with `observed` set. Whatever stands in no row of this table, and every field for which Meta documents no payload
/// (`messaging_optouts`, `messaging_integrity`, `message_context`, `messaging_appointments`, …), is [`UNKNOWN`].
pub const EVENTS: &[(&str, &str, &str)] = &[
    (name::MESSAGE_RECEIVED, "messages", "Somebody wrote: words, attachments, or both."),
    (QUICK_REPLY, "messages", "Somebody tapped a quick reply; `answers` says what it asked for."),
    (MESSAGE_DELETED, "messages", "Somebody took a message back."),
    (name::MESSAGE_ECHO, "message_echoes", "A message went out in the Page's name; `metadata.sentBy` says whose."),
    (MESSAGE_EDITED, "message_edits", "Somebody changed the words of a message."),
    (MESSAGE_REACTION, "message_reactions", "Somebody reacted to a message, or stopped to."),
    (name::MESSAGE_DELIVERED, "message_deliveries", "Messages reached the person."),
    (name::MESSAGE_READ, "message_reads", "The person saw messages."),
    ("facebook.postback", "messaging_postbacks", "Somebody tapped a button, the menu or Get Started."),
    ("facebook.optin", "messaging_optins", "Somebody agreed to be written to, or changed what they agreed to."),
    (REFERRAL, "messaging_referrals", "Somebody came to a conversation by a link or an advertisement."),
    ("facebook.pass_thread_control", "messaging_handovers", "An app gave a conversation to another."),
    ("facebook.take_thread_control", "messaging_handovers", "An app took a conversation over."),
    ("facebook.request_thread_control", "messaging_handovers", "An app asks for a conversation."),
    ("facebook.app_roles", "messaging_handovers", "The apps' roles on the Page changed."),
    ("facebook.account_linking", "messaging_account_linking", "Somebody linked an account, or unlinked it."),
    ("facebook.policy_enforcement", "messaging_policy_enforcement", "Meta warned, blocked or unblocked the Page."),
    ("facebook.messaging_feedback", "messaging_feedback", "Somebody answered a customer feedback form."),
    (
        "facebook.messaging_customer_information",
        "messaging_customer_information",
        "Somebody filled in a customer information form.",
    ),
    ("facebook.form", "messaging_in_thread_lead_form_submit", "Somebody submitted a form in the conversation."),
    ("facebook.response_feedback", "response_feedback", "Somebody called a message good or bad."),
    ("facebook.coupon", "messages", "Somebody uncovered a coupon's code."),
    ("facebook.order", "send_cart", "Somebody sent their cart."),
    ("facebook.game_play", "messaging_game_plays", "Somebody finished a round of a game."),
    ("facebook.payment", "messaging_payments", "Somebody paid. Retired by Meta."),
    ("facebook.pre_checkout", "messaging_pre_checkouts", "Somebody is about to pay. Retired by Meta."),
    ("facebook.checkout_update", "messaging_checkout_updates", "Somebody chose where to ship to. Retired by Meta."),
    ("facebook.call", "calls", "A call began, changed or ended."),
    ("facebook.call_permission_reply", "call_permission_reply", "Somebody said whether they may be called."),
    ("facebook.inbox_labels", "inbox_labels", "A person was given a label, or lost it."),
    ("facebook.business_integrity", "business_integrity", "Meta restricted the business, or lifted a restriction."),
    (
        "facebook.message_template_status_update",
        "message_template_status_update",
        "A template was approved, rejected, paused or disabled.",
    ),
    ("facebook.marketing_message_deliveries", "marketing_message_deliveries", "A marketing message arrived."),
    ("facebook.marketing_message_delivery_failed", "marketing_message_delivery_failed", "A marketing message failed."),
    ("facebook.marketing_message_reads", "marketing_message_reads", "The person saw a marketing message."),
    ("facebook.marketing_message_clicks", "marketing_message_clicks", "The person followed a marketing message."),
    ("facebook.marketing_message_echoes", "marketing_message_echoes", "A marketing message went out."),
    (
        "facebook.feed",
        "feed",
        "A post, comment or reaction on the Page was added, changed or removed; `byPage` says whether by the Page itself.",
    ),
    ("facebook.mention", "mention", "Somebody mentioned the Page."),
    ("facebook.ratings", "ratings", "Somebody rated the Page, or somebody reacted to a rating."),
    ("facebook.leadgen", "leadgen", "Somebody answered a lead advertisement."),
    ("facebook.group_feed", "group_feed", "Somebody wrote in a group of the Page."),
    (UNKNOWN, "(any other)", "Something that this version does not understand, with its JSON in `raw`."),
];

/// The names alone, as capabilities list them.
pub const EVENT_NAMES: &[&str] = &{
    let mut names = [""; EVENTS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = EVENTS[index].0;
        index += 1;
    }
    names
};
