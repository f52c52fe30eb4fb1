//! [`Usage`]: how much of Meta's quotas is used up, from the headers that come with an answer.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>

use std::collections::HashMap;
use std::time::Duration;

use channel_api::{Error, ErrorKind, Pressure, Scope};
use channel_http::retry_after;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Quotas are counted over 24 hours at most, so no wait is longer.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// The quotas of an app and a Page. All of it is optional: little-used apps get none of the headers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Usage {
    /// The app's quota.
    pub(super) app: Option<Load>,
    /// The Page's quota, in a header that Meta's page no longer lists.
    pub(super) page: Option<Load>,
    /// The quotas by use: `messenger`, `pages`, ….
    pub(super) business: Vec<UseCase>,
    /// The general HTTP header. Meta does not document it, but whatever stands in between may send it.
    pub(super) retry_after: Option<Duration>,
}

/// What is used up of one quota, in percent. From 100 on, calls are refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Load {
    #[serde(deserialize_with = "percent")]
    pub(super) call_count: f64,
    #[serde(deserialize_with = "percent")]
    pub(super) total_time: f64,
    #[serde(deserialize_with = "percent")]
    pub(super) total_cputime: f64,
}

impl Load {
    fn highest(self) -> f64 {
        self.call_count.max(self.total_time).max(self.total_cputime)
    }
}

/// The quota of one use of the API.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct UseCase {
    /// Which use: `messenger`.
    #[serde(rename = "type", deserialize_with = "text")]
    pub(super) kind: String,
    #[serde(flatten)]
    pub(super) load: Load,
    /// Meta's guess in minutes; 0 while all is well.
    #[serde(rename = "estimated_time_to_regain_access", deserialize_with = "percent")]
    minutes_to_wait: f64,
}

impl UseCase {
    /// How long to wait, by Meta's guess.
    fn wait(&self) -> Option<Duration> {
        let wait = Duration::try_from_secs_f64(self.minutes_to_wait * 60.0).ok().filter(|wait| !wait.is_zero())?;
        Some(wait.min(LONGEST_PAUSE))
    }
}

impl Usage {
    /// Reads what can be read; a header that makes no sense counts as absent.
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        let business: HashMap<String, Vec<Value>> = json(headers, "x-business-use-case-usage").unwrap_or_default();
        Self {
            app: json(headers, "x-app-usage"),
            page: json(headers, "x-page-usage"),
            business: business.into_values().flatten().filter_map(|entry| serde_json::from_value(entry).ok()).collect(),
            retry_after: retry_after(headers),
        }
    }

    /// How long to wait before the next call: the longest of the waits that were asked for.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.business.iter().filter_map(UseCase::wait).chain(self.retry_after).max()
    }

    /// The fullest quota, in percent.
    pub(super) fn highest(&self) -> Option<f64> {
        let loads = self.app.into_iter().chain(self.page).chain(self.business.iter().map(|used| used.load));
        loads.map(Load::highest).reduce(f64::max)
    }

    /// How full each quota is, for a host that slows down before it is refused.
    pub(super) fn pressure(&self) -> Vec<Pressure> {
        let whole = |scope, load: Load| Pressure::new(scope, percent_of(load));
        let business = self.business.iter().map(|used| {
            // Meta knows more uses; a word of ours keeps them bounded.
            let (scope, stops) = match used.kind.as_str() {
                "messenger" => ("messenger", Scope::Account),
                "pages" => ("pages", Scope::Account),
                // Advertising, Instagram, ….
                _ => ("business", Scope::Call),
            };
            whole(scope, used.load).with_stops(stops).with_wait(used.wait())
        });
        let app = self.app.map(|load| whole("app", load).with_stops(Scope::App));
        let page = self.page.map(|load| whole("page", load));
        app.into_iter().chain(page).chain(business).collect()
    }

    /// Adds to a throttling error how full the fullest quota is.
    pub(super) fn note(&self, error: Error) -> Error {
        match self.highest() {
            Some(percent) if error.kind() == ErrorKind::RateLimited => {
                error.with_context("quota_used_percent", format!("{percent:.0}"))
            }
            _ => error,
        }
    }
}

