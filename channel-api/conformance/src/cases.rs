//! The cases themselves, a file for each area.

pub(super) mod batch;
pub(super) mod capabilities;
pub(super) mod concurrency;
pub(super) mod config;
pub(super) mod connection;
pub(super) mod denormalize;
mod descriptions;
pub(super) mod errors;
pub(super) mod handshake;
mod ids;
mod limits;
pub(super) mod login;
pub(super) mod media;
pub(super) mod normalize;
pub(super) mod operations;
pub(super) mod profile;
pub(super) mod registration;
pub(super) mod robustness;
pub(super) mod schema;
pub(super) mod secrets;
pub(super) mod send;
mod threads;
pub(super) mod verify;
