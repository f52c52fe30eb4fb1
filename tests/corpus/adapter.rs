//! The adapter as a host calls it, without an account.

use std::sync::{Arc, LazyLock};

use channel_api::{
    ChannelAdapter, ChannelAdapterExt as _, ChannelId, Denormalized, Event, Received, Registry, Result, Verified,
};
use facebook_channel as _;
use serde_json::Value;
use tests::ids;

static CHANNEL: LazyLock<Arc<dyn ChannelAdapter>> = LazyLock::new(|| {
    let registry = Registry::discover().expect("an adapter is linked");
    (registry.get("facebook").expect("the adapter's id").offline)(ChannelId::new(ids::CHANNEL), None)
});

/// The events of a recorded body.
#[expect(clippy::disallowed_methods, reason = "a recording has no signature")]
pub(crate) fn normalize(body: &[u8]) -> Result<Vec<Event>> {
    Ok(CHANNEL.normalize(&Verified::recorded(body))?.into_iter().map(Received::into_event).collect())
}

/// The calls that deliver a message.
pub(crate) fn denormalize(message: &Value) -> Result<Denormalized> {
    CHANNEL.denormalize_json(message)
}
