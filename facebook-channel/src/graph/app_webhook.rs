//! The app's half of a subscription: to which address Meta posts what happens on Pages, and which fields of it. A field comes
//! only where both the Page and the app are subscribed to it.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/reference/app/subscriptions>

use channel_api::connection::WebhookStatus;
use channel_api::{Action, Error, Issue, Pointer, ProviderRequest, Result};
use reqwest::Url;
use serde_json::Value;

use super::client::GraphClient;
use super::errors::is_true;
use super::issue::{FIELDS, issue_of};
use super::subscription;

const WHERE: &str = "in the app: Messenger, Settings, Webhooks";

/// What Meta has of the app for Pages.
#[derive(Debug)]
pub(super) struct AppWebhook {
    callback_url: Option<String>,
    active: bool,
    fields: Vec<String>,
}

impl GraphClient {
    /// The question for the app's subscriptions. It needs the app's own token.
    pub(super) fn app_subscriptions(&self, app_id: &str) -> Result<ProviderRequest> {
        Ok(ProviderRequest::get(self.path(&[app_id, "subscriptions"])?, &[]))
    }
}

/// The app's subscription to Pages, where it has one.
pub(super) fn read(answer: &Value) -> Option<AppWebhook> {
    let all = answer.get("data").and_then(Value::as_array)?;
    let of_pages = all.iter().find(|one| one.get("object").and_then(Value::as_str) == Some("page"))?;
    let url = of_pages.get("callback_url").and_then(Value::as_str).filter(|url| !url.is_empty());
    Some(AppWebhook {
        callback_url: url.map(str::to_owned),
        active: of_pages.get("active").is_none_or(is_true),
        fields: subscription::names(of_pages.get("fields")),
    })
}

/// Where Meta delivers, and what is wrong with that. `webhook` is the channel's own address, where the host knows it.
pub(super) fn judge(found: Option<&AppWebhook>, wanted: &[&str], webhook: Option<&str>) -> (WebhookStatus, Vec<Issue>) {
    let Some((app, url)) = found.and_then(|app| Some((app, app.callback_url.as_deref()?))) else {
        let message =
            "the app has no callback URL for Pages at Meta: nothing is delivered, whatever the Page is subscribed to";
        let address = webhook.unwrap_or("the channel's webhook address");
        let hint = format!("{WHERE}: enter {address} as callback URL, with the verify token");
        let none = warning("facebook.app_not_subscribed", message.to_owned(), hint);
        return (WebhookStatus::default(), vec![none]);
    };
    let is_here = webhook.map(|webhook| is_of_one_host(url, webhook));
    let url = shown(url);
    let mut warnings = Vec::new();
    if !app.active {
        let message = "the app's subscription to Pages is not active at Meta: nothing is delivered".to_owned();
        warnings.push(warning("facebook.app_webhook_inactive", message, format!("{WHERE}: verify and save it again")));
    }
    if let (Some(false), Some(webhook)) = (is_here, webhook) {
        let message = format!("the app's callback URL at Meta is another host's: {url}");
        let hint = format!("{WHERE}: enter {webhook}, unless {url} hands on what it gets");
        warnings.push(warning("facebook.callback_elsewhere", message, hint));
    }
    let lacks = |field: &&&str| !app.fields.iter().any(|given| given == *field);
    let missing: Vec<&str> = wanted.iter().filter(lacks).copied().collect();
    if !missing.is_empty() {
        let message = format!("the app is not subscribed to {} at Meta, so that it does not come", missing.join(", "));
        let hint = format!("{WHERE}, Edit subscriptions: tick what is named here");
        warnings.push(warning("facebook.app_fields_missing", message, hint));
    }
    (WebhookStatus { url: Some(url), is_here }, warnings)
}

/// The question was not answered: that is no fault of the Page.
pub(super) fn unknown(error: &Error) -> Issue {
    let told = issue_of(error, "app_id");
    let message = format!("Meta did not tell where the app's webhooks go: {}", told.message);
    let unknown = Issue::new(&FIELDS.key("app_id"), "facebook.app_side_unknown", message);
    let hint = told.hint.unwrap_or_else(|| format!("look at it yourself, {WHERE}"));
    unknown.with_hint(hint).with_action(told.action.unwrap_or(Action::RetryLater))
}

/// Without the app's id it cannot be asked.
pub(super) fn not_asked() -> Issue {
    let message = "without the App ID Meta is not asked where the app's webhooks go";
    let note = Issue::new(&FIELDS.key("app_id"), "facebook.app_side_not_asked", message);
    note.with_hint("enter the App ID (in the app: Settings, Basic), with the App Secret")
}

fn warning(code: &'static str, message: String, hint: String) -> Issue {
    Issue::new(&Pointer::ROOT, code, message).with_hint(hint).with_action(Action::CheckConfiguration)
}

