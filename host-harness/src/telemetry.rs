//! What the host tells about itself: logs on stderr, metrics for Prometheus. Neither holds secrets, ids of people or words.

mod logging;
mod metrics;

pub use logging::{LogFormat, init as init_logging};
pub use metrics::Metrics;
