mod found;
mod measured;
mod running;
mod window;

use std::fmt;

pub use found::{DownloadSamples, Found, FoundSample};
pub use measured::{Measured, MeasuredIn};
pub use running::{LoginSamples, OperationSample, RefusedInput, UploadSamples};
use serde_json::{Value, json};
pub use window::{Judged, JudgedSample, WindowSamples};

use super::Reply;
use channel_api::profile::Profile;
use channel_api::{ErrorKind, ProviderCode, ProviderError, ProviderRequest, Retry, Timestamp};

/// A configuration that must be refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BadConfig {
    /// The configuration.
    pub config: Value,
    /// The pointer of every problem in it.
    pub pointers: Vec<String>,
}

impl BadConfig {
    /// A configuration with the pointers of its problems.
    pub fn new(config: Value, pointers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { config, pointers: pointers.into_iter().map(Into::into).collect() }
    }
}

/// A handshake as the provider sends it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Handshake {
    /// The query's pairs.
    pub query: Vec<(&'static str, &'static str)>,
    /// The parameters without which the handshake must be refused: mode and token.
    pub guards: Vec<&'static str>,
    /// The text that the provider expects.
    pub answer: &'static str,
}

impl Handshake {
    /// A query that is answered with this text, unless one of the guarded parameters is wrong.
    pub fn new(
        query: impl IntoIterator<Item = (&'static str, &'static str)>,
        guards: impl IntoIterator<Item = &'static str>,
        answer: &'static str,
    ) -> Self {
        Self { query: query.into_iter().collect(), guards: guards.into_iter().collect(), answer }
    }
}

/// One event as the provider writes it, and what shall come of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inbound {
    /// What it is, in a word or two.
    pub name: String,
    /// The provider's JSON of this event, without the envelope around it.
    pub item: Value,
    /// The events that shall come of it, each `{"event", "data"}`. Members of `data` that are not named are not looked at.
    pub events: Vec<Value>,
}

impl Inbound {
    /// An event of the provider; add what shall come of it with [`event`](Self::event).
    pub fn new(name: impl Into<String>, item: Value) -> Self {
        Self { name: name.into(), item, events: Vec::new() }
    }

    /// Adds events that shall come of it, each `{"event", "data"}`.
    #[must_use]
    pub fn with_events(mut self, events: impl IntoIterator<Item = Value>) -> Self {
        self.events.extend(events);
        self
    }

    /// Adds an event that shall come of it.
    #[must_use]
    pub fn event(mut self, name: &str, data: Value) -> Self {
        let mut event = json!({ "event": name });
        event["data"] = data;
        self.events.push(event);
        self
    }

    /// Whether an event of this name shall come of it.
    pub(super) fn becomes(&self, name: &str) -> bool {
        self.events.iter().any(|event| event["event"] == name)
    }
}

/// A message that is good, and the calls that deliver it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outbound {
    /// What it is, in a word or two.
    pub name: String,
    /// The message in the host's JSON.
    pub message: Value,
    /// The calls, complete: `{"method", "path", "query"?, "body"?}`.
    pub requests: Vec<Value>,
    /// Who answers from then on, `{"person", "owner"}`, where the message hands the conversation over.
    pub thread: Option<Value>,
}

impl Outbound {
    /// A message that is delivered by these calls.
    pub fn new(name: impl Into<String>, message: Value, requests: impl IntoIterator<Item = Value>) -> Self {
        Self { name: name.into(), message, requests: requests.into_iter().collect(), thread: None }
    }

    /// Says who answers from then on: `{"person": "p_1", "owner": {"who": "nobody"}}`.
    #[must_use]
    pub fn handing_over(mut self, thread: Value) -> Self {
        self.thread = Some(thread);
        self
    }
}

/// A message that must be refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refused {
    /// What is wrong with it, in a word or two.
    pub name: String,
    /// The message in the host's JSON.
    pub message: Value,
    /// The pointer of every problem in it.
    pub pointers: Vec<String>,
}

impl Refused {
    /// A message with the pointers of its problems.
    pub fn new(name: impl Into<String>, message: Value, pointers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { name: name.into(), message, pointers: pointers.into_iter().map(Into::into).collect() }
    }
}

/// A failure that the provider reports, and how it shall be classified.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failing {
    /// What it is, in a word or two.
    pub name: String,
    /// What the provider answers to a message.
    pub reply: Reply,
    /// The kind of the error.
    pub kind: ErrorKind,
    /// Its advice, to the second that the provider asks for.
    pub retry: Retry,
    /// Its code.
    pub code: String,
    /// What it keeps of the provider's own words. Members that are `None` are not looked at.
    pub provider: ProviderError,
}

