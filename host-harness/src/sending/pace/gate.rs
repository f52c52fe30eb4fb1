//! [`Gates`]: why a channel sends nothing, or less.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use channel_api::{ChannelAdapter, Error, Pressure, Scope, VerifierId};
use jiff::Timestamp;
use tokio::time::Instant;

use super::breaker::{Breaker, Cause, Change, Tripped, Verdict};
use super::pressure::{Pressures, Tightest};
use crate::channels::ChannelList;
use crate::config::RateLimits;

/// What stops channels, or slows them down.
#[derive(Debug, Default)]
pub(super) struct Gates {
    /// The channels that somebody has paused, and since when.
    pub(super) paused: HashMap<String, Timestamp>,
    channels: HashMap<String, Gate>,
    /// Channels whose deliveries are proved by the same secrets are one app's.
    apps: HashMap<VerifierId, Gate>,
}

/// One channel's, or one app's.
#[derive(Debug, Default)]
struct Gate {
    breaker: Breaker,
    pressures: Pressures,
    /// With whose credentials the last call was made that failed.
    tried_with: Option<Weak<dyn ChannelAdapter>>,
}

/// Nothing goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shut {
    /// When it is worth asking again; `None` for when somebody resumes it.
    pub(super) until: Option<Instant>,
}

impl Gates {
    /// Forgets what held a channel; not what holds its whole app. False when nothing did.
    pub(super) fn forget(&mut self, channel_id: &str) -> bool {
        self.channels.remove(channel_id).is_some()
    }

    /// Whether the channel is shut, and for how long.
    pub(super) fn shut(&mut self, channels: &ChannelList, channel_id: &str, now: Instant) -> Option<Shut> {
        if self.paused.contains_key(channel_id) {
            return Some(Shut { until: None });
        }
        self.forgive(channels, channel_id);
        let until = self.of(channels, channel_id).filter_map(|gate| gate.shut(now)).max()?;
        Some(Shut { until: Some(until) })
    }

    /// How many calls may go out in a second.
    pub(super) fn rate(&self, channels: &ChannelList, channel_id: &str, now: Instant, limits: &RateLimits) -> usize {
        let most = limits.messages_per_second.get();
        self.tightest(channels, channel_id, now).map_or(most, |tightest| tightest.slowed(most))
    }

    /// Which limit slows the channel down.
    pub(super) fn tightest(&self, channels: &ChannelList, channel_id: &str, now: Instant) -> Option<Tightest> {
        let all = self.of(channels, channel_id).filter_map(|gate| gate.pressures.tightest(now));
        all.max_by(|one, other| one.tightness().cmp(&other.tightness()))
    }

    /// The breaker that stops the channel: the app's, where that is the longer one.
    pub(super) fn tripped(&self, channels: &ChannelList, channel_id: &str) -> Option<&Tripped> {
        self.of(channels, channel_id).filter_map(|gate| gate.breaker.tripped()).max_by_key(|tripped| tripped.until)
    }

    /// Whether the next message shows if others may follow.
    pub(super) fn is_trying(&self, channels: &ChannelList, channel_id: &str) -> bool {
        self.tripped(channels, channel_id).is_some()
    }

    /// Calls go out.
    pub(super) fn begin(&mut self, channels: &ChannelList, channel_id: &str, now: Instant) {
        let app = channels.get(channel_id).and_then(|adapter| self.apps.get_mut(&adapter.verifier()));
        for gate in self.channels.get_mut(channel_id).into_iter().chain(app) {
            if let Some(tripped) = gate.breaker.begin(now) {
                tracing::info!(channel_id, code = tripped.error.code(), "sending is tried again, with one message");
            }
        }
    }

