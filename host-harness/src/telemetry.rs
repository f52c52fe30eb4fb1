//! What the host tells about itself: logs on stderr, metrics for Prometheus. Neither holds secrets, ids of people or words.

mod calls;
mod log_throttle;
mod logging;
mod metrics;

pub(crate) use calls::CallMetrics;
pub(crate) use log_throttle::LogThrottle;
pub use logging::{LogFormat, init as init_logging};
pub(crate) use logging::{failed, message_failed};
pub(crate) use metrics::MessageMetrics;
pub use metrics::Metrics;
