//! Samples of what people sent, found again.

use channel_api::{MediaRef, Timestamp};
use serde_json::Value;

use crate::Reply;

/// Samples for downloads, for channels that hand out [`MediaDownload`](channel_api::facets::MediaDownload).
#[derive(Clone, Debug, Default)]
pub struct DownloadSamples {
    /// Media that are there; at least one.
    pub found: Vec<FoundSample>,
    /// One that is not there any more, and how the provider answers each call then.
    pub gone: Option<(MediaRef, Vec<Reply>)>,
}

/// One medium that is there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundSample {
    /// What the message refers to.
    pub media: MediaRef,
    /// The calls that are made to find it, in order, each `{"method", "path", "query"?, "body"?}`.
    pub requests: Vec<Value>,
    /// How the provider answers each of them. Where its bytes are given, the last of them answers with
    /// all of them.
    pub replies: Vec<Reply>,
    /// What is found.
    pub found: Found,
}

impl FoundSample {
    /// What a message refers to, and what is found.
    pub const fn new(media: MediaRef, found: Found) -> Self {
        Self { media, requests: Vec::new(), replies: Vec::new(), found }
    }

    /// Adds a call that is made to find it, and how the provider answers.
    #[must_use]
    pub fn with_call(mut self, request: Value, reply: Reply) -> Self {
        self.requests.push(request);
        self.replies.push(reply);
        self
    }
}

/// What is found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// An address.
    Address {
        /// Where.
        url: String,
        /// Until when.
        expires: Option<Timestamp>,
    },
    /// The bytes of the provider's last answer.
    Body {
        /// Their MIME type.
        content_type: Option<String>,
    },
}
