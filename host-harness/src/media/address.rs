//! Which addresses a file may be fetched from.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use super::Refusal;
use crate::config::MediaHost;

/// The hosts that a channel names, and those of the host's own configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed<'a> {
    pub(super) of_channel: &'a [&'static str],
    pub(super) of_host: &'a [MediaHost],
}

impl Allowed<'_> {
    /// Whether an address may be asked at all. A name's own addresses are checked when it is resolved.
    pub(super) fn check(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(Refusal::NoAddress);
        };
        let secure = url.scheme() == "https";
        if let Ok(ip) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            let listed = self.of_host.contains(&MediaHost::Address(SocketAddr::new(ip, port)));
            return match (listed, secure || ip.is_loopback()) {
                (true, true) => Ok(()),
                (true, false) => Err(Refusal::Scheme),
                (false, _) => Err(Refusal::Address),
            };
        }
        if !secure {
            return Err(Refusal::Scheme);
        }
        let of_channel = port == 443 && self.of_channel.iter().any(|pattern| fits(pattern, host));
        let of_host = || {
            self.of_host.iter().any(|entry| match entry {
                MediaHost::Name { pattern, port: at } => *at == port && fits(pattern, host),
                MediaHost::Address(_) => false,
            })
        };
        if of_channel || of_host() { Ok(()) } else { Err(Refusal::Host) }
    }
}

/// Whether a host is the pattern's, or below it where the pattern begins with `*.`. The URL's reader has made it lower case.
fn fits(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(below) => {
            host.strip_suffix(below).and_then(|rest| rest.strip_suffix('.')).is_some_and(|rest| !rest.is_empty())
        }
        None => host == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<(), &'static str> {
        let own: Vec<_> = ["127.0.0.1:9000", "10.0.0.5:9000", "media.example.com:8443"]
            .map(|entry| MediaHost::parse(entry).unwrap())
            .into();
        let allowed = Allowed { of_channel: &["cdn.example.org", "*.fbcdn.example"], of_host: &own };
        allowed.check(&Url::parse(url).unwrap()).map_err(Refusal::code)
    }

    #[test]
    fn only_listed_hosts_are_asked() {
        for (url, expected) in [
            ("https://cdn.example.org/a.jpg?x=1", Ok(())),
            ("https://CDN.Example.org:443/a", Ok(())),
            ("https://scontent.xx.fbcdn.example/a", Ok(())),
            ("https://media.example.com:8443/a", Ok(())),
            ("http://127.0.0.1:9000/a", Ok(())),
            ("https://127.0.0.1:9000/a", Ok(())),
            ("https://10.0.0.5:9000/a", Ok(())),
            ("http://10.0.0.5:9000/a", Err("media.scheme")),
            ("http://cdn.example.org/a", Err("media.scheme")),
            ("ftp://cdn.example.org/a", Err("media.scheme")),
            ("file:///etc/passwd", Err("media.scheme")),
            ("https://cdn.example.org:8443/a", Err("media.host")),
            ("https://media.example.com/a", Err("media.host")),
            ("https://fbcdn.example/a", Err("media.host")),
            ("https://.fbcdn.example/a", Err("media.host")),
            ("https://evilfbcdn.example/a", Err("media.host")),
            ("https://cdn.example.org.evil.example/a", Err("media.host")),
            ("https://cdn.example.org./a", Err("media.host")),
            ("https://cdn.example.org@evil.example/a", Err("media.user_info")),
            ("https://user:secret@cdn.example.org/a", Err("media.user_info")),
            ("https://localhost/a", Err("media.host")),
            ("https://127.0.0.1:9001/a", Err("media.address")),
            ("http://127.0.0.1:9001/a", Err("media.address")),
            ("https://127.1/a", Err("media.address")),
            ("https://2130706433/a", Err("media.address")),
            ("https://0x7f.0.0.1/a", Err("media.address")),
            ("https://[::1]/a", Err("media.address")),
            ("https://[::ffff:127.0.0.1]:9000/a", Err("media.address")),
            ("http://169.254.169.254/latest/meta-data", Err("media.address")),
            ("https://8.8.8.8/a", Err("media.address")),
        ] {
            assert_eq!(check(url), expected, "{url}");
        }
    }
}
