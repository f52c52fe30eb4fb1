//! Which addresses a file may be fetched from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

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

/// Whether an address belongs to the public internet. Everything that leads to this machine, its network or its cloud's own
/// services does not, in whatever form it is written.
///
/// Source: <https://www.iana.org/assignments/iana-ipv4-special-registry> and `…/iana-ipv6-special-registry`.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., _, _)            // this network, private, loopback, multicast, reserved and broadcast
            | (100, 64..=127, _)                // carriers' own
            | (169, 254, _)                     // link-local: a cloud's metadata
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    // The IPv4 address that two segments hold.
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        // An IPv4 address behind a translator or a tunnel is as public as itself.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => is_public_v4(v4(high, low)),
        // Protocol assignments and tunnels, documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // All that is handed out for the internet. Mapped IPv4, unique-local, link-local and multicast lie outside.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
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

    #[test]
    fn only_public_addresses_are_public() {
        for ip in [
            "8.8.8.8",
            "157.240.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "2a03:2880::1",
            "2001:4860:4860::8888",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "127.255.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
