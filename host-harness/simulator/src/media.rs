//! Files to be fetched, in place of Meta's media hosts: `GET /_sim/media/{name}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The files by their names.
pub(super) type Media = BTreeMap<String, MediaFile>;

/// The largest file that can be asked for.
pub(super) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A file, or what stands at its address instead.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MediaFile {
    /// The last part of the address.
    pub(super) name: String,
    /// The content type that is answered; empty for none.
    #[serde(default = "plain")]
    pub(super) content_type: String,
    /// What the file holds.
    #[serde(default)]
    pub(super) text: String,
    /// A file of this many bytes instead.
    pub(super) bytes: Option<usize>,
    #[serde(default = "ok")]
    pub(super) status: u16,
    /// Somewhere else to fetch it from.
    pub(super) redirect: Option<String>,
    /// Another file: where the message is asked for, its address is told in place of this one's.
    pub(super) moved_to: Option<String>,
    /// Does not say how long it is.
    #[serde(default)]
    pub(super) without_length: bool,
    /// Begins, and never ends.
    #[serde(default)]
    pub(super) hang: bool,
    /// How often it was asked for.
    #[serde(skip_deserializing)]
    pub(super) fetched: u64,
}

fn plain() -> String {
    "text/plain".to_owned()
}

fn ok() -> u16 {
    200
}

/// Where it can be fetched now what was once put at this address.
pub(super) fn address_now(media: &Media, url: &str) -> String {
    let moved = url.rsplit_once("/_sim/media/").and_then(|(host, name)| {
        let name = media.get(name)?.moved_to.as_deref()?;
        Some(format!("{host}/_sim/media/{name}"))
    });
    moved.unwrap_or_else(|| url.to_owned())
}

impl MediaFile {
    /// What keeps it from being served, in words.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let is_name = |name: &String| !name.is_empty() && name.chars().all(is_plain);
        if !is_name(&self.name) {
            return Some("name must be letters, digits, dots, dashes and underscores");
        }
        if !self.moved_to.iter().all(is_name) {
            return Some("movedTo must be the name of another file");
        }
        if self.bytes.is_some_and(|bytes| bytes > MOST_BYTES) {
            return Some("bytes must be at most 67108864");
        }
        (!(200..=599).contains(&self.status)).then_some("status must be 200 to 599")
    }
}
