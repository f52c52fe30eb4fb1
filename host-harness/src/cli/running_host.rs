//! A host that runs with the same configuration: it alone may write into its store, so it is asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use channel_api::Secret;
use reqwest::{Method, Url};
use serde_json::Value;

use super::Failure;
use super::waiting::Watch;
use crate::config::HostConfig;
use crate::http::{IDEMPOTENCY_KEY, REPLAYED};

/// Longer than a check, an end and another check may take, or a message of many parts.
const DEADLINE: Duration = Duration::from_mins(3);
/// How long it is waited here for what the running host does: it goes on by itself.
pub(super) const BESIDE: Duration = Duration::from_secs(30);

/// What the running host answered.
pub(super) struct Answer {
    pub(super) is_good: bool,
    pub(super) body: Value,
    /// It was answered before, and nothing was done again.
    pub(super) is_replayed: bool,
}

/// Gets from the running host's API what this path names below `/api/v1/`.
pub(super) async fn get(config: &HostConfig, path: &[&str], query: &[(&str, &str)]) -> Result<Answer, Failure> {
    ask(config, Method::GET, path, query, None, Vec::new()).await
}

/// How a message stands.
pub(super) async fn look(config: &HostConfig, id: &str) -> Result<Value, Failure> {
    get(config, &["messages", id], &[]).await?.good()
}

/// Posts to the running host's API, below `/api/v1/`.
pub(super) async fn post(
    config: &HostConfig,
    path: &[&str],
    query: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Answer, Failure> {
    ask(config, Method::POST, path, query, None, body).await
}

/// The same under a key: what was posted under it before is not done again, and all else is.
pub(super) async fn post_with_key(
    config: &HostConfig,
    path: &[&str],
    key: Option<&str>,
    body: Vec<u8>,
) -> Result<Answer, Failure> {
    ask(config, Method::POST, path, &[], key, body).await
}

/// Deletes what this path names below `/api/v1/`, whatever stands in it.
pub(super) async fn delete(config: &HostConfig, path: &[&str]) -> Result<Answer, Failure> {
    ask(config, Method::DELETE, path, &[], None, Vec::new()).await
}

async fn ask(
    config: &HostConfig,
    method: Method,
    path: &[&str],
    query: &[(&str, &str)],
    key: Option<&str>,
    body: Vec<u8>,
) -> Result<Answer, Failure> {
    let mut url = base(config)?;
    url.path_segments_mut().map_err(|()| no_address())?.pop_if_empty().extend(path);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let is_look = method == Method::GET;
    let unreachable = |error: reqwest::Error| {
        let maybe_done = "it may have done it all the same: see before you do it again";
        let unasked = format!("call {method} {} where the host listens, or stop it first", url.path());
        let hint = if is_look || error.is_connect() { &*unasked } else { maybe_done };
        Failure::new(format!("a host runs with this store, and does not answer at {url}"), Some(hint))
    };
    let client = channel_http::builder().no_proxy().timeout(DEADLINE).build().map_err(unreachable)?;
    let api_key = config.api_keys.any().map_or("", Secret::expose);
    let mut asked = client.request(method.clone(), url.clone()).bearer_auth(api_key).body(body);
    if let Some(key) = key {
        asked = asked.header(IDEMPOTENCY_KEY, key);
    }
    let answer = asked.send().await.map_err(unreachable)?;
    let (is_good, is_replayed) = (answer.status().is_success(), answer.headers().contains_key(REPLAYED));
    Ok(Answer { is_good, is_replayed, body: answer.json().await.map_err(unreachable)? })
}

fn base(config: &HostConfig) -> Result<Url, Failure> {
    Url::parse(&format!("http://{}/api/v1/", near(config.listen))).map_err(|_| no_address())
}

/// An IP address and a port are always an address.
fn no_address() -> Failure {
    Failure::new("the running host has no address", None)
}

impl Answer {
    /// Waits for a message that was accepted and waits. Answers how it stands then, as far as that is known, and why it is not waited
    /// for any longer: whoever has this answer must not be left without it.
    pub(super) async fn settled(
        self,
        watch: &mut Watch<'_>,
        look: impl AsyncFn(&str) -> Result<Value, Failure>,
    ) -> (Self, Result<(), Failure>) {
        let id = self.body["id"].as_str().filter(|_| self.is_good && self.body["status"] == "pending");
        let Some(id) = id.map(str::to_owned) else { return (self, Ok(())) };
        let mut body = self.body;
        let watched = watch.settled(&id, &mut body, async || look(&id).await).await;
        (Self { body, ..self }, watched)
    }

    /// What would be answered so.
    pub(super) fn good_of(body: Value) -> Self {
        Self { is_good: true, is_replayed: false, body }
    }

    /// What would be refused so.
    pub(super) fn refused_with(problem: Value) -> Self {
        Self { is_good: false, is_replayed: false, body: problem }
    }

    /// # Errors
    /// What the host refused it for.
    pub(super) fn good(self) -> Result<Value, Failure> {
        if self.is_good {
            return Ok(self.body);
        }
        let text = |name: &str| self.body[name].as_str();
        Err(Failure::new(text("message").unwrap_or("the running host refused it"), text("hint")))
    }
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
