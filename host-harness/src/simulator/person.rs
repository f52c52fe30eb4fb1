//! What a person does on the phone, and the webhook that follows.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::cast::is_http_url;
use super::happening::Happening;
use super::phone::{Button, Media, QuickReply, Shown};
use super::platform::Platform;
use super::webhook::{Webhook, messaging};
use super::world::{Side, Thread, World};

/// Which button or quick reply is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The one that sends this payload.
    Payload(String),
    /// The one that reads so.
    Title(String),
}

impl Choice {
    fn is(&self, title: &str, payload: Option<&str>) -> bool {
        match self {
            Self::Payload(wanted) => payload == Some(wanted),
            Self::Title(wanted) => title == wanted,
        }
    }
}

/// What a person can send besides text.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the kinds and members are Meta's own")]
pub enum Attachment {
    Image { url: String },
    Video { url: String },
    Audio { url: String },
    File { url: String },
    Location { lat: f64, long: f64, title: Option<String> },
}

/// Why a person could not do that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum PersonError {
    /// Nobody has this PSID.
    #[error("no person {person:?} is known")]
    UnknownPerson { person: String, known: Vec<String> },
    /// An empty text.
    #[error("there is nothing to send: the text is empty")]
    EmptyText,
    /// An address that is none.
    #[error("the attachment needs an http or https URL")]
    BadUrl,
    /// Never offered, or no longer on the screen.
    #[error("there is no {what} {choice:?} on {name}'s screen")]
    NotOffered { what: &'static str, choice: Choice, name: String, offered: Vec<Button> },
    /// A button that sends nothing to the Page.
    #[error("the button {title:?} {effect}: nothing is sent to the Page")]
    SendsNothing { title: String, effect: String },
}

impl Platform {
    /// A text. Returns its message id, as the others do.
    pub(super) fn say(&self, from: Option<&str>, text: &str) -> Result<String, PersonError> {
        if text.trim().is_empty() {
            return Err(PersonError::EmptyText);
        }
        let mut world = self.world();
        let psid = self::psid(&world, from)?;
        Ok(self.wrote(&mut world, &psid, bubble(text), |by, mid| Consequence {
            field: "messages",
            element: ("message", json!({"mid": mid, "text": text})),
            happening: Happening::PersonSaid {
                page: by.page,
                person: by.person,
                name: by.name,
                mid: mid.into(),
                text: text.into(),
            },
        }))
    }

    /// A button of any message that the Page has sent; the newest wins.
    pub(super) fn tap(&self, from: Option<&str>, choice: &Choice) -> Result<String, PersonError> {
        let mut world = self.world();
        let psid = self::psid(&world, from)?;
        let thread = known(&world, &psid)?;
        let found = buttons(thread).find(|button| choice.is(&button.title, button.payload.as_deref())).cloned();
        let Some(button) = found else {
            let mut offered: Vec<Button> = Vec::new();
            for button in buttons(thread) {
                if !offered.contains(button) {
                    offered.push(button.clone());
                }
            }
            return Err(PersonError::NotOffered {
                what: "button",
                choice: choice.clone(),
                name: thread.person.name(),
                offered,
            });
        };
        let title = button.title;
        let (target, payload) = (button.url.unwrap_or_default(), button.payload.unwrap_or_default());
        let effect = match button.kind.as_str() {
            "postback" => {
                return Ok(self.wrote(&mut world, &psid, bubble(&title), |by, mid| Consequence {
                    field: "messaging_postbacks",
                    element: ("postback", json!({"mid": mid, "title": title, "payload": payload})),
                    happening: Happening::PersonTapped {
                        page: by.page,
                        person: by.person,
                        name: by.name,
                        mid: mid.into(),
                        title: title.clone(),
                        payload,
                    },
                }));
            }
            "web_url" | "account_link" => format!("opens URL {target}"),
            "phone_number" => format!("calls {payload}"),
            other => format!("is of type {other}, which the simulated phone does not act on"),
        };
        Err(PersonError::SendsNothing { title, effect })
    }

