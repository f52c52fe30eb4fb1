//! Every kind of event that is known, and which one a key stands for.

use super::kind::Kind;
use super::{
    account, call, commerce, feed, feedback, game, handover, optin, page, postback, receipts, referral, revision,
};

/// What may stand in an item, the frequent ones first.
const KINDS: &[&[Kind]] = &[
    receipts::KINDS,
    postback::KINDS,
    revision::KINDS,
    referral::KINDS,
    optin::KINDS,
    handover::KINDS,
    account::KINDS,
    feedback::KINDS,
    commerce::KINDS,
    game::KINDS,
    call::KINDS,
];

/// What a change may be about.
pub(super) const CHANGES: &[&[Kind]] = &[feed::CHANGES, page::CHANGES, page::MARKETING];

/// The kind that has this key in an item.
pub(super) fn known(key: &str) -> Option<&'static Kind> {
    find(KINDS, key)
}

/// The kind among these that has this key.
pub(super) fn find(kinds: &'static [&[Kind]], key: &str) -> Option<&'static Kind> {
    // Every event goes through here; loops of one's own take half as long as a flattened iterator.
    for kinds in kinds {
        for kind in *kinds {
            if kind.key == key {
                return Some(kind);
            }
        }
    }
    None
}
