//! What arrives from Meta: the handshake, the signature, and every event, translated into the host's.
//!
//! [`EVENTS`] is the table of what comes out. An event that is not understood, and an event of another Page, comes out as
//! [`UNKNOWN`] with its JSON and a reason; nothing is dropped, and no event costs another.
//!
//! # Ids
//! An event's `id` is its deduplication key. It is made of Meta's `mid` where there is one (`msg_`, `echo_`, `postback_`,
//! `deleted_`, `edit_`), else it is `evt_` and a digest of the event's name, Page, parties, own time and payload. It does not depend on
//! the batch in which the event arrives, nor on the order of its JSON keys. What has no time of its own may happen again: then the
//! entry's time tells it from a redelivery, and what says of a template, a label or a post what was said of it last is no news. A
//! copy that arrives through `standby` is another event, with the prefix `standby_` where it has an id or a time: the one may be
//! answered and the other not.
//!
//! # Fields
//! An event of the channel's own carries its fields flat in `data`, in camelCase: ids as text, times as RFC 3339. JSON that is
//! free in form (`nlp`, a call's session, payment details, attachments without a form of their own) stays as Meta sends it.

mod account;
mod answer;
mod attachment;
mod call;
mod challenge;
mod channel_facts;
mod commerce;
mod concern;
mod dispatch;
mod echo;
mod envelope;
mod event_header;
mod event_spec;
mod event_specs;
mod events;
mod feed;
mod feedback;
mod fields;
mod fingerprint;
mod game;
mod handover;
mod json;
mod lenient;
mod message;
mod message_wire;
mod normalize;
mod normalize_error;
mod optin;
mod other;
mod page;
mod pieces;
mod postback;
mod raw_event;
mod receipts;
mod referral;
mod revision;
mod scalar;
mod shared;
mod signature;
mod unclaimed_accounts;

#[cfg(test)]
mod tests;

use channel_api::WebhookReply;

pub(crate) use answer::{EMAIL, PHONE_NUMBER};
pub(crate) use challenge::challenge;
pub(crate) use channel_facts::ChannelFacts;
pub(crate) use concern::told_by;
pub(crate) use echo::stamped;
pub use events::{
    EVENT_NAMES, EVENTS, MESSAGE_DELETED, MESSAGE_EDITED, MESSAGE_REACTION, QUICK_REPLY, REFERRAL, UNKNOWN,
};
pub(crate) use normalize::Normalizer;
pub(crate) use pieces::accounts;
pub(crate) use signature::{check_head, offline_keys, signing_keys, verify};

/// What Meta's documentation answers; any 200 will do.
///
/// <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>
pub(crate) fn reply() -> WebhookReply {
    WebhookReply { content_type: Some("text/plain; charset=utf-8"), body: "EVENT_RECEIVED".into() }
}

/// The channel's type, as registered.
const CHANNEL_TYPE: &str = "facebook";
