//! What goes to a provider and what comes back: [`ProviderRequest`], [`Denormalized`], [`Receipt`].

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Issue;
use crate::operation::Thread;

/// One call to a provider's API. It holds no credentials: [`send`](crate::ChannelAdapter::send) adds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProviderRequest {
    /// The method.
    #[serde(with = "method")]
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
        Self { method: Method::POST, path: path.into(), query: Vec::new(), body }
    }

    /// A request with any method and a JSON body; null for none.
    pub fn new(method: Method, path: impl Into<String>, body: Value) -> Self {
        Self { method, path: path.into(), query: Vec::new(), body }
    }

    /// A GET with a query.
    pub fn get(path: impl Into<String>, query: &[(&str, &str)]) -> Self {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { method: Method::GET, path: path.into(), query, body: Value::Null }
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

mod method {
    use std::borrow::Cow;

    use http::Method;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(method.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Method, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        name.parse().map_err(|_| de::Error::custom("must be an HTTP method"))
    }
}
