//! The HTTP client itself, and what its failures say about whether a call was made.

use std::io;
use std::time::Duration;

use channel_api::{BuildContext, Error, ErrorKind, Result, Retry};
use reqwest::redirect::Policy;

use crate::Provider;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept. Short: a connection that the other side closes just as a call is written leaves it
/// open whether the call arrived.
const KEEP_IDLE: Duration = Duration::from_secs(20);

/// The beginning of a client that makes each call once: it follows no redirect (a credential would go along), repeats nothing,
/// tells nobody where it comes from, and does not wait for ever for a connection. A host adds what it has to: a proxy, its name.
pub fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(KEEP_IDLE)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
}

/// The client that the host shares between its channels, or one of the adapter's own.
///
/// # Errors
/// [`Config`](ErrorKind::Config) when the system has no CA certificates.
pub fn shared_client(context: &BuildContext, user_agent: &str) -> Result<reqwest::Client> {
    match context.shared::<reqwest::Client>() {
        Some(shared) => Ok(shared.clone()),
        None => builder().user_agent(user_agent).build().map_err(no_client),
    }
}

fn no_client(error: reqwest::Error) -> Error {
    Error::new(ErrorKind::Config, "network.no_client", "a secure HTTP client cannot be set up on this system")
        .with_hint(
            "most likely the system has no CA certificates: install the package ca-certificates, or set SSL_CERT_FILE",
        )
        .with_source(error.without_url())
}

/// A call that got no answer. Only what failed before a connection stood was certainly not sent; hyper does not tell how much
/// of a request was written, so everything later may have been carried out.
pub(crate) fn no_answer(provider: &Provider, error: reqwest::Error) -> Error {
    let error = error.without_url();
    let Provider { api, address_field, status_page, .. } = provider;
    let unreachable = |code: &'static str, sentence: String| Error::new(ErrorKind::Unreachable, code, sentence);
    let classified = if error.is_builder() {
        Error::new(ErrorKind::Unexpected, "network.not_built", "the call could not be put together; nothing was sent")
    } else if error.is_connect() {
        let not_sent = if error.is_dns() {
            unreachable("network.dns", format!("the name of {api} cannot be resolved; nothing was sent"))
                .with_hint(format!("check {address_field} and this machine's DNS"))
        } else if is_tls(&error) {
            unreachable("network.tls", format!("no secure connection to {api}; nothing was sent"))
                .with_hint("check this machine's clock and CA certificates, and whether a proxy stands in between")
        } else if error.is_timeout() {
            let waited = CONNECT.as_secs();
            let sentence = format!("no connection to {api} stood after {waited} s; nothing was sent");
            unreachable("network.unreachable", sentence).with_hint(format!(
                "nothing came back, or what came was no secure connection: check {address_field}, this machine's firewall, and \
                 whether a proxy stands in between that takes connections and does not answer"
            ))
        } else {
            let status_page = if status_page.is_empty() { String::new() } else { format!("; {status_page}") };
            let hint = format!("check {address_field}, this machine's network and its firewall{status_page}");
            unreachable("network.unreachable", format!("{api} cannot be reached; nothing was sent")).with_hint(hint)
        };
        not_sent.with_retry(Retry::SAFE)
    } else {
        unreachable("network.no_answer", format!("{api} was called but its answer did not arrive"))
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_hint(provider.when_unsure)
    };
    classified.with_source(error)
}

/// rustls reports through `io::Error`s of these kinds, which may stand inside other ones; an unreachable address never does.
fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let mut io = error.downcast_ref::<io::Error>();
        while let Some(error) = io {
            if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) {
                return true;
            }
            // `source` would skip the error inside and go on with that one's cause.
            io = error.get_ref().and_then(|inner| inner.downcast_ref());
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_without_certificates_is_told_so() {
        let error = no_client(reqwest::Client::builder().user_agent("\n").build().unwrap_err());
        let facts = (error.kind(), error.code(), error.retry());
        assert_eq!(facts, (ErrorKind::Config, "network.no_client", Retry::Never));
        assert!(error.hint().unwrap().contains("ca-certificates"));
    }
}
