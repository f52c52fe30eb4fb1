//! An invented provider, and who listens to its calls.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use channel_api::{
    BuildContext, CallObserver, ChannelId, Error, ErrorKind, Exchange, Pressure, ProviderCode, ProviderRequest, Retry,
    Secret,
};
use channel_http::{Client, Provider, Reported, Rule};
use serde_json::json;

pub(crate) const TOKEN: &str = "canary-token";

pub(crate) static ACME: Provider = Provider {
    address_field: "api_url",
    example_path: "/v1/messages",
    credentials: &["key"],
    when_unsure: "wait for its echo",
    status_page: "acme.example shows how Acme is",
    report: |json| {
        let error = json.get("error").filter(|error| error.is_object())?;
        Some(Reported {
            code: error["code"].as_i64().map(ProviderCode::from),
            message: error["message"].as_str().unwrap_or_default(),
            trace_id: error["trace"].as_str(),
            after: error["wait"].as_u64().map(Duration::from_secs),
            ..Reported::default()
        })
    },
    rules: &[
        Rule::code("10", ErrorKind::RecipientUnavailable, "acme.blocked", "blocked").with_words("blocked by"),
        Rule::code("10", ErrorKind::Permission, "acme.permission", "not allowed").with_hint("ask"),
        Rule::code("29", ErrorKind::RateLimited, "acme.slow_down", "too fast")
            .with_retry(Retry::Safe { after: Some(Duration::from_secs(30)) }),
    ],
    trace_header: "x-acme-trace",
    pressure: |headers| match headers.get("x-acme-used").and_then(|used| used.to_str().ok()?.parse().ok()) {
        Some(percent) => vec![Pressure::new("account", percent)],
        None => Vec::new(),
    },
    ..Provider::new("acme", "Acme", "Acme's API")
};

pub(crate) fn context() -> BuildContext {
    BuildContext::new(ChannelId::new("ch_acme"))
}

pub(crate) fn client(base: &str) -> Client {
    Client::new(&ACME, base, &context()).unwrap().with_bearer(&Secret::new(TOKEN)).unwrap()
}

pub(crate) fn message() -> ProviderRequest {
    ProviderRequest::post("/v1/accounts/7411/messages", json!({"text": "canary words"}))
}

pub(crate) fn facts(error: &Error) -> (ErrorKind, &str, Retry) {
    (error.kind(), error.code(), error.retry())
}

/// What the host hears of calls, in words.
#[derive(Debug, Default)]
pub(crate) struct Heard(Mutex<Vec<String>>);

impl Heard {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn client(self: &Arc<Self>, base: &str) -> Client {
        let calls: Arc<dyn CallObserver> = Arc::<Self>::clone(self);
        Client::new(&ACME, base, &context().with_calls(calls)).unwrap().with_bearer(&Secret::new(TOKEN)).unwrap()
    }
}

impl CallObserver for Heard {
    fn called(&self, exchange: &Exchange<'_>) {
        let Exchange { method, path, trace_id, pressure, error, .. } = exchange;
        let status = exchange.status.map_or(0, |status| status.as_u16());
        let (trace_id, error) = (trace_id.unwrap_or("-"), error.unwrap_or("-"));
        assert!(exchange.duration < Duration::from_secs(20));
        self.0.lock().unwrap().push(format!("{method} {path} {status} {trace_id} {} {error}", pressure.len()));
    }
}
