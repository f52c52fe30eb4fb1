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

/// Where Meta delivers, and what is wrong with that.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) webhook: WebhookStatus,
    /// Why nothing is delivered.
    pub(super) problems: Vec<Issue>,
    pub(super) warnings: Vec<Issue>,
}

/// `webhook` is the channel's own address, where the host knows it.
pub(super) fn judge(found: Option<&AppWebhook>, wanted: &[&str], webhook: Option<&str>) -> Judged {
    let Some((app, url)) = found.and_then(|app| Some((app, app.callback_url.as_deref()?))) else {
        let message =
            "the app has no callback URL for Pages at Meta: nothing is delivered, whatever the Page is subscribed to";
        let address = webhook.unwrap_or("the channel's webhook address");
        let hint = format!("{WHERE}: enter {address} as callback URL, with the verify token");
        let none = issue("facebook.app_not_subscribed", message.to_owned(), hint);
        return Judged { problems: vec![none], ..Judged::default() };
    };
    let place = webhook.map(|webhook| Place::of(url, webhook));
    let url = shown(url);
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    if !app.active {
        let message = "the app's subscription to Pages is not active at Meta: nothing is delivered".to_owned();
        problems.push(issue("facebook.app_webhook_inactive", message, format!("{WHERE}: verify and save it again")));
    }
    // Which of an app's Pages is asked for does not matter: each address of a channel serves all of them.
    match (place, webhook) {
        (Some(Place::Nowhere), Some(webhook)) => {
            let message = format!("the app's callback URL at Meta leads to this host, and to no webhook here: {url}");
            problems.push(issue("facebook.callback_path", message, format!("{WHERE}: enter {webhook}")));
        }
        (Some(Place::Elsewhere), Some(webhook)) => {
            let message = format!("the app's callback URL at Meta is another host's: {url}");
            let hint = format!("{WHERE}: enter {webhook}, unless {url} hands on what it gets");
            warnings.push(issue("facebook.callback_elsewhere", message, hint));
        }
        _ => {}
    }
    let lacks = |field: &&&str| !app.fields.iter().any(|given| given == *field);
    let missing: Vec<&str> = wanted.iter().filter(lacks).copied().collect();
    if !missing.is_empty() {
        let message = format!("the app is not subscribed to {} at Meta, so that it does not come", missing.join(", "));
        let hint = format!("{WHERE}, Edit subscriptions: tick what is named here");
        // Without messages there is no channel.
        let list = if missing.contains(&"messages") { &mut problems } else { &mut warnings };
        list.push(issue("facebook.app_fields_missing", message, hint));
    }
    let is_here = place.map(|place| place == Place::Here);
    Judged { webhook: WebhookStatus { url: Some(url), is_here }, problems, warnings }
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

fn issue(code: &'static str, message: String, hint: String) -> Issue {
    Issue::new(&Pointer::ROOT, code, message).with_hint(hint).with_action(Action::CheckConfiguration)
}

/// Where an app's callback URL leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// To a webhook of this host: this channel's, another one's of its type, or the type's.
    Here,
    /// To this host, and to no webhook of this type.
    Nowhere,
    /// To another host.
    Elsewhere,
}

impl Place {
    /// `webhook` is the channel's own address, `…/webhooks/{type}/{channel}`.
    fn of(url: &str, webhook: &str) -> Self {
        let (Ok(url), Ok(webhook)) = (Url::parse(url), Url::parse(webhook)) else { return Self::Elsewhere };
        let mut own = webhook.path().rsplitn(4, '/').skip(1);
        let (channel_type, webhooks, base) = (own.next(), own.next(), own.next().unwrap_or_default());
        let Some(rest) = url.path().strip_prefix(base).filter(|rest| rest.starts_with('/')) else {
            return Self::Elsewhere;
        };
        if url.origin() != webhook.origin() {
            return Self::Elsewhere;
        }
        let mut segments = rest.trim_end_matches('/').rsplit('/');
        let (last, before) = (segments.next(), segments.next());
        let is_type = (before, last) == (webhooks, channel_type);
        let is_channel = (segments.next(), before) == (webhooks, channel_type);
        if is_type || is_channel { Self::Here } else { Self::Nowhere }
    }
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

    /// The codes of the problems, then of the warnings.
    fn codes(answer: &Value, webhook: Option<&str>) -> (WebhookStatus, Vec<String>) {
        let Judged { webhook, problems, warnings } = judge(read(answer).as_ref(), &["messages", "feed"], webhook);
        let told = problems.iter().map(|problem| format!("{}!", problem.code));
        let told = told.chain(warnings.iter().map(|warning| warning.code.to_string())).collect();
        assert!(problems.iter().chain(&warnings).all(|issue| issue.hint.is_some()), "{problems:?} {warnings:?}");
        (webhook, told)
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
            (json!({"data": []}), &["facebook.app_not_subscribed!"][..]),
            (json!({}), &["facebook.app_not_subscribed!"]),
            (json!({"data": [{"object": "instagram", "callback_url": HERE}]}), &["facebook.app_not_subscribed!"]),
            (page("", json!(true), both()), &["facebook.app_not_subscribed!"]),
            (page(HERE, json!(true), both()), &[]),
            (page(HERE, json!(null), json!(["feed", "messages"])), &["facebook.app_webhook_inactive!"]),
            (page(HERE, json!(false), both()), &["facebook.app_webhook_inactive!"]),
            (page(HERE, json!(true), json!(["messages"])), &["facebook.app_fields_missing"]),
            (page(HERE, json!(true), json!(["feed"])), &["facebook.app_fields_missing!"]),
            (page("https://linktor.example/webhook/facebok", json!(true), both()), &["facebook.callback_path!"]),
            (page("https://old.example/hook", json!(true), both()), &["facebook.callback_elsewhere"]),
            (
                page("https://old.example/hook", json!(false), json!([])),
                &["facebook.app_webhook_inactive!", "facebook.app_fields_missing!", "facebook.callback_elsewhere"],
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
            ("https://linktor.example/api/v1/webhooks/facebook/ch_2/", true),
            ("https://linktor.example/webhooks/telegram/ch_1", false),
            ("https://linktor.example/webhooks/facebook/ch_1/more", false),
            ("https://linktor.example/", false),
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
        for (url, place) in [
            ("https://a.example/linktor/webhooks/facebook", Place::Here),
            ("https://a.example/linktor/api/v1/webhooks/facebook/ch_2", Place::Here),
            ("https://a.example/linktor/webhook", Place::Nowhere),
            ("https://a.example/chatwoot/webhooks/facebook", Place::Elsewhere),
            ("https://a.example/linktor2/webhooks/facebook", Place::Elsewhere),
        ] {
            assert_eq!(Place::of(url, below), place, "{url}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let answer = page("https://user:canary@old.example/hook?token=canary#canary", json!(true), json!([]));
        let Judged { webhook, warnings, .. } = judge(read(&answer).as_ref(), &[], Some(HERE));
        assert_eq!(webhook.url.as_deref(), Some("https://old.example/hook"));
        assert!(
            !warnings.is_empty() && warnings.iter().all(|warning| !format!("{warning:?}").contains("canary")),
            "{warnings:?}"
        );
    }
}
