//! Who sent a delivery: `X-Hub-Signature-256` over the body's untouched bytes, `sha256=` and 64 lower-case hex digits, once.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>

use channel_api::{Delivery, Error, ErrorKind, Proof, Result, Secret};
use channel_http::{SigningKeys, WebhookHeader};
use http::{HeaderMap, HeaderName};

static SIGNATURE: WebhookHeader = WebhookHeader {
    provider: "Meta",
    name: "X-Hub-Signature-256",
    scheme: "sha256=",
    secret: "app secret",
    find: "copy it from the App Dashboard: App settings, Basic, App secret",
    compare: "compare app_secret with the App Dashboard (App settings, Basic) of the app that is subscribed; if it is right, \
              something between Meta and this host changes the body",
};
const LEGACY_SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature");

/// The configuration's fields that hold app secrets, in the order in which they are given.
const FIELDS: [&str; 2] = ["app_secret", "previous_app_secret"];

/// The keys of the app secrets that are accepted: the present one, and the one from before a rotation.
pub(crate) fn signing_keys(app_secrets: &[Secret]) -> Result<SigningKeys> {
    SigningKeys::new(&SIGNATURE, FIELDS.into_iter().zip(app_secrets))
}

/// The key of a channel without an account: without a secret every delivery is refused.
pub(crate) fn offline_keys(app_secret: Option<&Secret>) -> SigningKeys {
    SigningKeys::offline(&SIGNATURE, FIELDS[0], app_secret)
}

/// Checks that the body was signed with one of the secrets.
///
/// # Errors
/// [`ErrorKind::Unauthenticated`], with a code for each cause and what an operator can do about it.
pub(crate) fn verify(keys: &SigningKeys, delivery: &Delivery<'_>) -> Result<Proof> {
    legacy_alone(delivery.headers)?;
    keys.verify(delivery)
}

/// Whether the header is there and well-formed, before anybody reads the body.
///
/// # Errors
/// As [`verify`].
pub(crate) fn check_head(headers: &HeaderMap) -> Result<()> {
    legacy_alone(headers)?;
    SigningKeys::check_head(&SIGNATURE, headers)
}

fn legacy_alone(headers: &HeaderMap) -> Result<()> {
    if !headers.contains_key(LEGACY_SIGNATURE) || headers.contains_key(SIGNATURE.name) {
        return Ok(());
    }
    let hint = "let the proxy in front of this host pass X-Hub-Signature-256 as well; X-Hub-Signature is not accepted";
    Err(Error::new(
        ErrorKind::Unauthenticated,
        "webhook.signature_sha1_only",
        "only the legacy SHA-1 signature is there",
    )
    .with_operation("verify")
    .with_hint(hint))
}

#[cfg(test)]
mod tests;
