//! What stands in a message to the core. Keys that it does not know are passed over, absent ones are empty, as Go reads JSON.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A message of a person.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Inbound {
    pub(super) tenant_id: String,
    pub(super) channel_id: String,
    pub(super) external_id: String,
    pub(super) content_type: String,
    pub(super) content: String,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) attachments: Vec<Attached>,
    pub(super) timestamp: Option<String>,
}

/// A file of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Attached {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) url: String,
    pub(super) filename: Option<String>,
    pub(super) mime_type: Option<String>,
    pub(super) size_bytes: i64,
    pub(super) thumbnail_url: Option<String>,
}

/// What became of an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StatusUpdate {
    pub(super) message_id: String,
    pub(super) status: String,
    pub(super) error_message: Option<String>,
}
