//! [`Page`]: the account that set-up and operations work on.

use super::client::GraphClient;

/// One Page, with the means to call Meta about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page<'a> {
    /// The Page's id.
    pub(crate) id: &'a str,
    /// Calls with the Page's token.
    pub(crate) graph: &'a GraphClient,
    /// The app that the channel belongs to, where its id is configured.
    pub(crate) app: Option<App<'a>>,
}

/// The app that a channel belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct App<'a> {
    /// The app's id.
    pub(crate) id: &'a str,
    /// Calls with the app's own token, `APP_ID|APP_SECRET`.
    pub(crate) graph: &'a GraphClient,
}
