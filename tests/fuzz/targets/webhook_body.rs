//! Any body: no panic, and no event that would not be JSON or would have no identity.
#![no_main]

use std::sync::{Arc, LazyLock};

use channel_api::{AdapterFactory as _, ChannelAdapter, ChannelId, Verified};
use facebook_channel::FacebookFactory;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

static CHANNEL: LazyLock<Arc<dyn ChannelAdapter>> = LazyLock::new(|| FacebookFactory::offline(ChannelId::new("fuzz"), None));

fuzz_target!(|body: &[u8]| {
    let Ok(events) = CHANNEL.normalize(&Verified::recorded(body)) else { return };
    for event in events {
        assert!(!event.id.is_empty() && !event.name.is_empty());
        let json = serde_json::to_string(&event).expect("an event is JSON");
        assert!(!json.contains('\n'), "an event is one line");
        // Well formed, and no more: an event that is not understood is kept as it came, with numbers larger than any.
        serde_json::from_str::<&RawValue>(&json).expect("what is written can be read");
    }
});
