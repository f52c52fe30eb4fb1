//! Fetching what people have sent, from the hosts that keep it and from nowhere else.
//!
//! The address stands in a message, so it is a stranger's word. It is fetched over https from a listed host, each redirect by the
//! same rules, a name only where it leads to public addresses. No proxy is used, not even one of the environment: it would resolve
//! the name itself, and the check would be worth nothing. Nothing of ours goes along: no token, no cookie, no referer.

use std::time::{Duration, Instant};

use channel_api::media::MediaStream;
use channel_api::{ByteRange, Error, ErrorKind};
use reqwest::{Client, Response, Url, header};

use super::address::Allowed;
use super::part::{Part, asked_as};
use super::resolver::{NotPublic, PublicOnly};
use super::{Fetched, Refusal};
use crate::config::MediaHost;

/// What a download may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct DownloadLimits {
    /// How large a file may be.
    pub(super) bytes: u64,
    pub(super) connect: Duration,
    /// How long its host may pause.
    pub(super) idle: Duration,
    /// How long all of it may take.
    pub(super) total: Duration,
    pub(super) redirects: usize,
}

impl Default for DownloadLimits {
    fn default() -> Self {
        Self {
            bytes: 25 * 1024 * 1024,
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(15),
            total: Duration::from_mins(2),
            redirects: 3,
        }
    }
}

/// Fetches media for the host's consumers.
#[derive(Debug)]
pub(crate) struct Downloads {
    client: Client,
    allowed: Vec<MediaHost>,
    limits: DownloadLimits,
}

impl Downloads {
    /// # Errors
    /// When the system has no certificates to check servers with.
    pub(crate) fn new(allowed: &[MediaHost]) -> channel_api::Result<Self> {
        Self::within(allowed, DownloadLimits::default())
    }

    pub(super) fn within(allowed: &[MediaHost], limits: DownloadLimits) -> channel_api::Result<Self> {
        let client = Client::builder()
            .no_proxy()
            .dns_resolver(PublicOnly)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(limits.connect)
            .read_timeout(limits.idle)
            .user_agent(concat!("linktor-host-harness/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|error| {
            Error::new(ErrorKind::Config, "host.http_client", "the HTTP client for media cannot be made")
                .with_hint("install the system's CA certificates (on Debian: apt install ca-certificates)")
                .with_source(error.without_url())
        })?;
        Ok(Self { client, allowed: allowed.to_vec(), limits })
    }

    /// Fetches a file, or a part of it where its host gives parts. `hosts` are those that the channel names.
    ///
    /// # Errors
    /// The rule that the address breaks, or what its host did.
    pub(crate) async fn fetch(
        &self,
        hosts: &[&'static str],
        url: &str,
        range: Option<ByteRange>,
    ) -> Result<Fetched, Refusal> {
        let allowed = Allowed { of_channel: hosts, of_host: &self.allowed };
        let until = Instant::now() + self.limits.total;
        let mut url = Url::parse(url).map_err(|_| Refusal::NoAddress)?;
        for redirects in 0..=self.limits.redirects {
            allowed.check(&url).map_err(|refusal| refusal.on_the_way(redirects))?;
            let left = until.saturating_duration_since(Instant::now());
            let mut request = self.client.get(url.clone()).timeout(left);
            if let Some(range) = range {
                request = request.header(header::RANGE, asked_as(range));
            }
            let response = request.send().await;
            let response = response.map_err(|error| why(&error).on_the_way(redirects))?;
            let Some(next) = sent_on(&response)? else { return self.accept(&url, response, range) };
            let next = url.join(next).map_err(|_| Refusal::Redirect(Refusal::NoAddress.code()))?;
            if next.scheme() != url.scheme() {
                return Err(Refusal::RedirectScheme);
            }
            url = next;
        }
        Err(Refusal::TooManyRedirects)
    }

    /// Takes bytes that the provider itself has given, with the same limit.
    pub(crate) fn given(
        &self,
        content_type: Option<&str>,
        length: Option<u64>,
        bytes: MediaStream,
        part: Option<Part>,
    ) -> Fetched {
        Fetched::given(content_type, length, bytes, part, self.limits.bytes)
    }

    fn accept(&self, url: &Url, response: Response, range: Option<ByteRange>) -> Result<Fetched, Refusal> {
        let part = match (response.status().as_u16(), range) {
            (200, _) => None,
            // What came with no word on where it is from may be anything.
            (206, Some(range)) => Some(Part::of(response.headers(), range).ok_or(Refusal::Status(206))?),
            (416, Some(_)) => return Err(Refusal::OutOfRange),
            (status @ (401 | 403 | 404 | 410), _) => return Err(Refusal::Gone(status)),
            (status, _) => return Err(Refusal::Status(status)),
        };
        let whole = part.as_ref().map_or(response.content_length(), |part| part.whole);
        if whole.is_some_and(|length| length > self.limits.bytes) {
            return Err(Refusal::TooLarge(self.limits.bytes));
        }
        Ok(Fetched::new(url, response, part, self.limits.bytes))
    }
}

/// Where the answer sends on to, if it does.
fn sent_on(response: &Response) -> Result<Option<&str>, Refusal> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    location.map(Some).ok_or(Refusal::Status(response.status().as_u16()))
}

fn why(error: &reqwest::Error) -> Refusal {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return Refusal::Address;
        }
        source = cause.source();
    }
    if error.is_timeout() { Refusal::TooSlow } else { Refusal::Unreachable }
}
