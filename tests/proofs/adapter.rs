//! The adapter as a host calls it, without an account.

use std::sync::{Arc, LazyLock};

use channel_api::{
    Capabilities, ChannelAdapter, ChannelAdapterExt as _, ChannelId, Event, Issue, Method, Received, Registry, Result,
    Verified,
};
use facebook_channel as _;
use serde_json::Value;
use tests::ids;

static CHANNEL: LazyLock<Arc<dyn ChannelAdapter>> = LazyLock::new(|| {
    let registry = Registry::discover().unwrap();
    (registry.get("facebook").unwrap().offline)(ChannelId::new(ids::CHANNEL), None)
});

/// What the adapter says it can do.
pub(crate) fn capabilities() -> &'static Capabilities {
    CHANNEL.capabilities()
}

/// The bodies of the calls that deliver a message, in their order, or every reason why there are none.
pub(crate) fn denormalize(message: &Value) -> Result<Vec<Value>, Vec<Issue>> {
    let translated = CHANNEL.denormalize_json(message).map_err(|error| error.issues().to_vec())?;
    assert!(!translated.requests.is_empty(), "{message}");
    for request in &translated.requests {
        assert_eq!((&request.method, request.path.as_str()), (&Method::POST, "/v26.0/me/messages"));
    }
    Ok(translated.requests.into_iter().map(|request| request.body).collect())
}

/// The events of a body, as after a good signature.
#[expect(clippy::disallowed_methods, reason = "a generated body has no signature")]
pub(crate) fn normalize(body: &[u8]) -> Result<Vec<Event>> {
    Ok(CHANNEL.normalize(&Verified::recorded(body))?.into_iter().map(Received::into_event).collect())
}

/// `pointer code` of each issue, for a failure's words.
pub(crate) fn places(issues: &[Issue]) -> Vec<String> {
    issues.iter().map(|issue| format!("{} {}: {}", issue.pointer, issue.code, issue.message)).collect()
}
