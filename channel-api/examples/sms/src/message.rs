use channel_api::capability::{Limit, Unit};
use channel_api::message::Body;
use channel_api::{
    Capabilities, Denormalized, Error, ErrorKind, Issue, OutboundMessage, Pointer, ProviderRequest, Recipient, Report,
    Result, WebhookAuth,
};
use serde_json::json;

const TEXT: Limit = Limit {
    name: "text.length",
    min: 1,
    max: 160,
    unit: Unit::Characters,
    source: "https://sms.example/docs/messages",
};

/// What the channel can do. Whatever is left out is off.
pub(crate) static CAPABILITIES: std::sync::LazyLock<Capabilities> = std::sync::LazyLock::new(|| Capabilities {
    webhook_auth: WebhookAuth::Signature,
    sends_content: &["text"],
    receives_content: &["text"],
    receives_events: &["message.received", "message.delivered", "sms.unknown"],
    delivery_receipts: true,
    limits: &[TEXT],
    ..Capabilities::default()
});

/// A message as the call that delivers it, or all the reasons why not.
pub(crate) fn denormalize(number: &str, message: &OutboundMessage) -> Result<Denormalized> {
    let mut report = Report::default();
    let root = Pointer::ROOT;
    let (content, options) = (root.key("content"), root.key("options"));
    let unsupported = |at: &Pointer<'_>| Issue::new(at, "unsupported", "an SMS has no such thing: leave it out");
    let to = if let Recipient::Id(to) = &message.to { to.trim() } else { "" };
    if to.is_empty() {
        report.refuse(Issue::new(&root.key("to"), "required", "name the phone number as a string"));
    }
    let text = if let Body::Text(text) = &message.content.body {
        text.as_str()
    } else {
        report.refuse(unsupported(&content.key("type")));
        "-"
    };
    let length = text.chars().count();
    if !(TEXT.min..=TEXT.max).contains(&length) {
        let message = format!("has {length} characters; 1 to {} are allowed", TEXT.max);
        report.refuse(Issue::new(&content.key("text"), "text.length", message).with_limit(TEXT.max, length));
    }
    let asked = &message.options;
    for (at, given) in [
        (content.key("quickReplies"), !message.content.quick_replies.is_empty()),
        (content.key("attachments"), !message.content.attachments.is_empty()),
        (options.key("tag"), asked.tag.is_some()),
        (options.key("messagingType"), asked.messaging_type.is_some()),
        (options.key("notificationType"), asked.notification_type.is_some()),
        (options.key("personaId"), asked.persona_id.is_some()),
        (options.key("metadata"), asked.metadata.is_some()),
        (options.key("replyTo"), asked.reply_to.is_some()),
        (options.key("threadControl"), asked.thread_control.is_some()),
    ] {
        if given {
            report.refuse(unsupported(&at));
        }
    }
    if report.refusals.is_empty() {
        let call = ProviderRequest::post("/v1/sms", json!({"from": number, "to": to, "text": text}));
        return Ok(Denormalized { requests: vec![call], warnings: report.warnings, thread: None });
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report))
}
