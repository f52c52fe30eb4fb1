//! Configuration in two phases: [`AdapterConfig`] is read and validated without touching the world, then an adapter is built
//! from what is known to be good.

use std::fmt;
use std::sync::Arc;

use http::Extensions;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::calls::{CallObserver, Unobserved};
use crate::{ChannelId, Error, ErrorKind, Issue, Pointer, Quote, Report, Result, read};

/// A channel's configuration as an operator writes it.
///
/// Each field's doc comment becomes its description in the form; `#[schemars(…)]` adds title, example and pattern, and
/// `#[validate(…)]` the limits. A key is understood in both spellings, `page_id` and `pageId`.
pub trait AdapterConfig: DeserializeOwned + Default + JsonSchema + 'static {
    /// A configuration that is known to be good.
    type Validated: Send + Sync + 'static;

    /// The fields in the order and under the headings in which a form shows them.
    const GROUPS: &'static [FieldGroup];

    /// Checks everything. Pure: no files, no network, no environment.
    ///
    /// # Errors
    /// A report with every problem, none of which holds a value.
    fn validate(self) -> Result<Self::Validated, Report>;
}

/// Fields that a form shows together.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FieldGroup {
    /// The heading.
    pub title: &'static str,
    /// The fields' names, in order.
    pub fields: &'static [&'static str],
}

impl FieldGroup {
    /// These fields, under this heading.
    pub const fn new(title: &'static str, fields: &'static [&'static str]) -> Self {
        Self { title, fields }
    }
}

/// Reads and validates a configuration.
///
/// # Errors
/// [`ErrorKind::Config`] with every problem at once. A key that is not known is refused: it is most likely a misspelt one, and a
/// setting that has no effect is worse than a message.
pub fn parse<C: AdapterConfig>(json: &Value) -> Result<C::Validated> {
    let mut report = Report::default();
    let config: C = read(json, &Pointer::ROOT, Quote::Nothing, &mut report);
    report.refuse_unknown_fields();
    match config.validate() {
        Ok(validated) if report.refusals.is_empty() => return Ok(validated),
        Ok(_) => {}
        Err(broken) => report.absorb(broken),
    }
    Err(Error::refused(ErrorKind::Config, "invalid_config", "the configuration", report))
}

/// Turns the errors of the crate `validator` into issues: sorted, and without the offending values that they carry.
///
/// It reads them as the JSON that they are written as, so that this contract does not depend on a version of that crate:
/// `issues(&errors)` with the adapter's own `validator::ValidationErrors`.
pub fn issues(errors: &impl Serialize) -> Report {
    let mut report = Report::default();
    match serde_json::to_value(errors) {
        Ok(errors) => collect(&errors, &Pointer::ROOT, &mut report),
        // Nothing of the error may be shown, and it must not pass for none.
        Err(_) => report.refuse(Issue::new(&Pointer::ROOT, "invalid", "must keep to the rules of its fields")),
    }
    report
}

/// A field has a list of rules that it breaks; a struct has its fields, and a list its elements by their index.
fn collect(errors: &Value, at: &Pointer<'_>, report: &mut Report) {
    match errors {
        Value::Array(broken) => {
            for rule in broken {
                let message = rule["message"].as_str().unwrap_or("is not valid");
                let mut issue = Issue::new(at, "invalid", message);
                if let Some(code) = rule["code"].as_str() {
                    issue.code = code.to_owned().into();
                }
                issue.limit = rule["params"]["max"].as_u64().or_else(|| rule["params"]["min"].as_u64());
                report.refuse(issue);
            }
        }
        Value::Object(fields) => fields.iter().for_each(|(field, broken)| collect(broken, &at.key(field), report)),
        _ => {}
    }
}

/// What a host gives an adapter to be built with.
pub struct BuildContext {
    /// The id under which the host knows the channel.
    pub channel_id: ChannelId,
    shared: Extensions,
    environment: fn(&str) -> Option<String>,
    calls: Arc<dyn CallObserver>,
    keeps_other_accounts: bool,
}

impl BuildContext {
    /// A context in which nothing is shared and the environment is empty.
    pub fn new(channel_id: ChannelId) -> Self {
        Self {
            channel_id,
            shared: Extensions::new(),
            environment: |_| None,
            calls: Arc::new(Unobserved),
            keeps_other_accounts: false,
        }
    }

    /// Lets adapters see environment variables through `environment`.
    #[must_use]
    pub fn with_environment(mut self, environment: fn(&str) -> Option<String>) -> Self {
        self.environment = environment;
        self
    }

    /// Shares a value between channels, found again by its type: one HTTP client for all of them.
    #[must_use]
    pub fn with_shared<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.shared.insert(value);
        self
    }

    /// Lets somebody hear of every call to the provider.
    #[must_use]
    pub fn with_calls(mut self, observer: Arc<dyn CallObserver>) -> Self {
        self.calls = observer;
        self
    }

    /// Who hears of every call to the provider, look-ups and failures too.
    pub fn calls(&self) -> &Arc<dyn CallObserver> {
        &self.calls
    }

    /// Asks for the JSON of what deliveries bring of accounts that no channel has. Else only that there was something is kept.
    #[must_use]
    pub fn with_other_accounts_kept(mut self, kept: bool) -> Self {
        self.keeps_other_accounts = kept;
        self
    }

    /// Whether the JSON of accounts that no channel has is kept.
    pub fn keeps_other_accounts(&self) -> bool {
        self.keeps_other_accounts
    }

    /// The shared value of this type.
    pub fn shared<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.shared.get()
    }

    /// An environment variable; an empty one counts as unset.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for BuildContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildContext").field("channel_id", &self.channel_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
