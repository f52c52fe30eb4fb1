//! `POST /{page}/messages`: what depends on the conversation, and what happens after a message was accepted.
//!
//! `…/` is the documentation's root, as in [`super::rules`].

use serde_json::{Map, Value, json};

use super::cast::Page;
use super::graph_error::GraphError;
use super::happening::Happening;
use super::platform::Platform;
use super::rules::{self, Judged, What, Window};
use super::webhook::{Webhook, messaging};
use super::world::{Side, Thread, World};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Platform {
    pub(super) fn send(&self, page: &Page, params: &Map<String, Value>) -> Result<Value, GraphError> {
        let Judged { psid, window, what } = rules::judge(params)?;
        let now = self.clock.now_ms();
        let mut world = self.world();
        let thread =
            world.thread(&psid).filter(|thread| thread.page_id == page.id).ok_or_else(rules::no_matching_user)?;
        check_window(thread, window, now)?;
        match what {
            What::Action { action, payload } => self.act(page, &mut world, &psid, action, payload),
            What::Message { message, reply_to } => self.accept(page, &mut world, &psid, now, message, reply_to),
        }
    }

    fn act(
        &self,
        page: &Page,
        world: &mut World,
        psid: &str,
        action: &str,
        payload: Option<&Value>,
    ) -> Result<Value, GraphError> {
        let thread = world.thread_mut(psid).ok_or_else(rules::no_matching_user)?;
        match action {
            "typing_on" => thread.typing = true,
            "typing_off" => thread.typing = false,
            "mark_seen" => {
                for entry in thread.entries.iter_mut().filter(|entry| entry.from == Side::Person) {
                    entry.seen = true;
                }
            }
            _ => {
                let mid = payload.and_then(|payload| payload["message_id"].as_str()).unwrap_or_default();
                side_of(thread, mid)?;
            }
        }
        self.tell(Happening::SenderAction {
            page: page.id.clone(),
            person: psid.to_owned(),
            action: action.to_owned(),
        });
        Ok(json!({ "recipient_id": psid }))
    }

    fn accept(
        &self,
        page: &Page,
        world: &mut World,
        psid: &str,
        now: i64,
        message: &Map<String, Value>,
        reply_to: Option<&str>,
    ) -> Result<Value, GraphError> {
        own_attachments(world, page, message)?;
        let thread = world.thread_mut(psid).ok_or_else(rules::no_matching_user)?;
        let reply_to = match reply_to {
            Some(mid) => Some(json!({"mid": mid, "is_self_reply": side_of(thread, mid)? == Side::Page})),
            None => None,
        };
        let mid = self.ids.mid();
        let shown = thread.page_wrote(&mid, now, message);
        let mut answer = json!({"recipient_id": psid, "message_id": mid});
        if message.get("attachment").and_then(|attachment| attachment.pointer("/payload/is_reusable"))
            == Some(&Value::Bool(true))
        {
            let id = self.ids.attachment();
            world.attachments.insert(id.clone(), page.id.clone());
            answer["attachment_id"] = id.into();
        }
        let (page_id, person) = (page.id.clone(), psid.to_owned());
        self.tell(Happening::PageSent {
            page: page_id.clone(),
            person: person.clone(),
            mid: mid.clone(),
            message: shown,
        });
        self.tell(Happening::Delivered { page: page_id.clone(), person: person.clone(), mids: vec![mid.clone()] });
        self.tell(Happening::Read { page: page_id, person, watermark: now });

        let echo = messaging(&page.id, psid, now, "message", echo(page, &mid, message, reply_to));
        // Meta's sample of a delivery has no timestamp, so neither has this.
        let delivery = json!({
            "sender": {"id": psid}, "recipient": {"id": page.id}, "delivery": {"mids": [mid], "watermark": now},
        });
        let read = messaging(psid, &page.id, now, "read", json!({ "watermark": now }));
        self.enqueue(
            page,
            [("message_echoes", echo), ("message_deliveries", delivery), ("message_reads", read)]
                .map(|(field, element)| Webhook::new(field, &page.id, now, &element)),
        );
        Ok(answer)
    }
}

