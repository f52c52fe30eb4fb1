//! How an app stands with a Page: what Meta has reviewed, and which other apps are there.

use serde_json::{Value, json};

use super::listing::piece;
use super::thread_control::roles_are_not_set_up;
use crate::call::Call;
use crate::entities::{PAGE_INBOX, Page};
use crate::graph_error::GraphError;
use crate::platform::Platform;

impl Platform {
    /// `GET /{page}/messaging_feature_review`. Source: `…/send-messages/messaging-feature-review-api`.
    pub(super) fn feature_review(&self, page: &Page) -> Result<Value, GraphError> {
        let mut world = self.world();
        let settings = &world.state(&page.id).settings;
        if !settings.has_scope("pages_messaging") {
            return Err(GraphError::permission("pages_messaging"));
        }
        let reviewed: Vec<Value> =
            settings.features.iter().map(|feature| json!({"feature": feature, "status": "approved"})).collect();
        Ok(json!({ "data": reviewed }))
    }

    /// `GET /{page}/secondary_receivers`: of the older hand-over protocol, and still answered to the default app.
    pub(super) fn secondary_receivers(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let default = self.world().state(&page.id).settings.default_app.clone();
        match default {
            None => Err(roles_are_not_set_up()),
            Some(app) if app == page.app_id => {
                Ok(piece(call, vec![(PAGE_INBOX.to_owned(), json!({"id": PAGE_INBOX, "name": "Page Inbox"}))], None))
            }
            // Source: `…/error-codes` (2018234).
            Some(_) => {
                Err(GraphError::not_allowed("Only the primary receiver can see the secondary receivers of this Page")
                    .subcode(2_018_234))
            }
        }
    }
}
