//! Nothing waits for ever.

use std::time::Duration;

/// How long anything may take on a slow, busy machine. A pass never waits for it.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// Waits for `what`, but not longer than [`DEADLINE`].
pub async fn within<T>(what: &str, happens: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(DEADLINE, happens).await;
    waited.unwrap_or_else(|_| panic!("waited {} s in vain for {what}", DEADLINE.as_secs()))
}
