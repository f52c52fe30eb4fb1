//! Making a plan's calls.

use channel_api::profile::ProfilePlan;
use channel_api::{ProviderRequest, Result};
use serde_json::Value;

use super::answer;
use crate::graph::Page;

/// Makes the calls, each once and each after the one before it has succeeded.
///
/// # Errors
/// The first failure, as Meta's answer was classified. Its context says how many calls were made before the one that failed
/// (`calls_made`) and which properties are set or removed by them (`applied`, between commas). Every call sets what shall be, so
/// the same plan may be applied again.
pub(crate) async fn apply(page: Page<'_>, plan: &ProfilePlan) -> Result<()> {
    let mut applied: Vec<&str> = Vec::new();
    for (before, request) in plan.requests.iter().enumerate() {
        answer::change(page, request).await.map_err(|error| {
            error
                .with_operation("profile_apply")
                .with_context("calls_made", before.to_string())
                .with_context("applied", applied.join(","))
        })?;
        applied.extend(properties(request));
    }
    Ok(())
}

/// What a call sets or removes.
fn properties(request: &ProviderRequest) -> Vec<&str> {
    match request.body.get("fields") {
        Some(Value::Array(fields)) => fields.iter().filter_map(Value::as_str).collect(),
        _ => request.body.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect(),
    }
}
