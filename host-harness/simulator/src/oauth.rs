//! "Connect with Facebook": the dialog, the code, the tokens.
//!
//! Sources: <https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow> and
//! <https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived>. The dialog shows
//! nothing here: the person of the business has made up their mind with `POST /_sim/login`.

mod exchange;

use axum::http::Method;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::call::Call;
use super::cast::Page;
use super::graph::{Answer, json};
use super::graph_error::GraphError;
use super::happening::Happening;
use super::platform::Platform;
use super::world::World;

const MINUTE_MS: i64 = 60 * 1000;
/// A code is for the moment; the documentation does not say for how long.
const CODE_LIVES_MS: i64 = 10 * MINUTE_MS;

/// What the person of the business does at the dialog.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Manager {
    /// Presses "Cancel".
    pub(super) deny: bool,
    /// Permissions that were asked for and not given.
    pub(super) declined: Vec<String>,
    /// The Pages that the app may see; `null` for all.
    pub(super) pages: Option<Vec<String>>,
    /// What the person may do on them; `null` for everything.
    pub(super) tasks: Option<Vec<String>>,
    /// How many Pages `/me/accounts` gives at once; `null` for as many as are asked for.
    pub(super) at_once: Option<usize>,
    /// A long-lived token says when it ends; Meta sometimes leaves that out.
    pub(super) without_expiry: bool,
    /// Addresses that the app has listed to come back to; none listed is any.
    pub(super) redirect_uris: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct OAuth {
    pub(super) manager: Manager,
    codes: Vec<Code>,
    users: Vec<UserToken>,
    short: Vec<ShortPageToken>,
}

/// What the dialog gives. Good once, for the address that it was given to.
#[derive(Debug)]
struct Code {
    value: String,
    app_id: String,
    redirect_uri: String,
    scopes: Vec<String>,
    at: i64,
    used: bool,
}

/// The token of a person of the business. No `Debug`: it is a credential.
#[derive(Clone)]
pub(super) struct UserToken {
    token: String,
    pub(super) app_id: String,
    app_secret: String,
    pub(super) scopes: Vec<String>,
    pub(super) declined: Vec<String>,
    pub(super) until: i64,
    pub(super) is_long_lived: bool,
}

impl std::fmt::Debug for UserToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserToken").field("app_id", &self.app_id).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// A Page token that ends with the short-lived token that it was asked for with.
struct ShortPageToken {
    token: String,
    page_id: String,
    until: i64,
}

impl std::fmt::Debug for ShortPageToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShortPageToken").field("page_id", &self.page_id).finish_non_exhaustive()
    }
}

impl UserToken {
    /// The key of the proof.
    pub(super) fn app_secret(&self) -> &str {
        &self.app_secret
    }

    /// Whether it still works.
    pub(super) fn check(&self, now: i64) -> Result<(), GraphError> {
        if now < self.until { Ok(()) } else { Err(GraphError::token(463, "Session has expired.")) }
    }
}

impl OAuth {
    /// The person whose token this is.
    pub(super) fn user(&self, token: &str) -> Option<&UserToken> {
        self.users.iter().find(|user| same(&user.token, token))
    }

    /// The Page that a short-lived token is for, and whether it still works.
    pub(super) fn short_page(&self, token: &str, now: i64) -> Option<(&str, Result<(), GraphError>)> {
        let short = self.short.iter().find(|short| same(&short.token, token))?;
        let live = if now < short.until { Ok(()) } else { Err(GraphError::token(463, "Session has expired.")) };
        Some((&short.page_id, live))
    }

    /// The token that `/me/accounts` shows for a Page: without an end only for a long-lived user token.
    pub(super) fn page_token(&mut self, page: &Page, user: &UserToken, make: impl FnOnce() -> String) -> String {
        if user.is_long_lived {
            return page.access_token.clone();
        }
        if let Some(short) = self.short.iter().find(|short| short.page_id == page.id && short.until == user.until) {
            return short.token.clone();
        }
        let token = make();
        self.short.push(ShortPageToken { token: token.clone(), page_id: page.id.clone(), until: user.until });
        token
    }
}

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
        let given = |name: &str| call.text(name).filter(|text| !text.is_empty());
        let mut world = self.world();
        let app_id = given("client_id").and_then(|id| app(&world, &id).map(|page| page.app_id.clone()));
        let app_id = app_id.ok_or_else(unknown_app)?;
        let redirect_uri = given("redirect_uri").unwrap_or_default();
        let listed = &world.oauth.manager.redirect_uris;
        let address = reqwest::Url::parse(&redirect_uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let address = address.filter(|_| listed.is_empty() || listed.contains(&redirect_uri));
        // Text of the page that the person sees instead.
        let mut address = address.ok_or_else(|| {
            GraphError::new(191, "URL blocked: this redirect failed because the redirect URI is not white-listed.")
        })?;
        if given("response_type").is_some_and(|kind| kind != "code") {
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
            let asked = given("scope").unwrap_or_default();
            let scopes = asked.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
            let code = self.ids.code();
            address.query_pairs_mut().append_pair("code", &code);
            let at = self.clock.now_ms();
            world.oauth.codes.push(Code { value: code, app_id: app_id.clone(), redirect_uri, scopes, at, used: false });
        }
        if let Some(state) = given("state") {
            address.query_pairs_mut().append_pair("state", &state);
        }
        self.tell(Happening::LoggedIn { app: app_id, denied: manager.deny });
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

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
