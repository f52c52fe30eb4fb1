mod batch;
mod client;
mod connection;
mod error_table;
mod network;
mod reply;
pub(crate) mod secrets;
pub(crate) mod server;
mod setup;
