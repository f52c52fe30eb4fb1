use axum::Json;
use axum::extract::State;
use channel_api::ChannelAdapter;
use channel_api::describe;
use serde_json::{Value, json};

use super::request::Addressed;
use crate::channels::Channels;
use crate::connections::Connections;
use crate::sending::Pace;

/// The channels of this host, what each can do, and whether it can work.
pub(super) async fn channels(
    State(channels): State<Channels>,
    State(connections): State<Connections>,
    State(pace): State<Pace>,
) -> Json<Value> {
    let shown: Vec<Value> = channels.list().iter().map(|channel| show(&connections, &pace, &**channel)).collect();
    Json(json!({ "channels": shown }))
}

/// One of them.
pub(super) async fn channel(
    State(connections): State<Connections>,
    State(pace): State<Pace>,
    channel: Addressed,
) -> Json<Value> {
    Json(show(&connections, &pace, &*channel.adapter))
}

fn show(connections: &Connections, pace: &Pace, channel: &dyn ChannelAdapter) -> Value {
    json!({
        "id": channel.channel_id(),
        "type": channel.channel_type(),
        "webhook": format!("/api/v1/webhooks/{}/{}", channel.channel_type(), channel.channel_id()),
        "connection": connections.known(channel.channel_id()),
        "sending": pace.state(channel.channel_id().as_str()),
        "capabilities": describe(channel),
    })
}
