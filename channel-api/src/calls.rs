//! What a host hears of each call to the provider: [`CallObserver`], [`Exchange`], [`Pressure`].

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::{Method, StatusCode};

use crate::{Scope, Timestamp};

/// Hears of every exchange with the provider, look-ups and failures too. Given in the
/// [`BuildContext`](crate::BuildContext::calls); the kit for HTTP adapters tells it by itself.
pub trait CallObserver: Send + Sync + fmt::Debug {
    /// A call has ended. It must return at once.
    fn called(&self, exchange: &Exchange<'_>);
}

/// Nobody listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl CallObserver for Unobserved {
    fn called(&self, _: &Exchange<'_>) {}
}

/// One call and its end.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Exchange<'a> {
    /// The call's method.
    pub method: &'a Method,
    /// The path that was called, without its query and without any secret.
    pub path: &'a str,
    /// The answer's status; `None` when no answer came.
    pub status: Option<StatusCode>,
    /// The provider's id for this call.
    pub trace_id: Option<&'a str>,
    /// How near the provider's limits are, by its own word.
    pub pressure: &'a [Pressure],
    /// What time it was at the provider when it answered, to the second, where it says so.
    pub date: Option<Timestamp>,
    /// From the beginning of the call to the end of its answer.
    pub duration: Duration,
    /// The [code](crate::Error::code) of the error that the call ended with; `None` when it did what was asked.
    pub error: Option<&'a str>,
}

impl<'a> Exchange<'a> {
    /// A call that got no answer.
    pub const fn new(method: &'a Method, path: &'a str, duration: Duration) -> Self {
        Self { method, path, status: None, trace_id: None, pressure: &[], date: None, duration, error: None }
    }

    /// Adds what was answered.
    #[must_use]
    pub const fn with_answer(self, status: StatusCode, trace_id: Option<&'a str>, pressure: &'a [Pressure]) -> Self {
        Self { status: Some(status), trace_id, pressure, ..self }
    }

    /// Adds what time it was at the provider.
    #[must_use]
    pub const fn with_date(self, date: Option<Timestamp>) -> Self {
        Self { date, ..self }
    }

    /// Adds the code of the error that it ended with.
    #[must_use]
    pub const fn with_error(self, code: Option<&'a str>) -> Self {
        Self { error: code, ..self }
    }
}

/// How much of a limit is used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pressure {
    /// Which limit it is, in a bounded word: `app`, `page`, `business`.
    pub scope: Cow<'static, str>,
    /// Whom it stops when it is used up.
    pub stops: Scope,
    /// The share that is used, in percent. It may be above 100.
    pub used_percent: u16,
    /// For how long the provider asks to wait.
    pub wait: Option<Duration>,
}

impl Pressure {
    /// So much of this limit of the account's is used.
    pub fn new(scope: impl Into<Cow<'static, str>>, used_percent: u16) -> Self {
        Self { scope: scope.into(), stops: Scope::default(), used_percent, wait: None }
    }

    /// Another one's limit than the account's.
    #[must_use]
    pub const fn with_stops(mut self, stops: Scope) -> Self {
        self.stops = stops;
        self
    }

    /// Adds for how long the provider asks to wait.
    #[must_use]
    pub const fn with_wait(mut self, wait: Option<Duration>) -> Self {
        self.wait = wait;
        self
    }
}
