//! Hosts channel adapters: takes their webhooks, keeps their events, sends their messages.
//!
//! The program is in [`cli`]; [`app`] puts a host together. What stands between a webhook and a consumer reads from top to
//! bottom: [`http`] → `ingest` → [`store`]. What is sent goes the other way through `sending`, whoever brings it.

mod adapter_builder;
mod adapters;
pub mod app;
mod broadcasts;
pub mod channels;
pub mod cli;
pub mod config;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod connections;
#[cfg(feature = "demo")]
pub mod demo;
mod erasure;
pub mod http;
mod ingest;
mod linktor;
mod logins;
mod media;
mod people;
mod profile;
mod retention;
#[cfg(test)]
mod scripted;
mod sending;
mod signals;
mod statuses;
pub mod store;
pub mod telemetry;
pub mod threads;
