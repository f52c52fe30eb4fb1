//! Any signature: none that was not made with the secret is taken.
#![no_main]

use std::sync::{Arc, LazyLock};

use channel_api::{AdapterFactory as _, ChannelAdapter, ChannelId, Delivery, Secret};
use facebook_channel::FacebookFactory;
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

static CHANNEL: LazyLock<Arc<dyn ChannelAdapter>> =
    LazyLock::new(|| FacebookFactory::offline(ChannelId::new("fuzz"), Some(Secret::new("a secret that no fuzzer guesses"))));

fuzz_target!(|data: (Vec<Vec<u8>>, &[u8])| {
    let (signatures, body) = data;
    let mut headers = HeaderMap::new();
    for signature in signatures.iter().take(4) {
        if let Ok(value) = HeaderValue::from_bytes(signature) {
            headers.append("x-hub-signature-256", value);
        }
    }
    let refused = Delivery { headers: &headers, body }.verify(&**CHANNEL).expect_err("nobody but Meta can sign");
    assert!(!format!("{refused:?} {refused}").contains("no fuzzer guesses"));
});
