//! The simulator driven over real HTTP, with a small webhook receiver in place of the host.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod batch;
mod comments;
mod conversations;
mod corpus;
mod dates;
mod delivery;
mod delivery_faults;
mod faults;
mod labels;
mod library;
mod limits;
mod linking;
mod login;
mod media;
mod moderation;
mod people;
mod person;
mod personas;
mod profile;
mod recipients;
mod refusals;
mod routing;
mod sending;
mod stage;
mod standing;
mod surface;
mod template_limits;
mod templates;
mod tokens;
mod uploads;
mod utility;
mod wording;
