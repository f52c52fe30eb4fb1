//! What the dialog has been told to do, and the codes and tokens that were given.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::entities::Page;
use super::graph_error::GraphError;

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
    pub(super) codes: Vec<Code>,
    pub(super) users: Vec<UserToken>,
    short: Vec<ShortPageToken>,
}

/// What the dialog gives. Good once, for the address that it was given to.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) value: String,
    pub(super) app_id: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    pub(super) at: i64,
    pub(super) used: bool,
}

/// The token of a person of the business. No `Debug`: it is a credential.
#[derive(Clone)]
pub(super) struct UserToken {
    pub(super) token: String,
    pub(super) app_id: String,
    /// The key of the proof.
    pub(super) app_secret: String,
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

/// Compares two credentials in constant time.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
