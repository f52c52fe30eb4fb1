//! [`Client`]: makes one call with one account's credentials.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use channel_api::media::{ByteRange, Download};
use channel_api::{BuildContext, CallObserver, Error, ErrorKind, Result, Retry, Secret};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RANGE};
use http::{HeaderValue, StatusCode};
use reqwest::{Response, Url};
use serde_json::Value;

use crate::call::Payload;
use crate::record::Record;
use crate::{Answer, Call, Provider, Redaction, download, is_segment, network, safe_address, shared_client};

/// How long a whole call may take, unless the adapter asks for less.
const WHOLE_CALL: Duration = Duration::from_secs(30);

/// Calls a provider for one account. It makes each call once: it never retries, never follows a redirect, never sleeps.
/// Each call is reported to the host's [`CallObserver`], whatever became of it.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    provider: &'static Provider,
    base: Url,
    authorization: Option<HeaderValue>,
    /// Parameters that are secrets and can travel in no other way.
    query: Vec<(&'static str, Secret)>,
    /// What stands before every path and is a secret.
    path: Option<Secret>,
    /// All that the provider may repeat and nobody may see.
    secrets: Vec<Secret>,
    deadline: Duration,
    calls: Arc<dyn CallObserver>,
}

impl Client {
    /// A client without credentials, for the interface at this address.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) for an address to which a secret must not be sent, and when the system has no CA
    /// certificates.
    pub fn new(provider: &'static Provider, base: &str, context: &BuildContext) -> Result<Self> {
        let base = safe_address(base).ok_or_else(|| {
            let Provider { api, address_field, .. } = provider;
            Error::new(ErrorKind::Config, provider.code("unsafe_address"), format!("{api}'s address cannot be used"))
                .with_hint(format!(
                    "enter an https address without user or query as {address_field}; http only on this machine"
                ))
        })?;
        Ok(Self {
            http: shared_client(context, provider.user_agent)?,
            provider,
            base,
            authorization: None,
            query: Vec::new(),
            path: None,
            secrets: Vec::new(),
            deadline: WHOLE_CALL,
            calls: Arc::clone(context.calls()),
        })
    }

    /// Sends the token in the header `Authorization`, as a bearer's.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) for a token that is empty or that no header can hold.
    pub fn with_bearer(self, token: &Secret) -> Result<Self> {
        let header = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok().filter(|_| !token.is_empty());
        let mut header = header.ok_or_else(|| self.unusable_token())?;
        // Nobody prints it.
        header.set_sensitive(true);
        Ok(Self { authorization: Some(header), ..self.hiding([token.clone()]) })
    }

    /// Sends a secret in the query of every call, where the provider takes it in no other way.
    #[must_use]
    pub fn with_query_secret(mut self, name: &'static str, secret: Secret) -> Self {
        self.query.push((name, secret.clone()));
        self.hiding([secret])
    }

    /// Sends a token in front of every path, where the provider takes it in no other way: `/bot`, then the token.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) for a token that is empty or would change the path.
    pub fn with_path_token(self, before: &str, token: &Secret) -> Result<Self> {
        if !is_segment(token.expose()) {
            return Err(self.unusable_token());
        }
        let path = Secret::new(format!("{before}{}", token.expose()));
        Ok(Self { path: Some(path), ..self.hiding([token.clone()]) })
    }

    fn unusable_token(&self) -> Error {
        let Provider { token, .. } = self.provider;
        Error::new(ErrorKind::Config, self.provider.code("unusable_token"), format!("the {token} is empty or damaged"))
            .with_hint("copy it again, without spaces or line ends")
    }

    /// Keeps more secrets out of what errors repeat of the provider's words: those that the calls to come will carry.
    #[must_use]
    pub fn hiding(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        self.secrets.extend(secrets);
        self
    }

    /// Limits how long a whole call may take.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Makes one call and returns the provider's answer.
    ///
    /// # Errors
    /// Classified by what the provider answered, or by why there is no answer. No error holds a secret, an address or anybody's
    /// words.
    pub async fn call(&self, call: Call<'_>) -> Result<Value> {
        let description = self.record(&call).description();
        let read = |answer: &Answer, redaction: &Redaction<'_>| self.provider.interpret(answer, redaction);
        self.exchange(call, read).await.map_err(|error| error.with_context("call", description))
    }

