//! How fast messages are taken and sent, beside what the same machine does without the host.

mod accepting;
mod draining;
mod feed;
mod growing;
mod prompt;

pub use accepting::{Accepting, accepting};
pub use draining::{Draining, draining};
pub use growing::{Growing, Window, growing};

use crate::{HostConfig, ids};

/// A host with no limit but its own speed.
fn lifted(meta_url: &str) -> HostConfig {
    crate::faults::paced(meta_url).env("RUST_LOG", "warn")
}

/// A message's `channelId`.
const CHANNEL: &str = ids::CHANNEL;
