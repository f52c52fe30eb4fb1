//! `/oauth/access_token`: a code for a token, a short-lived token for a long-lived one.
//!
//! The texts are those seen in public reports, such as <https://github.com/laravel/socialite/issues/385>; where a sub-code
//! is not known, none is required.

use serde_json::{Value, json};

use super::{CODE_LIVES_MS, MINUTE_MS, app, unknown_app};
use crate::call::Call;
use crate::dates::DAY_MS;
use crate::graph_error::GraphError;
use crate::login_state::{UserToken, same};
use crate::platform::Platform;
use crate::rules::param::Param;

/// "One to two hours".
const SHORT_MS: i64 = 90 * MINUTE_MS;
/// About sixty days; the number of the documentation's example.
const LONG_MS: i64 = 5_183_944 * 1000;

impl Platform {
    /// The app's secret stands in for a token here.
    pub(crate) fn access_token(&self, call: &Call) -> Result<Value, GraphError> {
        let required = |name: &str| Param::required(&call.params, name)?.string().map(str::to_owned);
        let app_id = Param::required(&call.params, "client_id")?.id()?;
        let now = self.clock.now_ms();
        let mut world = self.world();
        let (app_id, app_secret) = match app(&world, &app_id) {
            Some(page) => (page.app_id.clone(), page.app_secret.clone()),
            None => return Err(unknown_app()),
        };
        if !same(&required("client_secret")?, &app_secret) {
            return Err(GraphError::new(1, "Error validating client secret."));
        }
        let manager = world.oauth.manager.clone();
        let (scopes, declined, lives, is_long_lived) = match call.text("grant_type").as_deref() {
            Some("fb_exchange_token") => {
                let token = required("fb_exchange_token")?;
                let user = world.oauth.user(&token).filter(|user| user.app_id == app_id);
                let user = user.ok_or_else(|| GraphError::new(190, "Invalid OAuth access token data."))?;
                user.check(now)?;
                (user.scopes.clone(), user.declined.clone(), LONG_MS, true)
            }
            Some("authorization_code") | None => {
                let (wanted, redirect_uri) = (required("code")?, required("redirect_uri")?);
                let code =
                    world.oauth.codes.iter_mut().find(|code| same(&code.value, &wanted) && code.app_id == app_id);
                let code = code.ok_or_else(|| GraphError::new(100, "Invalid verification code format."))?;
                if code.used {
                    return Err(GraphError::new(100, "This authorization code has been used."));
                }
                if now - code.at >= CODE_LIVES_MS {
                    return Err(GraphError::new(100, "This authorization code has expired."));
                }
                if code.redirect_uri != redirect_uri {
                    return Err(GraphError::new(
                        100,
                        "Error validating verification code. Please make sure your redirect_uri is identical to the one \
                         you used in the OAuth dialog request",
                    ));
                }
                code.used = true;
                let is_declined = |scope: &String| manager.declined.contains(scope);
                let (declined, scopes) = code.scopes.iter().cloned().partition(is_declined);
                (scopes, declined, SHORT_MS, false)
            }
            Some(_) => return Err(GraphError::parameter("Unknown grant_type")),
        };
        let token = self.ids.access_token();
        let until = now + if is_long_lived { LONG_MS } else { SHORT_MS };
        let user = UserToken { token: token.clone(), app_id, app_secret, scopes, declined, until, is_long_lived };
        world.oauth.users.push(user);
        let mut answer = json!({"access_token": token, "token_type": "bearer"});
        if !(is_long_lived && manager.without_expiry) {
            answer["expires_in"] = (lives / 1000).into();
        }
        Ok(answer)
    }

    /// When access to data ends, in milliseconds: 90 days after the person last agreed.
    pub(crate) fn data_access_until(&self) -> i64 {
        self.clock.now_ms() + 90 * DAY_MS
    }
}
