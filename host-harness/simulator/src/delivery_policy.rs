use std::time::Duration;

/// How patiently webhooks are delivered.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryPolicy {
    /// Attempts in all before a webhook is dropped.
    pub attempts: u32,
    /// Wait before the second attempt; doubles from there.
    pub first_delay: Duration,
    /// No wait is longer than this.
    pub longest_delay: Duration,
    /// How long one answer may take.
    pub deadline: Duration,
}

impl Default for DeliveryPolicy {
    /// Ten attempts over about fifteen seconds: enough for a host to restart. Meta's 36 hours would help nobody here.
    fn default() -> Self {
        Self {
            attempts: 10,
            first_delay: Duration::from_millis(50),
            longest_delay: Duration::from_secs(4),
            deadline: Duration::from_secs(5),
        }
    }
}
