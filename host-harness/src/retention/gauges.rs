use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::Retention;

/// No single deletion stands for the others.
type NoExemplar = [(&'static str, &'static str); 0];

/// What is told of retention.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) halted: AtomicBool,
    pub(super) events: AtomicU64,
    pub(super) messages: AtomicU64,
    pub(super) people: AtomicU64,
    /// How large the store was when it was last looked at, in bytes.
    pub(super) size: AtomicU64,
}

impl Collector for Retention {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let counts = &self.counts;
        let help = "Whether nothing old is deleted, since the clock has jumped, perhaps while no host ran";
        let mut halted = encoder.encode_descriptor("retention_halted", help, None, MetricType::Gauge)?;
        halted.encode_gauge(&i64::from(counts.halted.load(Ordering::Relaxed)))?;
        let help = "What was deleted since it is old or the store too large";
        let mut deleted = encoder.encode_descriptor("retention_deleted", help, None, MetricType::Counter)?;
        for (kind, count) in [("events", &counts.events), ("messages", &counts.messages), ("people", &counts.people)] {
            let count = count.load(Ordering::Relaxed);
            deleted.encode_family(&[("kind", kind)])?.encode_counter::<NoExemplar, _, u64>(&count, None)?;
        }
        let help = "What the store had in use when it was last swept, in bytes";
        let mut size = encoder.encode_descriptor("store_bytes", help, None, MetricType::Gauge)?;
        size.encode_gauge(&counts.size.load(Ordering::Relaxed).cast_signed())
    }
}
