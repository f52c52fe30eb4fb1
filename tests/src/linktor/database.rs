//! What the core has stored, and what it does not take.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use jiff::Timestamp;

use super::uuid::{fresh, is_uuid};
use super::wire::{Attached, Inbound, StatusUpdate};

/// Everything that the core knows.
#[derive(Clone, Debug, Default)]
pub struct Database {
    channels: HashMap<String, String>,
    contacts: BTreeMap<String, Contact>,
    messages: Vec<Message>,
    /// Every status that was written, in order: the message's id and the word.
    steps: Vec<(String, String)>,
}

/// A person, as the core knows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The core's id.
    pub id: String,
    /// Read once, when the contact is made. An empty one is no name at all.
    pub name: Option<String>,
    /// Whom the channel calls so: where answers go.
    pub identifier: String,
    /// The conversation with this person.
    pub conversation: String,
}

/// Whose a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The person's.
    Person,
    /// An agent's.
    Agent,
}

/// A message as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The core's id.
    pub id: String,
    /// The person's identifier.
    pub person: String,
    /// Whose it is.
    pub side: Side,
    /// The channel's id of it; never known of an agent's.
    pub external_id: String,
    /// What kind of content.
    pub content_type: String,
    /// All that an agent sees.
    pub content: String,
    /// What came with it.
    pub metadata: BTreeMap<String, String>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Its place in the conversation.
    pub created_at: Timestamp,
    /// How far it has come, if it is an agent's.
    pub status: String,
    /// Why it failed.
    pub error_message: Option<String>,
}

impl Message {
    /// An agent's, of this moment.
    #[must_use]
    pub fn answer(person: &str, content_type: &str, content: &str) -> Self {
        Self {
            id: fresh(),
            person: person.to_owned(),
            side: Side::Agent,
            external_id: String::new(),
            content_type: content_type.to_owned(),
            content: content.to_owned(),
            metadata: BTreeMap::new(),
            attachments: Vec::new(),
            created_at: Timestamp::now(),
            status: STATUSES[0].to_owned(),
            error_message: None,
        }
    }
}

/// A file as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The channel's word for what it is.
    pub kind: String,
    /// Where it is.
    pub url: String,
    /// What it is called.
    pub filename: Option<String>,
    /// What it is.
    pub mime_type: Option<String>,
    /// How large it is; 0 where nobody said.
    pub size_bytes: i64,
}

