//! How fast messages are taken, with the store on disk and in memory.

use std::time::Duration;

use tokio::time::Instant;

use super::feed::{Feed, feed};
use super::lifted;
use super::prompt::Prompt;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Accepting {
    /// Messages a second.
    pub rate: f64,
    /// What each cost the host.
    pub cpu: Duration,
}

/// Has a host take so many messages, each in a request of its own, while none of them gets through.
pub async fn accepting(messages: u32, connections: usize, in_memory: bool) -> Accepting {
    let meta = Prompt::start(Duration::ZERO).await;
    meta.hold(true);
    let config = lifted(&meta.url());
    let host = if in_memory { config.arg("--discard-events") } else { config }.serve().await;
    let all = Feed { from: 0, messages: messages.into(), people: 1000, together: 1, connections };
    let (before, start) = (host.usage(), Instant::now());
    feed(&host, all).await;
    let took = start.elapsed();
    let cpu = host.usage().cpu.saturating_sub(before.cpu);
    // Those under way get no answer any more.
    host.kill().await;
    Accepting { rate: f64::from(messages) / took.as_secs_f64(), cpu: cpu / messages }
}
