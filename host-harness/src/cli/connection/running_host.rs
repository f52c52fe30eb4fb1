//! A host that runs with the same configuration: it alone may write into its store, so it is asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use channel_api::ChannelId;
use serde_json::Value;

use super::super::Failure;
use crate::config::HostConfig;

/// Longer than a check, an end and another check may take.
const DEADLINE: Duration = Duration::from_mins(3);

/// Posts to what the running host serves of a channel, and gives its answer.
pub(super) async fn post(config: &HostConfig, id: &ChannelId, what: &str) -> Result<Value, Failure> {
    let url = format!("http://{}/api/v1/channels/{id}/{what}", near(config.listen));
    let hint = format!("post to /api/v1/channels/{id}/{what} where the host listens, or stop it first");
    let unreachable =
        |_| Failure::new(format!("a host runs with this store, and does not answer at {url}"), Some(&hint));
    let client = channel_http::builder().no_proxy().timeout(DEADLINE).build().map_err(unreachable)?;
    let asked = client.post(&url).bearer_auth(config.api_key.expose());
    let answer = asked.send().await.map_err(unreachable)?;
    let status = answer.status();
    let body: Value = answer.json().await.map_err(unreachable)?;
    if status.is_success() {
        return Ok(body);
    }
    let text = |name: &str| body[name].as_str();
    Err(Failure::new(text("message").unwrap_or("the running host refused it"), text("hint")))
}

/// Where this machine reaches an address that is listened on.
fn near(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_address_is_this_machine() {
        for (listen, reached) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("127.0.0.1:9", "127.0.0.1:9"),
            ("10.1.2.3:80", "10.1.2.3:80"),
        ] {
            assert_eq!(near(listen.parse().unwrap()).to_string(), reached);
        }
    }
}
