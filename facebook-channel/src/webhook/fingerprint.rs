//! The identity of an event that has no id of its own.

use serde_json::Number;
use sha2::{Digest, Sha256};

use super::event_header::{EventHeader, Party};
use super::json::{Json, Members};
use super::message_wire::Message;

/// What is known of an event, brought into one form: the same whatever the order of its keys and the batch that it came in.
///
/// Every text is written with an end that no text can hold, and everything else with its kind, so that different events cannot be
/// written alike. `entry.time` is not a part: beside it, it tells whether the same has happened again.
#[derive(Debug)]
pub(super) struct Fingerprint(Vec<u8>);

/// A byte that occurs nowhere in UTF-8.
const END: u8 = 0xff;

impl Fingerprint {
    /// An event of this name on this Page, with its parties and its own time.
    pub(super) fn of(name: &str, page: Option<&str>, header: &EventHeader<'_>) -> Self {
        let mut fingerprint = Self(Vec::with_capacity(256));
        fingerprint.text(name);
        fingerprint.text(page.unwrap_or_default());
        fingerprint.party(&header.sender);
        fingerprint.party(&header.recipient);
        match header.time {
            Some(time) => fingerprint.number(&time.as_millis().into()),
            None => fingerprint.0.push(END),
        }
        fingerprint
    }

    /// With what happened. Its objects are sorted in place, for there is no copy to sort.
    pub(super) fn json(mut self, json: &mut Json<'_>) -> Self {
        self.write(json);
        self
    }

    /// With all members of an object.
    pub(super) fn members(mut self, members: &mut Members<'_>) -> Self {
        self.object(members);
        self
    }

    /// With a message that has no id.
    pub(super) fn message(self, message: &mut Message<'_>) -> Self {
        self.json(&mut message.text).members(&mut message.members)
    }

    /// With the text of something that could not be read.
    pub(super) fn raw(mut self, raw: &str) -> Self {
        self.text(raw);
        self
    }

    /// Half of its SHA-256: enough that no two events of a channel meet.
    pub(super) fn digest(&self) -> [u8; 16] {
        let digest: [u8; 32] = Sha256::digest(&self.0).into();
        std::array::from_fn(|place| digest[place])
    }

    fn party(&mut self, party: &Party<'_>) {
        self.text(party.id().unwrap_or_default());
        self.text(party.guest().unwrap_or_default());
    }

    fn text(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(END);
    }

    fn number(&mut self, number: &Number) {
        if let Some(number) = number.as_i64() {
            self.0.push(b'i');
            self.0.extend_from_slice(&number.to_le_bytes());
        } else if let Some(number) = number.as_u64() {
            self.0.push(b'u');
            self.0.extend_from_slice(&number.to_le_bytes());
        } else {
            self.0.push(b'd');
            self.0.extend_from_slice(&number.as_f64().unwrap_or_default().to_bits().to_le_bytes());
        }
    }

    fn write(&mut self, json: &mut Json<'_>) {
        match json {
            Json::Null => self.0.push(b'n'),
            Json::Bool(true) => self.0.push(b't'),
            Json::Bool(false) => self.0.push(b'f'),
            Json::Number(number) => self.number(number),
            Json::Text(text) => {
                self.0.push(b's');
                self.text(text);
            }
            Json::List(elements) => {
                self.0.push(b'[');
                for element in elements {
                    self.write(element);
                }
                self.0.push(b']');
            }
            Json::Object(members) => self.object(members),
        }
    }

    fn object(&mut self, members: &mut Members<'_>) {
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.0.push(b'{');
        for (name, value) in members {
            self.text(name);
            self.write(value);
        }
        self.0.push(b'}');
    }
}

/// Of what an event of this name on this Page is about.
pub(super) fn of_subject(name: &str, page: Option<&str>, ids: &[String]) -> [u8; 16] {
    let mut fingerprint = Fingerprint::of(name, page, &EventHeader::default());
    for id in ids {
        fingerprint.text(id);
    }
    fingerprint.digest()
}

/// The same, said to another app and only shown to us.
pub(super) fn observed(digest: [u8; 16]) -> [u8; 16] {
    let digest = Sha256::new().chain_update("standby").chain_update(digest).finalize();
    std::array::from_fn(|place| digest[place])
}

/// Of something that is kept without being understood.
pub(super) fn of_raw(name: &str, page: Option<&str>, raw: &str) -> [u8; 16] {
    let read = serde_json::from_str::<Json<'_>>(raw);
    let fingerprint = Fingerprint::of(name, page, &EventHeader::default());
    match read {
        Ok(mut json) => fingerprint.json(&mut json),
        Err(_) => fingerprint.raw(raw),
    }
    .digest()
}

#[cfg(test)]
mod tests {
    use super::super::raw_event::RawEvent;
    use super::*;

    fn of(page: &str, item: &str) -> [u8; 16] {
        let item: RawEvent<'_> = serde_json::from_str(item).unwrap();
        let (spec, mut payload) = item.payload.unwrap();
        Fingerprint::of(spec.name, Some(page), &item.header).json(&mut payload).digest()
    }

    #[test]
    fn the_order_of_keys_and_the_form_of_ids_and_times_do_not_matter() {
        let one =
            of("1", r#"{"sender":{"id":"7"},"timestamp":1763712000123,"postback":{"a":1,"b":{"c":"x","d":[null]}}}"#);
        let same = of(
            "1",
            r#"{"postback":{"b":{"d":[null],"c":"\u0078"},"a":1},"timestamp":"1763712000123","sender":{"id":7}}"#,
        );
        assert_eq!(one, same);
    }

    #[test]
    fn everything_else_does() {
        let items = [
            r#"{"sender":{"id":"7"},"timestamp":1763712000123,"postback":{"payload":"A"}}"#,
            r#"{"sender":{"id":"7"},"timestamp":1763712000124,"postback":{"payload":"A"}}"#,
            r#"{"sender":{"id":"7"},"postback":{"payload":"A"}}"#,
            r#"{"sender":{"id":"8"},"timestamp":1763712000123,"postback":{"payload":"A"}}"#,
            r#"{"sender":{"user_ref":"7"},"timestamp":1763712000123,"postback":{"payload":"A"}}"#,
            r#"{"recipient":{"id":"7"},"timestamp":1763712000123,"postback":{"payload":"A"}}"#,
            r#"{"sender":{"id":"7"},"timestamp":1763712000123,"postback":{"payload":"B"}}"#,
            r#"{"sender":{"id":"7"},"timestamp":1763712000123,"postback":{"payload":["A"]}}"#,
            r#"{"sender":{"id":"7"},"timestamp":1763712000123,"postback":{"payload":null}}"#,
            r#"{"sender":{"id":"7"},"timestamp":1763712000123,"postback":{"payload":"A","new":1}}"#,
        ];
        let mut seen: Vec<_> = items.iter().map(|item| of("1", item)).collect();
        seen.push(of("2", items[0]));
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), all);
    }
}
