//! What a Page can do beyond messages: one type for each operation, whose fields are the form, and one list of them all.
//!
//! To add one: a struct with the input's fields in the file of its family, [`Call`] for it, and a line in [`ENTRIES`].

use std::sync::LazyLock;

use async_trait::async_trait;
use channel_api::operation::{self, Operation, Performed};
use channel_api::{Error, ErrorKind, Pointer, Quote, Report, Result, read};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::handover;
use crate::page::Page;

/// An operation: its input, its rules, its calls.
#[async_trait]
pub(crate) trait Call: DeserializeOwned + Default + JsonSchema + Send + Sync + 'static {
    /// What comes of it.
    type Output: Serialize + JsonSchema;

    /// What a host and a dashboard see of it.
    const OPERATION: Operation;

    /// Notes all that is wrong with the input.
    fn check(&self, report: &mut Report);

    /// Makes the calls, each once.
    async fn perform(self, page: Page<'_>) -> Result<Done<Self::Output>>;
}

/// What came of a call.
pub(crate) struct Done<O> {
    pub(crate) output: O,
    /// Who answers from now on, where that changed.
    pub(crate) thread: Option<operation::Thread>,
}

impl<O> From<O> for Done<O> {
    fn from(output: O) -> Self {
        Self { output, thread: None }
    }
}

/// Every operation, in the order in which it is listed.
const ENTRIES: &[Entry] = &[Entry::of::<handover::GetThreadOwner>()];

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| ENTRIES.iter().map(|entry| entry.operation).collect());

/// Every operation.
pub(crate) fn all() -> &'static [Operation] {
    &OPERATIONS
}

/// Checks the input, then performs. `page` is asked for only when there is something to do.
pub(crate) async fn perform<'a>(
    name: &str,
    input: &Value,
    page: impl FnOnce() -> Result<Page<'a>> + Send,
) -> Result<Performed> {
    let entry = ENTRIES.iter().find(|entry| entry.operation.name == name);
    let entry = entry.ok_or_else(|| operation::unknown(name, all()))?;
    let (ready, warnings) = (entry.prepare)(input)?;
    let performed = ready.perform(page()?).await.map_err(|error| error.operation(entry.operation.name))?;
    Ok(Performed { warnings, ..performed })
}

struct Entry {
    operation: Operation,
    prepare: fn(&Value) -> Result<(Box<dyn Ready>, Vec<channel_api::Issue>)>,
}

impl Entry {
    const fn of<C: Call>() -> Self {
        Self { operation: C::OPERATION, prepare: prepare::<C> }
    }
}

/// An input that breaks no rule.
#[async_trait]
trait Ready: Send {
    async fn perform(self: Box<Self>, page: Page<'_>) -> Result<Performed>;
}

#[async_trait]
impl<C: Call> Ready for C {
    async fn perform(self: Box<Self>, page: Page<'_>) -> Result<Performed> {
        let done = C::perform(*self, page).await?;
        let output = serde_json::to_value(&done.output).map_err(|error| {
            Error::new(ErrorKind::Unexpected, "operation.output", "the outcome cannot be written as JSON")
                .caused_by(error)
        })?;
        Ok(Performed { output, thread: done.thread, ..Performed::default() })
    }
}

fn prepare<C: Call>(input: &Value) -> Result<(Box<dyn Ready>, Vec<channel_api::Issue>)> {
    let mut report = Report::default();
    if let Value::Object(fields) = input {
        // The seed's calls name the channel among their fields; the host has read it already.
        let mut fields = fields.clone();
        fields.remove("channelId").or_else(|| fields.remove("channel_id"));
        let call: C = read(&Value::Object(fields), &Pointer::ROOT, Quote::Values, &mut report);
        report.refuse_unknown_fields();
        let mut broken = Report::default();
        call.check(&mut broken);
        report.absorb(broken);
        if report.refusals.is_empty() {
            return Ok((Box::new(call), report.warnings));
        }
    } else {
        report.refuse(operation::no_object());
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the operation's input", report))
}
