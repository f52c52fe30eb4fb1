//! The simulator driven over real HTTP, with a small webhook receiver in place of the host.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod delivery;
mod faults;
mod person;
mod refusals;
mod sending;
mod stage;
