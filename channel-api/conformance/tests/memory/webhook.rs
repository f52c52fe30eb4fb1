//! Who sent it: the signature of a delivery, and the handshake.

use std::fmt;

use channel_api::{Error, ErrorKind, Proof, Result, Secret, Subscription, VerifierId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName};
use sha2::Sha256;

use super::normalize::CHANNEL_TYPE;

pub(super) const SIGNATURE: HeaderName = HeaderName::from_static("x-memory-signature");
const SCHEME: &[u8] = b"sha256=";

/// The signing secrets, each made into a key once.
#[derive(Clone)]
pub(super) struct SigningKeys {
    keys: Vec<Hmac<Sha256>>,
    verifier: VerifierId,
}

/// The configuration's fields that hold the secrets, in their order.
const FIELDS: [&str; 2] = ["signing_secret", "previous_signing_secret"];

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeys({})", self.keys.len())
    }
}

impl SigningKeys {
    /// Without a secret every delivery is refused; an empty one is none.
    pub(super) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let filled: Vec<&Secret> = secrets.into_iter().filter(|secret| !secret.is_empty()).collect();
        let verifier = VerifierId::of(CHANNEL_TYPE, filled.iter().copied());
        let keys = filled.into_iter().filter_map(|secret| Hmac::new_from_slice(secret.expose().as_bytes()).ok());
        Self { keys: keys.collect(), verifier }
    }

    pub(super) fn verifier(&self) -> VerifierId {
        self.verifier
    }

    pub(super) fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<Proof> {
        let given = check_head(headers)?;
        // Every key is tried, so that the time does not tell which one fits.
        let mut proof = None;
        for (key, field) in self.keys.iter().zip(FIELDS) {
            let mut mac = key.clone();
            mac.update(body);
            let authentic = mac.verify_slice(&given).is_ok();
            proof = proof.or(authentic.then(|| Proof::by(field)));
        }
        proof.ok_or_else(|| refused("the signature does not fit the body"))
    }
}

/// The signature, whoever made it. It can be read before the body is.
pub(super) fn check_head(headers: &HeaderMap) -> Result<[u8; 32]> {
    digest(headers).ok_or_else(|| refused("the signature is missing, or not written sha256=HEX"))
}

fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::Unauthenticated, "memory.signature", message)
        .with_operation("verify")
        .with_hint("compare the signing secret with the one in the account's settings")
}

/// The digest of a header that is there once: 64 hexadecimal digits in lower case.
fn digest(headers: &HeaderMap) -> Option<[u8; 32]> {
    let mut values = headers.get_all(SIGNATURE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let digits = value.as_bytes().strip_prefix(SCHEME).filter(|digits| digits.len() == 64)?;
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let digit = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            *byte = (*byte << 4) | digit;
        }
    }
    Some(digest)
}

/// Answers a handshake. Every refusal reads the same.
pub(super) fn challenge(token: &Secret, subscription: &Subscription) -> Result<String> {
    let given = subscription.get("token").unwrap_or_default();
    let authentic = token.matches(given.as_bytes());
    match (subscription.get("mode"), subscription.get("challenge")) {
        (Some("subscribe"), Some(challenge)) if authentic => Ok(challenge.to_owned()),
        _ => Err(Error::new(ErrorKind::Unauthenticated, "memory.handshake", "the handshake is refused")
            .with_operation("challenge")
            .with_hint("enter the same verify token here and in the account's settings")),
    }
}
