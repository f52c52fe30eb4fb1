//! The contract between a messaging host and its channels.
//!
//! A *channel* is one account on a messaging service: a Facebook Page, a phone number, an inbox. A *host* talks to it through
//! a [`ChannelAdapter`]:
//!
//! | hook | what it does |
//! |---|---|
//! | [`verify`](ChannelAdapter::verify) | is this webhook really the provider's? |
//! | [`normalize`](ChannelAdapter::normalize) | a [`Verified`] delivery → the host's [`Event`]s; nothing is dropped |
//! | [`denormalize`](ChannelAdapter::denormalize) | an [`OutboundMessage`] → the [`ProviderRequest`]s that deliver it, or **all** the reasons why not |
//! | [`send`](ChannelAdapter::send) | one call, once; a [`Receipt`], or a classified [`Error`] |
//!
//! What only some channels can do is handed out as a [facet](facets): a handshake, a profile, a connection to check, media,
//! people, operations described by schema, a time window. Signing in ([`login`]) hangs on the registration.
//!
//! An adapter knows its provider and this crate, and nothing of the host. It never sleeps, retries or stores. The host knows
//! this crate, and names its adapters in one place; it owns all that lasts or waits. This crate knows neither, and has no HTTP
//! client and no server in its graph.
//!
//! What may grow later breaks nobody. Of the public types, an enum is `#[non_exhaustive]`: match it with a `_` arm that refuses, or
//! keeps what it does not know. A struct either has a [`Default`] and is written as `Capabilities { …, ..Capabilities::default() }`,
//! so that a new field starts out empty; or it is `#[non_exhaustive]`, is made by its `new` and changed by its `with_*`, and
//! taken apart with `..`. A test holds every type to it.
//!
//! Start with [`ChannelAdapter`] for the trait, [`spec`] for the rules, and [`registry`] for how a host finds an adapter.

mod action;
mod adapter;
pub mod calls;
pub mod capability;
mod channel;
pub mod config;
pub mod connection;
pub mod declared;
mod description;
mod error;
pub mod event;
mod ext;
mod extra;
pub mod facets;
mod issue;
pub mod json;
pub mod login;
pub mod media;
pub mod message;
pub mod operation;
pub mod profile;
mod read;
mod received;
pub mod registry;
mod said;
pub mod schema;
mod seconds;
mod secret;
mod send;
pub mod spec;
pub mod template;
mod time;
mod webhook;
pub mod window;

#[doc(hidden)]
pub use inventory as __inventory;

pub use action::Action;
pub use adapter::ChannelAdapter;
pub use calls::{CallObserver, Exchange, Pressure};
pub use capability::{Capabilities, WebhookAuth};
pub use channel::ChannelId;
pub use config::{AdapterConfig, BuildContext};
pub use connection::{ConnectionStatus, UserProfile};
pub use description::{Description, describe};
pub use error::{Error, ErrorKind, ProviderCode, ProviderError, Result, Retry, Scope};
pub use event::{Direction, Event, EventBody, ThreadOwner};
pub use ext::{ChannelAdapterExt, Delivered};
pub use http::Method;
pub use issue::{Issue, Pointer, Report};
pub use login::AccountLogin;
pub use media::{ByteRange, Download, MediaKind, MediaRef, MediaSource, Upload, Uploaded};
pub use message::{Content, OutboundMessage, Recipient};
pub use operation::{Operation, Performed};
pub use read::{Quote, read, read_object, respell};
pub use received::{Concern, Identity, Received, Token};
pub use registry::{AdapterFactory, Registration, Registry};
pub use said::Said;
pub use secret::Secret;
pub use send::{Choice, Denormalized, ProviderRequest, Receipt};
pub use template::Template;
pub use time::Timestamp;
pub use webhook::{Delivery, Proof, Subscription, Verified, VerifierId, WebhookReply};
pub use window::{Judgement, Opening};

/// A JSON object.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;
