//! Any message: it is translated, or refused with at least one reason that leads somewhere.
#![no_main]

use std::sync::{Arc, LazyLock};

use channel_api::{AdapterFactory as _, ChannelAdapter, ChannelAdapterExt as _, ChannelId};
use facebook_channel::FacebookFactory;
use libfuzzer_sys::fuzz_target;

static CHANNEL: LazyLock<Arc<dyn ChannelAdapter>> = LazyLock::new(|| FacebookFactory::offline(ChannelId::new("fuzz"), None));

fuzz_target!(|text: &[u8]| {
    let Ok(message) = serde_json::from_slice(text) else { return };
    match CHANNEL.denormalize_json(&message) {
        Ok(translated) => assert!(!translated.requests.is_empty()),
        Err(refused) => {
            assert!(!refused.issues().is_empty(), "a refusal says why: {refused}");
            for issue in refused.issues() {
                assert!(issue.pointer.is_empty() || issue.pointer.starts_with('/'), "{}", issue.pointer);
            }
        }
    }
});
