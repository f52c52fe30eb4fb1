//! Linktor as a channel meets it: a real nats-server, and a stand-in of the core behind it.
//!
//! What the core does was read from its public source (<https://github.com/edsonmartins/linktor>) and seen at a running one. The
//! stand-in uses nothing of the host's: a plain NATS client, the same streams, consumers, limits and silent refusals.

mod answer;
mod core;
mod database;
mod door;
mod habits;
mod installed;
mod nats;
mod processor;
mod streams;
mod uuid;
mod wire;

pub use answer::Answer;
pub use core::Core;
pub use database::{Attachment, Contact, Database, Message, Refusal, Side};
pub use door::{Door, Way};
pub use habits::Habits;
pub use installed::nats_server;
pub use nats::Nats;
pub use processor::{Handled, Outcome};
pub use streams::{EVENTS, MESSAGES, inbound, outbound, status};
