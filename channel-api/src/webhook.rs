//! What arrives from a provider: [`Subscription`] (the handshake), [`Delivery`] (unverified) and [`Verified`].

use std::borrow::Cow;

use http::HeaderMap;

use crate::{ChannelAdapter, Result};

/// A handshake: the query of the GET that a provider sends when an operator enters the webhook's address.
#[derive(Clone, Debug, Default)]
pub struct Subscription {
    parameters: Vec<(String, String)>,
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
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The body's bytes, untouched: signatures are made over these and nothing else.
    pub body: &'a [u8],
}

impl<'a> Delivery<'a> {
    /// Lets the adapter check who sent it. This is the only way to a [`Verified`] for what came over a network.
    ///
    /// # Errors
    /// What [`ChannelAdapter::verify`] answers.
    pub fn verify(self, adapter: &(impl ChannelAdapter + ?Sized)) -> Result<Verified<'a>> {
        adapter.verify(&self)?;
        Ok(Verified { body: Cow::Borrowed(self.body) })
    }
}

/// A delivery that the adapter has verified. Only this can be normalised.
#[derive(Clone, Debug)]
pub struct Verified<'a> {
    body: Cow<'a, [u8]>,
}

impl<'a> Verified<'a> {
    /// A body that the caller vouches for: a recording, a file named on a command line.
    ///
    /// Never call it in a path that serves requests: it is the one door around [`ChannelAdapter::verify`], and the
    /// workspace's lint settings list it as disallowed so that every use stands out.
    pub fn recorded(body: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { body: body.into() }
    }

    /// The body's bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}
