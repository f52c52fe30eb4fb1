//! Whose call it is. Source: <https://developers.facebook.com/docs/graph-api/guides/secure-requests>.

use subtle::ConstantTimeEq;

use super::call::Call;
use super::entities::Page;
use super::graph_error::GraphError;
use super::login_state::UserToken;
use super::platform::Platform;
use super::webhook::is_appsecret_proof;
use super::world::World;

/// Who calls, by the token.
#[derive(Clone, Debug)]
pub(super) enum Caller {
    /// A Page token.
    Page(Page),
    /// `APP_ID|APP_SECRET`.
    App {
        /// App id.
        id: String,
    },
    /// The token of a person of the business.
    User(UserToken),
    /// Nobody yet: the call that asks for a token.
    Nobody,
}

impl Platform {
    /// The caller, and what is to be said of the proof: `valid`, `invalid` or `absent`.
    pub(super) fn authorise(&self, call: &Call) -> (&'static str, Result<Caller, GraphError>) {
        if call.segments.iter().map(String::as_str).eq(["oauth", "access_token"]) {
            return ("absent", Ok(Caller::Nobody));
        }
        let unproven = if call.proof.is_some() { "invalid" } else { "absent" };
        let Some(token) = &call.token else {
            // Both texts seen in public reports, the first at <https://github.com/fbsamples/messenger-bot-samples/issues/11>.
            let error = if call.segments.first().is_some_and(|node| node == "me") {
                GraphError::new(
                    2500,
                    "An active access token must be used to query information about the current user.",
                )
            } else {
                GraphError::new(104, "An access token is required to request this resource.")
            };
            return (unproven, Err(error));
        };
        let (app_secret, requires_proof, caller) = {
            let mut world = self.world();
            let is_its_token = |page: &&Page| bool::from(page.access_token.as_bytes().ct_eq(token.as_bytes()));
            if let Some(page) = world.pages.iter().find(is_its_token).cloned() {
                let live = world.state(&page.id).settings.check_token(&page.app_id, self.clock.now_ms());
                (page.app_secret.clone(), page.require_appsecret_proof, live.map(|()| Caller::Page(page)))
            } else if let Some(page) = world.pages.iter().find(|page| is_app_token(page, token)) {
                (page.app_secret.clone(), page.require_appsecret_proof, Ok(Caller::App { id: page.app_id.clone() }))
            } else if let Some(user) = world.oauth.user(token).cloned() {
                let live = user.check(self.clock.now_ms());
                (user.app_secret.clone(), false, live.map(|()| Caller::User(user)))
            } else if let Some((page, live)) = short_lived(&world, token, self.clock.now_ms()) {
                (page.app_secret.clone(), page.require_appsecret_proof, live.map(|()| Caller::Page(page)))
            } else {
                return (unproven, Err(unknown_token()));
            }
        };
        match &call.proof {
            Some(proof) if is_appsecret_proof(&app_secret, token, proof) => ("valid", caller),
            // Text seen at <https://github.com/howdyai/botkit-starter-web/issues/50>.
            Some(_) => ("invalid", Err(GraphError::method("Invalid appsecret_proof provided in the API argument"))),
            // Text seen at <https://stape.io/blog/api-calls-from-the-server-require-appsecret-proof-argument>. An app token
            // holds the secret itself.
            None if requires_proof && !matches!(caller, Ok(Caller::App { .. })) => {
                ("absent", Err(GraphError::method("API calls from the server require an appsecret_proof argument")))
            }
            None => ("absent", caller),
        }
    }
}

pub(super) fn unknown_token() -> GraphError {
    GraphError::new(190, "Invalid OAuth access token - Cannot parse access token")
}

/// The Page whose token this is, for as long as the person's token that it was asked for with.
fn short_lived(world: &World, token: &str, now: i64) -> Option<(Page, Result<(), GraphError>)> {
    let (page_id, live) = world.oauth.short_page(token, now)?;
    Some((world.page(page_id)?.clone(), live))
}

/// Whether this is the token of the Page's app.
fn is_app_token(page: &Page, token: &str) -> bool {
    token.as_bytes().ct_eq(format!("{}|{}", page.app_id, page.app_secret).as_bytes()).into()
}
