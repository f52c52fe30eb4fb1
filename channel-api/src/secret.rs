//! [`Secret`]: a value that can be used but not printed.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const REDACTED: &str = "[redacted]";

/// A token, key or password.
///
/// `Debug`, `Display` and `Serialize` print `[redacted]`; the memory is wiped on drop; comparison takes the same time
/// whatever the difference. In a JSON Schema it is a `writeOnly` string with `format: password`, so that a form hides it
/// and an API never returns it.
///
/// ```
/// use channel_api::Secret;
///
/// let secret = Secret::new("s3cr3t");
/// assert_eq!(format!("{secret:?} {secret}"), "[redacted] [redacted]");
/// assert!(secret.matches(b"s3cr3t"));
/// assert!(!Secret::new("").matches(b""), "an empty secret equals nothing, not even nothing");
/// ```
#[derive(Clone, Default)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself. Call it where the value is used, never where it could be kept or shown.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether there is nothing in it but blanks. An empty secret protects nothing: refuse to start with one.
    pub fn is_empty(&self) -> bool {
        self.expose().trim().is_empty()
    }

    /// Compares in constant time. False whenever either side is empty.
    pub fn matches(&self, given: &[u8]) -> bool {
        // Digests have one length, so the comparison does not tell how long the secret is.
        let ours = Sha256::digest(self.expose().as_bytes());
        let theirs = Sha256::digest(given);
        bool::from(ours.ct_eq(&theirs)) && !self.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SecretString::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password", "writeOnly": true, "minLength": 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_nothing() {
        let secret = Secret::new("canary");
        let shown = format!("{secret} {secret:?} {:#?} {}", Some(&secret), serde_json::to_string(&secret).unwrap());
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn compares_whole_values_only() {
        let secret = Secret::new("token");
        for (given, equal) in [("token", true), ("toke", false), ("token ", false), ("TOKEN", false), ("", false)] {
            assert_eq!(secret.matches(given.as_bytes()), equal, "{given:?}");
        }
    }
}
