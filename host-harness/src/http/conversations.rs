use axum::Json;
use axum::extract::State;
use channel_api::JsonObject;
use serde_json::{Value, json};

use super::request::Addressed;
use crate::people::{Name, Profiles};
use crate::store::{Known, Unavailable};
use crate::threads::Threads;

/// Why there is no profile where the provider answers without a name.
const NO_NAME: &str = "profile.no_name";

/// What the host knows of a person, of who answers them, until when they may be written to as usual, and why they cannot be reached.
/// Who answers is hearsay: at some providers it lapses when nobody writes, so `since` and `lastMessageAt` stand beside it.
pub(super) async fn show(
    State(people): State<Profiles>,
    State(threads): State<Threads>,
    Addressed { adapter, name: person }: Addressed,
) -> Json<Value> {
    let id = adapter.channel_id().as_str();
    let mut shown = match &people.known(id, &person).await.answer {
        Ok(fields) => {
            let mut shown = fields.clone();
            if Name::of(fields).is_none() {
                // The provider has answered; it may know more when the person writes again.
                shown.insert("profileUnavailable".to_owned(), json!(NO_NAME));
            }
            shown
        }
        Err(Some(code)) => [("profileUnavailable".to_owned(), json!(code))].into_iter().collect(),
        Err(None) => JsonObject::new(),
    };
    let Known { owner: owned, openings, unavailable } = threads.known(id, &person).await;
    if let Some(last) = threads.last_message(id, &person).await {
        shown.insert("lastMessageAt".to_owned(), json!(last.to_string()));
    }
    if let Some(Unavailable { code, since }) = unavailable {
        shown.insert("unavailable".to_owned(), json!({ "code": code, "since": since.to_string() }));
    }
    if let Some(window) = adapter.window() {
        if let Some(opening) = openings.first() {
            shown.insert("windowOpenedBy".to_owned(), json!(opening.by));
        }
        if let Some(ends_at) = openings.iter().filter_map(|opening| window.ends_at(opening)).max() {
            shown.insert("windowEndsAt".to_owned(), json!(ends_at));
        }
    }
    shown.insert("owner".to_owned(), json!(owned.as_ref().map(|owned| &owned.owner)));
    shown.insert("since".to_owned(), json!(owned.as_ref().map(|owned| owned.since.to_string())));
    shown.insert("channelId".to_owned(), json!(id));
    shown.insert("person".to_owned(), json!(person));
    Json(Value::Object(shown))
}
