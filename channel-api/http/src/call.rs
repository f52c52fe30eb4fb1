//! [`Call`]: one call, before it is made.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use channel_api::{Error, ErrorKind, ProviderRequest, Result, Secret};
use http::Method;
use reqwest::multipart::Form;
use serde_json::Value;

use crate::Provider;

/// How much of the answer to a change is read, in bytes: such answers are an id or two.
const LONGEST_REPLY: usize = 64 * 1024;
/// How much of an answer to a question is read, in bytes: only what is read comes in lists.
const LONGEST_LIST: usize = 2 * 1024 * 1024;

/// One call, before it is made.
pub struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: Cow<'a, str>,
    pub(crate) query: Cow<'a, [(String, String)]>,
    pub(crate) payload: Payload<'a>,
    pub(crate) secrets: &'a [&'a Secret],
    pub(crate) longer: Duration,
    pub(crate) longest: usize,
}

/// What a call carries besides its address.
pub(crate) enum Payload<'a> {
    Nothing,
    Json(&'a Value),
    Form(String),
    Parts(Form),
}

impl<'a> Call<'a> {
    /// A call without query or body. The path is the one below the interface's address, with a leading slash.
    pub fn new(method: Method, path: impl Into<Cow<'a, str>>) -> Self {
        let longest = if method == Method::GET { LONGEST_LIST } else { LONGEST_REPLY };
        Self {
            method,
            path: path.into(),
            query: Cow::Borrowed(&[]),
            payload: Payload::Nothing,
            secrets: &[],
            longer: Duration::ZERO,
            longest,
        }
    }

    /// The call that a request describes.
    pub fn of(request: &'a ProviderRequest) -> Self {
        let call = Self::new(request.method.clone(), request.path.as_str());
        let payload = if request.body.is_null() { Payload::Nothing } else { Payload::Json(&request.body) };
        Self { query: Cow::Borrowed(&request.query), payload, ..call }
    }

    /// With a JSON body.
    #[must_use]
    pub fn with_json(self, body: &'a Value) -> Self {
        Self { payload: Payload::Json(body), ..self }
    }

    /// With a form, whose fields may be secrets.
    #[must_use]
    pub fn with_form(self, fields: &[(&str, &str)]) -> Self {
        Self { payload: Payload::Form(form_encoded(fields.iter().copied())), ..self }
    }

    /// With a form in parts, which may hold a file.
    #[must_use]
    pub fn with_parts(self, form: Form) -> Self {
        Self { payload: Payload::Parts(form), ..self }
    }

    /// What this call carries and nobody may see, besides the client's own.
    #[must_use]
    pub fn with_secrets(self, secrets: &'a [&'a Secret]) -> Self {
        Self { secrets, ..self }
    }

    /// Lets it take so much longer than the client's calls usually may.
    #[must_use]
    pub fn with_longer(self, longer: Duration) -> Self {
        Self { longer, ..self }
    }

    /// Reads so much of the answer, in bytes, and no more.
    #[must_use]
    pub fn with_longest_answer(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    /// The path without anybody's id.
    pub(crate) fn path_template(&self) -> String {
        template(&self.path)
    }

    /// The call without anybody's id, so that a log groups calls and names no person: `POST /v26.0/{id}/messages`.
    pub fn description(&self) -> String {
        format!("{} {}", self.method, self.path_template())
    }

    /// The path without its first slash. Refuses one that leads elsewhere, and a call that brings credentials.
    ///
    /// # Errors
    /// [`InvalidMessage`](ErrorKind::InvalidMessage); nothing was sent.
    pub fn checked_path(&self, provider: &Provider) -> Result<&str> {
        let refused =
            |sentence: String| Error::new(ErrorKind::InvalidMessage, provider.code("invalid_request"), sentence);
        let Some(path) = self.path.strip_prefix('/').filter(|path| is_path(path)) else {
            let sentence = format!("the request's path is no path of {}; nothing was sent", provider.api);
            let hint =
                format!("a path looks like {}; put parameters into the query or the body", provider.example_path);
            return Err(refused(sentence).with_hint(hint));
        };
        let is_credential = |name: &str| provider.credentials.iter().any(|own| own.eq_ignore_ascii_case(name));
        let in_query = self.query.iter().any(|(name, _)| is_credential(name));
        let in_body = match &self.payload {
            Payload::Json(Value::Object(body)) => body.keys().any(|name| is_credential(name)),
            _ => false,
        };
        if in_query || in_body {
            let names = provider.credentials.join(" and ");
            return Err(refused("the request brings credentials of its own; nothing was sent".to_owned())
                .with_hint(format!("leave {names} out: the channel adds its own")));
        }
        Ok(path)
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.description())
    }
}

/// Names and values as a form writes them: `a=b&c=d+e`.
pub fn form_encoded(fields: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Steps of which none could lead elsewhere; a slash may end the last one.
fn is_path(path: &str) -> bool {
    path.strip_suffix('/').unwrap_or(path).split('/').all(is_segment)
}

/// One step of a path: nothing that could end it, climb up, or be escaped.
pub fn is_segment(segment: &str) -> bool {
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | '$' | ':' | '=' | '+' | '@');
    !segment.trim_matches('.').is_empty() && segment.chars().all(allowed)
}

/// The path with every step left out that is neither a word nor a version.
fn template(path: &str) -> String {
    let is_word = |step: &str| {
        !step.starts_with(|first: char| first.is_ascii_uppercase())
            && step.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
    };
    let is_version = |step: &str| step.strip_prefix('v').is_some_and(|version| version.parse::<f32>().is_ok());
    let steps = path.split('/').map(|step| if is_word(step) || is_version(step) { step } else { "{id}" });
    steps.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_names_nobody() {
        for (path, shown) in [
            ("/v26.0/1098765432100001/messages", "/v26.0/{id}/messages"),
            ("/v1/sms", "/v1/sms"),
            ("/sendMessage", "/sendMessage"),
            ("/users/Ada/t_mid.7", "/users/{id}/{id}"),
            ("/v26.0/", "/v26.0/"),
            ("", ""),
        ] {
            assert_eq!(Call::new(Method::POST, path).description(), format!("POST {shown}"));
        }
        let secret = Secret::new("canary");
        let call = Call::new(Method::GET, "/a/7").with_form(&[("code", secret.expose())]);
        assert_eq!(format!("{call:?}"), "Call(GET /a/{id})");
    }
}
