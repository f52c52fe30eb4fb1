//! The settings of `[server]` that are more than a text.

use std::net::SocketAddr;
use std::time::Duration;

use channel_api::{Issue, Pointer, Report};
use jiff::SignedDuration;
use serde_json::Value;

use super::size;

/// How often connections are checked unless the configuration says otherwise.
const CHECK_EVERY: Duration = Duration::from_hours(6);
/// More often than this, and checks eat the calls that the provider grants for messages.
const SHORTEST: Duration = Duration::from_mins(1);
/// Less often than this, and a token that ends is noticed too late.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// Where to listen.
pub(super) fn listen(given: Option<&str>, at: &Pointer<'_>, report: &mut Report) -> Option<SocketAddr> {
    let listen = given.unwrap_or(super::DEFAULT_LISTEN).parse().ok();
    if listen.is_none() {
        report.refuse(Issue::new(at, "address", "is an IP address and a port, written like 127.0.0.1:8080"));
    }
    listen
}

/// How often connections are checked; `None` for never.
pub(super) fn check_connections(given: Option<&str>, at: &Pointer<'_>, report: &mut Report) -> Option<Duration> {
    let Some(given) = given else { return Some(CHECK_EVERY) };
    if given == "off" {
        return None;
    }
    let every = given.parse().ok().and_then(|every: SignedDuration| Duration::try_from(every).ok());
    let Some(every) = every else {
        report.refuse(Issue::new(at, "duration", "is a time written like \"6h\" or \"30m\", or \"off\""));
        return None;
    };
    if !(SHORTEST..=LONGEST).contains(&every) {
        report.refuse(
            Issue::new(at, "duration", "is a time from 1 minute to 7 days (168h), or \"off\"")
                .with_hint("\"6h\" is what the host does without this setting"),
        );
        return None;
    }
    Some(every)
}

/// The largest body of a webhook unless the configuration says otherwise. The largest batches that a provider
/// documents have 1,000 updates.
const MAX_BODY: usize = 8 << 20;
/// Smaller than this, and a batch of long messages is refused for ever.
const SMALLEST_BODY: usize = 1 << 20;
/// As much as all bodies together may hold.
const LARGEST_BODY: usize = 64 << 20;

/// The largest body of a webhook, in bytes.
pub(super) fn max_body(given: Option<&Value>, at: &Pointer<'_>, report: &mut Report) -> usize {
    let Some(given) = given else { return MAX_BODY };
    let size = size::bytes(given).and_then(|size| usize::try_from(size).ok());
    size.filter(|size| (SMALLEST_BODY..=LARGEST_BODY).contains(size)).unwrap_or_else(|| {
        let message = "must be a size from 1 MiB to 64 MiB, such as \"8MiB\" or a number of bytes";
        report.refuse(Issue::new(at, "size", message));
        MAX_BODY
    })
}

/// The address under which browsers and providers reach this host, without a slash at its end.
pub(super) fn public_url(given: Option<&str>, at: &Pointer<'_>, report: &mut Report) -> Option<String> {
    let given = given?;
    if is_public_address(given) {
        return Some(given.trim_end_matches('/').to_owned());
    }
    let message = "is an https address without user, query or fragment, such as https://linktor.example.com; http only on \
                   this machine";
    report.refuse(Issue::new(at, "url", message));
    None
}

/// Whether a browser may be sent here with a sign-in's code: encrypted, or not over a network at all.
fn is_public_address(address: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(address) else { return false };
    let near = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && near);
    scheme && plain && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(given: &str) -> Result<Option<Duration>, String> {
        let mut report = Report::default();
        let every = check_connections(Some(given), &Pointer::ROOT, &mut report);
        report.refusals.pop().map_or(Ok(every), |issue| Err(issue.code.into_owned()))
    }

    #[test]
    fn a_time_between_checks_has_a_unit_and_bounds() {
        assert_eq!(every("6h"), Ok(Some(CHECK_EVERY)));
        assert_eq!(every("1h 30m"), Ok(Some(Duration::from_mins(90))));
        assert_eq!(every("off"), Ok(None));
        for wrong in ["", "6", "-6h", "0s", "59s", "169h", "six hours", "6h;", "OFF", "1y"] {
            assert_eq!(every(wrong), Err("duration".to_owned()), "{wrong:?}");
        }
        assert_eq!(check_connections(None, &Pointer::ROOT, &mut Report::default()), Some(CHECK_EVERY));
    }

    #[test]
    fn a_body_s_size_is_a_number_or_has_a_unit() {
        let size = |given: Value| {
            let mut report = Report::default();
            let size = max_body(Some(&given), &Pointer::ROOT, &mut report);
            report.refusals.is_empty().then_some(size)
        };
        for (given, read) in [("2MiB", Some(2 << 20)), ("2048 KiB", Some(2 << 20)), ("1048576", Some(1 << 20))] {
            assert_eq!(size(given.into()), read, "{given}");
        }
        assert_eq!(size(8_388_608.into()), Some(8 << 20));
        for wrong in ["", "8", "8 MB", "1GiB", "-1MiB", "65MiB"] {
            assert_eq!(size(wrong.into()), None, "{wrong}");
        }
        assert_eq!((size(0.into()), size(true.into())), (None, None));
        assert_eq!(max_body(None, &Pointer::ROOT, &mut Report::default()), 8 << 20);
    }

    #[test]
    fn a_public_address_is_encrypted_or_near() {
        for good in
            ["https://linktor.example", "https://a.example/linktor/", "http://127.0.0.1:8080", "http://localhost"]
        {
            assert!(is_public_address(good), "{good}");
        }
        for bad in [
            "linktor.example",
            "http://linktor.example",
            "ftp://localhost",
            "https://u:p@a.example",
            "https://a.example?x=1",
            "https://a.example#x",
            "",
        ] {
            assert!(!is_public_address(bad), "{bad}");
        }
        let mut report = Report::default();
        let url = public_url(Some("https://a.example/linktor/"), &Pointer::ROOT, &mut report);
        assert_eq!(url.as_deref(), Some("https://a.example/linktor"));
    }
}