/// Why the core does not take something. It tells nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No JSON of the right shape.
    Unreadable(String),
    /// The `external_id` is there already.
    Known(String),
    /// No such channel of that tenant, or no id of one.
    UnknownChannel,
    /// No such message, or no id of one.
    UnknownMessage(String),
    /// More characters than the column has.
    TooLong(&'static str),
    /// The database takes no U+0000.
    Nul(&'static str),
    /// The database is not there.
    Away,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// What it stores as it is; everything else is text.
const CONTENT_TYPES: [&str; 9] =
    ["text", "image", "video", "audio", "document", "location", "contact", "template", "interactive"];
/// The statuses that it knows; every other word is the first.
const STATUSES: [&str; 5] = ["pending", "sent", "delivered", "read", "failed"];

impl Database {
    /// A channel that was set up in the core.
    pub fn add_channel(&mut self, tenant: &str, channel: &str) {
        self.channels.insert(channel.to_owned(), tenant.to_owned());
    }

    /// Takes a message of a person, as it came.
    ///
    /// # Errors
    /// Why not. What was stored until then stays.
    pub fn take(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let inbound: Inbound = read(body)?;
        let created_at = inbound.timestamp.as_deref().unwrap_or("0001-01-01T00:00:00Z").parse();
        let created_at: Timestamp = created_at.map_err(|error| Refusal::Unreadable(format!("{error}")))?;
        let external_id = &inbound.external_id;
        if !external_id.is_empty() && self.messages.iter().any(|message| message.external_id == *external_id) {
            return Err(Refusal::Known(external_id.clone()));
        }
        let tenant = self.channels.get(&inbound.channel_id);
        if !is_uuid(&inbound.channel_id) || tenant != Some(&inbound.tenant_id) {
            return Err(Refusal::UnknownChannel);
        }
        let person = self.contact(&inbound)?.identifier.clone();
        fits("external_id", external_id, 255)?;
        for (what, text) in inbound.metadata.iter().flat_map(|(key, value)| [("a key", key), ("metadata", value)]) {
            fits(what, text, usize::MAX)?;
        }
        fits("content", &inbound.content, usize::MAX)?;
        let place = self.messages.len();
        self.messages.push(Message {
            id: fresh(),
            person,
            side: Side::Person,
            external_id: external_id.clone(),
            content_type: content_type(&inbound.content_type).to_owned(),
            content: inbound.content.replace("\r\n", "\n").trim().to_owned(),
            metadata: inbound.metadata,
            attachments: Vec::new(),
            created_at,
            status: STATUSES[2].to_owned(),
            error_message: None,
        });
        // One after the other, and only now: the message stays when one of them does not fit.
        for attached in inbound.attachments {
            let attachment = attachment(attached)?;
            self.messages[place].attachments.push(attachment);
        }
        Ok(())
    }

    /// Whose message it is; made when nobody is known so.
    fn contact(&mut self, inbound: &Inbound) -> Result<&Contact, Refusal> {
        let of = |key: &str| inbound.metadata.get(key);
        let known = of("phone").filter(|phone| !phone.is_empty()).or(of("sender_id"));
        let identifier = known.unwrap_or(&inbound.external_id).clone();
        if !self.contacts.contains_key(&identifier) {
            let name = of("name").or(of("sender_name")).map_or("Unknown", String::as_str);
            fits("name", name, 255)?;
            fits("identifier", &identifier, 255)?;
            let name = Some(name.to_owned()).filter(|name| !name.is_empty());
            let contact = Contact { id: fresh(), name, identifier: identifier.clone(), conversation: fresh() };
            self.contacts.insert(identifier.clone(), contact);
        }
        Ok(&self.contacts[&identifier])
    }

    /// Writes down how far a message has come, as it came: whatever stood there before is gone.
    ///
    /// # Errors
    /// Why not.
    pub fn update(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let update: StatusUpdate = read(body)?;
        let message = self.messages.iter_mut().find(|message| message.id == update.message_id);
        let Some(message) = message else { return Err(Refusal::UnknownMessage(update.message_id)) };
        if let Some(error) = &update.error_message {
            fits("error_message", error, usize::MAX)?;
        }
        let status = STATUSES.iter().find(|status| **status == update.status).unwrap_or(&STATUSES[0]);
        (*status).clone_into(&mut message.status);
        message.error_message = update.error_message;
        self.steps.push((update.message_id, update.status));
        Ok(())
    }

    /// An agent's answer, before it is published.
    pub fn add_answer(&mut self, answer: Message) {
        self.messages.push(answer);
    }

    /// An agent's words to this person, as [`add_answer`](Self::add_answer). The core's id of them.
    pub fn add_text(&mut self, person: &str, text: &str) -> String {
        let answer = Message::answer(person, "text", text);
        let id = answer.id.clone();
        self.add_answer(answer);
        id
    }

    /// All messages, in the order of their coming.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The message of this id.
    #[must_use]
    pub fn message(&self, id: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// The message that the channel calls so.
    #[must_use]
    pub fn external(&self, external_id: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.external_id == external_id)
    }

    /// Every contact, by identifier.
    pub fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.values()
    }

    /// The contact that the channel calls so.
    #[must_use]
    pub fn contact_of(&self, identifier: &str) -> Option<&Contact> {
        self.contacts.get(identifier)
    }

    /// What an agent sees of a conversation: the messages' times give the order, their content alone is drawn.
    #[must_use]
    pub fn seen(&self, person: &str) -> Vec<&str> {
        let mut messages: Vec<_> = self.messages.iter().filter(|message| message.person == person).collect();
        messages.sort_by_key(|message| message.created_at);
        messages.into_iter().map(|message| message.content.as_str()).collect()
    }

    /// The statuses that a message was given, in order.
    #[must_use]
    pub fn steps(&self, id: &str) -> Vec<&str> {
        self.steps.iter().filter(|(message, _)| message == id).map(|(_, status)| status.as_str()).collect()
    }
}

fn read<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::Unreadable(error.to_string()))
}

fn content_type(of: &str) -> &str {
    if of == "file" {
        return "document";
    }
    CONTENT_TYPES.iter().find(|known| **known == of).unwrap_or(&CONTENT_TYPES[0])
}

fn attachment(attached: Attached) -> Result<Attachment, Refusal> {
    let Attached { kind, url, filename, mime_type, size_bytes, thumbnail_url } = attached;
    fits("attachment type", &kind, 50)?;
    fits("url", &url, 500)?;
    fits("filename", filename.as_deref().unwrap_or_default(), 255)?;
    fits("mime_type", mime_type.as_deref().unwrap_or_default(), 100)?;
    fits("thumbnail_url", thumbnail_url.as_deref().unwrap_or_default(), 500)?;
    Ok(Attachment { kind, url, filename, mime_type, size_bytes })
}

/// `PostgreSQL` counts characters, and takes no U+0000 in a text.
fn fits(what: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.contains('\0') {
        return Err(Refusal::Nul(what));
    }
    if text.chars().count() > most { Err(Refusal::TooLong(what)) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
