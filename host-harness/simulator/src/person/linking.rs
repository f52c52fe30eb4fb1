//! The log-in page of the business, in the web view.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/account-linking>.

use serde_json::json;

use super::{Consequence, PersonError};
use crate::page_state::{LINK_LIVES_MS, Link};
use crate::platform::Platform;

impl Platform {
    /// Taps the button that opens the log-in page. Returns the token that the page is given.
    pub(crate) fn open_log_in(&self, from: Option<&str>) -> Result<String, PersonError> {
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let token = self.ids.link();
        let links = &mut world.state(&by.page.id).links;
        links.retain(|link| link.psid != by.psid);
        links.push(Link { token: token.clone(), psid: by.psid.clone(), at: by.at });
        self.emit_did(&by, "opens the log-in page");
        Ok(token)
    }

    /// Has logged in: the business sends the browser back with a code of its own, which comes with the webhook.
    pub(crate) fn finish_log_in(&self, from: Option<&str>, code: &str) -> Result<String, PersonError> {
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let links = &mut world.state(&by.page.id).links;
        let at = links.iter().position(|link| link.psid == by.psid && by.at - link.at < LINK_LIVES_MS);
        let Some(at) = at else { return Err(PersonError::NotLinking { name: by.name }) };
        let link = links.remove(at);
        if let Some(thread) = world.thread_mut(&by.psid) {
            thread.linked = true;
        }
        let linked = json!({"status": "linked", "authorization_code": code});
        let event = by.event("has logged in");
        let element = ("account_linking", linked);
        self.did(&mut world, &by, Consequence { field: "messaging_account_linking", element, event });
        Ok(link.token)
    }
}
