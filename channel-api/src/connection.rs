//! Whether a channel can work: its credentials, its permissions, its subscription.

use serde::Serialize;

use crate::Issue;

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
    /// Where the picture can be fetched. It expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_pic: Option<String>,
}
