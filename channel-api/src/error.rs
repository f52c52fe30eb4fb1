//! [`Error`]: kind × retry advice × operation × context × source, with a stable code and a hint.

mod json;
mod provider;
mod scope;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use provider::{ProviderCode, ProviderError};
pub use scope::Scope;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Action, Issue, Report, seconds};

/// The contract's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in terms of what a caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The channel's configuration is wrong. An operator mends it.
    Config,
    /// A webhook is not signed by the provider, or a handshake carries the wrong token.
    Unauthenticated,
    /// A webhook is signed but is no webhook.
    MalformedWebhook,
    /// A message breaks the channel's rules. Its author mends it; [`Error::issues`] says where.
    InvalidMessage,
    /// The channel cannot do this at all.
    Unsupported,
    /// The provider does not accept our token. An operator connects again; receiving goes on.
    Credentials,
    /// The token is good, but the app, the account or the person's settings do not allow this.
    Permission,
    /// Too much in too short a time.
    RateLimited,
    /// The time in which this person may be written to is over.
    WindowClosed,
    /// This person cannot be reached: blocked, gone or never there.
    RecipientUnavailable,
    /// Another app or a colleague is talking to this person now.
    ThreadOwned,
    /// The provider refused the request for another reason of its own.
    Rejected,
    /// The provider failed on its side.
    ProviderFailed,
    /// The provider could not be reached, or its answer did not arrive.
    Unreachable,
    /// None of the above: a fault in the adapter, or something new at the provider.
    Unexpected,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Config,
        Self::Unauthenticated,
        Self::MalformedWebhook,
        Self::InvalidMessage,
        Self::Unsupported,
        Self::Credentials,
        Self::Permission,
        Self::RateLimited,
        Self::WindowClosed,
        Self::RecipientUnavailable,
        Self::ThreadOwned,
        Self::Rejected,
        Self::ProviderFailed,
        Self::Unreachable,
        Self::Unexpected,
    ];

    /// The kind as a bounded label, for metrics and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Unauthenticated => "unauthenticated",
            Self::MalformedWebhook => "malformed_webhook",
            Self::InvalidMessage => "invalid_message",
            Self::Unsupported => "unsupported",
            Self::Credentials => "credentials",
            Self::Permission => "permission",
            Self::RateLimited => "rate_limited",
            Self::WindowClosed => "window_closed",
            Self::RecipientUnavailable => "recipient_unavailable",
            Self::ThreadOwned => "thread_owned",
            Self::Rejected => "rejected",
            Self::ProviderFailed => "provider_failed",
            Self::Unreachable => "unreachable",
            Self::Unexpected => "unexpected",
        }
    }
}

/// A kind of a later version of this contract reads as [`Unexpected`](ErrorKind::Unexpected).
impl<'de> Deserialize<'de> for ErrorKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Ok(Self::ALL.iter().copied().find(|kind| kind.as_str() == name).unwrap_or(Self::Unexpected))
    }
}

/// Whether the same request may be made again. The adapter advises, the host decides; an adapter never retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "advice")]
#[non_exhaustive]
pub enum Retry {
    /// The same request will fail again.
    Never,
    /// Nothing was sent or done: repeating it is safe.
    Safe {
        /// Not before this has passed, if the provider said so.
        #[serde(rename = "afterSeconds", with = "seconds", skip_serializing_if = "Option::is_none")]
        after: Option<Duration>,
    },
    /// It may have been done. Repeat only what does no harm when done twice.
    IfIdempotent {
        /// Not before this has passed, if the provider said so.
        #[serde(rename = "afterSeconds", with = "seconds", skip_serializing_if = "Option::is_none")]
        after: Option<Duration>,
    },
}

impl Retry {
    /// Safe to repeat, at a time of the host's choosing.
    pub const SAFE: Self = Self::Safe { after: None };
    /// May have been done.
    pub const IF_IDEMPOTENT: Self = Self::IfIdempotent { after: None };
}

