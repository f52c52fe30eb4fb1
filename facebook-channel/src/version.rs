//! Versions of the Graph API: which there are, and when they end.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/changelog>. After its end Meta may serve a call by the oldest version
//! that is left (<https://developers.facebook.com/docs/graph-api/guides/versioning>), or refuse it with code 2635.

use channel_api::{Issue, Pointer, Timestamp};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// The Graph API's version, unless the configuration says otherwise. It ends after July 2028 (v25.0 ends then), and Messenger's
/// pages were read for it; nothing that this adapter does needs a newer one.
pub const GRAPH_API_VERSION: &str = "v26.0";

/// The newest version that this adapter knows, of 4 November 2026.
///
/// Source: <https://developers.facebook.com/blog/post/2026/11/04/introducing-graph-api-v27-and-marketing-api-v27/>
pub const NEWEST_GRAPH_API_VERSION: &str = "v27.0";

/// The major numbers whose end is known, the oldest first, with the first day without them.
const ENDS: &[(u16, Date)] = &[
    (18, date(2026, 1, 26)),
    (19, date(2026, 5, 21)),
    (20, date(2026, 9, 24)),
    (21, date(2027, 1, 21)),
    (22, date(2027, 5, 20)),
    (23, date(2027, 10, 8)),
    (24, date(2028, 2, 18)),
    (25, date(2028, 7, 29)),
];
/// The newest major number.
const NEWEST: u16 = 27;

/// How long before its end a version is warned of, in days.
const NOTICE: i64 = 90;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What an operator should know of this version at this moment, at the field `graph_api_version`.
pub(crate) fn advice(version: &str, now: Timestamp) -> Option<Issue> {
    let (major, minor) = version.strip_prefix('v')?.split_once('.')?;
    let (major, minor) = (major.parse::<u16>().ok()?, minor.parse::<u16>().ok()?);
    let left = |end: Date| days_left(end, now);
    let end = ENDS.iter().find(|(known, _)| *known == major).map(|(_, end)| *end);
    let (code, message) = match end {
        _ if major > NEWEST => (
            "facebook.version_unknown",
            format!(
                "must be a version that Meta has released: the newest that is known here is {NEWEST_GRAPH_API_VERSION}"
            ),
        ),
        _ if major < ENDS[0].0 => {
            ("facebook.version_ended", format!("must be a version that Meta still serves: {version} is no longer one"))
        }
        Some(end) if left(end) <= 0 => {
            ("facebook.version_ended", format!("must be a version that Meta still serves: {version} ended on {end}"))
        }
        _ if minor != 0 => {
            ("facebook.version_unknown", format!("must be a version that Meta has released: there is no {version}"))
        }
        Some(end) if left(end) <= NOTICE => (
            "facebook.version_ends_soon",
            format!("should be a newer version soon: {version} ends on {end}, in {}", in_words(left(end))),
        ),
        _ => return None,
    };
    Some(Issue::new(&Pointer::ROOT.key("graph_api_version"), code, message).with_hint(format!(
        "leave graph_api_version out for {GRAPH_API_VERSION}, or choose up to {NEWEST_GRAPH_API_VERSION}, the newest of November 2026"
    )))
}

/// Days until then, of which one that has begun counts; none or fewer when it is over.
fn days_left(end: Date, now: Timestamp) -> i64 {
    // No day of the table is out of a calendar's reach, and one that were would be far off.
    let end = end.to_zoned(TimeZone::UTC).map_or(i64::MAX, |end| end.timestamp().as_millisecond());
    end.saturating_sub(now.as_millis()).saturating_add(DAY - 1).div_euclid(DAY)
}

fn in_words(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    fn at(moment: &str) -> Timestamp {
        serde_json::from_value(moment.into()).unwrap()
    }

    #[test]
    fn a_version_is_told_of_before_and_after_its_end() {
        let today = "2026-11-28T12:00:00Z";
        for (version, now, told) in [
            ("v27.0", today, None),
            ("v26.0", today, None),
            ("v22.0", today, None),
            ("v21.0", today, Some(("ends_soon", "v21.0 ends on 2027-01-21, in 54 days"))),
            ("v21.0", "2027-01-20T23:59:59Z", Some(("ends_soon", "in 1 day"))),
            ("v21.0", "2027-01-21T00:00:00Z", Some(("ended", "v21.0 ended on 2027-01-21"))),
            ("v20.0", today, Some(("ended", "v20.0 ended on 2026-09-24"))),
            ("v18.1", today, Some(("ended", "v18.1 ended on 2026-01-26"))),
            ("v3.2", today, Some(("ended", "v3.2 is no longer one"))),
            ("v0.0", today, Some(("ended", "v0.0 is no longer one"))),
            ("v25.0", "2028-04-30T00:00:00Z", Some(("ends_soon", "in 90 days"))),
            ("v25.0", "2028-04-29T00:00:00Z", None),
            ("v26.0", "2040-01-01T00:00:00Z", None),
            ("v26.1", today, Some(("unknown", "there is no v26.1"))),
            ("v28.0", today, Some(("unknown", "the newest that is known here is v27.0"))),
            ("v65535.65535", today, Some(("unknown", "v27.0"))),
        ] {
            let found = advice(version, at(now));
            let found = found.as_ref().map(|issue| (&*issue.code, &*issue.message, &*issue.pointer));
            match (found, told) {
                (None, None) => {}
                (Some((code, message, pointer)), Some((kind, words))) => {
                    assert_eq!(code, format!("facebook.version_{kind}"), "{version} {now}");
                    assert!(message.contains(words) && pointer == "/graph_api_version", "{version} {now}: {message}");
                }
                (found, told) => panic!("{version} {now}: {found:?}, not {told:?}"),
            }
        }
    }

    #[test]
    fn the_constants_agree() {
        assert_eq!(NEWEST_GRAPH_API_VERSION, format!("v{NEWEST}.0"));
        assert!(ENDS.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0 && pair[0].1 < pair[1].1), "{ENDS:?}");
        // The default is not among those whose end is known.
        assert!(ENDS.iter().all(|(major, _)| format!("v{major}.0") != GRAPH_API_VERSION));
        for version in [GRAPH_API_VERSION, NEWEST_GRAPH_API_VERSION] {
            assert_eq!(advice(version, Timestamp::now()), None);
        }
    }

    proptest! {
        #[test]
        fn any_text_and_any_moment_are_borne(text in "v?[0-9]{0,6}\\.?[0-9]{0,6}", odd in any::<String>(), millis in any::<i64>()) {
            if let Some(now) = Timestamp::from_millis(millis) {
                let _told = (advice(&text, now), advice(&odd, now));
            }
        }
    }
}
