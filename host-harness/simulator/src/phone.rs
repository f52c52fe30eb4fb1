//! A message as the phone draws it.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// What the person sees of one message, and what can be tapped on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Text of the bubble.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Pictures, films, sounds, files, places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Media>,
    /// Cards of a carousel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Card>,
    /// Buttons under the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// `template_type`, if it is a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Quick replies that came with the message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quick_replies: Vec<QuickReply>,
}

/// An attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Media {
    /// `image`, `video`, `audio`, `file`, `location`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Or the id it was uploaded under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<String>,
}

/// One card of a carousel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// First line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Second line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// Picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Buttons of the card.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

/// A button of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Button {
    /// `postback`, `web_url`, `phone_number`, ….
    #[serde(rename = "type")]
    pub kind: String,
    /// What is written on it; some kinds have no title of their own.
    pub title: String,
    /// What a tap sends, or the number that a tap calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// What a tap opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What a tap reveals.
    #[serde(skip)]
    pub(super) coupon_code: Option<String>,
}

/// A quick reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuickReply {
    /// `text`, `user_phone_number`, `user_email`.
    pub content_type: String,
    /// What is written on it.
    pub title: String,
    /// What a tap sends.
    pub payload: String,
}

impl Shown {
    /// Draws a `message` object of the Send API. The message has passed the rules.
    pub(super) fn of(message: &Map<String, Value>) -> Self {
        let mut shown = Self { text: text(message.get("text")), ..Self::default() };
        let several = message.get("attachments").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for attachment in message.get("attachment").into_iter().chain(several) {
            shown.attach(attachment);
        }
        if let Some(sticker) = text(message.get("sticker_id")) {
            shown.attachments.push(Media { kind: "sticker".into(), url: None, attachment_id: Some(sticker) });
        }
        if let Some(name) = message.get("template").and_then(|template| text(template.get("name"))) {
            shown.text = Some(format!("utility template {name}"));
        }
        shown.quick_replies = list(message.get("quick_replies"))
            .map(|reply| QuickReply {
                content_type: text(reply.get("content_type")).unwrap_or_default(),
                title: text(reply.get("title")).unwrap_or_default(),
                payload: text(reply.get("payload")).unwrap_or_default(),
            })
            .collect();
        shown
    }

    fn attach(&mut self, attachment: &Value) {
        let kind = text(attachment.get("type")).unwrap_or_default();
        let payload = attachment.get("payload").unwrap_or(&Value::Null);
        if kind != "template" {
            self.attachments.push(Media {
                kind,
                url: text(payload.get("url")),
                attachment_id: text(payload.get("attachment_id")),
            });
            return;
        }
        self.template = text(payload.get("template_type"));
        self.buttons = buttons(payload);
        if self.template.as_deref() == Some("receipt") {
            let part = |pointer: &str| text(payload.pointer(pointer)).unwrap_or_default();
            self.text = Some(format!(
                "Receipt {} for {}: {} {}",
                part("/order_number"),
                part("/recipient_name"),
                part("/summary/total_cost"),
                part("/currency")
            ));
            return;
        }
        self.text = ["text", "title", "intro_message"].into_iter().find_map(|key| text(payload.get(key)));
        self.buttons.extend(own_button(payload));
        self.cards = list(payload.get("elements"))
            .map(|element| Card {
                title: text(element.get("title")),
                subtitle: text(element.get("subtitle")),
                image_url: text(element.get("image_url")).or_else(|| text(element.get("url"))),
                buttons: buttons(element).into_iter().chain(grid_actions(element)).collect(),
            })
            .collect();
    }

    /// Every button, in the order drawn.
    pub(super) fn all_buttons(&self) -> impl Iterator<Item = &Button> {
        self.buttons.iter().chain(self.cards.iter().flat_map(|card| &card.buttons))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.text.clone().into_iter().collect();
        for media in &self.attachments {
            let source = media.url.as_deref().or(media.attachment_id.as_deref()).unwrap_or_default();
            parts.push(format!("<{} {source}>", media.kind));
        }
        let draw = |buttons: &[Button]| {
            buttons.iter().flat_map(|button| [" [", button.title.as_str(), "]"]).collect::<String>()
        };
        for card in &self.cards {
            let lines: Vec<&str> = [&card.title, &card.subtitle].into_iter().flatten().map(String::as_str).collect();
            parts.push(format!("| {}{} |", lines.join(" - "), draw(&card.buttons)));
        }
        if parts.is_empty() {
            parts.push(format!("<{}>", self.template.as_deref().unwrap_or("message")));
        }
        write!(f, "{}{}", parts.join(" "), draw(&self.buttons))?;
        self.quick_replies.iter().try_for_each(|reply| write!(f, " ({})", reply.title))
    }
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn buttons(holder: &Value) -> Vec<Button> {
    list(holder.get("buttons"))
        .map(|button| {
            let kind = text(button.get("type")).unwrap_or_default();
            let title = text(button.get("title")).unwrap_or_else(|| match kind.as_str() {
                "account_link" => "Log in".into(),
                "account_unlink" => "Log out".into(),
                other => other.into(),
            });
            Button {
                kind,
                title,
                payload: text(button.get("payload")),
                url: text(button.get("url")),
                coupon_code: None,
            }
        })
        .collect()
}

/// The button that belongs to a template by its nature. What is written on it is Messenger's.
fn own_button(payload: &Value) -> Option<Button> {
    let kind = text(payload.get("template_type"))?;
    let title = match kind.as_str() {
        "one_time_notif_req" => "Notify Me".to_owned(),
        "notification_messages" => "Get messages".to_owned(),
        "coupon" => "Show coupon".to_owned(),
        "calling_optin" => "Allow".to_owned(),
        "customer_feedback" => text(payload.get("button_title"))?,
        _ => return None,
    };
    let (payload, coupon_code) = (text(payload.get("payload")), text(payload.get("coupon_code")));
    Some(Button { kind, title, payload, url: None, coupon_code })
}

/// Images of a grid that can be tapped.
fn grid_actions(element: &Value) -> impl Iterator<Item = Button> {
    list(element.get("images")).filter_map(|image| {
        let action = image.get("action")?;
        let kind = text(action.get("type"))?;
        let title = text(action.get("text")).unwrap_or_else(|| "image".to_owned());
        let (payload, url) = (text(action.get("payload")), text(action.get("url")));
        Some(Button { kind, title, payload, url, coupon_code: None })
    })
}
