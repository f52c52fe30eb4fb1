//! Every kind of event that is known, and which one a key stands for.

use super::event_spec::EventSpec;
use super::{
    account, call, commerce, feed, feedback, game, handover, optin, page, postback, receipts, referral, revision,
};

/// What may stand in an item, the frequent ones first.
const SPECS: &[&[EventSpec]] = &[
    receipts::SPECS,
    postback::SPECS,
    revision::SPECS,
    referral::SPECS,
    optin::SPECS,
    handover::SPECS,
    account::SPECS,
    feedback::SPECS,
    commerce::SPECS,
    game::SPECS,
    call::SPECS,
];

/// What a change may be about.
pub(super) const CHANGES: &[&[EventSpec]] = &[feed::CHANGES, page::CHANGES, page::MARKETING];

/// The kind that has this key in an item.
pub(super) fn known(key: &str) -> Option<&'static EventSpec> {
    find(SPECS, key)
}

/// The kind among these that has this key.
pub(super) fn find(specs: &'static [&[EventSpec]], key: &str) -> Option<&'static EventSpec> {
    // Every event goes through here; loops of one's own take half as long as a flattened iterator.
    for specs in specs {
        for spec in *specs {
            if spec.key == key {
                return Some(spec);
            }
        }
    }
    None
}
