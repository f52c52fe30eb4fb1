//! The HTTP client, and what its failures say about whether a call was made.

use std::io;
use std::time::Duration;

use channel_api::{Error, ErrorKind, Result, Retry};

use super::errors::MAY_HAVE_BEEN_SENT;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a whole call may take, unless the channel asks for less.
pub(super) const WHOLE_CALL: Duration = Duration::from_secs(30);
/// How long an unused connection is kept. Short: a connection that the other side closes just as a call is written leaves it
/// open whether the call arrived.
const KEEP_IDLE: Duration = Duration::from_secs(20);

/// The HTTP client that a host shares between all its channels: pass it with
/// [`BuildContext::with_shared`](channel_api::BuildContext::with_shared). It belongs to the runtime in which it is first used.
///
/// It follows no redirects (a token would go along), never repeats a call, and accepts the system's certificates over rustls. A
/// host that brings a client of its own must see to the same.
///
/// # Errors
/// [`Config`](ErrorKind::Config) when the system has no CA certificates.
pub fn http_client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .user_agent(concat!("linktor-facebook-channel/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(WHOLE_CALL)
        .pool_idle_timeout(KEEP_IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .build()
        .map_err(no_client)
}

pub(super) fn no_client(error: reqwest::Error) -> Error {
    Error::new(ErrorKind::Config, "network.no_client", "a secure HTTP client cannot be set up on this system")
        .with_hint(
            "most likely the system has no CA certificates: install the package ca-certificates, or set SSL_CERT_FILE",
        )
        .with_source(error.without_url())
}

/// A call that got no answer. Only what failed before a connection stood was certainly not sent; hyper does not tell how much
/// of a request was written, so everything later may have been carried out.
pub(super) fn no_answer(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let unreachable = |code: &'static str, sentence: &'static str| Error::new(ErrorKind::Unreachable, code, sentence);
    let classified = if error.is_builder() {
        Error::new(ErrorKind::Unexpected, "network.not_built", "the call could not be put together; nothing was sent")
    } else if error.is_connect() {
        let not_sent = if error.is_dns() {
            unreachable("network.dns", "the name of the Graph API cannot be resolved; nothing was sent")
                .with_hint("check graph_api_url and this machine's DNS")
        } else if is_tls(&error) {
            unreachable("network.tls", "no secure connection to the Graph API; nothing was sent")
                .with_hint("check this machine's clock and CA certificates, and whether a proxy stands in between")
        } else {
            unreachable("network.unreachable", "the Graph API cannot be reached; nothing was sent").with_hint(
                "check graph_api_url, this machine's network and its firewall; metastatus.com shows Meta's own state",
            )
        };
        not_sent.with_retry(Retry::SAFE)
    } else {
        unreachable("network.no_answer", "the Graph API was called but its answer did not arrive")
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_hint(MAY_HAVE_BEEN_SENT)
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
