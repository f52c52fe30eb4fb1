use std::sync::LazyLock;

use channel_api::capability::{Limit, Unit};
use channel_api::message::{Body, Media};
use channel_api::template::{Button, ButtonKind, ButtonTemplate};
use channel_api::{
    Capabilities, Denormalized, Error, ErrorKind, Issue, OutboundMessage, Pointer, ProviderRequest, Report, Result,
    Template, WebhookAuth,
};
use serde_json::{Value, json};

use crate::webhook::{CALLBACK, UNKNOWN};

const TEXT: Limit =
    Limit::new("text.length", 4096, Unit::Characters, "https://core.telegram.org/bots/api#sendmessage").with_min(1);
const PAYLOAD: Limit =
    Limit::new("button.payload", 64, Unit::Bytes, "https://core.telegram.org/bots/api#inlinekeyboardbutton")
        .with_min(1);

/// What the channel can do. Whatever is left out is off.
pub(crate) static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| Capabilities {
    webhook_auth: WebhookAuth::SharedSecret,
    token_in_path: true,
    sends_content: &["text", "image", "template"],
    sends_templates: &["button"],
    receives_content: &["text", "image"],
    receives_events: &["message.received", CALLBACK, UNKNOWN],
    limits: &[TEXT, PAYLOAD],
    ..Capabilities::default()
});

/// A message as the call that delivers it, or all the reasons why not.
pub(crate) fn denormalize(message: &OutboundMessage) -> Result<Denormalized> {
    let mut report = Report::default();
    let root = Pointer::ROOT;
    let content = root.key("content");
    let to = message.to.person().unwrap_or_default();
    report.require(!to.trim().is_empty(), &root.key("to"), "required", "name the chat by its id");
    let mut body = json!({ "chat_id": to });
    let mut path = "/sendMessage";
    match &message.content.body {
        Body::Text(text) => {
            TEXT.check(text, &content.key("text"), &mut report);
            body["text"] = text.as_str().into();
        }
        Body::Image(Media { url, attachment_id, .. }) => {
            path = "/sendPhoto";
            body["photo"] = attachment_id.as_deref().or(url.as_deref()).into();
            let is_one = url.is_some() != attachment_id.is_some();
            report.require(is_one, &content.key("image"), "exactly_one", "must name a `url` or an `attachmentId`");
        }
        Body::Template(template) => {
            if let Template::Button(ButtonTemplate { text, buttons, .. }) = &**template {
                let at = content.key("template");
                TEXT.check(text.as_deref().unwrap_or_default(), &at.key("text"), &mut report);
                let at = at.key("buttons");
                report.require(!buttons.is_empty(), &at, "required", "must hold a button at least");
                let rows =
                    buttons.iter().enumerate().map(|(index, one)| json!([button(one, &at.index(index), &mut report)]));
                body["reply_markup"] = json!({ "inline_keyboard": rows.collect::<Value>() });
                body["text"] = text.as_deref().into();
            }
        }
        _ => {}
    }
    if !report.refusals.is_empty() {
        return Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report));
    }
    Ok(Denormalized { requests: vec![ProviderRequest::post(path, body)], ..Denormalized::default() })
}

fn button(button: &Button, at: &Pointer<'_>, report: &mut Report) -> Value {
    let Button { kind, title, payload, url, .. } = button;
    let is_there = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    report.require(is_there(title), &at.key("title"), "required", "give the button words");
    match kind {
        ButtonKind::Postback => PAYLOAD.check(payload.as_deref().unwrap_or_default(), &at.key("payload"), report),
        ButtonKind::WebUrl => report.require(is_there(url), &at.key("url"), "required", "name the page that it opens"),
        _ => report.refuse(Issue::new(&at.key("type"), "unsupported", "must be postback or web_url")),
    }
    let is_link = *kind == ButtonKind::WebUrl;
    let (stray, is_stray) = if is_link { ("payload", payload.is_some()) } else { ("url", url.is_some()) };
    report.require(!is_stray, &at.key(stray), "not_allowed", "must be left out of a button of this type");
    let (field, value) = if is_link { ("url", url) } else { ("callback_data", payload) };
    json!({"text": title, field: value})
}
