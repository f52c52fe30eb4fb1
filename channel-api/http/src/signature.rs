//! [`SigningKeys`]: who sent a delivery, by an HMAC-SHA256 of the body's untouched bytes.

use std::borrow::Cow;
use std::fmt;

use channel_api::{Delivery, Error, ErrorKind, Proof, Result, Secret, VerifierId};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::Sha256;

use crate::WebhookHeader;
use crate::webhook::refused;

const DIGEST: usize = 32;

/// The secrets that are accepted, each made into a key once. Two are accepted while one replaces the other.
#[derive(Clone)]
pub struct SigningKeys {
    header: &'static WebhookHeader,
    /// Each with the configuration's field that it comes from.
    keys: Vec<(&'static str, Hmac<Sha256>)>,
    verifier: VerifierId,
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeys({})", self.keys.len())
    }
}

impl SigningKeys {
    /// Makes the keys of secrets, each named by the configuration's field that it comes from.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there is no secret, or an empty one: anybody could sign with it.
    pub fn new<'a>(
        header: &'static WebhookHeader,
        secrets: impl IntoIterator<Item = (&'static str, &'a Secret)>,
    ) -> Result<Self> {
        let unusable = |_| {
            let sentence = format!("the {} cannot be used as a key", header.secret);
            Error::new(ErrorKind::Config, "webhook.bad_secret", sentence)
        };
        let secrets = header.filled(secrets)?;
        let key = |secret: &Secret| Hmac::new_from_slice(secret.expose().as_bytes()).map_err(unusable);
        let verifier = VerifierId::of(header.name, secrets.iter().map(|(_, secret)| *secret));
        let keys = secrets.into_iter().map(|(field, secret)| Ok((field, key(secret)?)));
        Ok(Self { header, keys: keys.collect::<Result<_>>()?, verifier })
    }

    /// The key of a channel that has no account, or is only tried out: without a secret every delivery is refused.
    pub fn offline(header: &'static WebhookHeader, field: &'static str, secret: Option<&Secret>) -> Self {
        Self::new(header, secret.map(|secret| (field, secret))).unwrap_or(Self {
            header,
            keys: Vec::new(),
            verifier: VerifierId::of(header.name, []),
        })
    }

    /// With which secrets it verifies, without telling them.
    pub const fn verifier(&self) -> VerifierId {
        self.verifier
    }

    /// Whether the header is there and can be a signature. It asks nothing of the body and knows no secret.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`], with a code for each cause and what an operator can do about it.
    pub fn check_head(header: &WebhookHeader, headers: &HeaderMap) -> Result<()> {
        digest(header, headers).map(drop)
    }

    /// Checks that the body was signed with one of the secrets, and says which field that comes from. The header is exactly the
    /// scheme and 64 lower-case hex digits, once.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`], with a code for each cause and what an operator can do about it.
    pub fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof> {
        if self.keys.is_empty() {
            let sentence = format!("there is no {} to check the signature with", self.header.secret);
            return Err(refused("webhook.no_secret", sentence, self.header.find));
        }
        let given = digest(self.header, delivery.headers)?;
        // Every key is tried, so that the time tells nobody which secret is the current one.
        let fitting = self.keys.iter().fold(None, |fitting, (field, key)| {
            let mut mac = key.clone();
            mac.update(delivery.body);
            fitting.or(mac.verify_slice(&given).is_ok().then(|| Proof::by(field)))
        });
        let sentence = "the signature does not fit the body";
        fitting.ok_or_else(|| refused("webhook.signature_mismatch", sentence, self.header.compare))
    }
}

fn digest(header: &WebhookHeader, headers: &HeaderMap) -> Result<[u8; DIGEST]> {
    let scheme = header.scheme;
    let value = header.value(headers, "signature")?.as_bytes();
    let Some(digits) = value.strip_prefix(scheme.as_bytes()) else {
        let sentence = format!("the signature does not begin with {scheme}");
        return Err(malformed(header, "scheme", sentence, "a proxy may have changed the header"));
    };
    if digits.len() != 2 * DIGEST {
        let hint = "a proxy may have shortened or joined headers";
        return Err(malformed(header, "length", "the signature is not 64 hex digits long", hint));
    }
    let mut digest = [0; DIGEST];
    if hex::decode_to_slice(digits, &mut digest).is_err() {
        let hint = "if the caller is a program of your own, hex-encode the digest";
        return Err(malformed(header, "not_hex", "the signature has characters that are no hex digits", hint));
    }
    if digits.iter().any(u8::is_ascii_uppercase) {
        let hint = "if the caller is a program of your own, let it do the same";
        return Err(malformed(header, "upper_case", "the signature is written in upper-case digits", hint));
    }
    Ok(digest)
}

fn malformed(header: &WebhookHeader, what: &str, sentence: impl Into<Cow<'static, str>>, hint: &str) -> Error {
    let WebhookHeader { provider, scheme, .. } = header;
    let and = if scheme.is_empty() { "" } else { " and " };
    let form = if what == "upper_case" { String::new() } else { format!("{scheme}{and}64 ") };
    let hint = format!("{provider} writes {form}lower-case hex digits; {hint}");
    refused(format!("webhook.signature_{what}"), sentence, hint)
}

#[cfg(test)]
mod tests;
