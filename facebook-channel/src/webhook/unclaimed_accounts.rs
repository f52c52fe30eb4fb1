//! [`UnclaimedAccounts`]: what a delivery brings of accounts that no channel has. It is noted, and nobody's words are kept.

use channel_api::event::{Origin, Raw, UnknownReason};
use channel_api::{Event, EventBody, Identity, Received, Timestamp};
use serde_json::value::{RawValue, to_raw_value};

use super::CHANNEL_TYPE;
use super::channel_facts::ChannelFacts;
use super::envelope::Entry;
use super::events::UNKNOWN;
use super::fingerprint;
use super::scalar;

/// What was seen of each account, in the order in which they came.
#[derive(Default)]
pub(super) struct UnclaimedAccounts<'a>(Vec<Account<'a>>);

struct Account<'a> {
    reason: UnknownReason,
    id: Option<String>,
    /// The first entry's.
    time: Option<Timestamp>,
    items: Vec<&'a RawValue>,
}

impl<'a> UnclaimedAccounts<'a> {
    pub(super) fn add(&mut self, reason: UnknownReason, entry: Entry<'a, &'a RawValue>) {
        let id = entry.id.map(std::borrow::Cow::into_owned);
        let time = scalar::time(&entry.time);
        let items = entry.lists.into_iter().flat_map(|(_, items)| items);
        match self.0.iter_mut().find(|account| account.id == id) {
            Some(account) => account.items.extend(items),
            None => self.0.push(Account { reason, id, time, items: items.collect() }),
        }
    }

    /// One event for each account: which it is, and how much there was. Its JSON only where that was asked for.
    pub(super) fn events(self, channel: &ChannelFacts, object: Option<&str>, keep: bool, made: &mut Vec<Received>) {
        for Account { reason, id, time, items } in self.0 {
            let words = to_raw_value(&items).ok();
            let content = words.as_deref().map_or("[]", RawValue::get);
            let identity = Identity::Derived {
                fingerprint: fingerprint::of_raw(UNKNOWN, id.as_deref(), content),
                subject: None,
                entry_time: time,
            };
            let origin = Origin {
                object: object.map(str::to_owned),
                account: id,
                list: None,
                items: Some(items.len().try_into().unwrap_or(u64::MAX)),
            };
            let raw = words.filter(|_| keep).map(|words| Raw::new(&words));
            let body = EventBody::Unknown { reason, detail: Some(detail(reason).to_owned()), origin, raw };
            let mut event = Event::new(UNKNOWN, channel.channel_id.clone(), CHANNEL_TYPE, body);
            event.timestamp = time;
            made.push(Received::new(identity, event));
        }
    }
}

fn detail(reason: UnknownReason) -> &'static str {
    match reason {
        UnknownReason::OtherProduct => "the body's `object` is not `page`, and no channel takes it",
        _ => {
            "no channel has this Page: configure one for it, or take the app's subscription away from the Page \
             (DELETE /{page-id}/subscribed_apps)"
        }
    }
}
