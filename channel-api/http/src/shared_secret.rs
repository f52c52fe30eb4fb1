//! [`SharedSecrets`]: who sent a delivery, by a secret that it repeats in a header.

use std::fmt;

use channel_api::{Delivery, Proof, Result, Secret, VerifierId};
use http::HeaderMap;

use crate::WebhookHeader;
use crate::webhook::refused;

/// The secrets that are accepted. Two are accepted while one replaces the other.
#[derive(Clone)]
pub struct SharedSecrets {
    header: &'static WebhookHeader,
    /// Each with the configuration's field that it comes from.
    secrets: Vec<(&'static str, Secret)>,
    verifier: VerifierId,
}

impl fmt::Debug for SharedSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedSecrets({})", self.secrets.len())
    }
}

impl SharedSecrets {
    /// Accepts these secrets, each named by the configuration's field that it comes from.
    ///
    /// # Errors
    /// [`Config`](channel_api::ErrorKind::Config) when there is no secret, or an empty one: anybody could repeat it.
    pub fn new<'a>(
        header: &'static WebhookHeader,
        secrets: impl IntoIterator<Item = (&'static str, &'a Secret)>,
    ) -> Result<Self> {
        let secrets = header.filled(secrets)?;
        let verifier = VerifierId::of(header.name, secrets.iter().map(|(_, secret)| *secret));
        let secrets = secrets.into_iter().map(|(field, secret)| (field, secret.clone())).collect();
        Ok(Self { header, secrets, verifier })
    }

    /// The secret of a channel that has no account, or is only tried out: without one every delivery is refused.
    pub fn offline(header: &'static WebhookHeader, field: &'static str, secret: Option<&Secret>) -> Self {
        Self::new(header, secret.map(|secret| (field, secret))).unwrap_or(Self {
            header,
            secrets: Vec::new(),
            verifier: VerifierId::of(header.name, []),
        })
    }

    /// With which secrets it verifies, without telling them.
    pub const fn verifier(&self) -> VerifierId {
        self.verifier
    }

    /// Whether the header is there. It knows no secret.
    ///
    /// # Errors
    /// [`Unauthenticated`](channel_api::ErrorKind::Unauthenticated), with a code for each cause and what an operator can do.
    pub fn check_head(header: &WebhookHeader, headers: &HeaderMap) -> Result<()> {
        header.value(headers, "secret").map(drop)
    }

    /// Checks that the header holds one of the secrets, and is there once. Says which field that comes from.
    ///
    /// # Errors
    /// [`Unauthenticated`](channel_api::ErrorKind::Unauthenticated), with a code for each cause and what an operator can do.
    pub fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof> {
        if self.secrets.is_empty() {
            let sentence = format!("there is no {} to check the delivery with", self.header.secret);
            return Err(refused("webhook.no_secret", sentence, self.header.find));
        }
        let given = self.header.value(delivery.headers, "secret")?.as_bytes();
        // Every secret is compared, so that the time tells nobody which one is the current one.
        let fitting = self
            .secrets
            .iter()
            .fold(None, |fitting, (field, secret)| fitting.or(secret.matches(given).then(|| Proof::by(field))));
        let sentence = format!("this is not the {}", self.header.secret);
        fitting.ok_or_else(|| refused("webhook.secret_mismatch", sentence, self.header.compare))
    }
}

#[cfg(test)]
mod tests;