impl Failing {
    /// A failure, classified.
    pub fn new(name: impl Into<String>, reply: Reply, kind: ErrorKind, retry: Retry, code: impl Into<String>) -> Self {
        Self { name: name.into(), reply, kind, retry, code: code.into(), provider: ProviderError::default() }
    }

    /// The provider's own code, which the error keeps.
    #[must_use]
    pub fn provider_code(mut self, code: impl Into<ProviderCode>) -> Self {
        self.provider.code = Some(code.into());
        self
    }

    /// The provider's own finer code, which the error keeps.
    #[must_use]
    pub fn provider_subcode(mut self, subcode: impl Into<ProviderCode>) -> Self {
        self.provider.subcode = Some(subcode.into());
        self
    }

    /// The provider's id of the call, which the error keeps.
    #[must_use]
    pub fn trace_id(mut self, trace_id: &str) -> Self {
        self.provider.trace_id = Some(trace_id.to_owned());
        self
    }
}

/// A look-up of a person, for channels that hand out [`People`](channel_api::facets::People).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Person {
    /// The person's id.
    pub id: String,
    /// What the provider answers.
    pub reply: Reply,
    /// The profile that shall come of it.
    pub profile: Value,
}

impl Person {
    /// A person whom the provider describes so, and the profile that shall come of it.
    pub fn new(id: impl Into<String>, reply: Reply, profile: Value) -> Self {
        Self { id: id.into(), reply, profile }
    }
}

/// Samples for the profile, for channels that hand out [`ProfileHooks`](channel_api::facets::ProfileHooks).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProfileSamples {
    /// What is set up now.
    pub current: Profile,
    /// What shall be set up. Nothing in it is as in `current`, and getting there takes at least two calls.
    pub desired: Profile,
    /// How the provider answers each call of a read when a profile is set up.
    pub read: fn(&Profile) -> Vec<Reply>,
    /// How it answers a change that it makes.
    pub changed: Reply,
    /// What can be set up although its author is warned of something in it, such as a thing that is retired. Where nothing is
    /// ever warned of, `None`.
    pub warned: Option<Profile>,
}

impl ProfileSamples {
    /// From `current` to `desired`; how the provider answers a read, and a change.
    pub const fn new(current: Profile, desired: Profile, read: fn(&Profile) -> Vec<Reply>, changed: Reply) -> Self {
        Self { current, desired, read, changed, warned: None }
    }

    /// Adds what its author is warned of.
    #[must_use]
    pub fn with_warned(mut self, warned: Profile) -> Self {
        self.warned = Some(warned);
        self
    }
}

/// Samples for the connection, for channels that hand out [`Connection`](channel_api::facets::Connection).
#[derive(Clone, Debug, Default)]
pub struct ConnectionSamples {
    /// How the provider answers each call of a check when all is well.
    pub well: Vec<Reply>,
    /// The account's id that a check then tells.
    pub account_id: String,
    /// Answers that name something an operator has to mend, and the words of the provider that the status repeats.
    pub troubled: Vec<(Vec<Reply>, String)>,
    /// How the provider answers each call of a subscription, and with the last of these its end.
    pub subscribed: Vec<Reply>,
    /// Its answers to a check of credentials that end at this time. Where they never end, `None`.
    pub expiring: Option<(Vec<Reply>, Timestamp)>,
    /// Its answers to a check of credentials that lack this permission, in its words. Where it tells of none, `None`.
    pub lacking: Option<(Vec<Reply>, String)>,
    /// Its answers to a check when it does not deliver this, in its words. Where it tells nothing of the subscription, `None`.
    pub unsubscribed: Option<(Vec<Reply>, String)>,
    /// Its answers to a subscription of which it does not take this, in its words, and takes the rest. Where it takes all or nothing,
    /// `None`.
    pub refusing: Option<(Vec<Reply>, String)>,
    /// Its answers to a check when something is not delivered here and it delivers to another host. Where it does not tell to which,
    /// `None`.
    pub elsewhere: Option<Vec<Reply>>,
    /// The provider is told the address to deliver to when it is subscribed: [`WEBHOOK`](crate::WEBHOOK).
    pub told_address: bool,
    /// What a configuration may leave out when a channel is built only to check its connection.
    pub not_needed: Vec<&'static str>,
}

/// The call as JSON, as it stands in [`Outbound::requests`].
pub(super) fn json_of(request: &ProviderRequest) -> Value {
    serde_json::to_value(request).unwrap_or_default()
}

impl fmt::Display for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event `{}`", self.name)
    }
}

impl fmt::Display for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the message `{}`", self.name)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the message `{}`", self.name)
    }
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the provider's answer `{}`", self.name)
    }
}
