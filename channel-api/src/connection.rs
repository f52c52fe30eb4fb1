//! Whether a channel can work: its credentials, its permissions, its subscription.

use serde::Serialize;

use crate::{Issue, Timestamp};

/// What a check of the connection found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionStatus {
    /// The account's id at the provider.
    pub account_id: Option<String>,
    /// The account's name, so that an operator sees that it is the right one.
    pub account_name: Option<String>,
    /// What keeps the channel from working, each with what to do. Empty when all is well.
    pub problems: Vec<Issue>,
    /// What works today and may not tomorrow, each with what to do.
    pub warnings: Vec<Issue>,
    /// What is good to know and needs no mending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Issue>,
    /// What the provider says of the credentials. Absent where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
    /// What the provider delivers. Absent where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<SubscriptionStatus>,
    /// Where the provider delivers to. Absent where it was not asked, or did not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookStatus>,
}

impl ConnectionStatus {
    /// Whether [subscribing](crate::facets::Connection::subscribe) would mend something.
    pub fn can_be_repaired(&self) -> bool {
        self.subscription.as_ref().is_some_and(|subscription| !subscription.missing.is_empty())
    }

    /// When the credentials end, the sooner of both ways.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let credentials = self.credentials.as_ref()?;
        [credentials.expires_at, credentials.access_expires_at].into_iter().flatten().min()
    }
}

/// What the provider says of a channel's credentials. It never holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// Whether they are accepted.
    pub valid: bool,
    /// When they end; `None` when they do not.
    pub expires_at: Option<Timestamp>,
    /// When the provider stops handing out people's data to them, until somebody signs in again.
    pub access_expires_at: Option<Timestamp>,
    /// The permissions that they carry, in the provider's words.
    pub granted: Vec<String>,
    /// The permissions that the channel needs and they lack.
    pub missing: Vec<String>,
}

/// What the provider delivers to the channel's webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionStatus {
    /// What is delivered, in the provider's words.
    pub fields: Vec<String>,
    /// What the channel asks for when it subscribes, and is not delivered.
    pub missing: Vec<String>,
    /// What the channel can read besides, and is neither asked for nor delivered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub available: Vec<String>,
}

/// Where the provider delivers to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookStatus {
    /// The address that the provider has, without its query; `None` where it has none.
    pub url: Option<String>,
    /// Whether that is this host. `None` where that cannot be told: there is no address, or the host does not know its own.
    pub is_here: Option<bool>,
}

/// What came of subscribing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscribed {
    /// What the provider delivers from now on and did not before, in its own words.
    pub added: Vec<String>,
    /// What it did not take, each with its reason and what to do.
    pub warnings: Vec<Issue>,
}

impl Subscribed {
    /// All of this, and nothing was refused.
    pub fn to<S: Into<String>>(added: impl IntoIterator<Item = S>) -> Self {
        Self { added: added.into_iter().map(Into::into).collect(), warnings: Vec::new() }
    }
}

/// What the provider tells of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserProfile {
    /// The given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The whole name, where the provider does not tell its parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the picture can be fetched. It expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_pic: Option<String>,
    /// Language and country, such as `pt_BR`, where the credentials may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The time zone, in hours from UTC, where the credentials may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<serde_json::Number>,
}
