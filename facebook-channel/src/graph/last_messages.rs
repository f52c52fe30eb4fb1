//! What was said last in a conversation, as Meta keeps it.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversations>

use channel_api::{ProviderRequest, Result, Said, Timestamp};
use serde_json::Value;

use super::page::Page;

/// Meta hands out the last 20 messages and no more.
const FIELDS: &str = "messages.limit(20){id,message,created_time,from}";

/// The last messages with a person (PSID), the newest first. None where there is no conversation.
pub(crate) async fn last_messages(page: Page<'_>, person: &str) -> Result<Vec<Said>> {
    let query = [("platform", "messenger"), ("user_id", person), ("fields", FIELDS)];
    let request = ProviderRequest::get(page.graph.path(&[page.id, "conversations"])?, &query);
    let answer = page.graph.call(&request).await.map_err(|error| error.with_operation("last_messages"))?;
    let messages = answer["data"][0]["messages"]["data"].as_array();
    Ok(messages.into_iter().flatten().filter_map(|message| said(message, page.id)).collect())
}

fn said(message: &Value, page: &str) -> Option<Said> {
    let text = message["message"].as_str().filter(|text| !text.is_empty());
    let at = message["created_time"].as_str().and_then(moment);
    let said = Said::new(message["id"].as_str()?, message["from"]["id"] == page);
    Some(said.with_text(text.map(str::to_owned)).with_time(at))
}

/// Meta writes `2026-01-02T03:04:05+0000`.
fn moment(text: &str) -> Option<Timestamp> {
    let moment = jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text).ok()?;
    Timestamp::from_millis(moment.as_millisecond())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_are_read_as_meta_writes_them() {
        let message = json!({
            "id": "m_1", "message": "Hi", "created_time": "2025-11-21T08:00:01+0000",
            "from": {"name": "Shop", "email": "9@facebook.com", "id": "9"},
        });
        let expected = Said::new("m_1", true).with_text(Some("Hi".to_owned()));
        assert_eq!(said(&message, "9"), Some(expected.with_time(Timestamp::from_millis(1_763_712_001_000))));
        let bare = json!({"id": "m_2", "message": "", "created_time": "yesterday"});
        assert_eq!(said(&bare, "9"), Some(Said::new("m_2", false)));
        assert_eq!(said(&json!({}), "9"), None);
    }
}
