//! The nodes and edges of the graph other than `messages`, and which call goes where.
//!
//! `…/` in these files is the root of the Messenger documentation,
//! `https://developers.facebook.com/documentation/business-messaging/messenger-platform`.

mod attachments;
mod batch;
mod debug_token;
pub(super) mod message_templates;
mod messenger_profile;
mod page;
mod personas;
mod profile_rules;
mod stickers;
mod subscribed_apps;
pub(super) mod thread_control;
mod user;
mod user_settings;

use axum::http::Method;
use serde_json::{Map, Value};

use super::authorise::Caller;
use super::call::Call;
use super::cast::Page;
use super::graph_error::GraphError;
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
            (Caller::App { .. }, "sticker_packs" | "sticker_search", _) => stickers::answer(call, &segments),
            (Caller::Page(_), "sticker_packs" | "sticker_search", _) => {
                Err(GraphError::new(200, "(#200) This call requires an app access token."))
            }
            // Text seen in public reports of calls with the wrong kind of token.
            (Caller::App { .. }, ..) => Err(GraphError::new(210, "(#210) This call requires a Page access token.")),
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
            (&Method::GET, ["thread_owner"]) => self.thread_owner(call, page),
            (&Method::POST, [action]) if action.ends_with("_thread_control") => self.thread_control(call, page, action),
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }

    /// An object other than the Page itself: a person, a persona.
    fn object(&self, call: &Call, page: &Page, id: &str, rest: &[&str]) -> Result<Value, GraphError> {
        let is_persona = self.world().state(&page.id).personas.iter().any(|persona| persona.id == id);
        match (&call.method, rest) {
            (_, []) if is_persona => self.persona(call, page, id),
            (&Method::GET, []) => self.user(call, page, id),
            _ => Err(GraphError::no_such_object(&call.verb(), id)),
        }
    }
}

/// The fields asked for. The id always comes; empty fields are left out; an unknown one is refused.
fn fields(call: &Call, node: &Value, kind: &str, default: &str) -> Result<Value, GraphError> {
    let asked = call.params.get("fields").and_then(Value::as_str).unwrap_or(default);
    let mut answer = Map::new();
    for field in asked.split(',').map(str::trim).filter(|field| !field.is_empty()).chain(["id"]) {
        match node.get(field) {
            Some(Value::Null) => {}
            Some(value) => drop(answer.insert(field.to_owned(), value.clone())),
            None => {
                return Err(GraphError::parameter(format!(
                    "Tried accessing nonexisting field ({field}) on node type ({kind})"
                )));
            }
        }
    }
    Ok(answer.into())
}
