use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::app::App;

/// The channels of this host and what each can do.
pub(super) async fn channels(State(app): State<Arc<App>>) -> Json<Value> {
    let mut channels: Vec<_> = app.channels.iter().collect();
    channels.sort_by_key(|channel| channel.channel_id().clone());
    let shown: Vec<Value> = channels
        .into_iter()
        .map(|channel| {
            json!({
                "id": channel.channel_id(),
                "type": channel.channel_type(),
                "webhook": format!("/api/v1/webhooks/{}/{}", channel.channel_type(), channel.channel_id()),
                "capabilities": channel.capabilities(),
            })
        })
        .collect();
    Json(json!({ "channels": shown }))
}
