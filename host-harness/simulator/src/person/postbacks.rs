//! Buttons, menus, questions, quick replies.

use serde_json::{Value, json};

use super::{By, Choice, Consequence, PersonError, bubble, known};
use crate::dates::DAY_MS;
use crate::event::SimulatorEvent;
use crate::page_state::{Contact, ContactKind};
use crate::phone::{Button, QuickReply};
use crate::platform::Platform;
use crate::thread::{Side, Thread};
use crate::webhook::Webhook;
use crate::world::World;

/// How long a permission to call lasts.
const CALLS_MS: i64 = 7 * DAY_MS;

impl Platform {
    /// A button of any message that the Page has sent (the newest wins), of the persistent menu, or an ice breaker. Returns
    /// the message id, or the token that the person has given with the tap.
    pub(crate) fn tap(&self, from: Option<&str>, choice: &Choice) -> Result<String, PersonError> {
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let sent: Vec<Button> = buttons(known(&world, &by.psid)?).cloned().collect();
        let mut on_screen: Vec<Button> = Vec::new();
        for button in sent.into_iter().chain(menu(&mut world, &by)) {
            if !on_screen.contains(&button) {
                on_screen.push(button);
            }
        }
        let found = on_screen.iter().find(|button| choice.is(&button.title, button.payload.as_deref())).cloned();
        let Some(button) = found else {
            let (choice, name) = (choice.clone(), by.name);
            return Err(PersonError::NotOffered { what: "button", choice, name, offered: on_screen });
        };
        let title = button.title.clone();
        let (target, payload) = (button.url.clone().unwrap_or_default(), button.payload.clone().unwrap_or_default());
        let effect = match button.kind.as_str() {
            "postback" => return Ok(self.postback(&mut world, &by, &title, &payload)),
            "one_time_notif_req" => return Ok(self.one_time(&mut world, &by, &payload)),
            "notification_messages" => return Ok(self.notifications(&mut world, &by, &title, &payload)),
            "coupon" => {
                let template = json!({"type": "coupon", "payload": payload, "coupon_code": button.coupon_code});
                let event = by.event("reveals the coupon");
                let consequence = Consequence { field: "messages", element: ("template", template), event };
                self.did(&mut world, &by, consequence);
                return Ok(String::new());
            }
            "calling_optin" => {
                self.allow_calls(&by);
                return Ok(String::new());
            }
            "web_url" | "account_link" => format!("opens URL {target}"),
            "phone_number" => format!("calls {payload}"),
            other => format!("is of type {other}, which the simulated phone does not act on"),
        };
        Err(PersonError::SendsNothing { title, effect })
    }

    fn postback(&self, world: &mut World, by: &By, title: &str, payload: &str) -> String {
        self.wrote(world, by, bubble(title), |by, mid| Consequence {
            field: "messaging_postbacks",
            element: ("postback", json!({"mid": mid, "title": title, "payload": payload})),
            event: SimulatorEvent::PersonTapped {
                page: by.page.id.clone(),
                person: by.psid.clone(),
                name: by.name.clone(),
                mid: mid.into(),
                title: title.to_owned(),
                payload: payload.to_owned(),
            },
        })
    }

    fn one_time(&self, world: &mut World, by: &By, payload: &str) -> String {
        let token = self.gives(world, by, ContactKind::OneTime);
        let optin = json!({"type": "one_time_notif_req", "payload": payload, "one_time_notif_token": token});
        self.opted_in(world, by, optin);
        token
    }

    fn notifications(&self, world: &mut World, by: &By, title: &str, payload: &str) -> String {
        let token = self.gives(world, by, ContactKind::Notification);
        let optin = json!({
            "type": "notification_messages", "payload": payload, "title": title,
            "notification_messages_token": token, "notification_messages_timezone": "UTC",
            "token_expiry_timestamp": by.at + 365 * DAY_MS, "user_token_status": "NOT_REFRESHED",
        });
        self.opted_in(world, by, optin);
        token
    }

    fn opted_in(&self, world: &mut World, by: &By, optin: Value) {
        let event = by.event("agrees to be notified");
        self.did(world, by, Consequence { field: "messaging_optins", element: ("optin", optin), event });
    }

