use axum::Json;
use axum::extract::State;
use channel_api::ChannelAdapter;
use channel_api::describe;
use serde_json::{Value, json};

use super::request::Addressed;
use crate::channels::Channels;
use crate::connections::Connections;
use crate::linktor::Standing;
use crate::sending::Pace;

/// The channels of this host, what each can do, and whether it can work.
pub(super) async fn channels(
    State(channels): State<Channels>,
    State(connections): State<Connections>,
    State(pace): State<Pace>,
    State(linktor): State<Option<Standing>>,
) -> Json<Value> {
    let list = channels.list();
    let shown: Vec<Value> =
        list.iter().map(|channel| show(&connections, &pace, linktor.as_ref(), &**channel)).collect();
    Json(json!({ "channels": shown }))
}

/// One of them.
pub(super) async fn channel(
    State(connections): State<Connections>,
    State(pace): State<Pace>,
    State(linktor): State<Option<Standing>>,
    channel: Addressed,
) -> Json<Value> {
    Json(show(&connections, &pace, linktor.as_ref(), &*channel.adapter))
}

fn show(connections: &Connections, pace: &Pace, linktor: Option<&Standing>, channel: &dyn ChannelAdapter) -> Value {
    let mut shown = json!({
        "id": channel.channel_id(),
        "type": channel.channel_type(),
        "webhook": format!("/api/v1/webhooks/{}/{}", channel.channel_type(), channel.channel_id()),
        "connection": connections.known(channel.channel_id()),
        "sending": pace.state(channel.channel_id().as_str()),
        "capabilities": describe(channel),
    });
    if let Some(standing) = linktor.and_then(|linktor| linktor.of(channel.channel_id().as_str())) {
        shown["linktor"] = standing;
    }
    shown
}
