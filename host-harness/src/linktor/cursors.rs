//! The names under which it stands in stores how far a channel has come.

/// Where the cursor of a channel stands in the store: at the number of the next event to be published, so that 1 says that it has begun
/// with an empty log.
pub(super) fn cursor(channel_id: &str) -> String {
    format!("linktor.{channel_id}")
}

/// Where a channel began, in the same numbers.
pub(super) fn begun(channel_id: &str) -> String {
    format!("linktor.{channel_id}.begun")
}
