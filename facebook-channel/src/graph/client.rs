//! [`GraphClient`]: makes one call with one Page's credentials.

use std::time::Duration;

use channel_api::{BuildContext, Error, ErrorKind, ProviderRequest, Receipt, Result, Secret};
use channel_http::{Answer, Call, Client, Redaction, is_segment};
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use reqwest::multipart::Form;
use serde_json::Value;
use sha2::Sha256;

use super::meta::META;
use super::reply;

/// How much longer Meta may take where it has to fetch a film.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes> (2018294)
pub(crate) const VIDEO: Duration = Duration::from_secs(75);

/// Calls the Graph API for one Page. It makes each call once: it never retries, never follows a redirect, never sleeps.
#[derive(Debug)]
pub(crate) struct GraphClient {
    client: Client,
    version: String,
    /// Absent only where somebody is about to get a token.
    token: Option<Secret>,
}

impl GraphClient {
    /// A client for one Page. With an app secret, every call carries its proof.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) for an address to which a token must not be sent, and for a token that no header can hold.
    pub(crate) fn new(
        context: &BuildContext,
        base: &str,
        version: &str,
        token: Secret,
        app_secret: Option<&Secret>,
    ) -> Result<Self> {
        let Self { client, version, .. } = Self::without_token(context, base, version)?;
        let mut client = client.with_bearer(&token)?;
        if let Some(app_secret) = app_secret.filter(|secret| !secret.is_empty()) {
            // Beside a body the proof stands in the query, as Meta's own Python SDK sends it. It proves nothing without the token,
            // which never is in an address, and no error shows an address.
            let proof = appsecret_proof(app_secret, &token);
            client = client.with_query_secret("appsecret_proof", proof).hiding([app_secret.clone()]);
        }
        Ok(Self { client, version, token: Some(token) })
    }

    /// A client for the calls by which one gets a token.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) for an address to which a secret must not be sent.
    pub(crate) fn without_token(context: &BuildContext, base: &str, version: &str) -> Result<Self> {
        Ok(Self { client: Client::new(&META, base, context)?, version: version.to_owned(), token: None })
    }

    /// Keeps more secrets out of what errors repeat of Meta's words: those that the calls to come will carry.
    #[must_use]
    pub(crate) fn hiding(self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self { client: self.client.hiding(secrets), ..self }
    }

    #[cfg(test)]
    pub(crate) fn with_deadline(self, deadline: Duration) -> Self {
        Self { client: self.client.with_deadline(deadline), ..self }
    }

    /// Makes one call and returns Meta's answer.
    ///
    /// # Errors
    /// Classified by what Meta answered, or by why there is no answer. No error holds a token, an address or anybody's words.
    pub(crate) async fn call(&self, request: &ProviderRequest) -> Result<Value> {
        self.client.call(call_of(request)).await
    }

    /// Posts a form whose fields are secrets.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Value> {
        self.client.call(Call::new(Method::POST, path).with_form(fields)).await
    }

    /// Posts a form that holds a file, for which Meta may take so much longer.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub(crate) async fn post_file(&self, path: &str, form: Form, longer: Duration) -> Result<Value> {
        self.client.call(Call::new(Method::POST, path).with_parts(form).with_longer(longer)).await
    }

    /// Makes one call that sends something, and returns Meta's receipt.
    ///
    /// # Errors
    /// As for [`call`](Self::call); also when Meta takes a message without giving it an id.
    pub(crate) async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        let call = call_of(request);
        let description = call.description();
        let read = |answer: &Answer, redaction: &Redaction<'_>| {
            reply::receipt(&META.interpret(answer, redaction)?, &answer.headers, is_message(request))
        };
        let sent = self.client.exchange(call, read).await;
        sent.map_err(|error| error.with_context("call", description).with_operation("send"))
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

    /// The client beneath, for what is more than one call with one answer.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The token, where there is one.
    pub(super) fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// The version of the API, as it stands in paths.
    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

/// Whether Meta answers with a message's id.
pub(super) fn is_message(request: &ProviderRequest) -> bool {
    request.path.ends_with("/messages") && request.body.get("message").is_some()
}

/// The call that a request describes, with the time that Meta may take for it.
fn call_of(request: &ProviderRequest) -> Call<'_> {
    let longer = if carries_video(&request.body) { VIDEO } else { Duration::ZERO };
    Call::of(request).with_longer(longer)
}

/// Whether Meta has to fetch or take a film, also inside a template.
pub(super) fn carries_video(body: &Value) -> bool {
    let attachment = &body["message"]["attachment"];
    attachment["type"] == "video" || attachment["payload"]["elements"][0]["media_type"] == "video"
}

/// Lower-case hexadecimal HMAC-SHA256 of the token, keyed with the app secret.
///
/// Source: <https://developers.facebook.com/docs/graph-api/guides/secure-requests>
fn appsecret_proof(app_secret: &Secret, token: &Secret) -> Secret {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.expose().as_bytes()).expect("any key length is good");
    mac.update(token.expose().as_bytes());
    Secret::new(hex::encode(mac.finalize().into_bytes()))
}
