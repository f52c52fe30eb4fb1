//! How it stands between this host and Linktor's core, as `GET /channels` and the metrics show it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use serde_json::{Value, json};

use super::Parts;
use super::again::Again;
use super::connection::{Bus, State};
use super::counts::Counts;
use super::published::Published;
use crate::channels::Channels;
use crate::people::Profiles;

/// Why a channel does not publish of which the core has given up several messages in a row.
const STOPPED: &str = "the core takes nothing of this channel, so nothing but a probe is published: see that linktor_channel_id and tenant_id \
                       name it in Linktor, and that Linktor's database works";

/// No single message stands for the others.
type NoExemplar = [(&'static str, &'static str); 0];

/// A handle on what is known of the bus, cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    bus: Bus,
    channels: Channels,
    counts: Arc<Counts>,
    published: Published,
    people: Profiles,
}

impl Standing {
    pub(super) fn new(bus: Bus, parts: &Parts, counts: Arc<Counts>, published: Published) -> Self {
        Self { bus, channels: parts.channels.clone(), counts, published, people: parts.people.clone() }
    }

    /// What publishes again what somebody says.
    pub(crate) fn again(&self) -> Again {
        self.published.again.clone()
    }

    /// How it stands with a channel: nothing where it has no place in Linktor.
    pub(crate) fn of(&self, channel_id: &str) -> Option<Value> {
        let list = self.channels.list();
        let place = list.place(channel_id)?;
        let state = self.bus.state();
        let mut reasons = match &state {
            State::Away(reason) => vec![reason.clone()],
            State::Refused(reasons) => reasons.clone(),
            State::Open(_) => self.counts.reasons().into_iter().chain(self.bus.missing()).collect(),
        };
        let progress = self.published.progress.get(channel_id);
        let stopped = progress.filter(|progress| progress.is_stopped()).map(|_| STOPPED.to_owned());
        reasons.extend(stopped);
        let given_up = progress.map(|progress| progress.given_up()).filter(|messages| *messages > 0);
        reasons.extend(given_up.map(|messages| {
            format!(
                "the core has given up {messages} message(s) of this channel, which are kept: its database may have been away, or cannot \
                 hold them; POST /api/v1/channels/{channel_id}/linktor/redrive publishes them again"
            )
        }));
        reasons.extend(self.published.room.held());
        reasons.extend(self.people.not_allowed(channel_id).map(|reason| {
            format!("names cannot be looked up, and Linktor calls every new person \"Unknown\" for good: {reason}")
        }));
        Some(json!({
            "channelId": place.channel_id,
            "tenantId": place.tenant_id,
            "bus": state.word(),
            "reasons": reasons,
            "waiting": progress.map(|progress| progress.waiting()),
            "givenUp": progress.map(|progress| progress.given_up()),
        }))
    }
}

impl Collector for Standing {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let open = matches!(self.bus.state(), State::Open(_));
        let help = "Whether Linktor's bus is there and can be used";
        let mut connected = encoder.encode_descriptor("bus_connected", help, None, MetricType::Gauge)?;
        connected.encode_gauge(&i64::from(open))?;
        let Counts {
            published_messages,
            published_statuses,
            published_events,
            taken,
            refused,
            acts,
            pulls_rebuilt,
            ..
        } = &*self.counts;
        let help = "What was published on Linktor's bus and acknowledged by its stream";
        let mut published = encoder.encode_descriptor("bus_published", help, None, MetricType::Counter)?;
        for (kind, count) in
            [("message", published_messages), ("status", published_statuses), ("event", published_events)]
        {
            let count = count.load(Ordering::Relaxed);
            published.encode_family(&[("kind", kind)])?.encode_counter::<NoExemplar, _, u64>(&count, None)?;
        }
        let progress = &*self.published.progress;
        let help = "Messages that Linktor's core has given up and not taken since, all of them kept";
        let mut given_up = encoder.encode_descriptor("bus_given_up", help, None, MetricType::Gauge)?;
        for (channel, progress) in progress {
            let messages = i64::try_from(progress.given_up()).unwrap_or(i64::MAX);
            given_up.encode_family(&[("channel", channel.as_str())])?.encode_gauge(&messages)?;
        }
        let help = "Events that are not published on Linktor's bus yet";
        let mut waiting = encoder.encode_descriptor("bus_waiting", help, None, MetricType::Gauge)?;
        for (channel, progress) in progress {
            let events = i64::try_from(progress.waiting()).unwrap_or(i64::MAX);
            waiting.encode_family(&[("channel", channel.as_str())])?.encode_gauge(&events)?;
        }
        for (name, help, count) in [
            ("bus_taken", "Answers taken from Linktor's bus", taken),
            ("bus_refused", "Answers taken from Linktor's bus that broke a rule, and failed at once", refused),
            ("bus_acts", "Agents' reactions and the like taken from Linktor's bus", acts),
            (
                "bus_pulls_rebuilt",
                "Pulls that Linktor's bus left without a sign of life, and that were made again",
                pulls_rebuilt,
            ),
        ] {
            let mut counter = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            counter.encode_counter::<NoExemplar, _, u64>(&count.load(Ordering::Relaxed), None)?;
        }
        Ok(())
    }
}
