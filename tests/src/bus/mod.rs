//! What reaches Linktor's core from people and people from agents while everything between them fails: the host killed, nats-server
//! stopped, the way between them cut, the core slow or without its database.
//!
//! People write by webhook until the host has taken each message, as Meta does. Agents answer through the core's stand-in. Three records
//! are compared in the end: what was said, what the core stored, and what Meta's stand-in carried out.

mod agents;
mod judge;
mod people;
mod said;
pub mod scenarios;
mod stage;

pub use agents::Agents;
pub use judge::{Evidence, Verdict};
pub use people::People;
pub use said::Said;
pub use stage::Stage;
