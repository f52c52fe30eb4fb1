mod client;
mod error_table;
mod network;
mod reply;
mod secrets;
mod server;
mod setup;