/// Source: `…/send-messages`, `…/error-codes` (10/2018278).
fn check_window(thread: &Thread, window: Window, now: i64) -> Result<(), GraphError> {
    let open_for = match window {
        Window::Always => return Ok(()),
        Window::Day => DAY_MS,
        Window::Week => 7 * DAY_MS,
    };
    if thread.last_wrote.is_some_and(|last| now - last < open_for) {
        return Ok(());
    }
    Err(GraphError::new(
        10,
        "(#10) This message is sent outside of allowed window. Learn more about the new policy here: \
         https://developers.facebook.com/docs/messenger-platform/policy-overview",
    )
    .subcode(2_018_278))
}

fn side_of(thread: &Thread, mid: &str) -> Result<Side, GraphError> {
    let entry = thread.entries.iter().find(|entry| entry.mid == mid);
    entry.map(|entry| entry.from).ok_or_else(|| GraphError::parameter("Invalid message id"))
}

/// An attachment id must have been given to this Page. Source: `…/error-codes` (2018074).
fn own_attachments(world: &World, page: &Page, message: &Map<String, Value>) -> Result<(), GraphError> {
    let attachment = message.get("attachment").and_then(|attachment| attachment.get("payload"));
    let elements = attachment.and_then(|payload| payload.get("elements")).and_then(Value::as_array);
    let images = message.get("attachments").and_then(Value::as_array);
    let payloads = attachment
        .into_iter()
        .chain(elements.into_iter().flatten())
        .chain(images.into_iter().flatten().filter_map(|image| image.get("payload")));
    for id in payloads.filter_map(|payload| payload.get("attachment_id")?.as_str()) {
        if world.attachments.get(id) != Some(&page.id) {
            return Err(GraphError::parameter("Invalid attachment_id: it does not exist or belongs to another Page")
                .subcode(2_018_074));
        }
    }
    Ok(())
}

/// The `message` of an echo. Source: `…/webhooks/webhook-events/message-echoes`; `app_id` is a number in real bodies.
fn echo(page: &Page, mid: &str, message: &Map<String, Value>, reply_to: Option<Value>) -> Value {
    let app_id = page.app_id.parse::<u64>().map_or_else(|_| page.app_id.as_str().into(), Value::from);
    let mut echo = json!({"is_echo": true, "app_id": app_id, "mid": mid});
    for key in ["text", "metadata"] {
        if let Some(value) = message.get(key).filter(|value| !value.is_null()) {
            echo[key] = value.clone();
        }
    }
    if let Some(reply_to) = reply_to {
        echo["reply_to"] = reply_to;
    }
    let several = message.get("attachments").and_then(Value::as_array).into_iter().flatten();
    let mut attachments: Vec<Value> =
        message.get("attachment").into_iter().chain(several).map(echoed_attachment).collect();
    if let Some(sticker) = message.get("sticker_id") {
        let url = format!("https://scontent.example/sticker/{sticker}.png");
        attachments.push(json!({"type": "sticker", "payload": {"url": url, "sticker_id": sticker}}));
    }
    if !attachments.is_empty() {
        echo["attachments"] = attachments.into();
    }
    echo
}

fn echoed_attachment(attachment: &Value) -> Value {
    let (kind, payload) = (&attachment["type"], &attachment["payload"]);
    if kind == "template" {
        return json!({"title": "", "url": "", "type": "template", "payload": payload});
    }
    let id = payload["attachment_id"].as_str().unwrap_or_default();
    let url =
        payload["url"].as_str().map_or_else(|| format!("https://scontent.example/attachment/{id}"), str::to_owned);
    json!({"type": kind, "payload": {"url": url}})
}
