//! The simulator driven over real HTTP, with a small webhook receiver in place of the host.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod batch;
mod corpus;
mod dates;
mod delivery;
mod faults;
mod limits;
mod people;
mod person;
mod personas;
mod profile;
mod recipients;
mod refusals;
mod routing;
mod sending;
mod stage;
mod surface;
mod template_limits;
mod templates;
mod tokens;
mod uploads;
mod utility;
mod weather;
