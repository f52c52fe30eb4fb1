//! What the simulator knows: Pages, people and their conversations.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::cast::{Page, Person};
use super::phone::{QuickReply, Shown};

/// Everything that a call may read or change, under one lock.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) pages: Vec<Page>,
    pub(super) threads: Vec<Thread>,
    /// Reusable attachments: id to the Page that owns it.
    pub(super) attachments: HashMap<String, String>,
}

/// The conversation of one person with one Page. A PSID belongs to one Page, so it is the key.
#[derive(Debug)]
pub(super) struct Thread {
    pub(super) person: Person,
    pub(super) page_id: String,
    pub(super) entries: Vec<Entry>,
    /// When the window last opened, in milliseconds.
    pub(super) last_wrote: Option<i64>,
    /// What can be tapped under the last message.
    pub(super) quick_replies: Vec<QuickReply>,
    pub(super) typing: bool,
}

/// Who wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// The person on the phone.
    Person,
    /// The Page.
    Page,
}

/// One bubble of a conversation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Who wrote it.
    pub from: Side,
    /// Message id.
    pub mid: String,
    /// When, RFC 3339.
    pub at: String,
    /// What is drawn.
    #[serde(flatten)]
    pub shown: Shown,
    /// A message of the person that the Page has marked as seen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub seen: bool,
}

/// A conversation as the phone shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// PSID.
    pub person: String,
    /// The person's name.
    pub name: String,
    /// Page id.
    pub page: String,
    /// From the oldest to the newest.
    pub entries: Vec<Entry>,
    /// Quick replies on the screen now.
    pub quick_replies: Vec<QuickReply>,
    /// The typing bubble is on the screen.
    pub typing: bool,
}

impl World {
    pub(super) fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    pub(super) fn thread(&self, psid: &str) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.person.psid == psid)
    }

    pub(super) fn thread_mut(&mut self, psid: &str) -> Option<&mut Thread> {
        self.threads.iter_mut().find(|thread| thread.person.psid == psid)
    }

    /// Adds a Page, or replaces the one with the same id.
    pub(super) fn put_page(&mut self, page: Page) {
        match self.pages.iter_mut().find(|known| known.id == page.id) {
            Some(known) => *known = page,
            None => self.pages.push(page),
        }
    }

    /// Adds a person, or replaces what is known of them; the conversation stays. Says what is wrong otherwise.
    pub(super) fn put_person(&mut self, person: Person) -> Result<(), String> {
        if person.psid.trim().is_empty() {
            return Err("a person needs a psid".into());
        }
        let page_id = match (&person.page_id, self.pages.first()) {
            (Some(id), _) if self.page(id).is_some() => id.clone(),
            (Some(id), _) => return Err(format!("person {:?}: no Page {id:?} is known", person.psid)),
            (None, Some(first)) => first.id.clone(),
            (None, None) => return Err(format!("person {:?}: add a Page first", person.psid)),
        };
        if let Some(thread) = self.thread_mut(&person.psid) {
            if thread.page_id != page_id {
                return Err(format!(
                    "person {:?} belongs to Page {}: a psid is valid for one Page",
                    person.psid, thread.page_id
                ));
            }
            thread.person = person;
            return Ok(());
        }
        self.threads.push(Thread {
            person,
            page_id,
            entries: Vec::new(),
            last_wrote: None,
            quick_replies: Vec::new(),
            typing: false,
        });
        Ok(())
    }
}

impl Thread {
    /// Puts a bubble of the person on the screen and opens the window.
    pub(super) fn person_wrote(&mut self, mid: &str, at_ms: i64, shown: Shown) {
        self.last_wrote = Some(at_ms);
        self.entries.push(Entry { from: Side::Person, mid: mid.into(), at: rfc3339(at_ms), shown, seen: false });
    }

    /// Puts a bubble of the Page on the screen. Quick replies belong to the last message only.
    pub(super) fn page_wrote(&mut self, mid: &str, at_ms: i64, message: &Map<String, Value>) -> Shown {
        let mut shown = Shown::of(message);
        shown.quick_replies = shown.quick_replies.into_iter().filter_map(|reply| self.fill(reply)).collect();
        self.quick_replies.clone_from(&shown.quick_replies);
        self.typing = false;
        self.entries.push(Entry {
            from: Side::Page,
            mid: mid.into(),
            at: rfc3339(at_ms),
            shown: shown.clone(),
            seen: false,
        });
        shown
    }

    /// A quick reply as this person sees it; hidden if the profile has nothing to put in.
    /// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies>.
    fn fill(&self, reply: QuickReply) -> Option<QuickReply> {
        let own = match reply.content_type.as_str() {
            "user_phone_number" => self.person.phone.clone()?,
            "user_email" => self.person.email.clone()?,
            _ => return Some(reply),
        };
        Some(QuickReply { title: own.clone(), payload: own, ..reply })
    }

    pub(super) fn transcript(&self) -> Transcript {
        Transcript {
            person: self.person.psid.clone(),
            name: self.person.name(),
            page: self.page_id.clone(),
            entries: self.entries.clone(),
            quick_replies: self.quick_replies.clone(),
            typing: self.typing,
        }
    }
}

/// A time for people; a time out of range is shown as its number.
pub(super) fn rfc3339(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map_or_else(|_| at_ms.to_string(), |at| at.to_string())
}
