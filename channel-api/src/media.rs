//! Media that are kept at the provider: [`Upload`], [`Uploaded`].
//!
//! A host uploads once and sends by id. What people send comes the other way: the provider's address stands in the message, and a
//! host fetches from [`Capabilities::media_hosts`](crate::Capabilities::media_hosts) only.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of media it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound.
    Audio,
    /// Anything else.
    #[serde(alias = "document")]
    File,
}

impl MediaKind {
    /// The kind's name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::File => "file",
        }
    }

    /// The kind that a MIME type stands for; what is neither picture, film nor sound is a file.
    pub fn of_content_type(content_type: &str) -> Self {
        match content_type.split('/').next().unwrap_or_default().trim() {
            "image" => Self::Image,
            "video" => Self::Video,
            "audio" => Self::Audio,
            _ => Self::File,
        }
    }
}

/// A file's bytes, piece by piece.
pub type MediaStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// Something to be kept at the provider.
#[derive(Debug)]
pub struct Upload {
    /// What it is.
    pub kind: MediaKind,
    /// Where it comes from.
    pub source: MediaSource,
}

/// Where media come from.
#[non_exhaustive]
pub enum MediaSource {
    /// The provider fetches it from this public address.
    Url(String),
    /// The host has it.
    File {
        /// The file's name, as people see it.
        name: String,
        /// Its MIME type.
        content_type: String,
        /// How many bytes it has. The stream yields exactly so many, or the upload fails.
        length: u64,
        /// The bytes.
        bytes: MediaStream,
    },
}

impl fmt::Debug for MediaSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // An address may carry a signature of its own.
            Self::Url(_) => f.write_str("Url(..)"),
            Self::File { content_type, length, .. } => f
                .debug_struct("File")
                .field("content_type", content_type)
                .field("length", length)
                .finish_non_exhaustive(),
        }
    }
}

/// What the provider keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Uploaded {
    /// The provider's id, to be sent in place of an address.
    pub attachment_id: String,
    /// For how long the id is good, in seconds; `None` where the provider sets no end.
    #[serde(rename = "expiresInSeconds", with = "seconds", default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<Duration>,
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    // serde passes fields by reference.
    #[expect(clippy::ref_option, reason = "the signature that serde's `with` asks for")]
    pub(super) fn serialize<S: Serializer>(span: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match span {
            Some(span) => serializer.serialize_u64(span.as_secs()),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_secs))
    }
}