/// An advice of a later version of this contract reads as [`IfIdempotent`](Retry::IfIdempotent): nobody repeats by mistake what
/// may have been done.
impl<'de> Deserialize<'de> for Retry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Advice<'a> {
            #[serde(borrow)]
            advice: Cow<'a, str>,
            #[serde(rename = "afterSeconds", with = "seconds", default)]
            after: Option<Duration>,
        }

        let Advice { advice, after } = Advice::deserialize(deserializer)?;
        Ok(match &*advice {
            "never" => Self::Never,
            "safe" => Self::Safe { after },
            _ => Self::IfIdempotent { after },
        })
    }
}

/// A failure of a channel.
///
/// `Display` prints the error's own sentence only; walk [`std::error::Error::source`] for causes. No part of it may hold a
/// secret, a token, an expected signature, or a URL with a query.
///
/// It can be kept and read back: as JSON it is one object, in which the causes are their sentences.
#[derive(Clone, Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    retry: Retry,
    scope: Option<Scope>,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
    operation: Cow<'static, str>,
    context: Vec<(Cow<'static, str>, String)>,
    report: Report,
    provider: Option<ProviderError>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure that will happen again. `code` is stable and bounded: metrics are labelled with it.
    pub fn new(kind: ErrorKind, code: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            retry: Retry::Never,
            scope: None,
            code: code.into(),
            message: message.into(),
            hint: None,
            operation: Cow::Borrowed(""),
            context: Vec::new(),
            report: Report::default(),
            provider: None,
            source: None,
        }))
    }

    /// A document that was refused, with every reason.
    pub fn refused(kind: ErrorKind, code: &'static str, what: &str, mut report: Report) -> Self {
        let count = report.shorten();
        let problems = if count == 1 { "problem" } else { "problems" };
        let mut error = Self::new(kind, code, format!("{what} has {count} {problems}"));
        error.0.report = report;
        error
    }

    /// The channel does not do this.
    pub fn unsupported(operation: &'static str) -> Self {
        Self::new(ErrorKind::Unsupported, "unsupported", format!("this channel does not support {operation}"))
            .with_operation(operation)
            .with_hint("look at the channel's capabilities")
    }

    /// Sets the retry advice.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Says whom this failure stops: of a limit whose it is, of another failure for whom it will be the same. Without it a limit
    /// counts as the account's, and everything else as the message's.
    #[must_use]
    pub fn with_scope(mut self, scope: Option<Scope>) -> Self {
        self.0.scope = scope;
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Names the operation that failed. An operation that is there already moves into the context.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        let inner = std::mem::replace(&mut self.0.operation, Cow::Borrowed(operation));
        if !inner.is_empty() && inner != operation {
            self.0.context.push((Cow::Borrowed("inner_operation"), inner.into_owned()));
        }
        self
    }

    /// Adds a fact for the log. No secrets, no person's words.
    #[must_use]
    pub fn with_context(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.context.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// Adds how the provider named it.
    #[must_use]
    pub fn with_provider(mut self, provider: ProviderError) -> Self {
        self.0.provider = Some(provider);
        self
    }

    /// Adds the cause, which [`std::error::Error::source`] answers. Strip URLs and values from it first.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the request may be repeated.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// Whom it stops, where the channel says so.
    pub fn scope(&self) -> Option<Scope> {
        self.0.scope
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// What to do next, if there is anything.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The next step for programs, as far as the kind and the retry advice tell it.
    pub fn action(&self) -> Option<Action> {
        match (self.kind(), self.retry()) {
            (ErrorKind::Credentials, _) => Some(Action::Reconnect),
            (ErrorKind::Permission, _) => Some(Action::CheckPermissions),
            (ErrorKind::Config, _) => Some(Action::CheckConfiguration),
            (ErrorKind::WindowClosed, _) | (ErrorKind::RecipientUnavailable, Retry::Never) => {
                Some(Action::WaitForPerson)
            }
            (ErrorKind::ThreadOwned, _) => Some(Action::TakeConversation),
            (ErrorKind::InvalidMessage | ErrorKind::MalformedWebhook, Retry::Never) => Some(Action::FixRequest),
            (_, Retry::Safe { .. }) => Some(Action::RetryLater),
            (_, Retry::IfIdempotent { .. }) => Some(Action::CheckOutcome),
            // Who is not the provider, what the channel does not do, what the provider refuses for reasons of its own: nobody
            // knows what would help.
            (_, Retry::Never) => None,
        }
    }

    /// The operation that failed, or an empty string.
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// Facts for the log.
    pub fn context(&self) -> &[(Cow<'static, str>, String)] {
        &self.0.context
    }

    /// Every reason why a document was refused.
    pub fn issues(&self) -> &[Issue] {
        &self.0.report.refusals
    }

    /// What else its author should know.
    pub fn warnings(&self) -> &[Issue] {
        &self.0.report.warnings
    }

    /// The refusals and warnings themselves.
    pub fn into_report(self) -> Report {
        self.0.report
    }

    /// How the provider named it.
    pub fn provider(&self) -> Option<&ProviderError> {
        self.0.provider.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_the_sentence_and_the_chain_is_the_cause() {
        let cause = std::io::Error::other("connection refused");
        let error = Error::new(ErrorKind::Unreachable, "network.connect", "the Graph API cannot be reached")
            .with_operation("send")
            .with_operation("deliver")
            .with_source(cause);
        assert_eq!(error.to_string(), "the Graph API cannot be reached");
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "connection refused");
        assert_eq!(error.operation(), "deliver");
        assert_eq!(error.context(), [("inner_operation".into(), "send".to_owned())]);
    }

    #[test]
    fn the_kind_s_label_is_its_json() {
        for kind in [ErrorKind::Config, ErrorKind::RecipientUnavailable, ErrorKind::Unexpected] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn the_next_step_is_told_where_the_kind_or_the_advice_knows_it() {
        let error = |kind, retry| Error::new(kind, "x", "…").with_retry(retry);
        for (kind, never, safe, unclear) in [
            (ErrorKind::Credentials, Some(Action::Reconnect), Action::Reconnect, Action::Reconnect),
            (ErrorKind::WindowClosed, Some(Action::WaitForPerson), Action::WaitForPerson, Action::WaitForPerson),
            (ErrorKind::RecipientUnavailable, Some(Action::WaitForPerson), Action::RetryLater, Action::CheckOutcome),
            (ErrorKind::InvalidMessage, Some(Action::FixRequest), Action::RetryLater, Action::CheckOutcome),
            (ErrorKind::RateLimited, None, Action::RetryLater, Action::CheckOutcome),
            (ErrorKind::Rejected, None, Action::RetryLater, Action::CheckOutcome),
            (ErrorKind::Unreachable, None, Action::RetryLater, Action::CheckOutcome),
            (ErrorKind::Unsupported, None, Action::RetryLater, Action::CheckOutcome),
        ] {
            assert_eq!(error(kind, Retry::Never).action(), never, "{kind:?}");
            assert_eq!(error(kind, Retry::SAFE).action(), Some(safe), "{kind:?}");
            assert_eq!(error(kind, Retry::IF_IDEMPOTENT).action(), Some(unclear), "{kind:?}");
        }
    }

    #[test]
    fn advice_names_seconds() {
        let after = Some(Duration::from_mins(1));
        let json = serde_json::to_value([Retry::Never, Retry::SAFE, Retry::IfIdempotent { after }]).unwrap();
        assert_eq!(
            json,
            serde_json::json!([
                {"advice": "never"},
                {"advice": "safe"},
                {"advice": "if_idempotent", "afterSeconds": 60}
            ])
        );
    }
}
