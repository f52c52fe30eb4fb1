use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

use crate::Secret;

/// With what a channel verifies: equal for two channels whose secrets are equal, so that a host checks a body once for both.
///
/// It is a salted digest, with a salt that lives as long as the process: it tells nothing of the secrets and is of no use
/// anywhere else.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VerifierId([u8; 16]);

impl VerifierId {
    /// Of the secrets that a channel accepts, in any order, and of how a delivery shows that it knows one: the header's name,
    /// say, or the channel's type.
    pub fn of<'a>(shown_by: &'a str, secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        static SALT: OnceLock<[u64; 4]> = OnceLock::new();
        // Each state has random keys of its own.
        let salt = SALT.get_or_init(|| std::array::from_fn(|_| RandomState::new().build_hasher().finish()));
        let mut digest = Sha256::new();
        for part in salt {
            digest.update(part.to_le_bytes());
        }
        // What is accepted does not depend on the field that a secret stands in.
        let mut secrets: Vec<&str> = secrets.into_iter().map(Secret::expose).collect();
        secrets.sort_unstable();
        secrets.dedup();
        for text in std::iter::once(shown_by).chain(secrets) {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        }
        let digest: [u8; 32] = digest.finalize().into();
        Self(std::array::from_fn(|index| digest[index]))
    }
}

impl fmt::Debug for VerifierId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifierId(..)")
    }
}

/// That a delivery is the provider's, and by which of the channel's secrets that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    secret: Option<&'static str>,
}

impl Proof {
    /// By the secret in this field of the configuration, such as `app_secret`.
    pub const fn by(field: &'static str) -> Self {
        Self { secret: Some(field) }
    }

    /// By nothing: this provider proves nothing.
    pub const NONE: Self = Self { secret: None };

    /// The field of the configuration whose secret fitted. A host can tell an operator that an old secret is still in use.
    pub const fn secret(&self) -> Option<&'static str> {
        self.secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_secrets_and_only_those_are_one_verifier() {
        let of = |kind: &str, secrets: &[&str]| {
            let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::from(*secret)).collect();
            VerifierId::of(kind, &secrets)
        };
        for same in [of("a", &["x", "y"]), of("a", &["y", "x"]), of("a", &["x", "y", "x"])] {
            assert_eq!(of("a", &["x", "y"]), same);
        }
        for other in [of("b", &["x", "y"]), of("a", &["xy"]), of("a", &["x"]), of("ax", &["y"]), of("a", &[])] {
            assert_ne!(of("a", &["x", "y"]), other);
        }
        assert_eq!(format!("{:?}", of("a", &["canary"])), "VerifierId(..)");
    }
}
