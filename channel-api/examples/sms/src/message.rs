use channel_api::capability::{Limit, Unit};
use channel_api::message::Body;
use channel_api::{
    Capabilities, Denormalized, Error, ErrorKind, OutboundMessage, Pointer, ProviderRequest, Report, Result,
    WebhookAuth,
};
use serde_json::json;

const TEXT: Limit = Limit::new("text.length", 160, Unit::Characters, "https://sms.example/docs/messages").with_min(1);

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

/// A message as the call that delivers it, or all the reasons why not. What the capabilities do not name is refused whatever comes
/// of this; it is looked at all the same, so that the author hears of everything at once.
pub(crate) fn denormalize(number: &str, message: &OutboundMessage) -> Result<Denormalized> {
    let mut report = Report::default();
    let root = Pointer::ROOT;
    let to = message.to.person().unwrap_or_default();
    report.require(!to.trim().is_empty(), &root.key("to"), "required", "name the phone number as a string");
    let text = if let Body::Text(text) = &message.content.body { text.as_str() } else { "-" };
    TEXT.check(text, &root.key("content").key("text"), &mut report);
    if report.refusals.is_empty() {
        let call = ProviderRequest::post("/v1/sms", json!({"from": number, "to": to, "text": text}));
        return Ok(Denormalized { requests: vec![call], ..Denormalized::default() });
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report))
}
