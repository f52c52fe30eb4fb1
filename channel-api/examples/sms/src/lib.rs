//! Acme SMS as a channel.

mod api;
mod channel;
mod config;
mod fixture;
mod message;
mod webhook;

pub use channel::SmsFactory;
