//! What goes to a provider and what comes back: [`ProviderRequest`], [`Denormalized`], [`Receipt`].

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Issue;
use crate::operation::Thread;

/// One call to a provider's API. It holds no credentials: [`send`](crate::ChannelAdapter::send) adds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProviderRequest {
    /// The method.
    pub method: Method,
    /// The path below the provider's base URL, with a leading slash.
    pub path: String,
    /// The query's pairs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// The JSON body; null for none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

impl ProviderRequest {
    /// A POST with a JSON body.
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::Post, path: path.into(), query: Vec::new(), body }
    }

    /// A GET with a query.
    pub fn get(path: impl Into<String>, query: &[(&str, &str)]) -> Self {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { method: Method::Get, path: path.into(), query, body: Value::Null }
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Writes.
    Post,
    /// Removes.
    Delete,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        })
    }
}

/// What delivers a message: the calls, to be made in this order, each after the one before it has succeeded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Denormalized {
    /// The calls. Never empty.
    pub requests: Vec<ProviderRequest>,
    /// What the author should know although the message is good.
    pub warnings: Vec<Issue>,
    /// Who answers the person once all of it is sent, where the message hands the conversation over.
    pub thread: Option<Thread>,
}

/// The provider's word that it has taken a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Receipt {
    /// The provider's id of the message. Absent for what is no message, such as a typing sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The person's id, where the provider tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_id: Option<String>,
    /// The id under which the provider keeps the attachment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<String>,
}
