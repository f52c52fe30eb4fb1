//! A subscription that was lost is made again, by a check on schedule and without being asked.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use channel_api::{Action, ConnectionStatus, Issue};
use jiff::{SignedDuration, Timestamp};

use super::{Watched, account_of};
use crate::store::{Subscription, Subscriptions};

/// Not more often than this, across restarts too: where it does not help, more of it does not help either.
const MEND_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Subscribes again where the channel lets it, nobody has ended the subscription on purpose, and it was not done lately. Tells
/// whether there is something new to be found.
pub(super) async fn mend(watched: &Watched, subscriptions: &dyn Subscriptions, found: &ConnectionStatus) -> bool {
    let (id, account) = (watched.adapter.channel_id(), account_of(found));
    let Some(facet) = watched.adapter.connection().filter(|facet| facet.may_mend(found)) else { return false };
    let missing = found.subscription.as_ref().map(|found| found.missing.clone()).unwrap_or_default();
    // What the last time has left is what the provider does not take.
    if *watched.not_taken.lock().unwrap_or_else(PoisonError::into_inner) == missing {
        return false;
    }
    let now = Timestamp::now();
    let kept = match subscriptions.get(id.as_str()).await {
        Ok(kept) => kept,
        Err(error) => {
            tracing::error!(channel_id = %id, %error, "a lost subscription was left: whether it was ended on purpose cannot be read");
            return false;
        }
    };
    // A clock that was wrong once must not stop it for ever.
    let lately = kept.mended_at.is_some_and(|at| now.duration_since(at).abs() < MEND_EVERY);
    if kept.ended_at.is_some() || lately {
        return false;
    }
    // Before the call: a host that is restarted all the time does not repeat it each time.
    if let Err(error) = subscriptions.put(id.as_str(), Subscription { mended_at: Some(now), ..kept }).await {
        tracing::error!(channel_id = %id, %error, "a lost subscription was left: that it is made again cannot be remembered");
        return false;
    }
    // Cut off half-way it does no harm: subscribing only adds.
    match facet.subscribe(watched.webhook.as_deref()).await {
        Ok(told) => {
            if !is_to_be_repeated(&told.warnings) {
                let left = missing.into_iter().filter(|field| !told.added.contains(field)).collect();
                *watched.not_taken.lock().unwrap_or_else(PoisonError::into_inner) = left;
            }
            if !told.added.is_empty() {
                watched.mended.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(channel_id = %id, account, added = told.added.join(","), "a lost subscription was made again");
            }
            !told.added.is_empty()
        }
        Err(error) => {
            let (code, hint) = (error.code(), error.hint().unwrap_or_default());
            tracing::warn!(channel_id = %id, account, code, hint, "a lost subscription could not be made again: {error}");
            false
        }
    }
}

/// Whether some of it was left for a reason that passes.
fn is_to_be_repeated(warnings: &[Issue]) -> bool {
    warnings.iter().any(|warning| warning.action == Some(Action::RetryLater))
}

/// What a repair has just been refused is not to be had by another one: its own answer does not advise it.
pub(super) fn not_at_once_again(status: &mut ConnectionStatus, refused: &[Issue]) {
    if refused.is_empty() || is_to_be_repeated(refused) {
        return;
    }
    for warning in status.warnings.iter_mut().filter(|warning| warning.action == Some(Action::RepairConnection)) {
        warning.hint = Some("the provider has just refused it: the warnings of the repair say what to do".to_owned());
        warning.action = None;
    }
}
