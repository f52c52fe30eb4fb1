//! Ending a subscription on purpose, remembered until somebody asks for it again.

use channel_api::facets::required;
use channel_api::{
    Action, ChannelAdapter, ChannelId, ConnectionStatus, Error, ErrorKind, Issue, Pointer, Result, Retry, Timestamp,
};

use super::Connections;
use crate::channels::ChannelList;
use crate::store::StoreError;

/// Why a subscription was neither ended nor asked for.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// The channel or its provider.
    #[error(transparent)]
    Channel(#[from] Error),
    /// What was done cannot be remembered.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Connections {
    /// Refuses where another channel of the host needs what would end: the provider has one subscription for an account and an
    /// app, whatever number of channels they are to us.
    pub(super) async fn refuse_where_needed(
        &self,
        list: &ChannelList,
        adapter: &dyn ChannelAdapter,
    ) -> Result<(), ConnectionError> {
        for other in list.iter().filter(|other| is_the_same_subscription(&***other, adapter)) {
            if self.0.subscriptions.get(other.channel_id().as_str()).await?.ended_at.is_none() {
                return Err(needed(other.channel_id()).into());
            }
        }
        Ok(())
    }
}

/// The provider stops for both at once: one account, and one app, whose deliveries one secret proves.
fn is_the_same_subscription(other: &dyn ChannelAdapter, adapter: &dyn ChannelAdapter) -> bool {
    let shares_account = || adapter.accounts().iter().any(|account| other.accounts().contains(account));
    other.channel_id() != adapter.channel_id()
        && other.channel_type() == adapter.channel_type()
        && other.verifier() == adapter.verifier()
        && shares_account()
}

fn needed(other: &ChannelId) -> Error {
    let message = format!("the channel {other} has the same account by the same app, and would get nothing any more");
    Error::new(ErrorKind::Rejected, "connection.needed_by_another_channel", message)
        .with_hint(format!(
            "take one of the two out of the host's configuration first; without {other} this can be ended"
        ))
        .with_operation("connection_unsubscribe")
}

/// What was ended here on purpose is not lost: nobody who follows the advice of a check shall make it again unawares.
pub(crate) fn told_as_ended(status: &mut ConnectionStatus, at: Timestamp) {
    let of_it = |problem: &Issue| problem.action == Some(Action::RepairConnection);
    if status.problems.iter().any(of_it) {
        status.problems.retain(|problem| !of_it(problem));
        let message = format!("the subscription was ended here on {at}, and nothing is delivered");
        let ended = Issue::new(&Pointer::ROOT, "connection.unsubscribed", message);
        status.problems.push(ended.with_hint("it stays so until somebody asks for a repair of the connection"));
    }
}

/// Whether the provider has certainly not stopped.
pub(super) fn is_certain(error: &Error) -> bool {
    matches!(error.retry(), Retry::Never | Retry::Safe { .. })
}

/// Asks the provider to stop.
pub(super) async fn unsubscribe(adapter: &dyn ChannelAdapter) -> Result<()> {
    required(adapter.connection(), "connection_unsubscribe")?.unsubscribe().await?;
    tracing::info!(channel_id = %adapter.channel_id(), "the subscription was ended");
    Ok(())
}
