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
    let to = if let Recipient::Id(to) = &message.to { to.trim() } else { "" };
    if to.is_empty() {
        report.refuse(Issue::new(&root.key("to"), "required", "name the phone number as a string"));
    }
    // Options, quick replies and whatever else is not declared above have been refused before.
    let content = root.key("content");
    let Body::Text(text) = &message.content.body else {
        report.refuse(Issue::new(&content.key("type"), "unsupported", "an SMS is a text"));
        return Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report));
    };
    let length = text.chars().count();
    if !(TEXT.min..=TEXT.max).contains(&length) {
        let message = format!("has {length} characters; 1 to {} are allowed", TEXT.max);
        report.refuse(Issue::new(&content.key("text"), "text.length", message).with_limit(TEXT.max, length));
    }
    if report.refusals.is_empty() {
        let call = ProviderRequest::post("/v1/sms", json!({"from": number, "to": to, "text": text}));
        return Ok(Denormalized { requests: vec![call], warnings: report.warnings, thread: None });
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report))
}
