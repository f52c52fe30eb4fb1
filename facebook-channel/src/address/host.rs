//! Whether an address leads somewhere that the internet knows.

use std::net::IpAddr;

use channel_http::is_public;
use reqwest::Url;

/// Ends of names that only a network of one's own knows.
///
/// Sources: <https://www.iana.org/assignments/special-use-domain-names> and, of `internal`,
/// <https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en>
const OWN: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "lan"];

/// What stands where the host should.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Host<'a> {
    Public,
    Missing,
    Invalid(&'a str),
    BadPort,
    Private(&'a str),
}

/// What stands between `//` and the path.
pub(super) fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}

pub(super) fn judge(authority: &str) -> Host<'_> {
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let after_bracket = host_and_port.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match host_and_port.get(after_bracket..).and_then(|rest| rest.find(':')) {
        Some(colon) => host_and_port.split_at(after_bracket + colon),
        None => (host_and_port, ""),
    };
    let port = port.trim_start_matches(':');
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.is_empty() {
        return Host::Missing;
    }
    if !port.is_empty() && !port.parse().is_ok_and(|port: u16| port > 0) {
        return Host::BadPort;
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    if name.starts_with('[') || last.starts_with(|c: char| c.is_ascii_digit()) {
        return match ip(name) {
            Some(ip) if is_public(ip) => Host::Public,
            Some(_) => Host::Private(name),
            None => Host::Invalid(name),
        };
    }
    let odd = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !"-_.".contains(c);
    if name.contains(odd) || name.split('.').any(str::is_empty) {
        return Host::Invalid(name);
    }
    let own = |end: &str| {
        let start = name.len().checked_sub(end.len());
        start.is_some_and(|start| {
            name.get(start..).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
                && (start == 0 || name.get(..start).is_some_and(|front| front.ends_with('.')))
        })
    };
    if name.contains('.') && !OWN.into_iter().any(own) { Host::Public } else { Host::Private(name) }
}

/// An IP address, in whatever form browsers read it: `127.1`, `0x7f.0.0.1`, `2130706433`.
fn ip(name: &str) -> Option<IpAddr> {
    let url = Url::parse(&format!("http://{name}/")).ok()?;
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}
