//! [`GraphClient`]: makes one call with one Page's credentials.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use channel_api::{Error, ErrorKind, Method, ProviderRequest, Receipt, Result, Secret};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Url, multipart};
use serde_json::Value;
use sha2::Sha256;

use super::redaction::Redaction;
use super::reply::{self, Answer, LONGEST_LIST, LONGEST_REPLY};
use super::transport;

/// Parameters that only this client adds. A request that brings them would put a credential where it could be shown.
const CREDENTIALS: [&str; 2] = ["access_token", "appsecret_proof"];

/// How much longer Meta may take where it has to fetch a film.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes> (2018294)
pub(crate) const VIDEO: Duration = Duration::from_secs(75);

/// Calls the Graph API for one Page. It makes each call once: it never retries, never follows a redirect, never sleeps.
pub(crate) struct GraphClient {
    http: reqwest::Client,
    base: Url,
    version: String,
    /// Absent, with the header, only where somebody is about to get a token.
    token: Option<Secret>,
    authorization: Option<HeaderValue>,
    proof: Option<Secret>,
    /// What else Meta may repeat and nobody may see.
    hidden: Vec<Secret>,
    timeout: Duration,
}

/// What a call carries besides its address.
pub(super) enum Payload<'a> {
    Nothing,
    Json(&'a Value),
    Form(&'a [(&'a str, &'a str)]),
    File(multipart::Form),
}

/// How much a call may take.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Beyond the usual deadline.
    pub(super) longer: Duration,
    /// Of the answer, in bytes.
    pub(super) longest: usize,
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
        let client = Self::without_token(http, base, version)?;
        let (authorization, app_secret) = (bearer(&token)?, app_secret.filter(|secret| !secret.is_empty()));
        let proof = app_secret.map(|secret| appsecret_proof(secret, &token));
        let hidden = [proof.clone(), app_secret.cloned()].into_iter().flatten().collect();
        Ok(Self { token: Some(token), authorization: Some(authorization), proof, hidden, ..client })
    }

    /// A client for the calls by which one gets a token.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) for an address to which a secret must not be sent.
    pub(crate) fn without_token(http: reqwest::Client, base: &str, version: &str) -> Result<Self> {
        Ok(Self {
            http,
            base: base_url(base)?,
            version: version.to_owned(),
            token: None,
            authorization: None,
            proof: None,
            hidden: Vec::new(),
            timeout: transport::WHOLE_CALL,
        })
    }

    /// Keeps more secrets out of what errors repeat of Meta's words: those that the calls to come will carry.
    #[must_use]
    pub(crate) fn hiding(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        self.hidden.extend(secrets);
        self
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
        self.call_with(request, &[]).await
    }

    /// Makes one call whose query or body holds `secrets`.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub(super) async fn call_with(&self, request: &ProviderRequest, secrets: &[&Secret]) -> Result<Value> {
        let address = self.address(request)?;
        let payload = if request.body.is_null() { Payload::Nothing } else { Payload::Json(&request.body) };
        let longer = if carries_video(&request.body) { VIDEO } else { Duration::ZERO };
        // Only what is read comes in lists.
        let longest = if request.method == Method::Get { LONGEST_LIST } else { LONGEST_REPLY };
        let answer = self.exchange(request.method, address, payload, Bounds { longer, longest }).await;
        let answer = answer.and_then(|answer| self.interpret(&answer, secrets));
        answer.map_err(|error| error.with_context("call", describe(request)))
    }

    /// Posts a form whose fields are secrets.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub(crate) async fn post_form(&self, path: String, fields: &[(&str, &str)]) -> Result<Value> {
        self.post(path, Payload::Form(fields), Duration::ZERO).await
    }

    /// Posts a form that holds a file, for which Meta may take so much longer.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub(crate) async fn post_file(&self, path: String, form: multipart::Form, longer: Duration) -> Result<Value> {
        self.post(path, Payload::File(form), longer).await
    }

    async fn post(&self, path: String, payload: Payload<'_>, longer: Duration) -> Result<Value> {
        let request = ProviderRequest::post(path, Value::Null);
        let address = self.address(&request)?;
        let bounds = Bounds { longer, longest: LONGEST_REPLY };
        let answer = self.exchange(Method::Post, address, payload, bounds).await;
        let answer = answer.and_then(|answer| self.interpret(&answer, &[]));
        answer.map_err(|error| error.with_context("call", describe(&request)))
    }

    /// Makes one call and reads its answer, whatever it says.
    pub(super) async fn exchange(
        &self,
        method: Method,
        address: Url,
        payload: Payload<'_>,
        bounds: Bounds,
    ) -> Result<Answer> {
        let method = match method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut call = self.http.request(method, address).timeout(self.timeout + bounds.longer);
        if let Some(authorization) = &self.authorization {
            call = call.header(AUTHORIZATION, authorization.clone());
        }
        call = match payload {
            Payload::Nothing => call,
            Payload::Json(body) => call.json(body),
            Payload::Form(fields) => call
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form_encoded(fields.iter().copied())),
            Payload::File(form) => call.multipart(form),
        };
        let response = call.send().await.map_err(transport::no_answer)?;
        Answer::read(response, bounds.longest).await
    }

    /// What an answer means, with no secret in it.
    fn interpret(&self, answer: &Answer, secrets: &[&Secret]) -> Result<Value> {
        self.redacted(secrets, |redaction| answer.interpret(redaction))
    }

    pub(super) fn redacted<T>(&self, secrets: &[&Secret], read: impl FnOnce(&Redaction<'_>) -> T) -> T {
        let own = self.token.iter().chain(&self.hidden);
        let secrets: Vec<&str> = own.chain(secrets.iter().copied()).map(Secret::expose).collect();
        read(&Redaction { secrets: &secrets })
    }

    /// Makes one call that sends something, and returns Meta's receipt.
    ///
    /// # Errors
    /// As for [`call`](Self::call); also when Meta takes a message without giving it an id.
    pub(crate) async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        let sent = self.call(request).await.and_then(|answer| reply::receipt(&answer, is_message(request)));
        sent.map_err(|error| error.with_operation("send"))
    }

    /// A path below the version: `/v26.0/me`.
    pub(crate) fn path(&self, rest: &[&str]) -> Result<String> {
        if rest.iter().all(|segment| is_segment(segment)) {
            Ok(format!("/{}/{}", self.version, rest.join("/")))
        } else {
            Err(Error::new(ErrorKind::InvalidMessage, "facebook.invalid_id", "this is no id of a person or a Page")
                .with_hint("ids consist of digits, letters and underscores"))
        }
    }

    /// The token, where there is one.
    pub(super) fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// The version of the API, as it stands in paths.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    fn address(&self, request: &ProviderRequest) -> Result<Url> {
        let path = checked_path(request)?;
        Ok(self.address_of(path, &request.query))
    }

    /// The address of a path that was checked.
    pub(super) fn address_of(&self, path: &str, query: &[(String, String)]) -> Url {
        // The path of a parsed address is replaced, so that no path could lead to another host.
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        // Meta takes the proof as a parameter only, no header; beside a body it stands in the query, as Meta's own Python SDK
        // sends it. It proves nothing without the token, which never is in an address, and no error shows an address.
        let proof = self.proof.iter().map(|proof| ("appsecret_proof", proof.expose()));
        let parameters = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(proof);
        let mut parameters = parameters.peekable();
        if parameters.peek().is_some() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        url
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

/// The request's path without its first slash. Refuses a request that leads elsewhere or brings credentials.
pub(super) fn checked_path(request: &ProviderRequest) -> Result<&str> {
    let refused = |sentence: &'static str| Error::new(ErrorKind::InvalidMessage, "facebook.invalid_request", sentence);
    let path = request.path.strip_prefix('/').filter(|path| path.split('/').all(is_segment));
    let Some(path) = path else {
        return Err(refused("the request's path is no path of the Graph API; nothing was sent")
            .with_hint("a path looks like /v26.0/me/messages; put parameters into the query or the body"));
    };
    let is_credential = |name: &str| CREDENTIALS.contains(&name.to_ascii_lowercase().as_str());
    let in_query = request.query.iter().any(|(name, _)| is_credential(name));
    let in_body = request.body.as_object().is_some_and(|body| body.keys().any(|name| is_credential(name)));
    if in_query || in_body {
        return Err(refused("the request brings credentials of its own; nothing was sent")
            .with_hint("leave access_token and appsecret_proof out: the channel adds its own"));
    }
    Ok(path)
}

/// Whether Meta answers with a message's id.
pub(super) fn is_message(request: &ProviderRequest) -> bool {
    request.path.ends_with("/messages") && request.body.get("message").is_some()
}

/// Whether Meta has to fetch or take a film, also inside a template.
pub(super) fn carries_video(body: &Value) -> bool {
    let attachment = &body["message"]["attachment"];
    attachment["type"] == "video" || attachment["payload"]["elements"][0]["media_type"] == "video"
}

/// An address to which a token may go: encrypted on any network, and without a secret of its own.
pub(crate) fn safe_address(base: &str) -> Option<Url> {
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
pub(crate) fn is_safe_or_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let here = host == "localhost"
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

fn base_url(base: &str) -> Result<Url> {
    safe_address(base).ok_or_else(|| {
        Error::new(ErrorKind::Config, "facebook.unsafe_address", "the Graph API's address cannot be used")
            .with_hint("enter an https address without user or query as graph_api_url; http only on this machine")
    })
}

/// Names and values as a form writes them: `a=b&c=d%20e`.
pub(super) fn form_encoded(fields: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> String {
    // The encoding is that of a query; reqwest brings it along with its addresses only.
    let Ok(mut url) = Url::parse("https://form.invalid") else { return String::new() };
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

/// The header is made once, and marked so that nobody prints it.
pub(super) fn bearer(token: &Secret) -> Result<HeaderValue> {
    let header = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok().filter(|_| !token.is_empty());
    let mut header = header.ok_or_else(|| {
        Error::new(ErrorKind::Config, "facebook.unusable_token", "the Page Access Token is empty or damaged")
            .with_hint("copy it again, without spaces or line ends")
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
pub(super) fn describe(request: &ProviderRequest) -> String {
    let is_word = |step: &str| step.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let is_version = |step: &str| step.strip_prefix('v').is_some_and(|version| version.parse::<f32>().is_ok());
    let steps = request.path.split('/').map(|step| if is_word(step) || is_version(step) { step } else { "{id}" });
    format!("{} {}", request.method, steps.collect::<Vec<_>>().join("/"))
}
