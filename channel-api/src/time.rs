//! [`Timestamp`]: a moment, in milliseconds.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, to the millisecond. In JSON it is RFC 3339, with a fraction only where there is one.
///
/// ```
/// use channel_api::Timestamp;
///
/// let moment = Timestamp::from_millis(1_705_314_600_000).unwrap();
/// assert_eq!(moment.to_string(), "2024-01-15T10:30:00Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970. `None` where a calendar has no such day (before the year -9999 or after 9999).
    pub fn from_millis(millis: i64) -> Option<Self> {
        jiff::Timestamp::from_millisecond(millis).ok().map(|_| Self(millis))
    }

    /// From the clock of this machine.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_millisecond())
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only a moment that jiff can express is ever made, so the default never shows.
        let moment = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        fmt::Display::fmt(&moment, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let moment: jiff::Timestamp =
            text.parse().map_err(|_| de::Error::custom("must be a time as RFC 3339 writes it"))?;
        Ok(Self(moment.as_millisecond()))
    }
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_rfc_3339_both_ways() {
        for (millis, text) in
            [(1_705_314_600_000, "2024-01-15T10:30:00Z"), (1_763_712_000_123, "2025-11-21T08:00:00.123Z")]
        {
            let moment = Timestamp::from_millis(millis).unwrap();
            assert_eq!(moment.to_string(), text);
            assert_eq!(serde_json::from_value::<Timestamp>(text.into()).unwrap(), moment);
        }
        assert_eq!(Timestamp::from_millis(i64::MAX), None);
    }
}