/// Whether an address is the host's whose channel has this webhook, `…/webhooks/{type}/{channel}`: an app has one address for
/// all its Pages, so it may be another channel's, or the type's.
fn is_of_one_host(url: &str, webhook: &str) -> bool {
    let (Ok(url), Ok(webhook)) = (Url::parse(url), Url::parse(webhook)) else { return false };
    let base = webhook.path().rsplitn(4, '/').nth(3).unwrap_or_default();
    let below = url.path().strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
    url.origin() == webhook.origin() && below
}

/// An address without what may be secret in it.
fn shown(url: &str) -> String {
    match Url::parse(url) {
        Ok(url) => format!("{}{}", url.origin().ascii_serialization(), url.path()),
        Err(_) => "an address that is none".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HERE: &str = "https://linktor.example/webhooks/facebook/ch_1";

    fn codes(answer: &Value, webhook: Option<&str>) -> (WebhookStatus, Vec<String>) {
        let (status, warnings) = judge(read(answer).as_ref(), &["messages", "feed"], webhook);
        assert!(warnings.iter().all(|warning| warning.hint.is_some()), "{warnings:?}");
        (status, warnings.into_iter().map(|warning| warning.code.into_owned()).collect())
    }

    #[expect(clippy::needless_pass_by_value, reason = "every caller makes them on the spot")]
    fn page(url: &str, active: Value, fields: Value) -> Value {
        let other = json!({"object": "user", "callback_url": "https://other.example/", "active": true, "fields": []});
        json!({"data": [other, {"object": "page", "callback_url": url, "active": active, "fields": fields}]})
    }

    #[test]
    fn each_fault_of_the_app_s_half_has_a_word() {
        let both = || json!([{"name": "messages", "version": "v26.0"}, {"name": "feed", "version": "v26.0"}]);
        for (answer, expected) in [
            (json!({"data": []}), &["facebook.app_not_subscribed"][..]),
            (json!({}), &["facebook.app_not_subscribed"]),
            (json!({"data": [{"object": "instagram", "callback_url": HERE}]}), &["facebook.app_not_subscribed"]),
            (page("", json!(true), both()), &["facebook.app_not_subscribed"]),
            (page(HERE, json!(true), both()), &[]),
            (page(HERE, json!(null), json!(["feed", "messages"])), &["facebook.app_webhook_inactive"]),
            (page(HERE, json!(false), both()), &["facebook.app_webhook_inactive"]),
            (page(HERE, json!(true), json!(["messages"])), &["facebook.app_fields_missing"]),
            (page("https://old.example/hook", json!(true), both()), &["facebook.callback_elsewhere"]),
            (
                page("https://old.example/hook", json!(false), json!([])),
                &["facebook.app_webhook_inactive", "facebook.callback_elsewhere", "facebook.app_fields_missing"],
            ),
        ] {
            assert_eq!(codes(&answer, Some(HERE)).1, expected, "{answer}");
        }
    }

    #[test]
    fn whose_address_it_is() {
        for (url, here) in [
            (HERE, true),
            ("https://linktor.example/webhooks/facebook", true),
            ("https://linktor.example/api/v1/webhooks/messenger/ch_2/", true),
            ("https://linktor.example:443/webhooks/facebook/ch_1", true),
            ("https://LINKTOR.example/webhooks/facebook/ch_1?source=meta", true),
            ("http://linktor.example/webhooks/facebook/ch_1", false),
            ("https://linktor.example:8443/webhooks/facebook/ch_1", false),
            ("https://linktor.example.evil.example/webhooks/facebook/ch_1", false),
            ("linktor.example/webhooks", false),
        ] {
            let answer = page(url, json!(true), json!(["messages", "feed"]));
            let (status, _) = codes(&answer, Some(HERE));
            assert_eq!(status.is_here, Some(here), "{url}");
            assert!(status.url.is_some_and(|url| !url.contains('?')), "{url}");
            assert_eq!(codes(&answer, None).0.is_here, None);
            assert_eq!(codes(&answer, None).1, Vec::<String>::new(), "without an address there is nothing to compare");
        }
        let below = "https://a.example/linktor/webhooks/facebook/ch_1";
        assert!(is_of_one_host("https://a.example/linktor/webhooks/facebook", below));
        assert!(!is_of_one_host("https://a.example/chatwoot/webhooks", below));
        assert!(!is_of_one_host("https://a.example/linktor2/webhooks", below));
    }

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let answer = page("https://user:canary@old.example/hook?token=canary#canary", json!(true), json!([]));
        let (status, warnings) = judge(read(&answer).as_ref(), &[], Some(HERE));
        assert_eq!(status.url.as_deref(), Some("https://old.example/hook"));
        assert!(warnings.iter().all(|warning| !format!("{warning:?}").contains("canary")), "{warnings:?}");
    }
}
