use channel_api::{ChannelId, ConnectionStatus, Issue};

use super::{Connection, State, account_of};

/// Tells the operator what has changed, and nothing when nothing has: a state that lasts is seen in the API and the metrics.
pub(super) fn write(id: &ChannelId, before: &Connection, after: &Connection) {
    if after.state == State::Unknown {
        if let Some(reason) = after.reason.as_ref().filter(|reason| before.reason.as_ref() != Some(reason)) {
            let hint = reason.hint.as_deref().unwrap_or_default();
            tracing::warn!(channel_id = %id, code = reason.code, hint, "the connection could not be checked: {}", reason.message);
        }
        return;
    }
    let Some(status) = &after.status else { return };
    let account = account_of(status);
    // What was found before the checks failed still counts: a channel that comes back as it was is no news but of the check.
    let known = before.status.as_ref();
    if before.state == State::Unknown && before.reason.is_some() && known.map(State::of) == Some(after.state) {
        tracing::info!(channel_id = %id, account, state = after.state.as_str(), "the connection can be checked again");
    }
    if after.state == State::Ok && known.map(State::of) != Some(State::Ok) {
        let again = if known.is_some() { "works again" } else { "works" };
        tracing::info!(channel_id = %id, account, "the connection {again}");
    }
    if after.state == State::Warning && known.map(State::of) == Some(State::Broken) {
        tracing::info!(channel_id = %id, account, "the connection works again");
    }
    let empty = ConnectionStatus::default();
    let known = known.unwrap_or(&empty);
    for issue in new(&known.problems, &status.problems) {
        let (code, hint) = (&*issue.code, issue.hint.as_deref().unwrap_or_default());
        tracing::warn!(channel_id = %id, account, code, hint, "the connection is broken: {}", issue.message);
    }
    for issue in new(&known.warnings, &status.warnings) {
        let (code, hint) = (&*issue.code, issue.hint.as_deref().unwrap_or_default());
        tracing::warn!(channel_id = %id, account, code, hint, "a warning about the connection: {}", issue.message);
    }
}

/// The issues that were not there before. Their rule counts and not their words, in which days are counted down.
fn new<'a>(before: &'a [Issue], after: &'a [Issue]) -> impl Iterator<Item = &'a Issue> {
    after.iter().filter(|issue| !before.iter().any(|known| known.code == issue.code && known.pointer == issue.pointer))
}
