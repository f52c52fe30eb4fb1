//! Comments and posts by their ids, and public answers: `/{comment}/comments`.
//! Source: <https://developers.facebook.com/docs/graph-api/reference/comment/>.

use axum::http::Method;
use serde_json::{Value, json};

use super::fields::fields;
use super::listing::piece;
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::page_state::Published;
use crate::platform::Platform;
use crate::rules::param::Param;
use crate::thread::rfc3339;
use crate::webhook::Webhook;

/// Source: the reference above.
const MESSAGE: usize = 8000;

impl Platform {
    /// One comment or post, and the answers to it.
    pub(super) fn comment(&self, call: &Call, page: &Page, id: &str, rest: &[&str]) -> Result<Value, GraphError> {
        let now = self.clock.now_ms();
        let mut world = self.world();
        let state = world.state(&page.id);
        let scope = if call.method == Method::GET { "pages_read_engagement" } else { "pages_manage_engagement" };
        if !state.settings.has_scope(scope) {
            return Err(GraphError::permission(scope));
        }
        let Some(above) = state.published.iter().find(|published| published.id == id).cloned() else {
            return Err(GraphError::no_such_object(&call.verb(), id));
        };
        match (&call.method, rest) {
            (&Method::GET, []) => written(call, &above),
            (&Method::GET, ["comments"]) => {
                let answers = state.published.iter().filter(|published| published.parent.as_deref() == Some(id));
                let answers: Result<Vec<_>, _> =
                    answers.map(|answer| Ok((answer.id.clone(), written(call, answer)?))).collect();
                Ok(piece(call, answers?, None))
            }
            (&Method::POST, ["comments"]) => {
                let message = Param::required(&call.params, "message")?.text(MESSAGE)?.to_owned();
                let id = format!("{}_{}", self.ids.object(), self.ids.object());
                let (post, parent) = (above.post, Some(above.id));
                let by = (page.id.clone(), page.name.clone());
                let answer = Published { id: id.clone(), post, parent, by, message, at: now, is_hidden: false };
                let change = json!({
                    "item": "comment", "verb": "add", "post_id": answer.post, "comment_id": id, "parent_id": answer.parent,
                    "message": answer.message, "from": {"id": page.id, "name": page.name}, "created_time": now / 1000,
                });
                state.published.push(answer);
                self.enqueue(page, [Webhook::change("feed", &page.id, now, &change)]);
                Ok(json!({ "id": id }))
            }
            (&Method::POST, []) => {
                let hidden = Param::required(&call.params, "is_hidden")?;
                let hidden = match hidden.value() {
                    Value::Bool(hidden) => *hidden,
                    Value::String(text) if text == "true" || text == "false" => text == "true",
                    _ => return Err(hidden.must("be a boolean")),
                };
                for published in state.published.iter_mut().filter(|published| published.id == id) {
                    published.is_hidden = hidden;
                }
                Ok(json!({"success": true}))
            }
            (&Method::POST | &Method::DELETE, ["likes"]) => Ok(json!({"success": true})),
            (&Method::DELETE, []) => {
                state.published.retain(|published| published.id != id && published.parent.as_deref() != Some(id));
                Ok(json!({"success": true}))
            }
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }
}

fn written(call: &Call, published: &Published) -> Result<Value, GraphError> {
    let (id, name) = &published.by;
    let node = json!({
        "id": published.id, "message": published.message, "from": {"id": id, "name": name},
        "created_time": rfc3339(published.at), "is_hidden": published.is_hidden, "can_comment": true, "can_hide": true,
        "can_reply_privately": published.parent.is_some(),
        "parent": published.parent.as_ref().map(|parent| json!({"id": parent})),
    });
    fields(call, &node, "Comment", "created_time,from,message")
}
