//! The reference adapter: a channel to an invented provider, "Memory".
//!
//! It does all that the contract has, in the plainest way that is right; the suite passes on it, and its own tests break it in one
//! place after another. Read it beside `channel_api::spec` when a clause is not clear. It speaks plain HTTP, and only to this
//! machine.
//!
//! Its provider:
//!
//! | | |
//! |---|---|
//! | handshake | `?mode=subscribe&token=…&challenge=…`, answered with the challenge |
//! | delivery | `{"account", "events": [{"kind", "id"?, "from"?, "to"?, "at"?, …}]}`, signed: `x-memory-signature: sha256=HEX` |
//! | messages | `POST /v1/messages {"to", "text" \| "image" \| "buttons" \| "sign", …}` → `{"id"}` |
//! | failures | `{"error": {"code", "subcode"?, "message", "trace"}}`, `retry-after` |
//! | many at once | `POST /v1/batch {"calls": [{"path", "body"}]}` → `[{"status", "headers"?, "body"}]`, at most 20 |
//! | media | `POST /v1/media {"kind", "url"}`, or the file's bytes → `{"id", "expires_in"}`; `GET /v1/media/{id}` → `{"url"?, "expires_at"?}`, `/v1/media/{id}/bytes` |
//! | labels, desks | `/v1/labels`, `/v1/people/{id}/labels`, `/v1/people/{id}/desk` |
//! | set-up | `/v1/people/{id}`, `/v1/profile`, `/v1/account`, `/v1/subscription` |
//! | sign-in | `https://memory.example/oauth`, `/v1/oauth/token`, `/v1/accounts` |

mod adapter;
mod answer;
mod batch;
mod client;
mod config;
mod denormalize;
mod fixture;
mod limits;
mod login;
mod media;
mod normalize;
mod operations;
mod setup;
mod webhook;
mod window;

use std::sync::Arc;

use adapter::MemoryChannel;
use config::{Account, MemoryConfig};

pub(crate) use fixture::MemoryFixture;
use http::HeaderMap;
use serde_json::{Value, json};

use channel_api::{AccountLogin, AdapterFactory, BuildContext, ChannelAdapter, ChannelId, Result, Secret};

channel_conformance::register_fixture!(MemoryFactory, MemoryFixture);

/// Makes channels to the invented provider.
#[derive(Debug)]
pub(crate) struct MemoryFactory;

impl AdapterFactory for MemoryFactory {
    const ID: &'static str = "memory";
    const NAME: &'static str = "Memory";
    type Config = MemoryConfig;

    fn example() -> Value {
        json!({
            "name": "Memory",
            "api_url": "http://127.0.0.1:8099",
            "token": "the-token-of-your-account",
            "signing_secret": "the-secret-of-your-account",
            "verify_token": "a-text-of-your-own"
        })
    }

    fn build(account: Account, context: &BuildContext) -> Result<Arc<dyn ChannelAdapter>> {
        Ok(Arc::new(MemoryChannel::connected(context, account)))
    }

    fn offline(channel_id: ChannelId, webhook_secret: Option<Secret>) -> Arc<dyn ChannelAdapter> {
        Arc::new(MemoryChannel::offline(channel_id, webhook_secret.as_ref()))
    }

    fn trial(config: &Value, context: &BuildContext) -> Result<Arc<dyn ChannelAdapter>> {
        let account = config::for_a_trial(config)?;
        Ok(Arc::new(MemoryChannel::connected(context, account)))
    }

    fn accounts(body: &[u8]) -> Vec<String> {
        normalize::accounts(body)
    }

    fn check_head(headers: &HeaderMap) -> Result<()> {
        webhook::check_head(headers).map(drop)
    }

    fn login() -> Option<&'static dyn AccountLogin> {
        Some(&login::MemoryLogin)
    }
}
