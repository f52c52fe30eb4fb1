//! What every channel to an HTTP API needs, and must not get wrong.
//!
//! An adapter says once what its provider is called and how it words a failure ([`Provider`]); the kit then makes its calls
//! ([`Client`]) and checks its webhooks ([`SigningKeys`], [`SharedSecrets`]). It keeps the clauses of
//! [`channel_api::spec`] that cost most when they are broken:
//!
//! * a call is made once: no redirect is followed, nothing is repeated, and there is a deadline (SND-1, SND-5, SND-9);
//! * an error says whether the call may have been carried out: only one that never got a connection is
//!   [`safe`](channel_api::Retry::SAFE) (SND-3, SND-4, SND-7, SND-8);
//! * the provider's own error is read before the status (SND-2), and no more of an answer than is needed (SND-5);
//! * no secret stands in an error, in `Debug` or in what is reported of a call, wherever it travels: header, query, path or body
//!   (SND-6, SEC-1);
//! * signatures and secrets are compared in constant time, against every key that is accepted (VER-2, VER-6).
//!
//! ```
//! use channel_api::{BuildContext, ChannelId, ErrorKind, ProviderCode, Secret};
//! use channel_http::{Client, Provider, Reported, Rule};
//!
//! static ACME: Provider = Provider {
//!     address_field: "api_url",
//!     report: |json| {
//!         let error = json.get("error")?;
//!         let code = error["code"].as_i64().map(ProviderCode::from);
//!         Some(Reported { code, message: error["message"].as_str().unwrap_or_default(), ..Reported::default() })
//!     },
//!     rules: &[
//!         Rule::code("10", ErrorKind::Credentials, "acme.key", "Acme does not accept the key").with_hint("make a new one"),
//!     ],
//!     ..Provider::new("acme", "Acme", "Acme's API")
//! };
//!
//! let context = BuildContext::new(ChannelId::new("ch_acme"));
//! let client = Client::new(&ACME, "https://api.acme.example", &context)?.with_bearer(&Secret::new("the-key"))?;
//! # drop(client);
//! # Ok::<(), channel_api::Error>(())
//! ```

mod address;
mod answer;
mod call;
mod client;
mod download;
mod network;
mod pause;
mod provider;
mod public_ip;
mod record;
mod redaction;
mod reported;
mod rule;
mod shared_secret;
mod signature;
#[cfg(feature = "stand-in")]
pub mod stand_in;
mod upload;
mod webhook;

pub use address::{is_safe_or_here, safe_address};
pub use answer::Answer;
pub use call::{Call, form_encoded, is_segment};
pub use client::Client;
pub use network::{builder, shared_client};
pub use pause::retry_after;
pub use provider::{Failure, Provider};
pub use public_ip::is_public;
pub use redaction::Redaction;
pub use reported::Reported;
pub use rule::Rule;
pub use shared_secret::SharedSecrets;
pub use signature::SigningKeys;
pub use upload::{ExactLength, UploadWatch};
pub use webhook::WebhookHeader;
