//! Signatures, made as Meta makes them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// HMAC-SHA256 of `body` under `secret`, in lower-case hex.
#[must_use]
pub fn digest(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

/// The value of `X-Hub-Signature-256` for this body.
#[must_use]
pub fn sign(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", digest(secret, body))
}

/// The proof that a caller of the Graph API knows the app's secret: the token, signed with it.
#[must_use]
pub fn appsecret_proof(app_secret: &str, token: &str) -> String {
    digest(app_secret, token.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn digests_are_rfc_4231_s() {
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
    }
}
