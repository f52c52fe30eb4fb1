//! Whose a delivery is: one app of a provider has one address and speaks of many accounts.

use std::collections::HashSet;
use std::sync::Arc;

use channel_api::{ChannelAdapter, Delivery, Error, Result, Verified, VerifierId};

use crate::channels::ChannelType;

/// Against so many distinct secrets a delivery is checked, at most: whoever sends it decides how many accounts it names.
const MAX_VERIFIERS: usize = 16;

/// A delivery and the channels that take it.
#[derive(Debug)]
pub(crate) struct Routed<'d> {
    /// Each channel whose own secret fits, with what concerns it. The one that answers comes first.
    pub(crate) takers: Vec<(Arc<dyn ChannelAdapter>, Verified<'d>)>,
    /// Accounts that it speaks of and no channel has, where no channel keeps a note of them.
    pub(crate) unclaimed: Vec<String>,
}

/// Finds the channels of a type whose delivery this is.
///
/// What the body says of accounts is a hint: it chooses whose secrets are tried. Only a channel whose own secret fits is handed the
/// body, and it is told which accounts are not its own. At a channel's address, that channel keeps a note of the accounts that
/// nobody has, and takes a body that names none.
///
/// # Errors
/// What the addressed channel answers, or the first of its type, when no secret fits.
pub(crate) fn route<'d>(
    kind: &ChannelType,
    channels: &[&Arc<dyn ChannelAdapter>],
    addressed: Option<&Arc<dyn ChannelAdapter>>,
    delivery: Delivery<'d>,
) -> Result<Routed<'d>> {
    // The only channel of its type takes all of it, and the body need not be looked at before it is proven.
    if let (Some(addressed), [_]) = (addressed, channels) {
        let takers = vec![(Arc::clone(addressed), delivery.verify(&**addressed)?)];
        return Ok(Routed { takers, unclaimed: Vec::new() });
    }
    let named = (kind.accounts)(delivery.body);
    let claims = |channel: &dyn ChannelAdapter| named.iter().any(|account| channel.accounts().contains(account));
    let owners = channels.iter().copied().filter(|channel| claims(&***channel));
    let owners = owners.filter(|owner| addressed.is_none_or(|addressed| !same(owner, addressed)));
    let mut candidates: Vec<_> = addressed.into_iter().chain(owners).collect();
    let no_candidate = candidates.is_empty();
    if no_candidate {
        candidates = channels.to_vec();
    }
    let mut verification = Verification::new(delivery);
    let mut takers = Vec::new();
    for channel in candidates {
        let Some(verified) = verification.verified(channel) else { continue };
        takers.push((Arc::clone(channel), verified));
    }
    if takers.is_empty() {
        return Err(verification.refusal());
    }
    let claimed: HashSet<&String> = channels.iter().flat_map(|channel| channel.accounts()).collect();
    let unclaimed: Vec<String> = named.iter().filter(|account| !claimed.contains(account)).cloned().collect();
    if no_candidate {
        // Genuine, and of accounts that no channel has, or of none: then it is whose it can only be.
        if named.is_empty() && takers.len() == 1 {
            return Ok(Routed { takers, unclaimed });
        }
        return Ok(Routed { takers: Vec::new(), unclaimed });
    }
    let answers = |channel: &Arc<dyn ChannelAdapter>| addressed.is_some_and(|addressed| same(channel, addressed));
    let kept = takers.iter().any(|(channel, _)| answers(channel));
    let takers = takers.into_iter().map(|(channel, verified)| {
        let notes = answers(&channel);
        let not_its_own =
            |account: &&String| !channel.accounts().contains(account) && (!notes || claimed.contains(account));
        let others = named.iter().filter(not_its_own).cloned().collect();
        (channel, verified.with_others(others))
    });
    Ok(Routed { takers: takers.collect(), unclaimed: if kept { Vec::new() } else { unclaimed } })
}

fn same(one: &Arc<dyn ChannelAdapter>, other: &Arc<dyn ChannelAdapter>) -> bool {
    one.channel_id() == other.channel_id()
}

/// A delivery, tried with one secret after the other, each once.
struct Verification<'d> {
    delivery: Delivery<'d>,
    tried: Vec<(VerifierId, Result<Verified<'d>>)>,
}

impl<'d> Verification<'d> {
    const fn new(delivery: Delivery<'d>) -> Self {
        Self { delivery, tried: Vec::new() }
    }

    fn verified(&mut self, channel: &Arc<dyn ChannelAdapter>) -> Option<Verified<'d>> {
        let verifier = channel.verifier();
        let known = self.tried.iter().position(|(tried, _)| *tried == verifier);
        let place = match known {
            Some(place) => place,
            None if self.tried.len() == MAX_VERIFIERS => return None,
            None => {
                self.tried.push((verifier, self.delivery.verify(&**channel)));
                self.tried.len() - 1
            }
        };
        self.tried.get(place).and_then(|(_, outcome)| outcome.as_ref().ok().cloned())
    }

    /// Why the first secret did not fit.
    fn refusal(self) -> Error {
        let refused = self.tried.into_iter().find_map(|(_, outcome)| outcome.err());
        refused.unwrap_or_else(|| {
            Error::new(channel_api::ErrorKind::Unauthenticated, "webhook.nobody", "no channel takes this delivery")
        })
    }
}
