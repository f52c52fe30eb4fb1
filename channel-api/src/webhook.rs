//! What arrives from a provider: [`Delivery`] (unverified), [`Verified`], and what is answered: [`WebhookReply`].

mod verifier;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method};
pub use verifier::{Proof, VerifierId};

/// A handshake: the query of the GET that a provider sends when an operator enters the webhook's address.
#[derive(Clone, Default)]
pub struct Subscription {
    parameters: Vec<(String, String)>,
}

/// The number of parameters only: one of them is the verify token.
impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subscription({} parameters)", self.parameters.len())
    }
}

impl Subscription {
    /// From the query's pairs, already percent-decoded, in order.
    pub fn new(parameters: Vec<(String, String)>) -> Self {
        Self { parameters }
    }

    /// The parameter of this name, when it is given exactly once. A parameter given twice is ambiguous, and an attacker's
    /// copy could be the one that is read, so it counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.parameters.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// A delivery as it came over HTTP: nobody knows yet who sent it.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Delivery<'a> {
    /// The request's method.
    pub method: &'a Method,
    /// The address that the provider called, as the public knows it, with its query: some providers sign it. `None` where the
    /// host does not know its own public address.
    pub url: Option<&'a str>,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The body's bytes, untouched: signatures are made over these and nothing else.
    pub body: &'a [u8],
}

/// How much there is, and nothing of it: a header may be the shared secret, the query may hold one, and the body is people's
/// words.
impl fmt::Debug for Delivery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, url: _, headers, body } = self;
        write!(f, "Delivery({method}, {} headers, {} bytes)", headers.len(), body.len())
    }
}

impl<'a> Delivery<'a> {
    /// A POST with these headers and this body.
    pub const fn new(headers: &'a HeaderMap, body: &'a [u8]) -> Self {
        Self { method: &Method::POST, url: None, headers, body }
    }

    /// With another method.
    #[must_use]
    pub const fn with_method(self, method: &'a Method) -> Self {
        Self { method, ..self }
    }

    /// With the address that the provider called.
    #[must_use]
    pub const fn with_url(self, url: Option<&'a str>) -> Self {
        Self { url, ..self }
    }
}

/// A delivery that the adapter has verified. Only this can be normalised.
#[derive(Clone)]
pub struct Verified<'a> {
    body: Cow<'a, [u8]>,
    proof: Option<Proof>,
    others: Vec<String>,
}

/// The body's length only: it is people's words.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { body, proof, others } = self;
        let mut shown = f.debug_struct("Verified");
        shown.field("bytes", &body.len()).field("proof", proof).field("others", &others.len()).finish()
    }
}

impl<'a> Verified<'a> {
    /// A body that the caller vouches for: a recording, a file named on a command line.
    ///
    /// Never call it in a path that serves requests: it is the one door around [`ChannelAdapter::verify`](crate::ChannelAdapter::verify), and the
    /// workspace's lint settings list it as disallowed so that every use stands out.
    pub fn recorded(body: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { body: body.into(), proof: None, others: Vec::new() }
    }

    /// A body of which the adapter has seen whose it is.
    pub(crate) const fn proved(body: &'a [u8], proof: Proof) -> Self {
        Self { body: Cow::Borrowed(body), proof: Some(proof), others: Vec::new() }
    }

    /// Names accounts in the body that other channels take: what concerns them is theirs, and no event of this channel.
    #[must_use]
    pub fn with_others(mut self, accounts: Vec<String>) -> Self {
        self.others = accounts;
        self
    }

    /// The body's bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What proved who sent it; `None` for a recording.
    pub const fn proof(&self) -> Option<Proof> {
        self.proof
    }

    /// The accounts in the body that other channels take.
    pub fn others(&self) -> &[String] {
        &self.others
    }
}

/// What a provider is answered once everything in its delivery is stored: status 200, with these words. Most want none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookReply {
    /// The words' MIME type.
    pub content_type: Option<&'static str>,
    /// The words.
    pub body: Bytes,
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a sample, not a request")]
    fn debug_shows_no_secret_and_nobody_s_words() {
        let mut headers = HeaderMap::new();
        headers.insert("x-secret-token", HeaderValue::from_static("canary-header"));
        let delivery = Delivery::new(&headers, b"canary-body").with_url(Some("https://host.example/?key=canary-url"));
        let subscription = Subscription::new(vec![("hub.verify_token".to_owned(), "canary-token".to_owned())]);
        let verified = Verified::recorded(delivery.body).with_others(vec!["canary-account".to_owned()]);
        let shown = [format!("{delivery:?}"), format!("{verified:?}"), format!("{subscription:?}")];
        assert_eq!(
            shown,
            [
                "Delivery(POST, 1 headers, 11 bytes)",
                "Verified { bytes: 11, proof: None, others: 1 }",
                "Subscription(1 parameters)",
            ]
        );
    }
}
