//! What a test may shorten of the core's ways.

use std::time::Duration;

/// How long the core waits, and how large its stream is.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// How long after a failure a message comes again.
    pub nak_delay: Duration,
    /// How long a message of a person, and a status, may stay unacknowledged.
    pub ack_waits: [Duration; 2],
    /// How long a message takes.
    pub pace: Duration,
    /// `max_bytes` of the stream of messages.
    pub max_bytes: i64,
    /// How long the stream of messages knows a `Nats-Msg-Id`.
    pub duplicate_window: Duration,
}

impl Habits {
    /// As a running core has them; it took about 350 messages a second.
    pub const TRUE: Self = Self {
        nak_delay: Duration::from_secs(5),
        ack_waits: [Duration::from_secs(30), Duration::from_secs(10)],
        pace: Duration::from_micros(2_800),
        max_bytes: 500 * 1024 * 1024,
        duplicate_window: Duration::from_mins(5),
    };
    /// Refusals in a tenth of a second instead of 25.
    pub const HASTY: Self = Self { nak_delay: Duration::from_millis(20), ..Self::TRUE };
}
