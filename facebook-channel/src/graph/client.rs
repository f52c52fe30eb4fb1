//! [`GraphClient`]: makes one call with one Page's credentials.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use channel_api::{Error, ErrorKind, Method, ProviderRequest, Receipt, Result, Secret};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::Value;
use sha2::Sha256;

use super::redaction::Redaction;
use super::{reply, transport};

/// Parameters that only this client adds. A request that brings them would put a credential where it could be shown.
const CREDENTIALS: [&str; 2] = ["access_token", "appsecret_proof"];

/// How much longer Meta may take where it has to fetch a film.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes> (2018294)
const VIDEO: Duration = Duration::from_secs(75);

/// Calls the Graph API for one Page. It makes each call once: it never retries, never follows a redirect, never sleeps.
pub(crate) struct GraphClient {
    http: reqwest::Client,
    base: Url,
    version: String,
    token: Secret,
    authorization: HeaderValue,
    proof: Option<Secret>,
    timeout: Duration,
}

impl GraphClient {
    /// A client for one Page. With an app secret, every call carries its proof.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) for an address to which a token must not be sent, and for a token that no header can hold.
    pub(crate) fn new(
        http: reqwest::Client,
        base: &str,
        version: &str,
        token: Secret,
        app_secret: Option<&Secret>,
    ) -> Result<Self> {
        Ok(Self {
            http,
            base: base_url(base)?,
            version: version.to_owned(),
            authorization: bearer(&token)?,
            proof: app_secret.filter(|secret| !secret.is_empty()).map(|secret| appsecret_proof(secret, &token)),
            token,
            timeout: transport::WHOLE_CALL,
        })
    }

    /// Limits how long a whole call may take.
    #[must_use]
    #[cfg_attr(not(test), expect(dead_code, reason = "the configuration has no such setting yet"))]
    pub(crate) fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Makes one call and returns Meta's answer.
    ///
    /// # Errors
    /// Classified by what Meta answered, or by why there is no answer. No error holds a token, an address or anybody's words.
    pub(crate) async fn call(&self, request: &ProviderRequest) -> Result<Value> {
        let address = self.address(request)?;
        self.exchange(address, request).await.map_err(|error| error.context("call", describe(request)))
    }

    async fn exchange(&self, address: Url, request: &ProviderRequest) -> Result<Value> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let call = self.http.request(method, address).header(AUTHORIZATION, self.authorization.clone());
        let mut call = call.timeout(if carries_video(&request.body) { self.timeout + VIDEO } else { self.timeout });
        if !request.body.is_null() {
            call = call.json(&request.body);
        }
        let response = call.send().await.map_err(transport::no_answer)?;
        let secrets = [self.token.expose(), self.proof.as_ref().map_or("", Secret::expose)];
        reply::read(response, &Redaction { secrets }).await
    }

    /// Makes one call that sends something, and returns Meta's receipt.
    ///
    /// # Errors
    /// As for [`call`](Self::call); also when Meta takes a message without giving it an id.
    pub(crate) async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        let is_message = request.path.ends_with("/messages") && request.body.get("message").is_some();
        let sent = self.call(request).await.and_then(|answer| reply::receipt(&answer, is_message));
        sent.map_err(|error| error.operation("send"))
    }

    /// A path below the version: `/v26.0/me`.
    pub(crate) fn path(&self, rest: &[&str]) -> Result<String> {
        if rest.iter().all(|segment| is_segment(segment)) {
            Ok(format!("/{}/{}", self.version, rest.join("/")))
        } else {
            Err(Error::new(ErrorKind::InvalidMessage, "facebook.invalid_id", "this is no id of a person or a Page")
                .hint("ids consist of digits, letters and underscores"))
        }
    }

    fn address(&self, request: &ProviderRequest) -> Result<Url> {
        let refused =
            |sentence: &'static str| Error::new(ErrorKind::InvalidMessage, "facebook.invalid_request", sentence);
        let path = request.path.strip_prefix('/').filter(|path| path.split('/').all(is_segment));
        let Some(path) = path else {
            return Err(refused("the request's path is no path of the Graph API; nothing was sent")
                .hint("a path looks like /v26.0/me/messages; put parameters into the query or the body"));
        };
        let is_credential = |name: &str| CREDENTIALS.contains(&name.to_ascii_lowercase().as_str());
        let in_query = request.query.iter().any(|(name, _)| is_credential(name));
        let in_body = request.body.as_object().is_some_and(|body| body.keys().any(|name| is_credential(name)));
        if in_query || in_body {
            return Err(refused("the request brings credentials of its own; nothing was sent")
                .hint("leave access_token and appsecret_proof out: the channel adds its own"));
        }
        // The path of a parsed address is replaced, so that no path could lead to another host.
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        // Meta takes the proof as a parameter only, no header; beside a body it stands in the query, as Meta's own Python SDK
        // sends it. It proves nothing without the token, which never is in an address, and no error shows an address.
        let proof = self.proof.iter().map(|proof| ("appsecret_proof", proof.expose()));
        let parameters = request.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(proof);
        let mut parameters = parameters.peekable();
        if parameters.peek().is_some() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        Ok(url)
    }
}

