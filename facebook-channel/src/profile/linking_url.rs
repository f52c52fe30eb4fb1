//! `account_linking_url`: where people log in to link their account, the older way.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/account-linking>

use channel_api::{Pointer, Report};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::value::{Given, PropertyValue, set_call};
use crate::address;

/// Sets the page to log in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["url"]))]
pub(crate) struct SetAccountLinkingUrl {
    /// The page, with https://.
    #[serde(alias = "accountLinkingUrl")]
    #[schemars(
        title = "URL",
        with = "String",
        url,
        regex(pattern = "^https://"),
        extend("examples" = ["https://example.com/login"])
    )]
    url: Given<Address>,
}

/// An encrypted address.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Address(String);

set_call!(SetAccountLinkingUrl { url: Address = "url" });

impl PropertyValue for Address {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        address::opened_securely(at, Some(&self.0), report);
    }

    fn to_meta(self) -> Value {
        self.0.into()
    }
}
