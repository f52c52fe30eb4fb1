//! [`UnclaimedAccounts`]: what a delivery brings of accounts that no channel has. It is noted, and nobody's words are kept.

use std::collections::HashMap;

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
pub(super) struct UnclaimedAccounts<'a> {
    accounts: Vec<Account<'a>>,
    /// Which of them has this id: a delivery may bring as many accounts as entries.
    places: HashMap<Option<String>, usize>,
}

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
        let place = *self.places.entry(id).or_insert_with_key(|id| {
            self.accounts.push(Account { reason, id: id.clone(), time, items: Vec::new() });
            self.accounts.len() - 1
        });
        if let Some(account) = self.accounts.get_mut(place) {
            account.items.extend(items);
        }
    }

    /// One event for each account: which it is, and how much there was. Its JSON only where that was asked for.
    pub(super) fn events(self, channel: &ChannelFacts, object: Option<&str>, keep: bool, made: &mut Vec<Received>) {
        for Account { reason, id, time, items } in self.accounts {
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

#[cfg(test)]
mod tests {
    use super::super::json::Json;
    use super::*;

    /// Each looked for among all before it, these would take minutes.
    #[test]
    fn very_many_accounts_are_kept_apart_in_the_order_in_which_they_came() {
        const MANY: usize = 200_000;
        let item = RawValue::from_string("1".to_owned()).unwrap();
        let mut unclaimed = UnclaimedAccounts::default();
        for id in (0..MANY).chain((0..MANY).rev()) {
            let id = (id > 0).then(|| id.to_string().into());
            let lists = vec![("messaging".into(), vec![&*item])];
            let entry = Entry { id, time: Json::Null, lists, members: Vec::new() };
            unclaimed.add(UnknownReason::OtherAccount, entry);
        }
        assert_eq!(unclaimed.accounts.len(), MANY);
        let ids = unclaimed.accounts.iter().map(|account| account.id.clone());
        assert!(ids.eq((0..MANY).map(|id| (id > 0).then(|| id.to_string()))));
        assert!(unclaimed.accounts.iter().all(|account| account.items.len() == 2));
    }
}
