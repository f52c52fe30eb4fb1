//! The nodes and edges of the graph other than `messages`, and which call goes where.
//!
//! `…/` in these files is the root of the Messenger documentation,
//! `https://developers.facebook.com/documentation/business-messaging/messenger-platform`.

pub(super) mod account_linking;
mod accounts;
mod app_subscriptions;
mod attachments;
mod batch;
mod comments;
mod conversations;
mod custom_labels;
mod debug_token;
mod fields;
mod listing;
pub(super) mod message_templates;
mod messenger_profile;
mod moderation;
mod page;
mod personas;
mod profile_rules;
mod standing;
mod stickers;
mod subscribed_apps;
mod template_library;
pub(super) mod thread_control;
mod user;
mod user_settings;

use axum::http::Method;
use serde_json::Value;

use super::authorise::Caller;
use super::call::Call;
use super::entities::Page;
use super::graph_error::GraphError;
use super::page_state::PageState;
use super::platform::Platform;
use super::version::Version;

impl Platform {
    /// Carries out a call that may be carried out.
    pub(super) fn dispatch(&self, call: &Call, caller: &Caller, version: Version) -> Result<Value, GraphError> {
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        // Source: <https://developers.facebook.com/docs/graph-api/changelog>: since v26.0 an error, ignored before.
        if version.since(26) && call.params.contains_key("date_format") {
            return Err(GraphError::parameter("The parameter date_format is not supported"));
        }
        let Some((node, rest)) = segments.split_first() else {
            return Err(GraphError::new(2500, format!("Unknown path components: {}", call.path)));
        };
        match (caller, *node, rest) {
            (_, "debug_token", []) if call.method == Method::GET => self.debug_token(call, caller),
            (Caller::App { id }, node, ["subscriptions"]) if node == id && call.method == Method::GET => {
                Ok(self.app_subscriptions(id, version))
            }
            // Text seen in public reports of this call with another token.
            (Caller::Page(Page { app_id: id, .. }), node, ["subscriptions"]) if node == id => {
                Err(GraphError::new(15, "(#15) This method must be called with an app access_token."))
            }
            (Caller::App { .. }, "sticker_packs" | "sticker_search", _) => stickers::answer(call, &segments),
            (Caller::Page(_) | Caller::User(_), "sticker_packs" | "sticker_search", _) => {
                Err(GraphError::new(200, "(#200) This call requires an app access token."))
            }
            (_, "oauth", ["access_token"]) if matches!(call.method, Method::GET | Method::POST) => {
                self.access_token(call)
            }
            (Caller::Page(_) | Caller::User(_), "message_template_library", []) => template_library::answer(call),
            (Caller::User(user), "me" | accounts::USER_ID, _) => self.user_edge(call, user, rest),
            // Text seen in public reports of calls with the wrong kind of token.
            (Caller::App { .. } | Caller::User(_) | Caller::Nobody, ..) => {
                Err(GraphError::new(210, "(#210) This call requires a Page access token."))
            }
            (Caller::Page(page), ..) if *node == "me" || *node == page.id => self.page_edge(call, page, rest),
            (Caller::Page(page), ..) => self.object(call, page, node, rest),
        }
    }

    fn page_edge(&self, call: &Call, page: &Page, rest: &[&str]) -> Result<Value, GraphError> {
        match (&call.method, rest) {
            (&Method::GET, []) => self.page_node(call, page),
            (&Method::POST, ["messages"]) => self.send(page, call),
            (&Method::POST, ["message_attachments"]) => self.upload(call, page),
            (_, ["messenger_profile"]) => self.messenger_profile(call, page),
            (_, ["custom_user_settings"]) => self.user_settings(call, page),
            (_, ["personas"]) => self.personas(call, page),
            (_, ["message_templates"]) => self.message_templates(call, page),
            (_, ["subscribed_apps"]) => self.subscribed_apps(call, page),
            (_, ["custom_labels"]) => self.custom_labels(call, page),
            (&Method::GET, ["conversations"]) => self.conversations(call, page),
            (&Method::POST, ["moderate_conversations"]) => self.moderate(call, page),
            (&Method::POST, ["unlink_accounts"]) => self.unlink_accounts(call, page),
            (&Method::GET, ["messaging_feature_review"]) => self.feature_review(page),
            (&Method::GET, ["secondary_receivers"]) => self.secondary_receivers(call, page),
            (&Method::GET, ["thread_owner"]) => self.thread_owner(call, page),
            (&Method::POST, [action]) if action.ends_with("_thread_control") => self.thread_control(call, page, action),
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }

    /// An object other than the Page itself.
    fn object(&self, call: &Call, page: &Page, id: &str, rest: &[&str]) -> Result<Value, GraphError> {
        let kind = Kind::of(self.world().state(&page.id), id);
        match (kind, &call.method, rest) {
            (Some(Kind::Persona), _, []) => self.persona(call, page, id),
            (Some(Kind::Label), ..) => self.custom_label(call, page, id, rest),
            (Some(Kind::Template), _, []) => self.message_template(call, page, id),
            (Some(Kind::Published), ..) => self.comment(call, page, id, rest),
            (None, &Method::GET, ["custom_labels"]) => self.labels_of(call, page, id),
            _ => match self.conversation_node(call, page, id, rest) {
                Some(answer) => answer,
                None if call.method == Method::GET && rest.is_empty() => self.user(call, page, id),
                None => Err(GraphError::no_such_object(&call.verb(), id)),
            },
        }
    }
}

/// What an id is of.
enum Kind {
    Persona,
    Label,
    Template,
    /// A comment or a post.
    Published,
}

impl Kind {
    fn of(state: &PageState, id: &str) -> Option<Self> {
        if state.personas.iter().any(|persona| persona.id == id) {
            Some(Self::Persona)
        } else if state.labels.iter().any(|label| label.id == id) {
            Some(Self::Label)
        } else if state.templates.iter().any(|template| template.id == id) {
            Some(Self::Template)
        } else {
            state.published.iter().any(|published| published.id == id).then_some(Self::Published)
        }
    }
}