    /// A call has ended. Says whether whoever waits may have to wait no longer.
    pub(super) fn ended(
        &mut self,
        channels: &ChannelList,
        channel_id: &str,
        failure: Option<&Error>,
        now: Instant,
    ) -> bool {
        let was_trying = self.is_trying(channels, channel_id);
        let verdict = Verdict::of(failure);
        let adapter = channels.get(channel_id);
        let of_app = failure.is_some_and(|error| error.scope() == Some(Scope::App));
        let (own, app) = match verdict {
            Verdict::Stop(error) if of_app && adapter.is_some() => (Verdict::Nothing, Verdict::Stop(error)),
            // The app is answered.
            Verdict::Stop(error) => (Verdict::Stop(error), Verdict::Fine),
            Verdict::Failed(error) => (Verdict::Failed(error), Verdict::Nothing),
            verdict => (verdict.clone(), verdict),
        };
        let gate = self.channels.entry(channel_id.to_owned()).or_default();
        if failure.is_some() {
            gate.tried_with = adapter.map(Arc::downgrade);
        }
        log(channel_id, "channel", gate.breaker.ended(own, now), &gate.breaker);
        if let Some(adapter) = adapter {
            let gate = self.apps.entry(adapter.verifier()).or_default();
            log(channel_id, "app", gate.breaker.ended(app, now), &gate.breaker);
        }
        was_trying
    }

    /// A reply tells of limits. Says whether whoever waits may have to wait no longer.
    pub(super) fn tell(
        &mut self,
        channels: &ChannelList,
        channel_id: &str,
        pressures: &[Pressure],
        now: Instant,
    ) -> bool {
        let was_shut = self.tightest(channels, channel_id, now).is_some_and(|tightest| tightest.until.is_some());
        for pressure in pressures {
            let gate = match (pressure.stops, channels.get(channel_id)) {
                (Scope::Account, _) | (Scope::App, None) => self.channels.entry(channel_id.to_owned()).or_default(),
                (Scope::App, Some(adapter)) => self.apps.entry(adapter.verifier()).or_default(),
                // Others than those that send.
                _ => continue,
            };
            gate.pressures.tell(pressure, now);
        }
        was_shut
    }

    /// Who has new credentials is not held for the old ones.
    fn forgive(&mut self, channels: &ChannelList, channel_id: &str) {
        let Some(gate) = self.channels.get_mut(channel_id) else { return };
        if gate.breaker.tripped().is_none_or(|tripped| tripped.cause != Cause::Credentials) {
            return;
        }
        let now = channels.get(channel_id).map(Arc::downgrade);
        if let (Some(now), Some(before)) = (now, &gate.tried_with)
            && !now.ptr_eq(before)
        {
            tracing::info!(channel_id, "the channel was set up anew: sending goes on");
            gate.breaker = Breaker::default();
        }
    }

    /// Opens what is held for the channel's credentials, which the provider accepts now. Says whether something was.
    pub(super) fn accepted_credentials(&mut self, channels: &ChannelList, channel_id: &str) -> bool {
        let app = channels.get(channel_id).and_then(|adapter| self.apps.get_mut(&adapter.verifier()));
        let mut opened = false;
        for gate in self.channels.get_mut(channel_id).into_iter().chain(app) {
            if gate.breaker.tripped().is_some_and(|tripped| tripped.cause == Cause::Credentials) {
                gate.breaker = Breaker::default();
                opened = true;
            }
        }
        if opened {
            tracing::info!(channel_id, "the channel's credentials are accepted again: sending goes on");
        }
        opened
    }

    /// The channel's, and its app's.
    fn of(&self, channels: &ChannelList, channel_id: &str) -> impl Iterator<Item = &Gate> {
        let app = channels.get(channel_id).and_then(|adapter| self.apps.get(&adapter.verifier()));
        self.channels.get(channel_id).into_iter().chain(app)
    }
}

impl Gate {
    fn shut(&self, now: Instant) -> Option<Instant> {
        self.breaker.shut(now).max(self.pressures.tightest(now).and_then(|tightest| tightest.until))
    }
}

/// Says once what has changed, and nobody's words.
fn log(channel_id: &str, whose: &'static str, change: Option<Change>, breaker: &Breaker) {
    match (change, breaker.tripped()) {
        (Some(Change::Stopped), Some(Tripped { error, until, .. })) => tracing::warn!(
            channel_id,
            whose,
            code = error.code(),
            reason = %error,
            hint = error.hint(),
            seconds = until.duration_since(Instant::now()).as_secs(),
            "sending is held; it is tried again by itself after so long"
        ),
        (Some(Change::GoesOn), _) => tracing::info!(channel_id, whose, "sending goes on"),
        _ => {}
    }
}