/// The fullest part of a quota, in whole percent.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between the two, and whole")]
fn percent_of(load: Load) -> u16 {
    load.highest().ceil().clamp(0.0, f64::from(u16::MAX)) as u16
}

fn json<T: DeserializeOwned>(headers: &HeaderMap, name: &str) -> Option<T> {
    serde_json::from_slice(headers.get(name)?.as_bytes()).ok()
}

/// A number, also as a string; anything else counts as 0.
fn percent<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    Ok(number.filter(|number| number.is_finite() && *number > 0.0).unwrap_or_default())
}

fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_str().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn usage(headers: &[(&'static str, &'static str)]) -> Usage {
        let pairs =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Usage::from_headers(&pairs.collect())
    }

    #[test]
    fn reads_the_headers_as_meta_sends_them() {
        let usage = usage(&[
            ("x-app-usage", r#"{"call_count":28,"total_time":25,"total_cputime":25}"#),
            ("x-page-usage", r#"{"call_count":10,"total_time":5,"total_cputime":4}"#),
            (
                "x-business-use-case-usage",
                concat!(
                    r#"{"1098765432100001":[{"type":"pages","call_count":3,"total_cputime":1,"total_time":1,"#,
                    r#""estimated_time_to_regain_access":0},{"type":"messenger","call_count":95,"total_cputime":20,"#,
                    r#""total_time":20,"estimated_time_to_regain_access":19,"ads_api_access_tier":"standard_access"}]}"#,
                ),
            ),
        ]);
        assert_eq!(usage.app.map(|load| (load.call_count, load.total_time)), Some((28.0, 25.0)));
        assert_eq!(usage.page.map(Load::highest), Some(10.0));
        assert_eq!(usage.business.iter().map(|used| used.kind.as_str()).collect::<Vec<_>>(), ["pages", "messenger"]);
        assert_eq!(usage.pause(), Some(Duration::from_mins(19)));
        assert_eq!(usage.highest(), Some(95.0));
        assert_eq!(
            usage.pressure(),
            [
                Pressure::new("app", 28).with_stops(Scope::App),
                Pressure::new("page", 10),
                Pressure::new("pages", 3),
                Pressure::new("messenger", 95).with_wait(Some(Duration::from_mins(19))),
            ]
        );
    }

    #[test]
    fn waits_as_long_as_the_longest_wait_asks() {
        for (business, retry_after, pause) in [
            (r#"{"1":[{"estimated_time_to_regain_access":"7"}]}"#, "", Some(Duration::from_mins(7))),
            (r#"{"1":[{"estimated_time_to_regain_access":1}]}"#, "90", Some(Duration::from_secs(90))),
            (r#"{"1":[{"estimated_time_to_regain_access":2}]}"#, "90", Some(Duration::from_mins(2))),
            (
                r#"{"1":[{"estimated_time_to_regain_access":2}],"2":[{"estimated_time_to_regain_access":5}]}"#,
                "",
                Some(Duration::from_mins(5)),
            ),
            (r#"{"1":[{"estimated_time_to_regain_access":1e300}]}"#, "", None),
            (r#"{"1":[{"estimated_time_to_regain_access":100000}]}"#, "", Some(LONGEST_PAUSE)),
            (r#"{"1":[{"estimated_time_to_regain_access":-5}]}"#, "", None),
            (r#"{"1":[{"estimated_time_to_regain_access":null}, 3, {"type":7}]}"#, "", None),
            ("no json", "Wed, 21 Oct 2026 07:28:00 GMT", None),
            ("", "99999999999999999999", None),
            ("", "9999999999", Some(LONGEST_PAUSE)),
        ] {
            let usage = usage(&[("x-business-use-case-usage", business), ("retry-after", retry_after)]);
            assert_eq!(usage.pause(), pause, "{business} {retry_after}");
        }
    }

    #[test]
    fn nothing_is_read_from_nothing() {
        assert_eq!(usage(&[]), Usage::default());
        assert_eq!(usage(&[("x-app-usage", "28"), ("x-page-usage", "\"28\"")]), Usage::default());
        assert_eq!(Usage::default().highest(), None);
        assert_eq!(Usage::default().pressure(), []);
    }
}
