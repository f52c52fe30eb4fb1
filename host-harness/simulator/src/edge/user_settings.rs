//! `/{page}/custom_user_settings`: a persistent menu for one person. Source: `…/send-messages/persistent-menu`.

use axum::http::Method;
use serde_json::{Value, json};

use super::profile_rules;
use crate::budget::profile_call;
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::platform::Platform;
use crate::rules::param::Param;
use crate::rules::recipient::no_matching_user;

impl Platform {
    pub(super) fn user_settings(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let psid = Param::required(&call.params, "psid")?.id()?;
        let now = self.clock.now_ms();
        let mut world = self.world();
        if !world.thread(&psid).is_some_and(|thread| thread.page_id == page.id && !thread.gone) {
            return Err(no_matching_user());
        }
        let state = world.state(&page.id);
        if !state.settings.has_scope("pages_messaging") {
            return Err(GraphError::permission("pages_messaging"));
        }
        profile_call(state.user_calls.entry(psid.clone()).or_default(), now)?;
        match call.method {
            Method::GET => {
                let mut found = json!({});
                if let Some(menu) = state.user_menus.get(&psid) {
                    found["user_level_persistent_menu"] = menu.clone();
                }
                if let Some(menu) = state.profile.get("persistent_menu") {
                    found["page_level_persistent_menu"] = menu.clone();
                }
                let empty = found.as_object().is_some_and(serde_json::Map::is_empty);
                Ok(if empty { json!({"data": []}) } else { json!({"data": [found]}) })
            }
            Method::POST => {
                let menu = Param::required(&call.params, "persistent_menu")?;
                profile_rules::persistent_menu(&menu)?;
                state.user_menus.insert(psid, menu.value().clone());
                Ok(json!({"result": "success"}))
            }
            Method::DELETE => {
                for param in Param::required(&call.params, "params")?.items(1)? {
                    param.one_of(&["persistent_menu", "PERSISTENT_MENU"])?;
                }
                state.user_menus.remove(&psid);
                Ok(json!({"result": "success"}))
            }
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }
}
