//! What a channel can do, as data: [`Capabilities`] and [`Limit`].
//!
//! Named by a rule: `receives_x` for what arrives, `sends_x` for what can be sent, a noun for what exists. A capability that is
//! declared is there; one that is there is declared. What is not declared is refused by
//! [`translate`](crate::ChannelAdapterExt::translate), whatever the adapter makes of it: an author hears of that and of the
//! adapter's own rules at once. The conformance suite chooses its cases by them, the dashboard shows them.

use serde::Serialize;

use crate::{Issue, Pointer, Report};

/// What one limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unit {
    /// Unicode scalar values, as `str::chars` counts them.
    Characters,
    /// Bytes.
    Bytes,
    /// Elements of a list.
    Items,
    /// Seconds.
    Seconds,
    /// Days.
    Days,
    /// Requests each second.
    PerSecond,
}

impl Unit {
    /// The unit in a sentence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Bytes => "bytes",
            Self::Items => "items",
            Self::Seconds => "seconds",
            Self::Days => "days",
            Self::PerSecond => "requests per second",
        }
    }
}

/// A number that the provider enforces, with where it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Limit {
    /// Stable name, dotted: `text.length`.
    pub name: &'static str,
    /// The smallest value allowed; 0 where there is no such rule.
    pub min: usize,
    /// The largest value allowed.
    pub max: usize,
    /// What is counted.
    pub unit: Unit,
    /// The public address of the page that states it.
    pub source: &'static str,
}

impl Limit {
    /// At most so many, as this page states.
    pub const fn new(name: &'static str, max: usize, unit: Unit, source: &'static str) -> Self {
        Self { name, min: 0, max, unit, source }
    }

    /// And no fewer than so many.
    #[must_use]
    pub const fn with_min(self, min: usize) -> Self {
        Self { min, ..self }
    }

    /// Refuses a text that is shorter or longer, with its size.
    pub fn check(&self, text: &str, at: &Pointer<'_>, report: &mut Report) {
        let size = if self.unit == Unit::Bytes { text.len() } else { text.chars().count() };
        if !(self.min..=self.max).contains(&size) {
            let message = format!("must have {} to {} {}, and has {size}", self.min, self.max, self.unit.as_str());
            let broken = if size < self.min { self.min } else { self.max };
            report.refuse(Issue::new(at, self.name, message).with_limit(broken, size));
        }
    }
}

/// How a webhook proves who sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WebhookAuth {
    /// By nothing.
    #[default]
    None,
    /// By a secret that it carries.
    SharedSecret,
    /// By a signature over its bytes.
    Signature,
}

/// Members that only this channel knows, by their names in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Extras {
    /// Of a picture, a film, a sound or a file.
    pub media: &'static [&'static str],
    /// Of a button.
    pub button: &'static [&'static str],
    /// Of a quick reply.
    pub quick_reply: &'static [&'static str],
    /// Of a card of the generic template.
    pub card: &'static [&'static str],
    /// Of the button, the generic and the receipt template.
    pub template: &'static [&'static str],
}

impl Extras {
    /// Nothing anywhere.
    pub const NONE: Self = Self { media: &[], button: &[], quick_reply: &[], card: &[], template: &[] };
}

/// What a channel can do. What is not said is not there: a question that the contract asks later has "no" for an answer until
/// an adapter answers it. What a channel's type can do beyond messages is no flag here but a [facet](crate::facets).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// How webhooks prove who sent them; [`verify`](crate::ChannelAdapter::verify) checks it.
    pub webhook_auth: WebhookAuth,
    /// The provider wants its token in the path of each call, and nowhere else: it then stands in an address that is called,
    /// and in nothing that an error, a log or a metric shows.
    pub token_in_path: bool,
    /// Content types that may be sent: the `type` of a message's `content`.
    pub sends_content: &'static [&'static str],
    /// Template types that may be sent.
    pub sends_templates: &'static [&'static str],
    /// Sender actions that may be sent.
    pub sends_actions: &'static [&'static str],
    /// Options that a message may be sent with, by their names in JSON: `metadata`, `split`, `fallback`, and the channel's own.
    /// `sender` needs no word, and `replyTo` is [`sends_replies`](Self::sends_replies).
    pub options: &'static [&'static str],
    /// What may stand in a message's parts beside what every channel knows.
    pub extras: Extras,
    /// Several attachments may go in one message.
    pub sends_attachments: bool,
    /// Quick replies may be added to a message.
    pub sends_quick_replies: bool,
    /// A message may answer a given one.
    pub sends_replies: bool,
    /// What the option `tag` may say, to leave the time window, where there is that option. The channel refuses any other.
    pub sends_tags: &'static [&'static str],
    /// Content types that may arrive.
    pub receives_content: &'static [&'static str],
    /// The names of the events that may arrive.
    pub receives_events: &'static [&'static str],
    /// The provider tells which messages were delivered.
    pub delivery_receipts: bool,
    /// The provider tells which messages were read.
    pub read_receipts: bool,
    /// The hosts from which people's media are fetched: `cdn.example.org`, or `*.example.org` for all below it. No other is asked.
    pub media_hosts: &'static [&'static str],
    /// Every number that the adapter checks before it sends.
    pub limits: &'static [Limit],
}
