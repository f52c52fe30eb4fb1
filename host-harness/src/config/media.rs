//! `[media]`: where people's media may be fetched from beside the hosts that the channels name themselves.

use std::fmt;
use std::net::SocketAddr;

use channel_api::{Issue, Pointer, Report};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Section {
    allow_hosts: Vec<String>,
}

/// One entry of `allow_hosts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaHost {
    /// An IP address and a port, for tests and for a server of one's own: it may be private, and a loopback address may be asked
    /// without TLS.
    Address(SocketAddr),
    /// A name, or `*.` and a name for all below it. It must resolve to public addresses.
    Name {
        /// In lower case.
        pattern: String,
        /// 443 unless the entry says otherwise.
        port: u16,
    },
}

impl MediaHost {
    /// Reads an entry. `None` for what is neither form.
    pub fn parse(entry: &str) -> Option<Self> {
        if let Ok(address) = entry.parse() {
            return Some(Self::Address(address));
        }
        let (name, port) = match entry.split_once(':') {
            Some((name, port)) => (name, port.parse().ok()?),
            None => (entry, 443),
        };
        let below = name.strip_prefix("*.").unwrap_or(name);
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        // The last label of a name is never a number, so this also keeps out an address without a port.
        let named = below.split('.').all(is_label)
            && below.rsplit('.').next().is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()));
        named.then(|| Self::Name { pattern: name.to_ascii_lowercase(), port })
    }
}

impl fmt::Display for MediaHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "{address}"),
            Self::Name { pattern, port: 443 } => f.write_str(pattern),
            Self::Name { pattern, port } => write!(f, "{pattern}:{port}"),
        }
    }
}

impl Section {
    pub(super) fn hosts(&self, at: &Pointer<'_>, report: &mut Report) -> Vec<MediaHost> {
        let list = at.key("allow_hosts");
        let mut hosts = Vec::with_capacity(self.allow_hosts.len());
        for (index, entry) in self.allow_hosts.iter().enumerate() {
            let Some(host) = MediaHost::parse(entry) else {
                let message = "is a host such as cdn.example.org or *.example.org, or an IP address with its port";
                report.refuse(
                    Issue::new(&list.index(index), "host", message)
                        .with_hint("write it without https:// and without a path"),
                );
                continue;
            };
            hosts.push(host);
        }
        hosts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_addresses_are_told_apart() {
        for (entry, expected) in [
            ("127.0.0.1:9000", Some("127.0.0.1:9000")),
            ("[::1]:9000", Some("[::1]:9000")),
            ("CDN.example.org", Some("cdn.example.org")),
            ("*.example.org:8443", Some("*.example.org:8443")),
            ("localhost", Some("localhost")),
            ("127.0.0.1", None),
            ("https://cdn.example.org", None),
            ("cdn.example.org/", None),
            ("a.*.example.org", None),
            ("*", None),
            ("cdn..example.org", None),
            ("cdn.example.org:port", None),
            ("user@cdn.example.org", None),
            ("", None),
        ] {
            assert_eq!(MediaHost::parse(entry).map(|host| host.to_string()).as_deref(), expected, "{entry}");
        }
    }

    #[test]
    fn a_wrong_entry_is_placed() {
        let mut report = Report::default();
        let section = Section { allow_hosts: vec!["cdn.example.org".to_owned(), "http://x".to_owned()] };
        assert_eq!(section.hosts(&Pointer::ROOT.key("media"), &mut report).len(), 1);
        assert_eq!(report.refusals[0].pointer, "/media/allow_hosts/1");
    }
}
