//! Ids, times, numbers and flags, in the several forms in which Meta writes each.

use std::borrow::Cow;

use channel_api::Timestamp;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use serde_json::Number;

use super::json::Json;

/// Below this a time is in seconds: as milliseconds it would lie before March 1973.
const SECONDS_BELOW: u64 = 100_000_000_000;

/// An id: text, or a whole number in older payloads. Anything else comes back.
pub(super) fn id(json: Json<'_>) -> Result<Cow<'_, str>, Json<'_>> {
    match json {
        Json::Text(text) if !text.is_empty() => Ok(text),
        Json::Number(number) => whole(&number).map(|number| Cow::Owned(number.to_string())).ok_or(Json::Number(number)),
        other => Err(other),
    }
}

/// An id that stays where it is.
pub(super) fn text_id(json: &Json<'_>) -> Option<String> {
    match json {
        Json::Text(text) => Some(text.to_string()).filter(|text| !text.is_empty()),
        Json::Number(number) => whole(number).map(|number| number.to_string()),
        _ => None,
    }
}

/// Before this there was no Facebook: a number that would be earlier, such as 0, is no time. In milliseconds since 1970.
const EARLIEST: i64 = 1_075_852_800_000;

/// A moment: seconds or milliseconds since 1970, as a number or as text, or RFC 3339.
pub(super) fn time(json: &Json<'_>) -> Option<Timestamp> {
    let since_1970 = match json {
        Json::Number(number) => match number.as_i64() {
            Some(number) => number,
            None => whole_part(number.as_f64()?)?,
        },
        Json::Text(text) => match text.trim().parse() {
            Ok(number) => number,
            Err(_) => return rfc_3339(text),
        },
        _ => return None,
    };
    let millis = if since_1970.unsigned_abs() < SECONDS_BELOW { since_1970 * 1000 } else { since_1970 };
    Timestamp::from_millis(millis).filter(|time| time.as_millis() >= EARLIEST)
}

fn rfc_3339(text: &str) -> Option<Timestamp> {
    let deserializer: StrDeserializer<'_, Error> = text.into_deserializer();
    Timestamp::deserialize(deserializer).ok()
}

/// A number, or text that is one.
pub(super) fn number(json: &Json<'_>) -> Option<Number> {
    match json {
        Json::Number(number) => Some(number.clone()),
        Json::Text(text) => {
            let text = text.trim();
            let whole = text.parse::<i64>().ok().map(Number::from);
            whole.or_else(|| text.parse().ok().and_then(Number::from_f64))
        }
        _ => None,
    }
}

/// A decimal number, or text that is one.
pub(super) fn decimal(json: &Json<'_>) -> Option<f64> {
    number(json)?.as_f64()
}

/// A flag: true or false, 1 or 0, each also as text.
pub(super) fn flag(json: &Json<'_>) -> Option<bool> {
    match json {
        Json::Bool(flag) => Some(*flag),
        Json::Number(number) => match number.as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Json::Text(text) => match &**text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Words that the author of a button chose: text, or in older payloads any JSON, which is then given as its text.
pub(super) fn payload(json: Json<'_>) -> Option<String> {
    match json {
        Json::Null => None,
        Json::Text(text) => Some(text.into_owned()),
        other => Some(other.into_value().to_string()),
    }
}

fn whole(number: &Number) -> Option<i128> {
    let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    integer.or_else(|| {
        let number = number.as_f64()?;
        whole_part(number).filter(|_| number.fract() == 0.0).map(i128::from)
    })
}

/// The whole part of what a double holds exactly.
fn whole_part(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "a double below 2^53 has a whole part that fits")]
    (number.abs() < EXACT).then(|| number.trunc() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json<'_> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn ids_are_text_or_whole_numbers() {
        for (given, read) in [
            ("\"12\"", Some("12")),
            ("12", Some("12")),
            ("18446744073709551615", Some("18446744073709551615")),
            ("1.5e3", Some("1500")),
            ("1.5", None),
            ("1e300", None),
            ("\"\"", None),
            ("null", None),
            ("{}", None),
            ("true", None),
        ] {
            assert_eq!(id(json(given)).ok().as_deref(), read, "{given}");
        }
    }

    #[test]
    fn times_are_seconds_or_milliseconds() {
        for (given, read) in [
            ("1763712000", Some("2025-11-21T08:00:00Z")),
            ("1763712000123", Some("2025-11-21T08:00:00.123Z")),
            ("\"1763712000123\"", Some("2025-11-21T08:00:00.123Z")),
            ("\"1763712000\"", Some("2025-11-21T08:00:00Z")),
            ("1763712000.75", Some("2025-11-21T08:00:00Z")),
            ("\"2025-11-21T09:00:00+0100\"", Some("2025-11-21T08:00:00Z")),
            ("99999999999", Some("5138-11-16T09:46:39Z")),
            ("100000000000", None),
            ("1075852800", Some("2004-02-04T00:00:00Z")),
            ("1075852799", None),
            ("0", None),
            ("\"0\"", None),
            ("5", None),
            ("-1", None),
            ("9223372036854775807", None),
            ("-9223372036854775808", None),
            ("1e300", None),
            ("\"soon\"", None),
            ("[]", None),
        ] {
            assert_eq!(time(&json(given)).map(|time| time.to_string()).as_deref(), read, "{given}");
        }
    }

    #[test]
    fn numbers_and_flags_may_be_text() {
        for (given, read) in [("10", Some("10")), ("\"10\"", Some("10")), ("\"29.62\"", Some("29.62")), ("\"x\"", None)]
        {
            assert_eq!(number(&json(given)).map(|number| number.to_string()).as_deref(), read, "{given}");
        }
        for (given, read) in
            [("true", Some(true)), ("0", Some(false)), ("\"1\"", Some(true)), ("2", None), ("[]", None)]
        {
            assert_eq!(flag(&json(given)), read, "{given}");
        }
        assert_eq!(payload(json(r#"{"a": [1]}"#)).as_deref(), Some(r#"{"a":[1]}"#));
    }
}
