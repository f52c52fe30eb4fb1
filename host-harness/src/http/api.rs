use axum::Json;
use axum::extract::State;
use channel_api::ChannelAdapter;
use channel_api::describe;
use serde_json::{Value, json};

use super::request::Addressed;
use crate::channels::Channels;
use crate::connections::Connections;

/// The channels of this host, what each can do, and whether it can work.
pub(super) async fn channels(State(channels): State<Channels>, State(connections): State<Connections>) -> Json<Value> {
    let shown: Vec<Value> = channels.list().iter().map(|channel| show(&connections, &**channel)).collect();
    Json(json!({ "channels": shown }))
}

/// One of them.
pub(super) async fn channel(State(connections): State<Connections>, channel: Addressed) -> Json<Value> {
    Json(show(&connections, &*channel.adapter))
}

fn show(connections: &Connections, channel: &dyn ChannelAdapter) -> Value {
    json!({
        "id": channel.channel_id(),
        "type": channel.channel_type(),
        "webhook": format!("/api/v1/webhooks/{}/{}", channel.channel_type(), channel.channel_id()),
        "connection": connections.known(channel.channel_id()),
        "capabilities": describe(channel),
    })
}
