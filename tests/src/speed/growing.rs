//! What a message costs as the store grows, and whether the host's memory grows with it.

use std::time::Duration;

use tokio::time::Instant;

use super::feed::{Feed, feed};
use super::lifted;
use super::prompt::Prompt;

/// A page of the store, and of the kernel.
const PAGE: u64 = 4096;
/// How many are written to. Many, so that what is held for each person would be seen.
const PEOPLE: u64 = 20_000;
/// How often the memory is looked at while so many are sent.
const LOOKS: u64 = 20;

/// What a message cost, at a size of the store.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// How many messages had been stored.
    pub stored: u64,
    /// Pages that were written, a message.
    pub pages: f64,
    /// Time, a message.
    pub wall: Duration,
    /// Time on a core, a message.
    pub cpu: Duration,
}

/// What was measured.
#[derive(Clone, Debug, Default)]
pub struct Growing {
    /// Memory of the host's own in bytes, at each look.
    pub memory: Vec<u64>,
    /// One for each size that was asked for.
    pub windows: Vec<Window>,
}

impl Growing {
    /// How many times the memory after a fifth of the way the memory has come to, at most.
    #[must_use]
    pub fn growth(&self) -> f64 {
        let settled = self.memory.len() / 5;
        let of = |bytes: u64| f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX));
        let (Some(then), Some(most)) = (self.memory.get(settled), self.memory.iter().skip(settled).max()) else {
            return f64::NAN;
        };
        of(*most) / of(*then)
    }
}

/// Sends messages through one host until the store holds as many as each of these sizes, in their order, and measures the next
/// `window` messages at each.
pub async fn growing(sizes: &[u64], window: u64, mut told: impl FnMut(u64, u64)) -> Growing {
    let meta = Prompt::start(Duration::ZERO).await;
    let host = lifted(&meta.url()).serve().await;
    let mut grown = Growing::default();
    let mut stored = 0;
    let last = sizes.last().copied().unwrap_or_default();
    let send = async |from: u64, messages: u64| {
        feed(&host, Feed { from, messages, people: PEOPLE, together: 50, connections: 8 }).await;
        meta.answered_all(usize::try_from(from + messages).unwrap_or(usize::MAX)).await;
    };
    for size in sizes {
        while stored < *size {
            let step = (last / LOOKS).max(1).min(*size - stored);
            send(stored, step).await;
            stored += step;
            let memory = host.usage().memory;
            grown.memory.push(memory);
            told(stored, memory);
        }
        let (before, start) = (host.usage(), Instant::now());
        send(stored, window).await;
        let (after, wall) = (host.usage(), start.elapsed());
        let messages = u32::try_from(window).unwrap_or(u32::MAX);
        let bytes = u32::try_from(after.written.saturating_sub(before.written) / PAGE).unwrap_or(u32::MAX);
        grown.windows.push(Window {
            stored,
            pages: f64::from(bytes) / f64::from(messages),
            wall: wall / messages,
            cpu: after.cpu.saturating_sub(before.cpu) / messages,
        });
        stored += window;
    }
    grown
}
