use channel_api::Event;
use serde_json::Value;

use super::Name;
use crate::store::Profile;

/// Puts into an event's metadata who speaks: the provider's facts as they come (`firstName`, `lastName`, `profilePic`), a name to
/// show (`senderName`), and Linktor core's own words for both, by which it finds or makes the contact: `sender_id`, `sender_name`.
/// Without a profile there is the id alone. What the provider's event says itself is left as it is.
pub(crate) fn introduce(event: &mut Event, person: &str, profile: &Profile) {
    let mut add = |name: &str, value: Value| {
        if event.metadata.get(name).is_none() {
            event.metadata.insert(name.to_owned(), value);
        }
    };
    if let Ok(fields) = &profile.answer {
        for (name, value) in fields {
            add(name, value.clone());
        }
        if let Some(name) = Name::of(fields).and_then(|name| name.full()) {
            add("senderName", name.clone().into());
            add("sender_name", name.into());
        }
    }
    add("sender_id", person.into());
}

#[cfg(test)]
mod tests {
    use channel_api::{ChannelId, Content, EventBody, JsonObject};
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn introduced(before: &[(&'static str, &str)], answer: Result<Value, Option<String>>) -> Value {
        let body = EventBody::Message { content: Content::text("hello") };
        let mut event = Event::new("message.received", ChannelId::new("ch_1"), "scripted", body);
        event.metadata = before.iter().copied().collect();
        let answer = answer.map(|fields| serde_json::from_value::<JsonObject>(fields).unwrap());
        introduce(&mut event, "7411", &Profile { answer, expires_at: Timestamp::UNIX_EPOCH, version: 1 });
        serde_json::to_value(event.metadata).unwrap()
    }

    #[test]
    fn the_sender_has_a_name_for_people_and_one_for_the_core() {
        let ana = json!({"firstName": "Ana", "lastName": "Lima", "profilePic": "https://cdn.example.org/ana.jpg"});
        assert_eq!(
            introduced(&[("mid", "m_1")], Ok(ana)),
            json!({
                "mid": "m_1", "firstName": "Ana", "lastName": "Lima", "profilePic": "https://cdn.example.org/ana.jpg",
                "senderName": "Ana Lima", "sender_id": "7411", "sender_name": "Ana Lima"
            })
        );
    }

    #[test]
    fn who_is_not_known_has_an_id() {
        for answer in [Ok(json!({})), Err(None), Err(Some("scripted.no_profile".to_owned()))] {
            assert_eq!(introduced(&[], answer), json!({"sender_id": "7411"}));
        }
    }

    #[test]
    fn facts_never_replace_the_provider_s() {
        let answer = Ok(json!({"firstName": "Other", "lastName": "Lima"}));
        let metadata = introduced(&[("firstName", "Ana")], answer);
        assert_eq!((&metadata["firstName"], &metadata["lastName"]), (&json!("Ana"), &json!("Lima")));
    }
}
