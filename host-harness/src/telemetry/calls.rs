//! What the calls to providers say: how many there were, how they ended, and how near the providers' limits are.

use std::sync::Arc;

use channel_api::{CallObserver, Exchange};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The numbers of all channels.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallMetrics {
    calls: Family<Call, Counter>,
    used: Family<Limit, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    channel: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Limit {
    channel: String,
    scope: String,
}

impl CallMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("provider_calls", "Calls to providers by how they ended", self.calls.clone());
        registry.register(
            "provider_limit_used_percent",
            "How much of a provider's limit is used, by its own word",
            self.used.clone(),
        );
    }

    /// For the adapter of a channel.
    pub(crate) fn of(&self, channel_id: &str) -> Arc<dyn CallObserver> {
        Arc::new(OfChannel { channel: channel_id.to_owned(), metrics: self.clone() })
    }
}

#[derive(Debug)]
struct OfChannel {
    channel: String,
    metrics: CallMetrics,
}

impl CallObserver for OfChannel {
    fn called(&self, exchange: &Exchange<'_>) {
        let outcome = match (exchange.status, exchange.error) {
            (None, _) => "no_answer",
            (Some(_), None) => "done",
            (Some(_), Some(_)) => "refused",
        };
        let channel = self.channel.clone();
        self.metrics.calls.get_or_create(&Call { channel, outcome }).inc();
        for pressure in exchange.pressure {
            let limit = Limit { channel: self.channel.clone(), scope: pressure.scope.to_string() };
            self.metrics.used.get_or_create(&limit).set(pressure.used_percent.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use channel_api::Pressure;
    use http::{Method, StatusCode};

    use super::*;

    #[test]
    fn calls_are_counted_by_their_end_and_limits_shown() {
        let (metrics, mut registry) = (CallMetrics::default(), Registry::default());
        metrics.register(&mut registry);
        let observer = metrics.of("ch_1");
        let call = Exchange::new(&Method::POST, "/me/messages", Duration::from_millis(9));
        let pressure = [Pressure::new("account", 87)];
        observer.called(&call);
        observer.called(&call.with_answer(StatusCode::OK, None, &pressure));
        observer.called(&call.with_answer(StatusCode::BAD_REQUEST, None, &[]).with_error(Some("scripted.refused")));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for outcome in ["no_answer", "done", "refused"] {
            let line = format!("provider_calls_total{{channel=\"ch_1\",outcome=\"{outcome}\"}} 1");
            assert!(text.contains(&line), "{text}");
        }
        assert!(text.contains("provider_limit_used_percent{channel=\"ch_1\",scope=\"account\"} 87"), "{text}");
    }
}