    /// Makes one call, and lets `read` say what its answer means.
    ///
    /// # Errors
    /// That there is no answer; else what `read` says.
    pub async fn exchange<T>(
        &self,
        call: Call<'_>,
        read: impl FnOnce(&Answer, &Redaction<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut record = self.record(&call);
        let (secrets, longest) = (call.secrets, call.longest);
        let outcome = match self.open(call, None, &mut record).await {
            Ok(response) => Answer::read(self.provider, response, longest).await,
            Err(error) => Err(error),
        };
        let outcome = outcome.and_then(|answer| read(&answer, &self.redaction(secrets)));
        record.end(outcome.as_ref().err());
        outcome
    }

    /// Fetches a file, or a part of it. The bytes come as they arrive; the deadline counts until the last one, so give a call for a
    /// large file [longer](Call::with_longer).
    ///
    /// # Errors
    /// As for [`call`](Self::call); also where the provider gives the whole file for a part, or another part. Bytes that break off
    /// end with an [`Error`] as well, inside the stream's.
    pub async fn download(&self, call: Call<'_>, range: Option<ByteRange>) -> Result<Download> {
        let mut record = self.record(&call);
        let description = record.description();
        let (secrets, longest) = (call.secrets, call.longest);
        let outcome = match self.open(call, range, &mut record).await {
            Ok(response) if response.status().is_success() => self.is_asked_for(&response, range).map(|()| response),
            Ok(response) => Answer::read(self.provider, response, longest).await.and_then(|answer| {
                let json = serde_json::from_slice(&answer.body).ok();
                Err(self.provider.refusal(&answer, json.as_ref(), &self.redaction(secrets)))
            }),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(response) => Ok(self.body(response, record)),
            Err(error) => {
                record.end(Some(&error));
                Err(error.with_context("call", description))
            }
        }
    }

    /// What the observer hears of a call.
    fn record(&self, call: &Call<'_>) -> Record {
        // A step that is a word may be a secret all the same.
        let path = self.redaction(call.secrets).text(&call.path_template());
        Record::new(Arc::clone(&self.calls), call.method.clone(), path)
    }

    /// Whether it is the part that was asked for, if one was.
    fn is_asked_for(&self, response: &Response, range: Option<ByteRange>) -> Result<()> {
        let Some(range) = range else { return Ok(()) };
        if response.status() != StatusCode::PARTIAL_CONTENT {
            let sentence = format!("{} gives files only as a whole", self.provider.name);
            return Err(Error::new(ErrorKind::Unsupported, self.provider.code("no_ranges"), sentence)
                .with_hint("ask for the whole file"));
        }
        if download::is_part(response.headers(), range) {
            return Ok(());
        }
        let sentence = format!("{} answered with another part of the file than was asked for", self.provider.name);
        Err(Error::new(ErrorKind::ProviderFailed, self.provider.code("wrong_part"), sentence)
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_hint("ask for the whole file"))
    }

    /// The bytes, with which the call ends.
    fn body(&self, response: Response, record: Record) -> Download {
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (content_type, length) = (text(CONTENT_TYPE), text(CONTENT_LENGTH).and_then(|length| length.parse().ok()));
        let bytes = download::Body::new(response.bytes_stream(), length, self.provider, record);
        Download::Body { content_type, length, bytes: Box::pin(bytes) }
    }

    /// Makes one call, and comes back with the answer's head.
    async fn open(&self, call: Call<'_>, range: Option<ByteRange>, record: &mut Record) -> Result<Response> {
        let address = self.address(&call)?;
        let mut request = self.http.request(call.method, address).timeout(self.deadline + call.longer);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        if let Some(ByteRange { first, last, .. }) = range {
            let last = last.map(|last| last.to_string()).unwrap_or_default();
            request = request.header(RANGE, format!("bytes={first}-{last}"));
        }
        request = match call.payload {
            Payload::Nothing => request,
            Payload::Json(body) => request.json(body),
            Payload::Form(form) => request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form),
            Payload::Parts(form) => request.multipart(form),
        };
        record.begin();
        let response = request.send().await.map_err(|error| network::no_answer(self.provider, error))?;
        record.answered(self.provider, response.status(), response.headers());
        Ok(response)
    }

    /// What hides this client's secrets, and these.
    pub fn redaction<'a>(&'a self, secrets: &[&'a Secret]) -> Redaction<'a> {
        Redaction::new(self.secrets.iter().chain(secrets.iter().copied()), self.provider.token_prefixes)
    }

    fn address(&self, call: &Call<'_>) -> Result<Url> {
        let path = call.checked_path(self.provider)?;
        let before = self.path.as_ref().map(Secret::expose).unwrap_or_default();
        // The path of a parsed address is replaced, so that no path could lead to another host.
        let mut url = self.base.clone();
        url.set_path(&format!("{}{before}/{path}", self.base.path().trim_end_matches('/')));
        let own = self.query.iter().map(|(name, secret)| (*name, secret.expose()));
        let parameters = call.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(own);
        let mut parameters = parameters.peekable();
        if parameters.peek().is_some() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        Ok(url)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base.as_str())
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
