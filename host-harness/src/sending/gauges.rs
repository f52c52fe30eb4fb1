//! Whether channels send, and what waits, as numbers that are read when they are asked for.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::Sender;
use super::pace::{Pace, Word};
use super::worker::Pending;

impl Collector for Sender {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        encode(encoder, &self.pace, &self.workers.pending())
    }
}

fn encode(mut encoder: DescriptorEncoder<'_>, pace: &Pace, pending: &[Pending]) -> Result<(), fmt::Error> {
    let channels = pace.channels().list();
    let ids: Vec<&str> = channels.iter().map(|channel| channel.channel_id().as_str()).collect();
    let help = "Whether a channel's sending is in this state";
    let mut states = encoder.encode_descriptor("channel_sending", help, None, MetricType::Gauge)?;
    for id in &ids {
        let now = pace.state(id).state;
        for state in Word::ALL {
            let labels = [("channel_id", *id), ("state", state.as_str())];
            states.encode_family(&labels)?.encode_gauge(&i64::from(state == now))?;
        }
    }
    let of = |id: &str| pending.iter().find(|pending| pending.channel_id == id);
    let help = "Messages of a channel that wait to be sent";
    let mut messages = encoder.encode_descriptor("channel_pending", help, None, MetricType::Gauge)?;
    for id in &ids {
        let waiting = of(id).map_or(0, |pending| pending.messages);
        messages.encode_family(&[("channel_id", *id)])?.encode_gauge(&i64::try_from(waiting).unwrap_or(i64::MAX))?;
    }
    let help = "For how long the oldest message of a channel has waited, or 0 where none waits";
    let mut oldest = encoder.encode_descriptor("channel_oldest_pending_seconds", help, None, MetricType::Gauge)?;
    for id in &ids {
        let waited = of(id).and_then(|pending| pending.oldest).unwrap_or_default().as_secs();
        oldest.encode_family(&[("channel_id", *id)])?.encode_gauge(&waited)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use channel_api::{ChannelAdapter, Error, ErrorKind};
    use prometheus_client::registry::Registry;

    use super::*;
    use crate::channels::{ChannelList, Channels};
    use crate::config::RateLimits;
    use crate::scripted::Scripted;
    use crate::store::Stores;

    #[derive(Debug)]
    struct Told(Pace, Vec<Pending>);

    impl Collector for Told {
        fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
            encode(encoder, &self.0, &self.1)
        }
    }

    #[tokio::test]
    async fn what_stops_a_channel_and_what_waits_there_are_numbers() {
        let channels = ["ch_1", "ch_2"].map(|id| Arc::new(Scripted::new(id)) as Arc<dyn ChannelAdapter>);
        let channels = Channels::new(ChannelList::from_iter(channels));
        let pace = Pace::new(channels, RateLimits::default(), Stores::in_memory().pauses);
        pace.ended("ch_1", Some(&Error::new(ErrorKind::RateLimited, "scripted.limit", "too much")));
        let oldest = Some(std::time::Duration::from_secs(90));
        let pending = vec![Pending { channel_id: "ch_2".to_owned(), messages: 3, oldest }];
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Told(pace, pending)));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            "channel_sending{channel_id=\"ch_1\",state=\"held\"} 1",
            "channel_sending{channel_id=\"ch_1\",state=\"open\"} 0",
            "channel_sending{channel_id=\"ch_2\",state=\"open\"} 1",
            "channel_pending{channel_id=\"ch_1\"} 0",
            "channel_pending{channel_id=\"ch_2\"} 3",
            "channel_oldest_pending_seconds{channel_id=\"ch_1\"} 0",
            "channel_oldest_pending_seconds{channel_id=\"ch_2\"} 9",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
