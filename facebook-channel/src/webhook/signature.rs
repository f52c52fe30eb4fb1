//! Who sent a delivery: `X-Hub-Signature-256` over the body's untouched bytes.

use std::fmt;

use channel_api::{Error, ErrorKind, Result, Secret};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName};
use sha2::Sha256;

const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");
const LEGACY_SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature");
const SCHEME: &[u8] = b"sha256=";
const DIGEST: usize = 32;

/// The app secrets that are accepted, each made into a key state once. Two are accepted while one replaces the other.
#[derive(Clone)]
pub(crate) struct SignatureKeys(Vec<Hmac<Sha256>>);

impl fmt::Debug for SignatureKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureKeys({})", self.0.len())
    }
}

impl SignatureKeys {
    /// Makes the keys.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there is no secret, or an empty one: anybody could sign with it.
    pub(crate) fn new(secrets: &[Secret]) -> Result<Self> {
        if secrets.is_empty() || secrets.iter().any(Secret::is_empty) {
            return Err(Error::new(
                ErrorKind::Config,
                "webhook.empty_secret",
                "there is no app secret, or an empty one",
            )
            .with_hint("copy it from the App Dashboard: App settings, Basic, App secret"));
        }
        let keys = secrets.iter().map(|secret| Hmac::new_from_slice(secret.expose().as_bytes()));
        keys.collect::<Result<_, _>>()
            .map(Self)
            .map_err(|_| Error::new(ErrorKind::Config, "webhook.bad_secret", "the app secret cannot be used as a key"))
    }

    /// Checks that the body was signed with one of the secrets.
    ///
    /// The header is exactly `sha256=` and 64 lower-case hex digits, once.
    /// Source: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`], with a code for each cause and what an operator can do about it.
    pub(crate) fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<()> {
        let given = digest(headers)?;
        // Every key is tried, so that the time tells nobody which secret is the current one.
        let authentic = self.0.iter().fold(false, |authentic, key| {
            let mut mac = key.clone();
            mac.update(body);
            authentic | mac.verify_slice(&given).is_ok()
        });
        if authentic { Ok(()) } else { Err(MISMATCH.error()) }
    }
}

/// Why a delivery is refused.
struct Refusal {
    code: &'static str,
    message: &'static str,
    hint: &'static str,
}

impl Refusal {
    fn error(&self) -> Error {
        Error::new(ErrorKind::Unauthenticated, self.code, self.message).with_operation("verify").with_hint(self.hint)
    }
}

const MISSING: Refusal = Refusal {
    code: "webhook.signature_missing",
    message: "the header X-Hub-Signature-256 is missing",
    hint: "Meta always sends it; a proxy in front of this host may drop it, or somebody else is calling",
};
const LEGACY_ONLY: Refusal = Refusal {
    code: "webhook.signature_sha1_only",
    message: "only the legacy SHA-1 signature is there",
    hint: "let the proxy in front of this host pass X-Hub-Signature-256 as well; X-Hub-Signature is not accepted",
};
const REPEATED: Refusal = Refusal {
    code: "webhook.signature_repeated",
    message: "the header X-Hub-Signature-256 is given more than once",
    hint: "Meta sends it once; look for a proxy that adds a header of its own",
};
const SCHEME_UNKNOWN: Refusal = Refusal {
    code: "webhook.signature_scheme",
    message: "the signature does not begin with sha256=",
    hint: "Meta writes sha256= and 64 lower-case hex digits; a proxy may have changed the header",
};
const LENGTH: Refusal = Refusal {
    code: "webhook.signature_length",
    message: "the signature is not 64 hex digits long",
    hint: "Meta writes sha256= and 64 lower-case hex digits; a proxy may have shortened or joined headers",
};
const UPPER_CASE: Refusal = Refusal {
    code: "webhook.signature_upper_case",
    message: "the signature is written in upper-case digits",
    hint: "Meta writes lower-case hex digits; if the caller is a program of your own, let it do the same",
};
const NOT_HEX: Refusal = Refusal {
    code: "webhook.signature_not_hex",
    message: "the signature has characters that are no hex digits",
    hint: "Meta writes sha256= and 64 lower-case hex digits; if the caller is a program of your own, hex-encode the digest",
};
const MISMATCH: Refusal = Refusal {
    code: "webhook.signature_mismatch",
    message: "the signature does not fit the body",
    hint: "compare app_secret with the App Dashboard (App settings, Basic) of the app that is subscribed; if it is right, \
           something between Meta and this host changes the body",
};

fn digest(headers: &HeaderMap) -> Result<[u8; DIGEST]> {
    let mut given = headers.get_all(SIGNATURE).iter();
    let value = match (given.next(), given.next()) {
        (Some(value), None) => value.as_bytes(),
        (Some(_), Some(_)) => return Err(REPEATED.error()),
        (None, _) if headers.contains_key(LEGACY_SIGNATURE) => return Err(LEGACY_ONLY.error()),
        (None, _) => return Err(MISSING.error()),
    };
    let digits = value.strip_prefix(SCHEME).ok_or_else(|| SCHEME_UNKNOWN.error())?;
    if digits.len() != 2 * DIGEST {
        return Err(LENGTH.error());
    }
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(NOT_HEX.error());
    }
    let mut digest = [0; DIGEST];
    for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let nibble = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return Err(UPPER_CASE.error()),
            };
            *byte = *byte << 4 | nibble;
        }
    }
    Ok(digest)
}

#[cfg(test)]
mod tests;
