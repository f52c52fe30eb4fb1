//! [`WebhookHeader`]: the header by which a webhook proves where it comes from, in the words of refusals.

use std::borrow::Cow;

use channel_api::{Error, ErrorKind, Result, Secret};
use http::{HeaderMap, HeaderValue};

/// The header by which a webhook proves where it comes from. The words are for refusals, which an operator reads.
#[derive(Clone, Copy, Debug)]
pub struct WebhookHeader {
    /// How a sentence calls the provider: `Meta`.
    pub provider: &'static str,
    /// The header, as the provider's documentation writes it.
    pub name: &'static str,
    /// What stands before a signature and names its algorithm: `sha256=`. Empty where nothing does.
    pub scheme: &'static str,
    /// How a sentence calls the secret: `app secret`.
    pub secret: &'static str,
    /// Where the secret is found, as a hint.
    pub find: &'static str,
    /// What to do where it does not fit, as a hint.
    pub compare: &'static str,
}

impl WebhookHeader {
    /// The value, where the header is given exactly once. An attacker's copy could be the one that is read.
    pub(crate) fn value<'a>(&self, headers: &'a HeaderMap, what: &'static str) -> Result<&'a HeaderValue> {
        let mut values = headers.get_all(self.name).iter();
        let Self { provider, name, .. } = self;
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(refused(
                format!("webhook.{what}_missing"),
                format!("the header {name} is missing"),
                format!(
                    "{provider} always sends it; a proxy in front of this host may drop it, or somebody else is calling"
                ),
            )),
            (Some(_), Some(_)) => Err(refused(
                format!("webhook.{what}_repeated"),
                format!("the header {name} is given more than once"),
                format!("{provider} sends it once; look for a proxy that adds a header of its own"),
            )),
        }
    }

    /// Refuses to check anything with a secret that anybody could have.
    pub(crate) fn filled<'a>(
        &self,
        secrets: impl IntoIterator<Item = (&'static str, &'a Secret)>,
    ) -> Result<Vec<(&'static str, &'a Secret)>> {
        let secrets: Vec<_> = secrets.into_iter().collect();
        if secrets.is_empty() || secrets.iter().any(|(_, secret)| secret.is_empty()) {
            let sentence = format!("there is no {}, or an empty one", self.secret);
            return Err(Error::new(ErrorKind::Config, "webhook.empty_secret", sentence).with_hint(self.find));
        }
        Ok(secrets)
    }
}

pub(crate) fn refused(
    code: impl Into<Cow<'static, str>>,
    sentence: impl Into<Cow<'static, str>>,
    hint: impl Into<Cow<'static, str>>,
) -> Error {
    Error::new(ErrorKind::Unauthenticated, code, sentence).with_operation("verify").with_hint(hint)
}
