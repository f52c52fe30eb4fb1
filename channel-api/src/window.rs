//! The time in which a person may be written to: [`Opening`], [`Judgement`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Issue, OutboundMessage, Timestamp};

/// What opened the window. The host keeps the latest of each kind, shows each again when something is to be sent, and goes by the
/// kindest judgement: what was opened for long is not closed by what was opened for a shorter time afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Opening {
    /// When, by the provider's clock.
    pub at: Timestamp,
    /// By what, in the channel's own words: a message, a tap, an ad. They decide how long the window lasts.
    pub by: Cow<'static, str>,
}

impl Opening {
    /// Opened at this moment, by this.
    pub fn new(at: Timestamp, by: impl Into<Cow<'static, str>>) -> Self {
        Self { at, by: by.into() }
    }
}

/// Whether a message may be sent now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Judgement {
    /// As it is.
    Allowed,
    /// In this form: with a tag, say.
    AllowedAs(Box<OutboundMessage>),
    /// Not now. The issue says why, and what is lawful instead.
    Closed(Issue),
    /// Nothing that the host knows decides it; the provider will.
    Unknown,
}
