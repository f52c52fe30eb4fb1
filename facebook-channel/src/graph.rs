//! The Graph API: one call at a time, and what Meta's answer means.
//!
//! [`error_table`] holds every failure that Meta documents, with what an operator can do about it; the rest is how a call is
//! made and how its answer is read.

mod app_webhook;
mod batch;
mod client;
pub(crate) mod connection;
mod debug_token;
mod error_rule;
mod error_table;
mod errors;
mod issue;
mod last_messages;
mod message_media;
mod meta;
mod page;
mod reply;
mod source;
mod subscribe;
mod subscribed_apps;
mod subscription;
mod usage;
mod user_profile;
mod words;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use client::{GraphClient, VIDEO};
pub use error_rule::GraphErrorRule;
pub use error_table::error_table;
pub(crate) use last_messages::last_messages;
pub(crate) use message_media::address_of;
pub(crate) use meta::META;
pub(crate) use page::{App, Page};
pub(crate) use reply::{id, not_done, unreadable};
pub(crate) use user_profile::UserProfiles;
