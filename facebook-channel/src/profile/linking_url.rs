//! `account_linking_url`: where people log in to link their account, the older way.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/account-linking>

use channel_api::Pointer;
use serde_json::Value;

use super::notes::Notes;
use crate::send::rules;

/// An encrypted address.
pub(super) fn read(value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Value {
    let Some(url) = value.as_str() else {
        notes.misfit(at, "a web address that starts with https://");
        return Value::Null;
    };
    rules::https(at, Some(url), &mut notes.rules);
    url.into()
}