    fn gives(&self, world: &mut World, by: &By, kind: ContactKind) -> String {
        let token = self.ids.token();
        let (value, psid) = (token.clone(), by.psid.clone());
        let contact = Contact { kind, value, psid, since: by.at, used: None, stopped: false };
        world.state(&by.page.id).contacts.push(contact);
        token
    }

    /// Source: the call permission reply of the calling documentation; its members stand on the entry itself.
    fn allow_calls(&self, by: &By) {
        self.emit_did(by, "allows the Page to call");
        let until = ((by.at + CALLS_MS) / 1000).to_string();
        let event = json!({
            "sender": {"id": by.psid}, "recipient": {"id": by.page.id}, "timestamp": by.at / 1000,
            "call_permission_reply": {"response": "approve", "expiration_timestamp": until},
        });
        self.enqueue(&by.page, [Webhook::on_entry("call_permission_reply", &by.page.id, &event)]);
    }

    /// A quick reply under the last message; all of them vanish with the tap.
    pub(crate) fn quick_reply(&self, from: Option<&str>, choice: &Choice) -> Result<String, PersonError> {
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let replies = world.thread(&by.psid).map(|thread| thread.quick_replies.clone()).unwrap_or_default();
        let Some(reply) = replies.iter().find(|reply| choice.is(&reply.title, Some(&reply.payload))) else {
            let offered = replies.iter().map(|reply| Button {
                kind: "quick_reply".into(),
                title: reply.title.clone(),
                payload: Some(reply.payload.clone()),
                ..Button::default()
            });
            let (choice, offered, name) = (choice.clone(), offered.collect(), by.name);
            return Err(PersonError::NotOffered { what: "quick reply", choice, name, offered });
        };
        let QuickReply { title, payload, .. } = reply.clone();
        if let Some(thread) = world.thread_mut(&by.psid) {
            thread.quick_replies.clear();
        }
        Ok(self.wrote(&mut world, &by, bubble(&title), |by, mid| Consequence {
            field: "messages",
            element: ("message", json!({"mid": mid, "text": title, "quick_reply": {"payload": payload}})),
            event: SimulatorEvent::PersonTappedQuickReply {
                page: by.page.id.clone(),
                person: by.psid.clone(),
                name: by.name.clone(),
                mid: mid.into(),
                title: title.clone(),
                payload: payload.clone(),
            },
        }))
    }
}

fn buttons(thread: &Thread) -> impl Iterator<Item = &Button> {
    thread.entries.iter().rev().filter(|entry| entry.from == Side::Page).flat_map(|entry| entry.shown.all_buttons())
}

/// The persistent menu, the person's own before the Page's; and the ice breakers, as long as nothing was said.
fn menu(world: &mut World, by: &By) -> Vec<Button> {
    let silent = world.thread(&by.psid).is_some_and(|thread| thread.entries.is_empty());
    let state = world.state(&by.page.id);
    let menu = state.user_menus.get(&by.psid).or_else(|| state.profile.get("persistent_menu"));
    let items = menu.and_then(default_locale).map(|entry| &entry["call_to_actions"]);
    let items = items.and_then(Value::as_array).into_iter().flatten().map(|item| Button {
        kind: text(&item["type"]).unwrap_or_default(),
        title: text(&item["title"]).unwrap_or_default(),
        payload: text(&item["payload"]),
        url: text(&item["url"]),
        ..Button::default()
    });
    let questions = state.profile.get("ice_breakers").filter(|_| silent);
    let by_locale = questions.and_then(default_locale).map(|entry| &entry["call_to_actions"]);
    let questions = by_locale.or(questions).and_then(Value::as_array).into_iter().flatten().map(|item| Button {
        kind: "postback".into(),
        title: text(&item["question"]).unwrap_or_default(),
        payload: text(&item["payload"]),
        ..Button::default()
    });
    items.chain(questions).collect()
}

fn default_locale(entries: &Value) -> Option<&Value> {
    entries.as_array()?.iter().find(|entry| entry["locale"] == "default")
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
