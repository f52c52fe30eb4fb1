use std::fmt::Write as _;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::CallMetrics;
use crate::store::LogStats;

/// The host's numbers. Every label has a bounded set of values: types, outcomes and codes from
/// constants and the configuration's channels, never people's ids or texts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    deliveries: Family<Delivery, Counter>,
    unclaimed: Counter,
    delivery_seconds: Histogram,
    events: Counter,
    duplicates: Counter,
    messages: MessageMetrics,
    calls: CallMetrics,
    operations: Family<Operation, Counter>,
    store_commits: Gauge,
    store_queued: Gauge,
    store_room: Gauge,
}

/// The numbers of messages that are sent.
#[derive(Clone, Debug)]
pub(crate) struct MessageMetrics {
    count: Family<Message, Counter>,
    seconds: Histogram,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Delivery {
    outcome: Label,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Message {
    outcome: Label,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    outcome: Label,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Label(&'static str);

impl EncodeLabelValue for Label {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        encoder.write_str(self.0)
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let seconds = || Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
        let mut metrics = Self {
            registry: Registry::with_prefix("linktor"),
            deliveries: Family::default(),
            unclaimed: Counter::default(),
            delivery_seconds: seconds(),
            events: Counter::default(),
            duplicates: Counter::default(),
            messages: MessageMetrics { count: Family::default(), seconds: seconds() },
            calls: CallMetrics::default(),
            operations: Family::default(),
            store_commits: Gauge::default(),
            store_queued: Gauge::default(),
            store_room: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("webhook_deliveries", "Webhook deliveries by outcome", metrics.deliveries.clone());
        registry.register(
            "webhook_unclaimed",
            "Webhook deliveries that speak of an account that no channel has",
            metrics.unclaimed.clone(),
        );
        registry.register(
            "webhook_seconds",
            "From a delivery's arrival to its answer",
            metrics.delivery_seconds.clone(),
        );
        registry.register("events_stored", "Events stored", metrics.events.clone());
        registry.register("events_duplicate", "Events that were stored before", metrics.duplicates.clone());
        registry.register("messages", "Messages taken for sending, by outcome", metrics.messages.count.clone());
        registry.register(
            "message_seconds",
            "From a message's arrival to its answer",
            metrics.messages.seconds.clone(),
        );
        metrics.calls.register(registry);
        registry.register("operations", "Operations performed, by outcome", metrics.operations.clone());
        registry.register("store_commits", "Commits since the start", metrics.store_commits.clone());
        registry.register("store_queued", "Requests that wait for the disk", metrics.store_queued.clone());
        registry.register(
            "store_queue_capacity",
            "Requests that may wait; one more is answered 503",
            metrics.store_room.clone(),
        );
        metrics
    }

    /// Shows what is counted elsewhere among the numbers.
    pub(crate) fn watch(&mut self, elsewhere: impl Collector) {
        self.registry.register_collector(Box::new(elsewhere));
    }

    pub(crate) fn delivery(&self, outcome: &'static str, took: Duration) {
        self.deliveries.get_or_create(&Delivery { outcome: Label(outcome) }).inc();
        self.delivery_seconds.observe(took.as_secs_f64());
    }

    /// A delivery speaks of an account that no channel has.
    pub(crate) fn unclaimed(&self) {
        self.unclaimed.inc();
    }

    pub(crate) fn stored(&self, events: usize, duplicates: usize) {
        self.events.inc_by(events as u64);
        self.duplicates.inc_by(duplicates as u64);
    }

    /// For who calls providers.
    pub(crate) fn calls(&self) -> CallMetrics {
        self.calls.clone()
    }

    /// For who sends messages.
    pub(crate) fn messages(&self) -> MessageMetrics {
        self.messages.clone()
    }

    pub(crate) fn operation(&self, outcome: &'static str) {
        self.operations.get_or_create(&Operation { outcome: Label(outcome) }).inc();
    }

    /// The numbers, with the store's of this moment, in the text format of `OpenMetrics`.
    pub fn render(&self, store: LogStats) -> String {
        self.store_commits.set(store.commits.cast_signed());
        self.store_queued.set(gauge(store.queued));
        self.store_room.set(gauge(store.queue_capacity));
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            // Writing into a string does not fail; should it ever, a scrape sees that something is wrong.
            Err(error) => format!("# {error}\n"),
        }
    }
}

impl MessageMetrics {
    pub(crate) fn observe(&self, outcome: &'static str, took: Duration) {
        self.count.get_or_create(&Message { outcome: Label(outcome) }).inc();
        self.seconds.observe(took.as_secs_f64());
    }
}

fn gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
