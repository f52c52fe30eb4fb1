//! What belongs to a Page besides its identity: settings, profile, personas, templates, ways to reach people.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::budget::{Recent, Usage};
use super::settings::Settings;

#[derive(Debug, Default)]
pub(super) struct PageState {
    pub(super) settings: Settings,
    pub(super) usage: Usage,
    /// The Messenger profile: property to value.
    pub(super) profile: Map<String, Value>,
    /// Persistent menus of single people, and the calls for them.
    pub(super) user_menus: HashMap<String, Value>,
    pub(super) user_calls: HashMap<String, Recent>,
    pub(super) personas: Vec<Persona>,
    pub(super) templates: Vec<Template>,
    pub(super) contacts: Vec<Contact>,
    pub(super) labels: Vec<Label>,
    pub(super) published: Vec<Published>,
    pub(super) links: Vec<Link>,
    /// Since when no webhook of this Page was taken.
    pub(super) failing_since: Option<i64>,
}

/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/personas>.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Persona {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) profile_picture_url: String,
    /// Old messages keep a persona that is deleted; new ones cannot have it.
    #[serde(skip)]
    pub(super) deleted: bool,
}

/// A utility template. Source:
/// <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages>.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Template {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) language: String,
    pub(super) category: &'static str,
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rejected_reason: Option<&'static str>,
    pub(super) parameter_format: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) library_template_name: Option<String>,
    pub(super) components: Value,
}

/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/custom-labels>.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) id: String,
    pub(super) page_label_name: String,
    /// PSIDs.
    pub(super) people: Vec<String>,
}

/// A post on the Page, or a comment.
#[derive(Clone, Debug)]
pub(super) struct Published {
    pub(super) id: String,
    pub(super) post: String,
    /// What it answers; a post answers nothing.
    pub(super) parent: Option<String>,
    /// Id and name of the writer.
    pub(super) by: (String, String),
    pub(super) message: String,
    /// In milliseconds.
    pub(super) at: i64,
    pub(super) is_hidden: bool,
}

/// How long the token of a [`Link`] is good.
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/account-linking>.
pub(super) const LINK_LIVES_MS: i64 = 5 * 60 * 1000;

/// A person at the log-in page of the business. No `Debug`: the token names them.
pub(super) struct Link {
    pub(super) token: String,
    pub(super) psid: String,
    /// When the button was tapped, in milliseconds.
    pub(super) at: i64,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("psid", &self.psid).finish_non_exhaustive()
    }
}

/// A way to reach a person other than the PSID.
#[derive(Clone, Debug)]
pub(super) struct Contact {
    pub(super) kind: ContactKind,
    /// The id or the token.
    pub(super) value: String,
    pub(super) psid: String,
    /// When the person opened it, in milliseconds.
    pub(super) since: i64,
    /// When the Page last used it.
    pub(super) used: Option<i64>,
    /// The person does not want it any more.
    pub(super) stopped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContactKind {
    /// The checkbox plugin.
    UserRef,
    Comment,
    Post,
    OneTime,
    Notification,
}

impl PageState {
    pub(super) fn contact(&mut self, kind: ContactKind, value: &str) -> Option<&mut Contact> {
        self.contacts.iter_mut().find(|contact| contact.kind == kind && contact.value == value)
    }

    /// A persona that messages can have.
    pub(super) fn persona(&self, id: &str) -> Option<&Persona> {
        self.personas.iter().find(|persona| persona.id == id && !persona.deleted)
    }
}
