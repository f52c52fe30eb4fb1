//! Short addresses for what people have sent, `/media/{token}`: they end when the event does, and not when the provider's do.
//!
//! A token says where the event stands in the log, which of its media is meant, and by a short mark which event that was: after an
//! older copy of the store was put back, another may stand there. All of it is proven by [`MediaKey`], so nothing has to be kept for
//! an address, and nobody finds one that was not given out.

use std::sync::Arc;

use super::key::{MediaKey, PROOF};
use crate::store::StoredEvent;

/// How many bytes of an HMAC tell an event from others that could stand at its place.
const MARK: usize = 8;
const NUMBER: usize = size_of::<u64>();
const INDEX: usize = size_of::<u16>();
const NAMED: usize = NUMBER + INDEX + MARK;

/// Gives out addresses of media, and knows them again.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    key: MediaKey,
    public_url: Option<Arc<str>>,
}

/// What a token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meant {
    /// The event's place in the log.
    pub(super) seq: u64,
    /// The medium's place in its message.
    pub(super) index: u16,
    mark: [u8; MARK],
}

impl Addresses {
    /// `public_url` is the address under which others reach this host, without a slash at its end.
    pub(crate) fn new(key: MediaKey, public_url: Option<&str>) -> Self {
        Self { key, public_url: public_url.map(Into::into) }
    }

    /// The address of what a person sent, for whoever is elsewhere; `None` without a public address of the host. `index` is the
    /// place among the content's attachments, or 0 where there are none and the content itself is meant.
    pub(crate) fn address(&self, event: &StoredEvent, index: usize) -> Option<String> {
        Some(format!("{}{}", self.public_url.as_deref()?, self.path(event, index)?))
    }

    /// The same as a path of this host. `None` of a place that no message has.
    pub(crate) fn path(&self, event: &StoredEvent, index: usize) -> Option<String> {
        let meant = Meant { seq: event.seq, index: u16::try_from(index).ok()?, mark: self.mark(event) };
        Some(format!("/media/{}", self.token(meant)))
    }

    /// What a token means; `None` where this host has not given it out.
    pub(super) fn read(&self, token: &str) -> Option<Meant> {
        let mut bytes = [0; NAMED + PROOF];
        hex::decode_to_slice(token, &mut bytes).ok()?;
        let (named, proof) = bytes.split_first_chunk::<NAMED>()?;
        self.key.has_made(proof.try_into().ok()?, "token", [named, &[]]).then(|| Meant::of(named))?
    }

    /// Whether the event is the one that was meant.
    pub(super) fn is_of(&self, meant: Meant, event: &StoredEvent) -> bool {
        event.seq == meant.seq && self.mark(event) == meant.mark
    }

    fn mark(&self, event: &StoredEvent) -> [u8; MARK] {
        let whole = self.key.mac("event", [event.channel_id.as_bytes(), event.id.as_bytes()]);
        std::array::from_fn(|at| whole[at])
    }

    fn token(&self, Meant { seq, index, mark }: Meant) -> String {
        let named = [&seq.to_be_bytes()[..], &index.to_be_bytes(), &mark].concat();
        hex::encode([&named[..], &self.key.mac("token", [&named, &[]])].concat())
    }
}

impl Meant {
    fn of(named: &[u8; NAMED]) -> Option<Self> {
        let (seq, rest) = named.split_first_chunk()?;
        let (index, mark) = rest.split_first_chunk()?;
        Some(Self { seq: u64::from_be_bytes(*seq), index: u16::from_be_bytes(*index), mark: mark.try_into().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    fn event(seq: u64, channel_id: &str, id: &str) -> StoredEvent {
        StoredEvent {
            seq,
            channel_id: channel_id.to_owned(),
            id: id.to_owned(),
            name: "message.received".to_owned(),
            kind: None,
            person: None,
            data: RawValue::from_string("{}".to_owned()).unwrap(),
            copy: None,
            received_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn addresses(public_url: Option<&str>) -> Addresses {
        Addresses::new(MediaKey::passing().unwrap(), public_url)
    }

    fn token(addresses: &Addresses, event: &StoredEvent, index: usize) -> String {
        addresses.path(event, index).unwrap().strip_prefix("/media/").unwrap().to_owned()
    }

    #[test]
    fn an_address_needs_a_public_one_and_a_path_does_not() {
        let first = event(1, "ch_1", "m_1");
        let public = addresses(Some("https://linktor.example.com/x"));
        let address = public.address(&first, 0).unwrap();
        assert_eq!(address, format!("https://linktor.example.com/x{}", public.path(&first, 0).unwrap()));
        assert!(address.len() <= 29 + "/media/".len() + 68, "{address}");
        let private = addresses(None);
        assert_eq!(private.address(&first, 0), None);
        assert!(private.path(&first, 0).is_some());
        assert_eq!(private.path(&first, 65_536), None);
    }

    #[test]
    fn what_stands_at_an_event_s_place_later_is_not_meant() {
        let addresses = addresses(None);
        let meant = addresses.read(&token(&addresses, &event(7, "ch_1", "m_7"), 2)).unwrap();
        assert_eq!((meant.seq, meant.index), (7, 2));
        assert!(addresses.is_of(meant, &event(7, "ch_1", "m_7")));
        for other in [event(7, "ch_1", "m_8"), event(7, "ch_2", "m_7"), event(8, "ch_1", "m_7")] {
            assert!(!addresses.is_of(meant, &other), "{other:?}");
        }
    }

    #[test]
    fn another_key_has_given_out_nothing_of_ours() {
        let (ours, theirs) = (addresses(None), addresses(None));
        assert_eq!(ours.read(&token(&theirs, &event(1, "ch_1", "m_1"), 0)), None);
    }

    proptest! {
        #[test]
        fn every_token_is_known_again(seq: u64, index: u16, channel in ".{0,9}", id in ".{0,9}") {
            let (addresses, event) = (addresses(None), event(seq, &channel, &id));
            let meant = addresses.read(&token(&addresses, &event, usize::from(index))).unwrap();
            prop_assert_eq!((meant.seq, meant.index), (seq, index));
            prop_assert!(addresses.is_of(meant, &event));
        }

        #[test]
        fn no_bit_of_a_token_can_be_changed(seq: u64, at in 0_usize..(NAMED + PROOF) * 8) {
            let addresses = addresses(None);
            let mut bytes = hex::decode(token(&addresses, &event(seq, "ch_1", "m_1"), 0)).unwrap();
            bytes[at / 8] ^= 1 << (at % 8);
            prop_assert_eq!(addresses.read(&hex::encode(&bytes)), None);
        }

        #[test]
        fn what_is_no_token_is_none(text in "\\PC{0,80}") {
            prop_assert_eq!(addresses(None).read(&text), None);
        }
    }
}
