//! How long a provider asks to wait.

use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;

/// No quota is counted over a longer time, so no wait is longer.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// How long the general HTTP header asks to wait, where it says so in seconds. Whatever stands in between may send it too.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}
