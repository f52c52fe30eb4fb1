//! "Connect with Facebook": the dialog, the code, the tokens.
//!
//! Sources: <https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow> and
//! <https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived>. The dialog shows
//! nothing here: the person of the business has made up their mind with `POST /_sim/login`.

mod exchange;

use axum::http::Method;

use super::call::Call;
use super::entities::Page;
use super::event::SimulatorEvent;
use super::graph::{Answer, json};
use super::graph_error::GraphError;
use super::login_state::Code;
use super::platform::Platform;
use super::world::World;

const MINUTE_MS: i64 = 60 * 1000;
/// A code is for the moment; the documentation does not say for how long.
const CODE_LIVES_MS: i64 = 10 * MINUTE_MS;

impl Platform {
    /// `GET /{version}/dialog/oauth`: sends the browser back with a code, or with a refusal.
    pub(super) fn dialog(&self, call: &Call) -> Answer {
        match self.decide(call) {
            Ok(address) => {
                Answer { status: 302, headers: vec![("location".to_owned(), address)], body: String::new().into() }
            }
            // Meta shows a page to the person and sends nobody anywhere.
            Err(error) => json(error.status, error.body(&self.ids.trace())),
        }
    }

    fn decide(&self, call: &Call) -> Result<String, GraphError> {
        if call.method != Method::GET {
            return Err(GraphError::unsupported(&call.verb()));
        }
        let param = |name: &str| call.text(name).filter(|text| !text.is_empty());
        let mut world = self.world();
        let app_id = param("client_id").and_then(|id| app(&world, &id).map(|page| page.app_id.clone()));
        let app_id = app_id.ok_or_else(unknown_app)?;
        let redirect_uri = param("redirect_uri").unwrap_or_default();
        let listed = &world.oauth.manager.redirect_uris;
        let address = reqwest::Url::parse(&redirect_uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let address = address.filter(|_| listed.is_empty() || listed.contains(&redirect_uri));
        // Text of the page that the person sees instead.
        let mut address = address.ok_or_else(|| {
            GraphError::new(191, "URL blocked: this redirect failed because the redirect URI is not white-listed.")
        })?;
        if param("response_type").is_some_and(|kind| kind != "code") {
            return Err(GraphError::parameter("The simulator's dialog knows response_type=code only"));
        }
        let manager = world.oauth.manager.clone();
        if manager.deny {
            // Source: the manual flow, "Canceled login".
            address.query_pairs_mut().extend_pairs([
                ("error_reason", "user_denied"),
                ("error", "access_denied"),
                ("error_description", "Permissions error"),
            ]);
        } else {
            let asked = param("scope").unwrap_or_default();
            let scopes = asked.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
            let code = self.ids.code();
            address.query_pairs_mut().append_pair("code", &code);
            let at = self.clock.now_ms();
            world.oauth.codes.push(Code { value: code, app_id: app_id.clone(), redirect_uri, scopes, at, used: false });
        }
        if let Some(state) = param("state") {
            address.query_pairs_mut().append_pair("state", &state);
        }
        self.emit(SimulatorEvent::LoggedIn { app: app_id, denied: manager.deny });
        Ok(address.into())
    }
}

/// A Page of this app: it knows the app's secret.
fn app<'a>(world: &'a World, id: &str) -> Option<&'a Page> {
    world.pages.iter().find(|page| page.app_id == id)
}

/// Text seen in public reports of a wrong `client_id`.
fn unknown_app() -> GraphError {
    GraphError::new(101, "Error validating application. Cannot get application info due to a system error.")
}
