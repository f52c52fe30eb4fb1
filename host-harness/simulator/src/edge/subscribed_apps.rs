//! `/{page}/subscribed_apps`. Source: <https://developers.facebook.com/docs/graph-api/reference/page/>.

use axum::http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::entities::{Page, SUBSCRIBED_FIELDS};
use crate::graph_error::GraphError;
use crate::platform::Platform;

impl Platform {
    pub(super) fn subscribed_apps(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let settings = self.world().state(&page.id).settings.clone();
        if !settings.has_scope("pages_manage_metadata") {
            return Err(GraphError::permission("pages_manage_metadata"));
        }
        let subscribe = |fields: Vec<String>| {
            let mut page = page.clone();
            page.subscribed_fields = fields;
            let mut world = self.world();
            world.state(&page.id).failing_since = None;
            world.put_page(page);
            Ok(json!({"success": true}))
        };
        match call.method {
            Method::POST => {
                let list: Vec<String> = match call.params.get("subscribed_fields") {
                    Some(Value::String(list)) => list.split(',').map(|field| field.trim().to_owned()).collect(),
                    Some(Value::Array(list)) => {
                        list.iter().map(|field| field.as_str().unwrap_or_default().to_owned()).collect()
                    }
                    _ => return Err(GraphError::parameter("The parameter subscribed_fields is required")),
                };
                let taken = |field: &&str| !settings.refused_fields.iter().any(|refused| refused == field);
                let taken: Vec<&str> = SUBSCRIBED_FIELDS.iter().copied().filter(taken).collect();
                if let Some(at) = list.iter().position(|field| !taken.contains(&field.as_str())) {
                    return Err(GraphError::parameter(format!(
                        "Param subscribed_fields[{at}] must be one of {{{}}}",
                        taken.join(", ")
                    )));
                }
                let about_messages = |field: &String| field.starts_with("messag") || field == "standby";
                if list.iter().any(about_messages) && !settings.has_scope("pages_messaging") {
                    return Err(GraphError::permission("pages_messaging"));
                }
                subscribe(list)
            }
            Method::DELETE => subscribe(Vec::new()),
            Method::GET if page.subscribed_fields.is_empty() => Ok(json!({"data": []})),
            Method::GET => Ok(json!({"data": [{
                "category": "Business", "link": "https://app.example/", "name": "Simulated app", "id": page.app_id,
                "subscribed_fields": page.subscribed_fields,
            }]})),
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }
}
