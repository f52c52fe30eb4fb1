//! To which addresses a secret may go.

use std::net::IpAddr;

use reqwest::Url;

/// An address to which a secret may go: encrypted on any network, and without a secret of its own.
pub fn safe_address(base: &str) -> Option<Url> {
    let safe = |url: &Url| {
        is_safe_or_here(url)
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    Url::parse(base).ok().filter(safe)
}

/// Encrypted, or on this machine.
pub fn is_safe_or_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let here = host == "localhost"
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_to_safe_addresses_only() {
        for base in [
            "http://api.example",
            "ftp://api.example",
            "api.example",
            "",
            "https://u@api.example",
            "https://u:p@api.example",
            "https://api.example/?key=x",
            "https://api.example/#x",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "file:///etc/passwd",
        ] {
            assert_eq!(safe_address(base), None, "{base}");
        }
        for base in ["https://api.example", "http://127.0.0.1:9", "http://localhost:9/api", "http://[::1]:9"] {
            assert!(safe_address(base).is_some(), "{base}");
        }
    }
}
