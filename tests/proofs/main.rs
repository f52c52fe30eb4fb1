//! What every message and every webhook has to keep to, tried on generated ones.
//!
//! `send-api.schema.json` and its neighbours in `host-harness/simulator/schemas` describe the bodies that Meta takes. They were written from Meta's documentation
//! and not from the adapter, so that each can prove the other wrong.
#![expect(clippy::unwrap_used, reason = "a test's support fails a test by panicking")]

mod adapter;
mod agreement;
mod generate;
mod limits;
mod places;
mod rules;
mod schema;
mod spelling;
mod valid;
mod webhooks;
