use channel_api::capability::Extras;
use channel_api::{Capabilities, WebhookAuth};

use crate::limits;
use crate::webhook::EVENT_NAMES;

/// The templates that are built, from the everyday ones to the airlines'.
pub(crate) const SENDS_TEMPLATES: &[&str] = &[
    "generic",
    "button",
    "receipt",
    "media",
    "product",
    "coupon",
    "customer_feedback",
    "customer_information",
    "image_grid",
    "instant_form",
    "calling_optin",
    "one_time_notif_req",
    "notification_messages",
    "utility",
    "airline_boardingpass",
    "airline_checkin",
    "airline_itinerary",
    "airline_update",
];

/// What only Messenger's buttons have.
pub(crate) const BUTTON_EXTRAS: &[&str] = &[
    "webviewHeightRatio",
    "messengerExtensions",
    "fallbackUrl",
    "webviewShareButton",
    "gameMetadata",
    "expiresInDays",
];

/// What Messenger can do.
pub(crate) static CAPABILITIES: Capabilities = Capabilities {
    webhook_auth: WebhookAuth::Signature,
    token_in_path: false,
    sends_content: &["text", "image", "video", "audio", "file", "sticker", "template", "sender_action"],
    sends_templates: SENDS_TEMPLATES,
    sends_actions: &["typing_on", "typing_off", "mark_seen", "react", "unreact"],
    options: &[
        "metadata",
        "split",
        "fallback",
        "tag",
        "messagingType",
        "notificationType",
        "personaId",
        "threadControl",
    ],
    extras: Extras {
        media: &["isReusable", "caption"],
        button: BUTTON_EXTRAS,
        quick_reply: &[],
        card: &["itemUrl"],
        template: &["sharable", "imageAspectRatio"],
    },
    sends_attachments: true,
    sends_quick_replies: true,
    sends_replies: true,
    // The last three are retired: built as they always were, and refused only where the configuration says so.
    sends_tags: &[
        "HUMAN_AGENT",
        "CUSTOMER_FEEDBACK",
        "NON_PROMOTIONAL_SUBSCRIPTION",
        "CONFIRMED_EVENT_UPDATE",
        "POST_PURCHASE_UPDATE",
        "ACCOUNT_UPDATE",
    ],
    receives_content: &[
        "text",
        "image",
        "video",
        "audio",
        "file",
        "sticker",
        "location",
        "link",
        "reel",
        "ig_reel",
        "post",
        "ig_post",
        "share",
        "media_share",
        "template",
        "product",
        "appointment_booking",
    ],
    receives_events: EVENT_NAMES,
    delivery_receipts: true,
    read_receipts: true,
    // Meta's own stores. Not facebook.com: l.facebook.com leads wherever its address says.
    media_hosts: &["*.fbcdn.net", "*.fbsbx.com"],
    limits: limits::EVERY,
};
