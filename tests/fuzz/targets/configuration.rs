//! Any configuration: it is good, or refused with reasons that quote none of it.
#![no_main]

use channel_api::config;
use facebook_channel::config::FacebookConfig;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Ok(given) = serde_json::from_slice(text) else { return };
    match config::parse::<FacebookConfig>(&given) {
        Ok(page) => {
            assert!(!page.verify_token.is_empty() && !page.page_access_token.is_empty());
            assert!(!page.app_secrets.is_empty() && page.app_secrets.iter().all(|secret| !secret.is_empty()));
        }
        Err(refused) => assert!(!refused.issues().is_empty()),
    }
});
