//! Facebook Messenger as a Linktor channel.
//!
//! A host that links this crate finds the channel type `facebook` in its registry:
//!
//! ```
//! use channel_api::{BuildContext, ChannelId, Registry, WebhookAuth};
//! use facebook_channel as _; // or the linker leaves the crate out
//!
//! let registry = Registry::discover()?;
//! let facebook = registry.get("facebook")?;
//! let context = BuildContext::new(ChannelId::new("ch_facebook_123"));
//! let channel = (facebook.build)(&(facebook.example)(), &context)?;
//! assert_eq!(channel.capabilities().webhook_auth, WebhookAuth::Signature);
//! # Ok::<(), channel_api::Error>(())
//! ```

mod adapter;
mod address;
mod capabilities;
pub mod config;
pub mod docs;
mod factory;
#[cfg(feature = "conformance")]
mod fixture;
pub mod graph;
mod id;
pub mod limits;
mod locale;
mod media;
mod oauth;
mod operations;
mod profile;
mod rules;
pub mod send;
mod split;
pub mod template;
mod template_name;
mod thread;
mod version;
pub mod webhook;
pub mod webhook_field;
pub mod window;
mod wire;

pub use factory::FacebookFactory;

/// The README's code, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
