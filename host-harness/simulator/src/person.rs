//! What a person does on the phone, and the webhook that follows.

mod blocking;
mod edits;
mod entry_points;
mod linking;
mod postbacks;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::entities::{Page, is_http_url};
use super::event::SimulatorEvent;
use super::phone::{Button, Media, Shown};
use super::platform::Platform;
use super::thread::Thread;
use super::webhook::messaging;
use super::world::World;
pub(super) use entry_points::OptIn;

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
    /// The account is deleted.
    #[error("{name} has deleted the account")]
    Gone { name: String },
    /// Messenger asks to unblock first.
    #[error("{name} has blocked the Page and must unblock it first")]
    Blocked { name: String },
    /// The Page has blocked the person.
    #[error("the Page has blocked {name}")]
    ShutOut { name: String },
    /// Not asked for, or too long ago.
    #[error("{name} is not at the log-in page; tap the button that opens it first")]
    NotLinking { name: String },
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
    /// Not in the conversation, or not of the kind that this can be done to.
    #[error("{name} has no such message to {what}")]
    NoSuchMessage { name: String, what: &'static str },
    /// Messenger lets a message be changed five times.
    #[error("a message can be changed {limit} times, and this one was")]
    TooManyEdits { limit: u32 },
}

/// Who did it.
struct By {
    page: Page,
    psid: String,
    name: String,
    at: i64,
}

/// What follows from something that a person did.
struct Consequence {
    field: &'static str,
    /// Key and value in the element of `messaging`.
    element: (&'static str, Value),
    event: SimulatorEvent,
}

impl Platform {
    /// A text. Returns its message id, as the others do.
    pub(super) fn say(&self, from: Option<&str>, text: &str) -> Result<String, PersonError> {
        if text.trim().is_empty() {
            return Err(PersonError::EmptyText);
        }
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        Ok(self.wrote(&mut world, &by, bubble(text), |by, mid| Consequence {
            field: "messages",
            element: ("message", json!({"mid": mid, "text": text})),
            event: SimulatorEvent::PersonSaid {
                page: by.page.id.clone(),
                person: by.psid.clone(),
                name: by.name.clone(),
                mid: mid.into(),
                text: text.into(),
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
        let by = self.writer(&world, from)?;
        let media = Media { kind: kind.to_owned(), url: url.cloned(), attachment_id: None };
        let shown = Shown { attachments: vec![media], ..Shown::default() };
        Ok(self.wrote(&mut world, &by, shown, |by, mid| Consequence {
            field: "messages",
            element: ("message", json!({"mid": mid, "attachments": [element]})),
            event: SimulatorEvent::PersonAttached {
                page: by.page.id.clone(),
                person: by.psid.clone(),
                name: by.name.clone(),
                mid: mid.into(),
                kind: kind.into(),
            },
        }))
    }

    /// Puts a bubble on the screen, tells of it, and queues its webhook.
    fn wrote(&self, world: &mut World, by: &By, shown: Shown, follow: impl FnOnce(&By, &str) -> Consequence) -> String {
        let mid = self.ids.mid();
        let default = world.state(&by.page.id).settings.default_app.clone();
        let Some(thread) = world.thread_mut(&by.psid) else { return mid };
        // A message wakes an idle thread, and its owner keeps it for another day.
        if let Some(app) = thread.owner(by.at).map(str::to_owned).or(default) {
            thread.give_to(&app, by.at);
        }
        thread.person_wrote(&mid, by.at, shown);
        let checkbox = thread.checkbox.take();
        let Consequence { field, element: (key, value), event } = follow(by, &mid);
        self.emit(event);
        let mut element = messaging(&by.psid, &by.page.id, by.at, key, value);
        if let Some(user_ref) = checkbox {
            element["prior_message"] = json!({"source": "checkbox_plugin", "identifier": user_ref});
        }
        self.notify(world, &by.page, &by.psid, (field, by.at), element);
        mid
    }

    /// Tells of something that puts no bubble on the screen, and queues its webhook.
    fn did(&self, world: &mut World, by: &By, consequence: Consequence) {
        let Consequence { field, element: (key, value), event } = consequence;
        self.emit(event);
        let element = messaging(&by.psid, &by.page.id, by.at, key, value);
        self.notify(world, &by.page, &by.psid, (field, by.at), element);
    }

    fn emit_did(&self, by: &By, what: impl Into<String>) {
        self.emit(by.event(what));
    }

    /// The person meant, able to write; without a name, the first.
    fn writer(&self, world: &World, from: Option<&str>) -> Result<By, PersonError> {
        let by = self.by(world, from)?;
        let thread = known(world, &by.psid)?;
        match (thread.blocked, thread.shut_out) {
            (true, _) => Err(PersonError::Blocked { name: by.name }),
            (_, true) => Err(PersonError::ShutOut { name: by.name }),
            _ => Ok(by),
        }
    }

    /// The person meant; without a name, the first.
    fn by(&self, world: &World, from: Option<&str>) -> Result<By, PersonError> {
        let thread = match from {
            Some(psid) => world.thread(psid),
            None => world.threads.first(),
        };
        let thread = thread.ok_or_else(|| unknown(world, from.unwrap_or_default()))?;
        let name = thread.person.name();
        if thread.gone {
            return Err(PersonError::Gone { name });
        }
        let page = world.page(&thread.page_id).ok_or_else(|| unknown(world, &thread.person.psid))?.clone();
        Ok(By { page, psid: thread.person.psid.clone(), name, at: self.clock.now_ms() })
    }
}

impl By {
    fn event(&self, what: impl Into<String>) -> SimulatorEvent {
        let (page, person, name) = (self.page.id.clone(), self.psid.clone(), self.name.clone());
        SimulatorEvent::PersonDid { page, person, name, what: what.into() }
    }
}

fn bubble(text: &str) -> Shown {
    Shown { text: Some(text.to_owned()), ..Shown::default() }
}

pub(super) fn known<'a>(world: &'a World, psid: &str) -> Result<&'a Thread, PersonError> {
    world.thread(psid).ok_or_else(|| unknown(world, psid))
}

fn unknown(world: &World, person: &str) -> PersonError {
    let known = world.threads.iter().map(|thread| thread.person.psid.clone()).collect();
    PersonError::UnknownPerson { person: person.to_owned(), known }
}
