//! `GET /debug_token`. Source:
//! <https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/debugging>.

use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::accounts::USER_ID;
use crate::authorise::{Caller, unknown_token};
use crate::call::Call;
use crate::dates::DAY_MS;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::platform::Platform;
use crate::rules::param::Param;

impl Platform {
    /// What a token is worth. Asked with an app token, or with any token of the same app.
    pub(super) fn debug_token(&self, call: &Call, caller: &Caller) -> Result<Value, GraphError> {
        let token = Param::required(&call.params, "input_token")?.string()?.to_owned();
        let app_id = match caller {
            Caller::App { id } => id,
            Caller::Page(page) => &page.app_id,
            Caller::User(user) => &user.app_id,
            Caller::Nobody => return Err(unknown_token()),
        };
        let now = self.clock.now_ms();
        let mut world = self.world();
        let is_it = |page: &&Page| bool::from(page.access_token.as_bytes().ct_eq(token.as_bytes()));
        if let Some(user) = world.oauth.user(&token) {
            let live = user.check(now);
            let mut data = json!({
                "app_id": user.app_id, "type": "USER", "application": "Simulated app",
                "data_access_expires_at": self.data_access_until() / 1000, "expires_at": user.until / 1000,
                "is_valid": live.is_ok(), "user_id": USER_ID, "scopes": user.scopes,
            });
            if let Err(error) = live {
                data["error"] = json!({"code": error.code, "message": error.message, "subcode": error.subcode});
            }
            return Ok(json!({ "data": data }));
        }
        let Some(page) = world.pages.iter().find(is_it).cloned() else {
            let error = unknown_token();
            return Ok(json!({"data": {
                "error": {"code": error.code, "message": error.message}, "is_valid": false, "scopes": [],
            }}));
        };
        if page.app_id != *app_id {
            return Err(GraphError::parameter("The App_id in the input_token did not match the Viewing App"));
        }
        let settings = &world.state(&page.id).settings;
        let granular: Vec<Value> =
            settings.scopes.iter().map(|scope| json!({"scope": scope, "target_ids": [page.id]})).collect();
        let mut data = json!({
            "app_id": page.app_id, "type": "PAGE", "application": "Simulated app",
            "data_access_expires_at": settings.data_access_expires_at.unwrap_or(self.data_access_until() / 1000),
            "expires_at": settings.token_expires_at.unwrap_or(0),
            "is_valid": true, "issued_at": (now - DAY_MS) / 1000, "profile_id": page.id, "user_id": USER_ID,
            "scopes": settings.scopes, "granular_scopes": granular,
        });
        if let Err(error) = settings.check_token(&page.app_id, now) {
            data["is_valid"] = false.into();
            data["error"] = json!({"code": error.code, "message": error.message, "subcode": error.subcode});
        }
        Ok(json!({ "data": data }))
    }
}
