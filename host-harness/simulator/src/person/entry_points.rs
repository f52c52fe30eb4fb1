//! How people come into a conversation: links, the Get Started button, a checkbox, a comment.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{By, Consequence, PersonError, bubble};
use crate::event::SimulatorEvent;
use crate::page_state::{Contact, ContactKind, Published};
use crate::platform::Platform;
use crate::webhook::Webhook;
use crate::world::World;

/// The checkbox plugin on a web page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OptIn {
    pub(crate) from: Option<String>,
    /// Made by the business.
    #[serde(alias = "user_ref")]
    pub(crate) user_ref: String,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
}

impl Platform {
    /// Opens the conversation, perhaps by an m.me link. A new one begins with the Get Started button, if the Page has one;
    /// into an old one only a link tells anything, and opens the window. Returns the message id of the postback, if any.
    pub(crate) fn open(&self, from: Option<&str>, link: Option<&str>) -> Result<String, PersonError> {
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let referral = link.map(|link| json!({"ref": link, "source": "SHORTLINK", "type": "OPEN_THREAD"}));
        let is_new = world.thread(&by.psid).is_some_and(|thread| thread.entries.is_empty());
        let button = world.state(&by.page.id).profile.get("get_started").map(|button| button["payload"].clone());
        match (button.filter(|_| is_new), referral) {
            (Some(payload), referral) => Ok(self.get_started(&mut world, &by, &payload, referral)),
            (None, Some(referral)) => {
                if !is_new && let Some(thread) = world.thread_mut(&by.psid) {
                    thread.last_wrote = Some(by.at);
                }
                let event = by.event("comes by a link");
                let element = ("referral", referral);
                self.did(&mut world, &by, Consequence { field: "messaging_referrals", element, event });
                Ok(String::new())
            }
            (None, None) => {
                self.emit_did(&by, "opens the conversation");
                Ok(String::new())
            }
        }
    }

    fn get_started(&self, world: &mut World, by: &By, payload: &Value, referral: Option<Value>) -> String {
        let title = "Get Started";
        self.wrote(world, by, bubble(title), |by, mid| {
            let mut postback = json!({"mid": mid, "title": title, "payload": payload});
            if let Some(referral) = referral {
                postback["referral"] = referral;
            }
            Consequence {
                field: "messaging_postbacks",
                element: ("postback", postback),
                event: SimulatorEvent::PersonTapped {
                    page: by.page.id.clone(),
                    person: by.psid.clone(),
                    name: by.name.clone(),
                    mid: mid.into(),
                    title: title.to_owned(),
                    payload: payload.as_str().unwrap_or_default().to_owned(),
                },
            }
        })
    }

    /// Ticks the checkbox: the Page can write to the `user_ref`, and learns who it is with the first message.
    pub(crate) fn opt_in(&self, optin: &OptIn) -> Result<String, PersonError> {
        if optin.user_ref.trim().is_empty() {
            return Err(PersonError::EmptyText);
        }
        let mut world = self.world();
        let by = self.writer(&world, optin.from.as_deref())?;
        keep(&mut world, &by, ContactKind::UserRef, &optin.user_ref);
        if let Some(thread) = world.thread_mut(&by.psid) {
            thread.checkbox = Some(optin.user_ref.clone());
        }
        self.emit_did(&by, "ticks the checkbox");
        let element = json!({
            "recipient": {"id": by.page.id}, "timestamp": by.at,
            "optin": {"ref": optin.reference, "user_ref": optin.user_ref},
        });
        self.enqueue(&by.page, [Webhook::new("messaging_optins", &by.page.id, by.at, &element)]);
        Ok(optin.user_ref.clone())
    }

    /// Writes a comment under a post of the Page, or a post on the Page. Returns its id, for a private reply. The window
    /// stays as it is until the person answers the reply.
    pub(crate) fn publish(&self, from: Option<&str>, text: &str, is_post: bool) -> Result<String, PersonError> {
        if text.trim().is_empty() {
            return Err(PersonError::EmptyText);
        }
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let post = format!("{}_{}", by.page.id, self.ids.object());
        let id = if is_post { post.clone() } else { format!("{}_{}", self.ids.object(), self.ids.object()) };
        keep(&mut world, &by, if is_post { ContactKind::Post } else { ContactKind::Comment }, &id);
        let parent = (!is_post).then(|| post.clone());
        let who = (by.psid.clone(), by.name.clone());
        let published = &mut world.state(&by.page.id).published;
        published.push(Published {
            id: id.clone(),
            post: post.clone(),
            parent,
            by: who,
            message: text.to_owned(),
            at: by.at,
            is_hidden: false,
        });
        self.emit_did(&by, if is_post { "posts on the Page" } else { "comments on a post" });
        // Source: the `feed` field in <https://developers.facebook.com/docs/graph-api/webhooks/reference/page>.
        let mut change = json!({
            "item": if is_post { "post" } else { "comment" }, "verb": "add", "post_id": post, "message": text,
            "from": {"id": by.psid, "name": by.name}, "created_time": by.at / 1000,
        });
        if !is_post {
            change["comment_id"] = id.clone().into();
            change["parent_id"] = post.into();
        }
        self.enqueue(&by.page, [Webhook::change("feed", &by.page.id, by.at, &change)]);
        Ok(id)
    }

    /// Stops or resumes the notifications of a token.
    pub(crate) fn stop_notifications(
        &self,
        from: Option<&str>,
        token: &str,
        stop: bool,
    ) -> Result<String, PersonError> {
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let contact = world.state(&by.page.id).contact(ContactKind::Notification, token);
        let Some(contact) = contact.filter(|contact| contact.psid == by.psid) else {
            return Err(PersonError::NoSuchMessage { name: by.name, what: "stop notifications of" });
        };
        contact.stopped = stop;
        let status = if stop { "STOP NOTIFICATIONS" } else { "RESUME NOTIFICATIONS" };
        let optin = json!({
            "type": "notification_messages", "notification_messages_token": token,
            "notification_messages_status": status, "user_token_status": "NOT_REFRESHED",
        });
        let event = by.event(if stop { "stops the notifications" } else { "resumes the notifications" });
        let consequence = Consequence { field: "messaging_optins", element: ("optin", optin), event };
        self.did(&mut world, &by, consequence);
        Ok(token.to_owned())
    }
}

fn keep(world: &mut World, by: &By, kind: ContactKind, value: &str) {
    let (value, psid) = (value.to_owned(), by.psid.clone());
    let contacts = &mut world.state(&by.page.id).contacts;
    contacts.retain(|known| known.kind != kind || known.value != value);
    contacts.push(Contact { kind, value, psid, since: by.at, used: None, stopped: false });
}
