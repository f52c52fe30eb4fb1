//! Media, both ways: [`Upload`] and [`Uploaded`], [`MediaRef`] and [`Download`].
//!
//! A host uploads once and sends by id. What people send comes the other way: its address stands in the message, or has to be
//! asked for; a host fetches from [`Capabilities::media_hosts`](crate::Capabilities::media_hosts) only.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Timestamp, seconds};

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
#[non_exhaustive]
pub struct Upload {
    /// What it is.
    pub kind: MediaKind,
    /// Where it comes from.
    pub source: MediaSource,
}

impl Upload {
    /// Something of this kind, from there.
    pub const fn new(kind: MediaKind, source: MediaSource) -> Self {
        Self { kind, source }
    }
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
#[non_exhaustive]
pub struct Uploaded {
    /// The provider's id, to be sent in place of an address.
    pub attachment_id: String,
    /// For how long the id is good, in seconds; `None` where the provider sets no end.
    #[serde(rename = "expiresInSeconds", with = "seconds", default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<Duration>,
}

impl Uploaded {
    /// Kept under this id, without an end.
    pub fn new(attachment_id: impl Into<String>) -> Self {
        Self { attachment_id: attachment_id.into(), expires_in: None }
    }

    /// Adds for how long the id is good.
    #[must_use]
    pub fn with_expires_in(self, expires_in: Option<Duration>) -> Self {
        Self { expires_in, ..self }
    }
}

/// What a message refers to: something that a person sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct MediaRef {
    /// The provider's id of the message that it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The provider's id of the medium itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its place among the message's attachments, from 0.
    pub index: usize,
}

impl MediaRef {
    /// By the provider's id of the medium.
    pub fn by_id(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }

    /// By the provider's id of the message, and its place among the message's attachments, from 0.
    pub fn of_message(message_id: impl Into<String>, index: usize) -> Self {
        Self { message_id: Some(message_id.into()), index, ..Self::default() }
    }

    /// Adds the provider's id of the medium itself, where it has one.
    #[must_use]
    pub fn with_id(self, id: Option<String>) -> Self {
        Self { id, ..self }
    }
}

/// A part of a file, in bytes: from `first` to `last`, both counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ByteRange {
    /// The first byte's place, from 0.
    pub first: u64,
    /// The last byte's place; `None` for the file's end.
    pub last: Option<u64>,
}

impl ByteRange {
    /// From this byte to the file's end.
    pub const fn new(first: u64) -> Self {
        Self { first, last: None }
    }

    /// To this byte, which is part of it; `None` for the file's end.
    #[must_use]
    pub const fn with_last(self, last: Option<u64>) -> Self {
        Self { last, ..self }
    }
}

/// What a person sent, found.
#[non_exhaustive]
pub enum Download {
    /// It can be fetched there, without any credentials.
    Address {
        /// Where.
        url: String,
        /// Until when.
        expires: Option<Timestamp>,
    },
    /// Its bytes: the provider gives them only to whoever has the channel's token.
    Body {
        /// Their MIME type, where the provider says it.
        content_type: Option<String>,
        /// How many there are, where the provider says it.
        length: Option<u64>,
        /// The bytes.
        bytes: MediaStream,
    },
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // An address may carry a signature of its own.
            Self::Address { expires, .. } => {
                f.debug_struct("Address").field("expires", expires).finish_non_exhaustive()
            }
            Self::Body { content_type, length, .. } => f
                .debug_struct("Body")
                .field("content_type", content_type)
                .field("length", length)
                .finish_non_exhaustive(),
        }
    }
}
