//! What a person of the business may see with their own token: `/me`, `/me/accounts`, `/me/permissions`.
//! Source: <https://developers.facebook.com/docs/graph-api/reference/user/accounts/>.

use axum::http::Method;
use serde_json::{Value, json};

use super::fields::fields;
use super::listing::piece;
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::login_state::UserToken;
use crate::platform::Platform;

/// The one person of the business.
pub(super) const USER_ID: &str = "1001";
/// What a person can be allowed to do on a Page.
const TASKS: &[&str] = &["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"];

impl Platform {
    pub(super) fn user_edge(&self, call: &Call, user: &UserToken, rest: &[&str]) -> Result<Value, GraphError> {
        match (&call.method, rest) {
            (&Method::GET, []) => fields(call, &json!({"id": USER_ID, "name": "Maria Costa"}), "User", "id,name"),
            (&Method::GET, ["accounts"]) => self.accounts(call, user),
            (&Method::GET, ["permissions"]) => {
                let of = |scopes: &[String], status: &str| -> Vec<Value> {
                    scopes.iter().map(|scope| json!({"permission": scope, "status": status})).collect()
                };
                let all = [of(&user.scopes, "granted"), of(&user.declined, "declined")].concat();
                Ok(json!({ "data": all }))
            }
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }

    fn accounts(&self, call: &Call, user: &UserToken) -> Result<Value, GraphError> {
        let mut world = self.world();
        let manager = world.oauth.manager.clone();
        let may_see = user.scopes.iter().any(|scope| scope == "pages_show_list");
        let pages: Vec<Page> = world
            .pages
            .iter()
            .filter(|page| may_see && page.app_id == user.app_id)
            .filter(|page| manager.pages.as_ref().is_none_or(|chosen| chosen.contains(&page.id)))
            .cloned()
            .collect();
        let mut listed = Vec::new();
        for page in pages {
            let token = world.oauth.page_token(&page, user, || self.ids.access_token());
            let settings = &world.state(&page.id).settings;
            let node = json!({
                "id": page.id, "name": page.name, "access_token": token, "category": settings.category,
                "category_list": [{"id": "2200", "name": settings.category}],
                "tasks": manager.tasks.as_ref().map_or_else(|| json!(TASKS), |tasks| json!(tasks)),
                "picture": picture(&settings.picture),
            });
            let written = fields(call, &node, "Page", "access_token,category,category_list,name,tasks")?;
            listed.push((page.id, written));
        }
        Ok(piece(call, listed, manager.at_once))
    }
}

/// A picture as a field of a Page; `null` if there is none.
pub(super) fn picture(url: &str) -> Value {
    if url.is_empty() {
        return Value::Null;
    }
    json!({"data": {"height": 50, "is_silhouette": false, "url": url, "width": 50}})
}