    /// A quick reply under the last message; all of them vanish with the tap.
    pub(super) fn quick_reply(&self, from: Option<&str>, choice: &Choice) -> Result<String, PersonError> {
        let mut world = self.world();
        let psid = self::psid(&world, from)?;
        let Some(thread) = world.thread_mut(&psid) else { return Err(unknown(&world, &psid)) };
        let Some(at) = thread.quick_replies.iter().position(|reply| choice.is(&reply.title, Some(&reply.payload)))
        else {
            let offered = thread.quick_replies.iter().map(|reply| Button {
                kind: "quick_reply".into(),
                title: reply.title.clone(),
                payload: Some(reply.payload.clone()),
                url: None,
            });
            let offered = offered.collect();
            return Err(PersonError::NotOffered {
                what: "quick reply",
                choice: choice.clone(),
                name: thread.person.name(),
                offered,
            });
        };
        let QuickReply { title, payload, .. } = thread.quick_replies.swap_remove(at);
        thread.quick_replies.clear();
        Ok(self.wrote(&mut world, &psid, bubble(&title), |by, mid| Consequence {
            field: "messages",
            element: ("message", json!({"mid": mid, "text": title, "quick_reply": {"payload": payload}})),
            happening: Happening::PersonTappedQuickReply {
                page: by.page,
                person: by.person,
                name: by.name,
                mid: mid.into(),
                title: title.clone(),
                payload,
            },
        }))
    }

    /// A picture, a film, a sound, a file or a place.
    pub(super) fn attach(&self, from: Option<&str>, attachment: &Attachment) -> Result<String, PersonError> {
        let (kind, url) = match attachment {
            Attachment::Image { url } => ("image", Some(url)),
            Attachment::Video { url } => ("video", Some(url)),
            Attachment::Audio { url } => ("audio", Some(url)),
            Attachment::File { url } => ("file", Some(url)),
            Attachment::Location { .. } => ("location", None),
        };
        let element = match (attachment, url) {
            (Attachment::Location { lat, long, title }, _) => json!({
                "type": kind, "title": title.as_deref().unwrap_or("Pinned Location"),
                "payload": {"coordinates": {"lat": lat, "long": long}},
            }),
            (_, url) => json!({"type": kind, "payload": {"url": url}}),
        };
        if url.is_some_and(|url| !is_http_url(url)) {
            return Err(PersonError::BadUrl);
        }
        let mut world = self.world();
        let psid = self::psid(&world, from)?;
        let media = Media { kind: kind.to_owned(), url: url.cloned(), attachment_id: None };
        Ok(self.wrote(&mut world, &psid, Shown { attachments: vec![media], ..Shown::default() }, |by, mid| {
            Consequence {
                field: "messages",
                element: ("message", json!({"mid": mid, "attachments": [element]})),
                happening: Happening::PersonAttached {
                    page: by.page,
                    person: by.person,
                    name: by.name,
                    mid: mid.into(),
                    kind: kind.into(),
                },
            }
        }))
    }

    /// Puts a bubble on the screen, tells of it, and queues its webhook.
    fn wrote(
        &self,
        world: &mut World,
        psid: &str,
        shown: Shown,
        follow: impl FnOnce(By, &str) -> Consequence,
    ) -> String {
        let (mid, at) = (self.ids.mid(), self.clock.now_ms());
        let Some(thread) = world.thread_mut(psid) else { return mid };
        thread.person_wrote(&mid, at, shown);
        let page_id = thread.page_id.clone();
        let by = By { page: page_id.clone(), person: psid.to_owned(), name: thread.person.name() };
        let Consequence { field, element: (key, value), happening } = follow(by, &mid);
        self.tell(happening);
        if let Some(page) = world.page(&page_id) {
            self.enqueue(page, [Webhook::new(field, &page_id, at, &messaging(psid, &page_id, at, key, value))]);
        }
        mid
    }
}

/// What follows from something that a person did.
struct Consequence {
    field: &'static str,
    /// Key and value in the element of `messaging`.
    element: (&'static str, Value),
    happening: Happening,
}

/// Who did it, for a happening.
struct By {
    page: String,
    person: String,
    name: String,
}

fn bubble(text: &str) -> Shown {
    Shown { text: Some(text.to_owned()), ..Shown::default() }
}

/// The person meant; without a name, the first.
fn psid(world: &World, from: Option<&str>) -> Result<String, PersonError> {
    let thread = match from {
        Some(psid) => world.thread(psid),
        None => world.threads.first(),
    };
    thread.map(|thread| thread.person.psid.clone()).ok_or_else(|| unknown(world, from.unwrap_or_default()))
}

pub(super) fn known<'a>(world: &'a World, psid: &str) -> Result<&'a Thread, PersonError> {
    world.thread(psid).ok_or_else(|| unknown(world, psid))
}

fn unknown(world: &World, person: &str) -> PersonError {
    let known = world.threads.iter().map(|thread| thread.person.psid.clone()).collect();
    PersonError::UnknownPerson { person: person.to_owned(), known }
}

fn buttons(thread: &Thread) -> impl Iterator<Item = &Button> {
    thread.entries.iter().rev().filter(|entry| entry.from == Side::Page).flat_map(|entry| entry.shown.all_buttons())
}
