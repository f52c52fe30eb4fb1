//! [`Provider`]: what the kit has to know of a provider to call it, and to speak of it in errors.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use channel_api::{Error, ErrorKind, Pressure, ProviderError, Retry};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::pause::LONGEST_PAUSE;
use crate::{Redaction, Reported, Rule, retry_after};

/// A provider: its words for errors, how it reports a failure, and what a failure means. An adapter has one, in a `static`.
///
/// Error codes that the kit makes begin with `network.` where no answer came, and with [`id`](Self::id) where one came that
/// says nothing better.
#[derive(Clone, Copy)]
pub struct Provider {
    /// The channel's type: `facebook`.
    pub id: &'static str,
    /// How a sentence calls the provider: `Meta`.
    pub name: &'static str,
    /// How a sentence calls its interface: `the Graph API`.
    pub api: &'static str,
    /// How a sentence calls what the adapter shows that it is allowed to call: `access token`.
    pub token: &'static str,
    /// The field of the configuration that holds the interface's address.
    pub address_field: &'static str,
    /// How a path looks, for the hint of a request that has none.
    pub example_path: &'static str,
    /// The names of parameters that only the adapter adds. A request that brings one is refused: it would put a credential where
    /// it could be shown.
    pub credentials: &'static [&'static str],
    /// How the provider's tokens begin, where they can be known by that.
    pub token_prefixes: &'static [&'static str],
    /// What to do where it is not known whether a call was carried out.
    pub when_unsure: &'static str,
    /// Where the provider says how it is, as the end of a hint; empty where it does not.
    pub status_page: &'static str,
    /// How the adapter calls itself where the host does not share a client.
    pub user_agent: &'static str,
    /// The header that holds the provider's id of a call; empty where there is none.
    pub trace_header: &'static str,
    /// Reads what a JSON answer reports, if it reports a failure.
    pub report: for<'a> fn(&'a Value) -> Option<Reported<'a>>,
    /// What the failures mean that the provider reports.
    pub rules: &'static [Rule],
    /// What a failure means for which no rule stands; `None` lets the status decide.
    pub classify: fn(&Failure<'_>) -> Option<Error>,
    /// Reads how full the provider's quotas are, as the host hears of it with every call.
    pub pressure: fn(&HeaderMap) -> Vec<Pressure>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A call that was answered, but not with what was asked for.
#[derive(Clone, Debug)]
pub struct Failure<'a> {
    /// The answer's status.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: &'a HeaderMap,
    /// The answer's body, where it is JSON.
    pub json: Option<&'a Value>,
    /// What the body reports.
    pub reported: Option<Reported<'a>>,
}

impl Failure<'_> {
    /// How long the provider asks to wait; a day at most.
    pub fn after(&self) -> Option<Duration> {
        let reported = self.reported.as_ref().and_then(|reported| reported.after);
        reported.map(|after| after.min(LONGEST_PAUSE)).or_else(|| retry_after(self.headers))
    }
}

impl Provider {
    /// A provider that reports nothing but statuses. Fields are replaced by struct update.
    pub const fn new(id: &'static str, name: &'static str, api: &'static str) -> Self {
        Self {
            id,
            name,
            api,
            token: "access token",
            address_field: "the address",
            example_path: "/v1/messages",
            credentials: &[],
            token_prefixes: &[],
            when_unsure: "the call may have been carried out: look at the provider before making it again",
            status_page: "",
            user_agent: concat!("linktor-channel-http/", env!("CARGO_PKG_VERSION")),
            trace_header: "",
            report: |_| None,
            rules: &[],
            classify: |_| None,
            pressure: |_| Vec::new(),
        }
    }

    /// A failure as an error: a rule first, then the adapter's own reading, then the status.
    pub fn failed(&self, failure: &Failure<'_>, redaction: &Redaction<'_>) -> Error {
        let after = failure.after();
        let rule = failure.reported.as_ref().and_then(|reported| Rule::find(self.rules, reported));
        let classified = match rule {
            Some(rule) => of_rule(rule, after),
            None => (self.classify)(failure).unwrap_or_else(|| self.of_status(failure.status, after)),
        };
        let classified = classified.with_context("http_status", failure.status.as_str());
        let said = |words: Option<&str>| words.map(|words| redaction.text(words)).filter(|words| !words.is_empty());
        match &failure.reported {
            Some(reported) => classified.with_provider(
                ProviderError::new(reported.code.clone())
                    .with_subcode(reported.subcode.clone())
                    .with_message(said(Some(reported.message)))
                    .with_words_for_people(said(reported.user_title), said(reported.user_message))
                    .with_trace_id(reported.trace_id.map(|id| redaction.text(id))),
            ),
            None => classified,
        }
    }

    /// What a status means where nothing else is said. A refusal that is not known is still a refusal; only a failure of the
    /// provider's side, or an error that calls itself a success, leaves open what was done.
    pub fn of_status(&self, status: StatusCode, after: Option<Duration>) -> Error {
        let Self { name, api, token, address_field, .. } = self;
        let error = |kind, code, sentence: String| Error::new(kind, self.code(code), sentence);
        match status.as_u16() {
            401 => error(ErrorKind::Credentials, "unauthorized", format!("{name} does not accept the {token}."))
                .with_hint(format!("make a new {token} and enter it in the channel's configuration")),
            403 => error(ErrorKind::Permission, "forbidden", format!("{name} does not allow this call."))
                .with_hint(format!("check at {name} what the {token} may do")),
            404 => error(ErrorKind::Rejected, "not_found", format!("There is nothing at this address of {api}."))
                .with_hint(format!("check {address_field} in the channel's configuration")),
            429 => error(ErrorKind::RateLimited, "rate_limited", "Too many calls in too short a time.".to_owned())
                .with_retry(Retry::Safe { after })
                .with_hint("wait, and send more slowly"),
            300..=399 => {
                let sentence = format!(
                    "The address of {api} answers with a redirect, which is not followed: the token would go along."
                );
                error(ErrorKind::Config, "redirected", sentence)
                    .with_hint(format!("enter the final address as {address_field}"))
            }
            400..=499 => error(ErrorKind::Rejected, "refused", format!("{name} refused the call.")).with_hint(format!(
                "{name}'s own message says why; its trace id helps {name}'s support to find the call"
            )),
            500..=599 => self
                .unsure(self.code("provider_failed"), format!("{name} failed to handle the call."))
                .with_retry(Retry::IfIdempotent { after }),
            _ => error(
                ErrorKind::Unexpected,
                "unknown_error",
                format!("{name} answered with an error that is not known, under a status that is no error."),
            )
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_hint(self.when_unsure),
        }
    }

    /// An answer, or a failure of the provider's, from which one cannot tell what was done.
    pub fn unsure(&self, code: impl Into<Cow<'static, str>>, sentence: impl Into<Cow<'static, str>>) -> Error {
        Error::new(ErrorKind::ProviderFailed, code, sentence)
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_hint(self.when_unsure)
    }

    /// A code of the channel's own: `facebook.refused`.
    pub fn code(&self, what: &str) -> String {
        format!("{}.{what}", self.id)
    }
}

fn of_rule(rule: &Rule, after: Option<Duration>) -> Error {
    let retry = match rule.retry {
        Retry::Safe { after: usual } => Retry::Safe { after: after.or(usual) },
        Retry::IfIdempotent { after: usual } => Retry::IfIdempotent { after: after.or(usual) },
        retry => retry,
    };
    let error = Error::new(rule.kind, rule.name, rule.sentence).with_retry(retry);
    if rule.hint.is_empty() { error } else { error.with_hint(rule.hint) }
}
