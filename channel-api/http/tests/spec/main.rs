//! The clauses of the specification that the kit keeps for every adapter, against a stand-in that breaks connections.
#![expect(clippy::unwrap_used, reason = "a test's support fails a test by panicking")]

mod acme;
mod answers;
mod calls;
mod downloads;
mod network;
mod secrets;
mod uploads;
