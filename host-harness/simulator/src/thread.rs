//! The conversation of one person with one Page.

use serde::Serialize;
use serde_json::{Map, Value};

use super::dates::DAY_MS;
use super::entities::Person;
use super::phone::{QuickReply, Shown};

/// A PSID belongs to one Page, so it is the key.
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
    /// The person has blocked the Page.
    pub(super) blocked: bool,
    /// The Page has blocked the person.
    pub(super) shut_out: bool,
    /// The Page has put the conversation away.
    pub(super) spam: bool,
    /// The person's account is linked to one at the business.
    pub(super) linked: bool,
    /// The person has deleted their account.
    pub(super) gone: bool,
    /// Messages that the phone has not received yet, and those that are not read.
    pub(super) undelivered: Vec<String>,
    pub(super) unread: Vec<String>,
    /// The app that controls the thread, and until when.
    pub(super) owner: Option<Owner>,
    /// Sent with the next message: the checkbox that it follows.
    pub(super) checkbox: Option<String>,
}

/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) app_id: String,
    /// In milliseconds. Control lapses after a day without activity.
    pub(super) until: i64,
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
    /// The emoji that the other side has put on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// How often the person has changed it.
    #[serde(skip_serializing_if = "is_zero")]
    pub edits: u32,
    /// The persona that the Page spoke as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persona: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_zero(number: &u32) -> bool {
    *number == 0
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

impl Thread {
    pub(super) fn new(person: Person, page_id: String) -> Self {
        Self {
            person,
            page_id,
            entries: Vec::new(),
            last_wrote: None,
            quick_replies: Vec::new(),
            typing: false,
            blocked: false,
            shut_out: false,
            spam: false,
            linked: false,
            gone: false,
            undelivered: Vec::new(),
            unread: Vec::new(),
            owner: None,
            checkbox: None,
        }
    }

    /// Puts a bubble of the person on the screen and opens the window.
    pub(super) fn person_wrote(&mut self, mid: &str, at_ms: i64, shown: Shown) {
        self.last_wrote = Some(at_ms);
        self.put(Side::Person, mid, at_ms, shown, None);
    }

    /// Puts a bubble of the Page on the screen. Quick replies belong to the last message only.
    pub(super) fn page_wrote(
        &mut self,
        mid: &str,
        at_ms: i64,
        message: &Map<String, Value>,
        persona: Option<String>,
    ) -> Shown {
        let mut shown = Shown::of(message);
        shown.quick_replies = shown.quick_replies.into_iter().filter_map(|reply| self.fill(reply)).collect();
        self.quick_replies.clone_from(&shown.quick_replies);
        self.typing = false;
        self.put(Side::Page, mid, at_ms, shown.clone(), persona);
        shown
    }

    fn put(&mut self, from: Side, mid: &str, at_ms: i64, shown: Shown, persona: Option<String>) {
        let (mid, at) = (mid.to_owned(), rfc3339(at_ms));
        self.entries.push(Entry { from, mid, at, shown, seen: false, reaction: None, edits: 0, persona });
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

    pub(super) fn entry(&self, mid: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.mid == mid)
    }

    pub(super) fn entry_mut(&mut self, mid: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.mid == mid)
    }

    /// The app that controls the thread now; none if it is idle.
    pub(super) fn owner(&self, now: i64) -> Option<&str> {
        self.owner.as_ref().filter(|owner| now < owner.until).map(|owner| owner.app_id.as_str())
    }

    /// Gives control to an app for a day.
    pub(super) fn give_to(&mut self, app_id: &str, now: i64) {
        self.owner = Some(Owner { app_id: app_id.to_owned(), until: now + DAY_MS });
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
