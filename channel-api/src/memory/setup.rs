//! Set-up: the profile's plan, and what a check of the account means.

use serde_json::{Value, json};

use crate::profile::{Profile, ProfileChange, ProfilePlan};
use crate::{ConnectionStatus, Issue, Method, Pointer, ProviderRequest, UserProfile};

pub(super) const PROFILE: &str = "/v1/profile";
pub(super) const ACCOUNT: &str = "/v1/account";
pub(super) const SUBSCRIPTION: &str = "/v1/subscription";

/// One call for each property that will be different.
pub(super) fn plan(current: &Profile, desired: &Profile) -> ProfilePlan {
    let mut plan = ProfilePlan::default();
    for (property, to) in &desired.0 {
        let from = current.0.get(property).unwrap_or(&Value::Null);
        if from == to {
            continue;
        }
        plan.changes.push(ProfileChange { property: property.clone(), from: from.clone(), to: to.clone() });
        plan.requests.push(ProviderRequest::post(PROFILE, json!({ property: to })));
    }
    plan
}

pub(super) fn delete(path: &str) -> ProviderRequest {
    ProviderRequest { method: Method::Delete, ..ProviderRequest::post(path, Value::Null) }
}

/// What an operator has to mend, in the provider's words.
pub(super) fn status(account: &Value) -> ConnectionStatus {
    let text = |name: &str| account[name].as_str().map(str::to_owned);
    let missing = account["missing"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let at = Pointer::ROOT.key("token");
    let problem = |permission: &str| {
        Issue::new(&at, "memory.permission", format!("the token lacks the permission {permission}"))
            .hint("make a token that has it")
    };
    ConnectionStatus {
        account_id: text("id"),
        account_name: text("name"),
        problems: missing.map(problem).collect(),
        ..ConnectionStatus::default()
    }
}

pub(super) fn person(answer: &Value) -> UserProfile {
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    UserProfile { first_name: text("first_name"), last_name: text("last_name"), profile_pic: text("picture") }
}
