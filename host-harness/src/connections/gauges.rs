use std::fmt;

use channel_api::{ChannelId, Timestamp};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::{Connections, State};

/// No single repair stands for the others.
type NoExemplar = [(&'static str, &'static str); 0];

/// The connections as numbers, read when they are asked for: an expiry counts down between checks.
impl Collector for Connections {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "Whether a channel's connection is in this state";
        let mut states = encoder.encode_descriptor("channel_connection", help, None, MetricType::Gauge)?;
        let connections = self.all();
        for (id, connection) in &connections {
            for state in State::ALL {
                let labels = [("channel_id", id.as_str()), ("state", state.as_str())];
                states.encode_family(&labels)?.encode_gauge(&i64::from(state == connection.state))?;
            }
        }
        let help = "How often a channel's lost subscription was made again without being asked for";
        let mut mended = encoder.encode_descriptor("channel_subscription_repairs", help, None, MetricType::Counter)?;
        for (id, times) in self.mended() {
            mended.encode_family(&[("channel_id", id.as_str())])?.encode_counter::<NoExemplar, _, u64>(&times, None)?;
        }
        let expiries: Vec<_> =
            connections.iter().filter_map(|(id, known)| Some((id, known.status.as_ref()?.expires_at()?))).collect();
        if expiries.is_empty() {
            return Ok(());
        }
        let help =
            "How long a channel's credentials last, or negative how long ago they ended; absent where they do not end";
        let mut left =
            encoder.encode_descriptor("channel_credentials_expire_seconds", help, None, MetricType::Gauge)?;
        for (id, expiry) in expiries {
            encode_left(&mut left, id, expiry)?;
        }
        Ok(())
    }
}

fn encode_left(
    encoder: &mut prometheus_client::encoding::MetricEncoder<'_>,
    id: &ChannelId,
    expiry: Timestamp,
) -> Result<(), fmt::Error> {
    let left = (expiry.as_millis() - Timestamp::now().as_millis()) / 1000;
    encoder.encode_family(&[("channel_id", id.as_str())])?.encode_gauge(&left)
}
