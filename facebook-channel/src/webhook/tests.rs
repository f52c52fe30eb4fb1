mod concerns;
mod hostile;
mod ids;
mod other;
mod own;
mod properties;
mod samples;
mod shared;

use channel_api::{ChannelId, Event, EventBody, Received, Result};
use serde_json::{Value, json};

use super::{ChannelFacts, Normalizer};

const PAGE: &str = "1098765432100001";

fn normalizer() -> Normalizer {
    Normalizer {
        channel: ChannelFacts {
            channel_id: ChannelId::new("ch_facebook_123"),
            page_id: Some(PAGE.to_owned()),
            instagram_id: None,
            app_id: Some("2233445566778899".to_owned()),
        },
        keep_raw: false,
        keep_other_accounts: false,
    }
}

/// A body with these items in one list of one entry.
fn body(list: &str, items: &[Value]) -> Value {
    json!({"object": "page", "entry": [{"id": PAGE, "time": 1_763_712_999_000_u64, list: items}]})
}

/// The events of a body, with the ids that an empty log would give them.
fn translate(normalizer: &Normalizer, body: &[u8]) -> Result<Vec<Event>> {
    Ok(normalizer.normalize(body, &[])?.into_iter().map(Received::into_event).collect())
}

fn events(body: &Value) -> Vec<Event> {
    translate(&normalizer(), body.to_string().as_bytes()).unwrap()
}

fn is_unknown(event: &Event) -> bool {
    matches!(event.body, EventBody::Unknown { .. })
}

/// Why an event is unknown, if it is.
fn reason(event: &Event) -> Value {
    json!(event)["data"]["reason"].clone()
}
