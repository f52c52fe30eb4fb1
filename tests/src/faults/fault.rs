//! What goes wrong.

use std::time::Duration;

/// What Meta does instead of carrying a call out and saying so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 500 and code 2. The call may have been carried out.
    ServerError,
    /// 429, and no word of how long.
    Throttled,
    /// 429, and how many seconds to wait.
    ThrottledFor(u64),
    /// No answer, ever. The call may have been carried out.
    Hang,
    /// The connection ends in the middle of the answer. The call may have been carried out.
    CutOff,
    /// The connection is reset before the answer. The call may have been carried out.
    BreakOff,
    /// 200, with an error that no repetition helps against.
    ErrorInside,
    /// 200, with a page of a proxy. The call may have been carried out.
    NotJson,
    /// 200, with ten megabytes. The call may have been carried out.
    TenMegabytes,
}

impl Fault {
    /// Whether one who hears this knows that nothing was done.
    #[must_use]
    pub fn is_known(self) -> bool {
        matches!(self, Self::Throttled | Self::ThrottledFor(_) | Self::ErrorInside)
    }
}

/// How Meta behaves in a scenario.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What goes wrong, each as often as the others.
    pub faults: Vec<Fault>,
    /// Of a hundred calls so many go wrong.
    pub percent: u64,
    /// Of a hundred calls whose answer leaves it open, so many are carried out.
    pub carried_out: u64,
    /// How long an answer takes at most.
    pub latency: Duration,
    /// Whether conversations can be looked at.
    pub is_open: bool,
    /// Whether what was carried out comes back as an echo, and how receipts come.
    pub receipts: Option<Receipts>,
}

/// How echoes, deliveries and reads come back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Receipts {
    /// Deliveries and reads too; else echoes alone.
    pub read: bool,
    /// Each comes twice.
    pub twice: bool,
    /// In any order; else the echo first, then the delivery, then the read.
    pub shuffled: bool,
    /// How long after the message the last one comes at most.
    pub late: Duration,
}
