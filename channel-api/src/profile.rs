//! The channel's face before anybody has written: greeting, get-started button, menu. The
//! [hooks](crate::facets::ProfileHooks) that set it up work on these.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Issue, JsonObject, ProviderRequest};

/// The profile as one document: a member for each property. A member that is null shall be removed; one that is absent stays
/// as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(pub JsonObject);

/// How to come from the profile as it is to the profile as it shall be.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProfilePlan {
    /// What will be different. Empty when nothing has to be done.
    pub changes: Vec<ProfileChange>,
    /// The calls that do it, in an order that the provider accepts.
    pub requests: Vec<ProviderRequest>,
    /// What its author should know although it can be done: something retired that was replaced by what works today.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Issue>,
}

/// One property that will be different.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ProfileChange {
    /// The property.
    pub property: String,
    /// What it is now; null when it is not set.
    pub from: Value,
    /// What it will be; null when it will be removed.
    pub to: Value,
}

impl ProfileChange {
    /// A property that will be different.
    pub fn new(property: impl Into<String>, from: Value, to: Value) -> Self {
        Self { property: property.into(), from, to }
    }
}
