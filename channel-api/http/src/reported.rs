use std::time::Duration;

use channel_api::ProviderCode;

/// What a provider's answer reports of a failure.
#[derive(Clone, Debug, Default)]
pub struct Reported<'a> {
    /// The provider's code.
    pub code: Option<ProviderCode>,
    /// The provider's finer code.
    pub subcode: Option<ProviderCode>,
    /// The provider's sentence. It may repeat secrets: they are taken out.
    pub message: &'a str,
    /// The heading of what the provider says to people, as free of secrets afterwards.
    pub user_title: Option<&'a str>,
    /// What the provider says to people, as free of secrets afterwards.
    pub user_message: Option<&'a str>,
    /// The provider's id of the call.
    pub trace_id: Option<&'a str>,
    /// How long to wait.
    pub after: Option<Duration>,
}
