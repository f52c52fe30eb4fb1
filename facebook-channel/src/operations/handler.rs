//! What every operation is: [`OperationHandler`].

use async_trait::async_trait;
use channel_api::operation::{Operation, Thread};
use channel_api::{Pointer, Quote, Report, Result, read};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::graph::Page;

/// An operation: its input, its rules, its calls.
#[async_trait]
pub(crate) trait OperationHandler: Input + JsonSchema + Send + Sync + 'static {
    /// What comes of it.
    type Output: Serialize + JsonSchema;

    /// What a host and a dashboard see of it.
    const OPERATION: Operation;

    /// Notes all that is wrong with the input.
    fn check(&self, _report: &mut Report) {}

    /// Makes the calls, each once.
    async fn perform(self, page: Page<'_>) -> Result<Outcome<Self::Output>>;
}

/// The fields of an input.
pub(crate) trait Input: Sized {
    /// Reads them all, and notes what does not fit.
    fn read(input: &Value, report: &mut Report) -> Self;
}

impl<T: DeserializeOwned + Default> Input for T {
    fn read(input: &Value, report: &mut Report) -> Self {
        read(input, &Pointer::ROOT, Quote::Values, report)
    }
}

/// What came of an operation.
pub(crate) struct Outcome<O> {
    pub(crate) output: O,
    /// Who answers from now on, where that changed.
    pub(crate) thread: Option<Thread>,
}

impl<O> From<O> for Outcome<O> {
    fn from(output: O) -> Self {
        Self { output, thread: None }
    }
}
