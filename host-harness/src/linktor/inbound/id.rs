//! The core's id of what a person said: the same whenever, and by whichever process, it is told.

use sha2::{Digest as _, Sha256};

/// A UUID of version 8 (RFC 9562, 5.8) made of the core's channel and the event's id.
pub(super) fn of(channel_id: &str, event_id: &str) -> String {
    let digest = Sha256::new().chain_update(channel_id).chain_update([0]).chain_update(event_id).finalize();
    let mut id: [u8; 16] = std::array::from_fn(|place| digest[place]);
    id[6] = id[6] & 0x0f | 0x80;
    id[8] = id[8] & 0x3f | 0x80;
    let hex = hex::encode(id);
    let (mut rest, mut parts) = (hex.as_str(), Vec::new());
    for length in [8, 4, 4, 4, 12] {
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        parts.push(part);
        rest = after;
    }
    parts.join("-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_id_is_a_uuid_of_channel_and_event() {
        let id = super::of("571eac0f-760d-403f-b150-05b6b7b16c95", "msg_1");
        assert_eq!(id.len(), 36);
        assert_eq!(id.get(14..15), Some("8"));
        assert!(matches!(id.get(19..20), Some("8" | "9" | "a" | "b")), "{id}");
        assert_eq!(id, super::of("571eac0f-760d-403f-b150-05b6b7b16c95", "msg_1"));
        assert_ne!(id, super::of("571eac0f-760d-403f-b150-05b6b7b16c95", "msg_2"));
        assert_ne!(super::of("a", "bc"), super::of("ab", "c"));
    }
}
