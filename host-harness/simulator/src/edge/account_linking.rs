//! Linking a person's account at the business. Source: `…/identity/account-linking`.

use serde_json::{Value, json};

use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::page_state::LINK_LIVES_MS;
use crate::platform::Platform;
use crate::rules::param::Param;
use crate::rules::recipient::no_matching_user;
use crate::webhook::{Webhook, messaging};

impl Platform {
    /// `GET /me?fields=recipient&account_linking_token=…`: who is about to log in.
    pub(super) fn linking_person(&self, token: &str, page: &Page) -> Result<Value, GraphError> {
        let now = self.clock.now_ms();
        let mut world = self.world();
        let found =
            world.state(&page.id).links.iter().find(|link| link.token == token && now - link.at < LINK_LIVES_MS);
        // Source: `…/error-codes` (10303).
        let found = found.ok_or_else(|| GraphError::new(10_303, "(#10303) Invalid account_linking_token"))?;
        Ok(json!({"id": page.id, "recipient": found.psid}))
    }

    /// `POST /me/unlink_accounts`.
    pub(super) fn unlink_accounts(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let psid = Param::required(&call.params, "psid")?.id()?;
        let now = self.clock.now_ms();
        let mut world = self.world();
        let Some(thread) = world.thread_mut(&psid).filter(|thread| thread.page_id == page.id && !thread.gone) else {
            return Err(no_matching_user());
        };
        if std::mem::take(&mut thread.linked) {
            let element = messaging(&psid, &page.id, now, "account_linking", json!({"status": "unlinked"}));
            self.enqueue(page, [Webhook::new("messaging_account_linking", &page.id, now, &element)]);
        }
        Ok(json!({"result": "unlink account success"}))
    }
}
