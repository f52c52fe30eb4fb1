//! `/{page}/messenger_profile`. Source: `…/reference/messenger-profile-api`.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::profile_rules::{self, READABLE, REMOVABLE};
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::platform::Platform;

impl Platform {
    pub(super) fn messenger_profile(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let now = self.clock.now_ms();
        let mut world = self.world();
        let state = world.state(&page.id);
        if !state.settings.has_scope("pages_messaging") {
            return Err(GraphError::permission("pages_messaging"));
        }
        state.usage.profile(now)?;
        match call.method {
            Method::GET => {
                let mut found = Map::new();
                for name in names(call)? {
                    if !READABLE.contains(&name.as_str()) {
                        return Err(GraphError::parameter(format!(
                            "Tried accessing nonexisting field ({name}) on node type (MessengerProfile)"
                        )));
                    }
                    if name == "subject_to_new_eu_privacy_rules" {
                        found.insert(name, false.into());
                    } else if let Some(value) = state.profile.get(&name) {
                        found.insert(name, value.clone());
                    }
                }
                Ok(if found.is_empty() { json!({"data": []}) } else { json!({"data": [found]}) })
            }
            Method::POST => {
                let properties = profile_rules::judge(&call.params)?;
                let mut after = state.profile.clone();
                after.extend(properties);
                profile_rules::depend(&after)?;
                state.profile = after;
                Ok(json!({"result": "success"}))
            }
            Method::DELETE => {
                let mut after = state.profile.clone();
                for name in names(call)? {
                    let name = name.to_ascii_lowercase();
                    if !REMOVABLE.contains(&name.as_str()) {
                        return Err(GraphError::parameter(format!(
                            "Param fields[0] must be one of {{{}}}",
                            REMOVABLE.join(", ")
                        )));
                    }
                    after.remove(&name);
                }
                profile_rules::depend(&after)?;
                state.profile = after;
                Ok(json!({"result": "success"}))
            }
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }
}

/// `fields`, as a list or as words between commas.
fn names(call: &Call) -> Result<Vec<String>, GraphError> {
    let names: Vec<String> = match call.params.get("fields") {
        Some(Value::Array(names)) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        Some(Value::String(names)) => {
            names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    };
    if names.is_empty() {
        return Err(GraphError::parameter("The parameter fields is required"));
    }
    Ok(names)
}
