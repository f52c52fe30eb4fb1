//! The settings of `[server]` that are more than a text.

use std::net::SocketAddr;
use std::time::Duration;

use channel_api::{Issue, Pointer, Report};
use jiff::SignedDuration;

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
