//! Set-up: the profile's plan, and what a check of the account means.

use channel_api::connection::{Credentials, Subscribed, SubscriptionStatus, WebhookStatus};
use channel_api::profile::{Profile, ProfileChange, ProfilePlan};
use channel_api::{
    Action, ConnectionStatus, Error, ErrorKind, Issue, Method, Pointer, ProviderRequest, Report, Result, Timestamp,
    UserProfile,
};
use serde_json::{Value, json};

use super::limits;

pub(super) const PROFILE: &str = "/v1/profile";
pub(super) const ACCOUNT: &str = "/v1/account";
pub(super) const SUBSCRIPTION: &str = "/v1/subscription";

/// One call for each property that will be different.
pub(super) fn plan(current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
    let mut report = Report::default();
    let mut plan = ProfilePlan::default();
    let greeting = desired.0.get("greeting").and_then(Value::as_str).unwrap_or_default();
    limits::check(&limits::GREETING, greeting.chars().count(), &Pointer::ROOT.key("greeting"), &mut report);
    if desired.0.get("jingle").is_some_and(|jingle| !jingle.is_null()) {
        let message = "nobody hears jingles any more: it is kept and not played";
        report.warn(Issue::new(&Pointer::ROOT.key("jingle"), "retired", message));
    }
    for (property, to) in &desired.0 {
        let from = current.0.get(property).unwrap_or(&Value::Null);
        if from == to {
            continue;
        }
        plan.changes.push(ProfileChange::new(property, from.clone(), to.clone()));
        plan.requests.push(ProviderRequest::post(PROFILE, json!({ property: to })));
    }
    if report.refusals.is_empty() {
        return Ok(ProfilePlan { warnings: report.warnings, ..plan });
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_profile", "the profile", report))
}

pub(super) fn delete(path: &str) -> ProviderRequest {
    let mut request = ProviderRequest::post(path, Value::Null);
    request.method = Method::DELETE;
    request
}

/// What an operator has to mend, in the provider's words.
pub(super) fn status(account: &Value, webhook: Option<&str>) -> ConnectionStatus {
    let text = |name: &str| account[name].as_str().map(str::to_owned);
    let words = |name: &str| -> Vec<String> {
        account[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (missing, undelivered) = (words("missing"), words("undelivered"));
    let at = Pointer::ROOT.key("token");
    let lacking = missing.iter().map(|permission| {
        Issue::new(&at, "memory.permission", format!("the token lacks the permission {permission}"))
            .with_hint("make a token that has it")
    });
    let unsubscribed = undelivered.iter().map(|event| {
        Issue::new(&Pointer::ROOT, "memory.subscription", format!("{event} is not delivered"))
            .with_hint("subscribe again")
            .with_action(Action::RepairConnection)
    });
    ConnectionStatus {
        account_id: text("id"),
        account_name: text("name"),
        problems: lacking.chain(unsubscribed).collect(),
        credentials: Some(Credentials {
            valid: true,
            expires_at: account["expires_at"].as_i64().and_then(Timestamp::from_millis),
            access_expires_at: None,
            granted: words("granted"),
            missing,
        }),
        subscription: Some(SubscriptionStatus {
            fields: words("delivered"),
            missing: undelivered,
            ..SubscriptionStatus::default()
        }),
        webhook: text("url").map(|url| WebhookStatus { is_here: webhook.map(|here| here == url), url: Some(url) }),
        ..ConnectionStatus::default()
    }
}

/// What the provider took of a subscription.
pub(super) fn subscribed(answer: &Value) -> Subscribed {
    let refused = answer["refused"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let warning = |event: &str| {
        Issue::new(&Pointer::ROOT, "memory.subscription", format!("{event} cannot be delivered"))
            .with_hint("do without it")
    };
    Subscribed { warnings: refused.map(warning).collect(), ..Subscribed::to(["message"]) }
}

pub(super) fn person(answer: &Value) -> UserProfile {
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    UserProfile {
        first_name: text("first_name"),
        last_name: text("last_name"),
        profile_pic: text("picture"),
        ..UserProfile::default()
    }
}
