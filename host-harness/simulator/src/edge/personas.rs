//! `/{page}/personas` and `/{persona}`. Source: `…/send-messages/personas`.

use axum::http::Method;
use serde_json::{Value, json};

use super::fields::fields;
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::page_state::Persona;
use crate::platform::Platform;
use crate::rules::param::Param;

const NAME: usize = 50;
/// Personas on one page of the list, unless `limit` says otherwise.
const LISTED: usize = 25;

impl Platform {
    pub(super) fn personas(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let mut world = self.world();
        let state = world.state(&page.id);
        if !state.settings.has_scope("pages_messaging") {
            return Err(GraphError::permission("pages_messaging"));
        }
        match call.method {
            Method::POST => {
                let name = Param::required(&call.params, "name")?.text(NAME)?.to_owned();
                let picture = Param::required(&call.params, "profile_picture_url")?.http_url()?.to_owned();
                let id = self.ids.object();
                state.personas.push(Persona { id: id.clone(), name, profile_picture_url: picture, deleted: false });
                Ok(json!({ "id": id }))
            }
            Method::GET => {
                // A cursor is the id that it points at.
                let after = call.text("after").unwrap_or_default();
                let limit = call.text("limit").and_then(|limit| limit.parse().ok()).unwrap_or(LISTED);
                let alive = state.personas.iter().filter(|persona| !persona.deleted);
                let rest = alive.skip_while(|persona| !after.is_empty() && persona.id != after);
                let listed: Vec<&Persona> = rest.skip(usize::from(!after.is_empty())).take(limit).collect();
                let mut answer = json!({ "data": listed });
                if let (Some(first), Some(last)) = (listed.first(), listed.last()) {
                    answer["paging"] = json!({"cursors": {"before": first.id, "after": last.id}});
                }
                Ok(answer)
            }
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }

    /// One persona. A deleted one stays readable, because old messages keep it.
    pub(super) fn persona(&self, call: &Call, page: &Page, id: &str) -> Result<Value, GraphError> {
        let mut world = self.world();
        let state = world.state(&page.id);
        let Some(persona) = state.personas.iter_mut().find(|persona| persona.id == id) else {
            return Err(GraphError::no_such_object(&call.verb(), id));
        };
        match call.method {
            Method::GET => fields(call, &json!(persona), "MessengerPersona", "name,profile_picture_url"),
            Method::DELETE if persona.deleted => Err(GraphError::no_such_object(&call.verb(), id)),
            Method::DELETE => {
                persona.deleted = true;
                Ok(json!({"success": true}))
            }
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }
}
