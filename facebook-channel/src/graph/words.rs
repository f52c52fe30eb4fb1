//! [`WORDS`]: what errors call Meta, before anything is known of its answers.

use channel_http::Provider;

/// What to do where it is not known whether a message went out. The Send API knows no idempotency key, but Meta echoes every
/// message that the Page has sent.
const MAY_HAVE_BEEN_SENT: &str = "the call may have been carried out: for a message, wait for its echo \
    (webhook field message_echoes) before sending it again";

/// The provider without the reading of its answers, which itself speaks of the provider.
pub(super) const WORDS: Provider = Provider {
    token: "Page Access Token",
    address_field: "graph_api_url",
    example_path: "/v26.0/me/messages",
    // Meta takes the proof as a parameter only, no header; the token goes in a header.
    credentials: &["access_token", "appsecret_proof"],
    token_prefixes: &["EAA"],
    when_unsure: MAY_HAVE_BEEN_SENT,
    status_page: "metastatus.com shows Meta's own state",
    user_agent: concat!("linktor-facebook-channel/", env!("CARGO_PKG_VERSION")),
    trace_header: "x-fb-trace-id",
    ..Provider::new("facebook", "Meta", "the Graph API")
};
