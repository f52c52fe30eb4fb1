//! `GET /{page}`. Source: <https://developers.facebook.com/docs/graph-api/reference/page/>.

use serde_json::{Value, json};

use super::accounts::picture;
use super::fields::fields;
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::platform::Platform;

impl Platform {
    /// Known fields of a Page; `null` stands for one that is known but empty.
    pub(super) fn page_node(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        if let Some(token) = call.text("account_linking_token") {
            return self.linking_person(&token, page);
        }
        let (get_started, settings) = {
            let mut world = self.world();
            let state = world.state(&page.id);
            (state.profile.contains_key("get_started"), state.settings.clone())
        };
        let routed = settings.default_app.is_some();
        let node = json!({
            "id": page.id, "name": page.name, "username": null, "category": settings.category,
            "picture": picture(&settings.picture),
            "is_messenger_platform_bot": true, "is_messenger_bot_get_started_enabled": get_started,
            "is_webhooks_subscribed": !page.subscribed_fields.is_empty(),
            "messaging_feature_status": {"hop_v2": false, "msgr_multi_app": routed, "ig_multi_app": false},
        });
        fields(call, &node, "Page", "name")
    }
}