impl fmt::Debug for GraphClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphClient")
            .field("base", &self.base.as_str())
            .field("version", &self.version)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Whether Meta has to fetch or take a film, also inside a template.
fn carries_video(body: &Value) -> bool {
    let attachment = &body["message"]["attachment"];
    attachment["type"] == "video" || attachment["payload"]["elements"][0]["media_type"] == "video"
}

/// An address to which a token may go: encrypted on any network, and without a secret of its own.
pub(crate) fn safe_address(base: &str) -> Option<Url> {
    let safe = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        let here = host == "localhost"
            || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        (url.scheme() == "https" || (url.scheme() == "http" && here))
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    Url::parse(base).ok().filter(safe)
}

fn base_url(base: &str) -> Result<Url> {
    safe_address(base).ok_or_else(|| {
        Error::new(ErrorKind::Config, "facebook.unsafe_address", "the Graph API's address cannot be used")
            .hint("enter an https address without user or query as graph_api_url; http only on this machine")
    })
}

/// The header is made once, and marked so that nobody prints it.
pub(super) fn bearer(token: &Secret) -> Result<HeaderValue> {
    let header = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok().filter(|_| !token.is_empty());
    let mut header = header.ok_or_else(|| {
        Error::new(ErrorKind::Config, "facebook.unusable_token", "the Page Access Token is empty or damaged")
            .hint("copy it again, without spaces or line ends")
    })?;
    header.set_sensitive(true);
    Ok(header)
}

/// Lower-case hexadecimal HMAC-SHA256 of the token, keyed with the app secret.
///
/// Source: <https://developers.facebook.com/docs/graph-api/guides/secure-requests>
fn appsecret_proof(app_secret: &Secret, token: &Secret) -> Secret {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.expose().as_bytes()).expect("any key length is good");
    mac.update(token.expose().as_bytes());
    let mut proof = String::with_capacity(64);
    for byte in mac.finalize().into_bytes() {
        proof.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default()));
    }
    Secret::new(proof)
}

/// One step of a path: nothing that could end it, climb up, or be escaped.
fn is_segment(segment: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | '$' | ':' | '=');
    !segment.trim_matches('.').is_empty() && segment.chars().all(allowed)
}

/// The call without anybody's id, so that a log groups calls and names no person: `POST /v26.0/{id}/messages`.
fn describe(request: &ProviderRequest) -> String {
    let is_word = |step: &str| step.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let is_version = |step: &str| step.strip_prefix('v').is_some_and(|version| version.parse::<f32>().is_ok());
    let steps = request.path.split('/').map(|step| if is_word(step) || is_version(step) { step } else { "{id}" });
    format!("{} {}", request.method, steps.collect::<Vec<_>>().join("/"))
}
