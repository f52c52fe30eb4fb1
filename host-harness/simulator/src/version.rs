//! Versions of the Graph API and when they end.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/changelog>. What happens after the end is documented
//! (<https://developers.facebook.com/docs/graph-api/guides/versioning>): calls go to the oldest version that is left. The
//! Marketing API fails instead, with code 2635. Here an expired version is refused with that code by default, because a host
//! that still calls it should find out in a test and not on the day that the meaning of its calls changes;
//! [`ExpiredVersions::Serve`] does as documented.

use std::fmt;

use super::dates::midnight;
use super::graph_error::GraphError;

/// What is done with a call to a version that has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExpiredVersions {
    /// Refused with code 2635.
    #[default]
    Refuse,
    /// Served by the oldest version that is left, as the Graph API's documentation says.
    Serve,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u16,
    minor: u16,
}

/// From the oldest to the newest, with the first day without them. A version is served before its release as well: a
/// machine whose clock is slow must not fail for it.
const VERSIONS: &[(u16, i64)] = &[
    (18, midnight(2026, 1, 26)),
    (19, midnight(2026, 5, 21)),
    (20, midnight(2026, 9, 24)),
    (21, midnight(2027, 1, 21)),
    (22, midnight(2027, 5, 20)),
    (23, midnight(2027, 10, 8)),
    (24, midnight(2028, 2, 18)),
    (25, midnight(2028, 7, 29)),
    (26, i64::MAX),
    (27, i64::MAX),
];

/// The newest version.
pub(super) const NEWEST: Version = Version { major: 27, minor: 0 };

impl Version {
    /// Reads `v26.0`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (major, minor) = text.strip_prefix('v')?.split_once('.')?;
        Some(Self { major: number(major)?, minor: number(minor)? })
    }

    /// At least this one.
    pub(super) fn since(self, major: u16) -> bool {
        self.major >= major
    }

    /// The version that serves a call. A call without a version goes to the oldest one.
    pub(super) fn serving(asked: Option<Self>, now: i64, expired: ExpiredVersions) -> Result<Self, GraphError> {
        let oldest = VERSIONS.iter().find(|(_, end)| now < *end).map_or(NEWEST, |(major, _)| Self::major(*major));
        let Some(asked) = asked else { return Ok(oldest) };
        if asked > NEWEST || (asked >= oldest && asked.minor != 0) {
            return Err(GraphError::new(2500, format!("Unknown path components: /{asked}")));
        }
        if asked >= oldest {
            return Ok(asked);
        }
        match expired {
            ExpiredVersions::Serve => Ok(oldest),
            // Text after <https://github.com/facebook/facebook-nodejs-business-sdk/issues/239>.
            ExpiredVersions::Refuse => Err(GraphError::new(
                2635,
                format!(
                    "(#2635) You are calling a deprecated version of the API. Please update to the latest version: {NEWEST}."
                ),
            )),
        }
    }

    fn major(major: u16) -> Self {
        Self { major, minor: 0 }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}", self.major, self.minor)
    }
}

/// Digits only: `parse` alone would take a sign.
fn number(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{ExpiredVersions, Version};
    use crate::dates::midnight;

    #[test]
    fn a_version_serves_until_its_end() {
        let serving = |asked: &str, now, expired| {
            let asked = (!asked.is_empty()).then(|| Version::read(asked).unwrap());
            Version::serving(asked, now, expired).map(|version| version.to_string()).map_err(|error| error.code)
        };
        let today = midnight(2026, 11, 22);
        for (asked, now, refused, served) in [
            ("v26.0", today, Ok("v26.0"), Ok("v26.0")),
            ("v21.0", today, Ok("v21.0"), Ok("v21.0")),
            ("v21.0", midnight(2027, 1, 21), Err(2635), Ok("v22.0")),
            ("v20.0", today, Err(2635), Ok("v21.0")),
            ("v20.0", midnight(2026, 9, 24) - 1, Ok("v20.0"), Ok("v20.0")),
            ("v2.6", today, Err(2635), Ok("v21.0")),
            ("v27.0", today, Ok("v27.0"), Ok("v27.0")),
            ("v28.0", today, Err(2500), Err(2500)),
            ("v27.1", today, Err(2500), Err(2500)),
            ("", today, Ok("v21.0"), Ok("v21.0")),
            ("v26.0", midnight(2040, 1, 1), Ok("v26.0"), Ok("v26.0")),
        ] {
            assert_eq!(serving(asked, now, ExpiredVersions::Refuse), refused.map(str::to_owned), "{asked}");
            assert_eq!(serving(asked, now, ExpiredVersions::Serve), served.map(str::to_owned), "{asked}");
        }
        for no in ["26.0", "v26", "v+6.0", "v26.", "vx.0", "v99999.0"] {
            assert_eq!(Version::read(no), None, "{no}");
        }
    }
}
