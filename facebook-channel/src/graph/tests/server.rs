//! A stand-in for the Graph API on the wire, and who calls it.

use channel_api::{BuildContext, ChannelId, ProviderRequest, Result, Secret};
pub(crate) use channel_http::stand_in::{Server, Then, answer, answer_with, within};
use serde_json::Value;

use super::super::client::GraphClient;

/// Looks like no token, so that only knowing it can hide it.
pub(crate) const TOKEN: &str = "canary-page-token";
pub(crate) const APP_SECRET: &str = "canarysecret";
pub(crate) const PAGE: &str = "1098765432100001";
pub(crate) const APP: &str = "2233445566778899";
pub(crate) const PSID: &str = "7411002233445566";

/// A host that shares nothing.
pub(crate) fn context() -> BuildContext {
    BuildContext::new(ChannelId::new("ch_facebook_1"))
}

pub(crate) fn client(base: &str) -> GraphClient {
    client_of(base, TOKEN, Some(APP_SECRET)).unwrap()
}

pub(crate) fn client_of(base: &str, token: &str, app_secret: Option<&str>) -> Result<GraphClient> {
    let app_secret = app_secret.map(Secret::new);
    GraphClient::new(&context(), base, "v26.0", Secret::new(token), app_secret.as_ref())
}

/// A client with the app's own token.
pub(crate) fn app_client(base: &str) -> GraphClient {
    client_of(base, &format!("{APP}|{APP_SECRET}"), Some(APP_SECRET)).unwrap()
}

pub(crate) fn message() -> ProviderRequest {
    let body = serde_json::json!({
        "recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": {"text": "canary words"}
    });
    ProviderRequest::post(format!("/v26.0/{PAGE}/messages"), body)
}

/// One call, within the deadline.
pub(crate) async fn call(client: &GraphClient, request: &ProviderRequest) -> Result<Value> {
    within(client.call(request)).await
}
