//! "Connect with …": how an operator signs in at the provider and picks an account, instead of copying tokens: [`AccountLogin`].
//!
//! There is no channel yet, so this hangs on the [registration](crate::Registration) and not on an adapter.

use async_trait::async_trait;

use crate::{BuildContext, Result, Secret};

/// The provider's sign-in, for one channel type.
#[async_trait]
pub trait AccountLogin: Send + Sync {
    /// Where to send the operator's browser. The provider sends it back to the app's `redirect_uri` with this `state` and a code.
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) for an app that cannot be one.
    fn login_url(&self, app: &LoginApp, state: &str, context: &BuildContext) -> Result<String>;

    /// Trades the code for the accounts that the operator manages, each with its own credentials. Each call is made once.
    ///
    /// # Errors
    /// Classified as for [`send`](crate::ChannelAdapter::send); no error holds the code, the secret or a token.
    async fn accounts(&self, app: &LoginApp, code: &Secret, context: &BuildContext) -> Result<Vec<Account>>;
}

/// The provider's app through which an operator signs in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoginApp {
    /// The app's id.
    pub app_id: String,
    /// The app's secret.
    pub app_secret: Secret,
    /// Where the provider sends the browser back to. It must be the same, byte for byte, in both steps.
    pub redirect_uri: String,
    /// What the operator is asked to permit, in the provider's words; none for what a channel needs.
    pub scopes: Vec<String>,
}

impl LoginApp {
    /// An app, and where the provider sends the browser back to.
    pub fn new(app_id: impl Into<String>, app_secret: Secret, redirect_uri: impl Into<String>) -> Self {
        Self { app_id: app_id.into(), app_secret, redirect_uri: redirect_uri.into(), scopes: Vec::new() }
    }

    /// Asks the operator to permit these, in place of what a channel needs.
    #[must_use]
    pub fn with_scopes(self, scopes: Vec<String>) -> Self {
        Self { scopes, ..self }
    }
}

/// An account that an operator may connect.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Account {
    /// The provider's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its own token. It has to be shown once, to whoever signed in; the type keeps it out of everything else.
    pub access_token: Secret,
    /// What the provider says it is.
    pub category: Option<String>,
    /// Its picture.
    pub picture_url: Option<String>,
    /// What the operator may do with it, in the provider's words.
    pub tasks: Vec<String>,
}

impl Account {
    /// An account of which nothing more is known.
    pub fn new(id: impl Into<String>, name: impl Into<String>, access_token: Secret) -> Self {
        let (id, name) = (id.into(), name.into());
        Self { id, name, access_token, category: None, picture_url: None, tasks: Vec::new() }
    }

    /// Adds what the provider says it is.
    #[must_use]
    pub fn with_category(self, category: Option<String>) -> Self {
        Self { category, ..self }
    }

    /// Adds its picture.
    #[must_use]
    pub fn with_picture_url(self, picture_url: Option<String>) -> Self {
        Self { picture_url, ..self }
    }

    /// Adds what the operator may do with it.
    #[must_use]
    pub fn with_tasks(self, tasks: Vec<String>) -> Self {
        Self { tasks, ..self }
    }
}
