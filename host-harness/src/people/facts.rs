use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::Name;

/// What an inbound message's metadata says of its author: the provider's facts as they come (`firstName`, `lastName`,
/// `profilePic`), a name to show (`senderName`), and Linktor core's own words for both, by which it finds or makes the contact:
/// `sender_id`, `sender_name`. Without a profile there is the id alone.
pub(super) fn metadata(person: &str, facts: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut metadata = facts.cloned().unwrap_or_default();
    if let Some(name) = facts.and_then(Name::of).and_then(|name| name.full()) {
        metadata.insert("senderName".to_owned(), name.clone().into());
        metadata.insert("sender_name".to_owned(), name.into());
    }
    metadata.insert("sender_id".to_owned(), person.into());
    metadata
}

/// Adds facts to an event's metadata. Everything else in it stays to the byte: it may be deep, or hold numbers that no
/// program can hold.
pub(super) fn with_metadata(data: &RawValue, facts: &Map<String, Value>) -> Option<Box<RawValue>> {
    let mut data: Members<'_> = serde_json::from_str(data.get()).ok()?;
    let at = data.0.iter().position(|(name, _)| name == "metadata");
    let mut metadata: Map<String, Value> = match at {
        Some(at) => serde_json::from_str(data.0[at].1.get()).ok()?,
        None => Map::new(),
    };
    for (name, value) in facts {
        metadata.entry(name).or_insert_with(|| value.clone());
    }
    let metadata = to_raw_value(&metadata).ok()?;
    match at {
        Some(at) => data.0[at].1 = &metadata,
        None => data.0.push(("metadata".to_owned(), &metadata)),
    }
    to_raw_value(&data).ok()
}

/// An object whose values are not looked at.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn introduced(data: &str) -> String {
        let facts = json!({"firstName": "Other", "lastName": "Lima"});
        let data = RawValue::from_string(data.to_owned()).unwrap();
        with_metadata(&data, facts.as_object().unwrap()).unwrap().get().to_owned()
    }

    #[test]
    fn facts_are_added_and_never_replace_the_provider_s() {
        assert_eq!(
            introduced(r#"{"id":"1","metadata":{"firstName":"Ana","mid":"m_1"}}"#),
            r#"{"id":"1","metadata":{"firstName":"Ana","lastName":"Lima","mid":"m_1"}}"#
        );
        assert_eq!(introduced("{}"), r#"{"metadata":{"firstName":"Other","lastName":"Lima"}}"#);
    }

    #[test]
    fn the_sender_has_a_name_for_people_and_one_for_the_core() {
        let facts = json!({"firstName": "Ana", "lastName": "Lima", "profilePic": "https://cdn.example.org/ana.jpg"});
        assert_eq!(
            Value::Object(metadata("7411", facts.as_object())),
            json!({
                "firstName": "Ana", "lastName": "Lima", "profilePic": "https://cdn.example.org/ana.jpg",
                "senderName": "Ana Lima", "sender_id": "7411", "sender_name": "Ana Lima"
            })
        );
        assert_eq!(Value::Object(metadata("7411", None)), json!({"sender_id": "7411"}));
        assert_eq!(Value::Object(metadata("7411", Some(&Map::new()))), json!({"sender_id": "7411"}));
    }

    #[test]
    fn everything_else_stays_to_the_byte() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        let data = format!(r#"{{"z":12345678901234567890123,"raw":{deep},"a":1.0,"metadata":{{}}}}"#);
        assert_eq!(introduced(&data), data.replace("{}", r#"{"firstName":"Other","lastName":"Lima"}"#));
    }
}
