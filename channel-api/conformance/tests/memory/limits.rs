//! What the invented provider allows.

use channel_api::capability::{Extras, Limit, Unit};
use channel_api::{Capabilities, Issue, Pointer, Report, WebhookAuth};

const SOURCE: &str = "https://memory.example/docs/limits";

macro_rules! limits {
    ($($constant:ident = $name:literal $min:literal..=$max:literal $unit:ident;)*) => {
        $(pub(super) const $constant: Limit =
            Limit::new($name, $max, Unit::$unit, SOURCE).with_min($min);)*
        const ALL: &[Limit] = &[$($constant),*];
    };
}

limits! {
    TEXT = "text.length" 1..=300 Characters;
    IMAGE_URL = "image.url.length" 0..=500 Bytes;
    QUICK_REPLIES = "quick_replies.count" 0..=5 Items;
    QUICK_REPLY_TITLE = "quick_replies.title.length" 1..=20 Characters;
    BUTTONS = "template.button.buttons.count" 1..=3 Items;
    BUTTON_TITLE = "button.title.length" 1..=20 Characters;
    LABEL = "label.name.length" 1..=20 Characters;
    GREETING = "profile.greeting.length" 0..=80 Characters;
    UPLOAD = "upload.size" 1..=1_000_000 Bytes;
}

pub(super) static CAPABILITIES: Capabilities = Capabilities {
    webhook_auth: WebhookAuth::Signature,
    token_in_path: false,
    sends_content: &["text", "image", "template", "sender_action"],
    sends_templates: &["button"],
    sends_actions: &["typing_on"],
    options: &["tag", "threadControl", "fallback"],
    extras: Extras::NONE,
    sends_attachments: false,
    sends_quick_replies: true,
    sends_replies: true,
    sends_tags: &["URGENT"],
    receives_content: &["text", "image"],
    receives_events: &[
        "message.received",
        "message.echo",
        "message.delivered",
        "message.read",
        "memory.postback",
        "memory.quick_reply",
        "memory.handover",
        "memory.unknown",
    ],
    delivery_receipts: true,
    read_receipts: true,
    media_hosts: &["media.memory.example"],
    limits: ALL,
};

/// Refuses what is too large, or too small.
pub(super) fn check(limit: &Limit, actual: usize, at: &Pointer<'_>, report: &mut Report) {
    let unit = limit.unit.as_str();
    if actual > limit.max {
        let message = format!("has {actual} {unit}; {} are allowed: shorten it", limit.max);
        report.refuse(Issue::new(at, "too_large", message).with_limit(limit.max, actual));
    } else if actual < limit.min {
        let message = format!("has {actual} {unit}; at least {} is needed", limit.min);
        report.refuse(Issue::new(at, "too_small", message).with_limit(limit.min, actual));
    }
}
