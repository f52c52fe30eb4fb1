//! The Page's subscription: which of its webhooks Meta sends to the app.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>

use channel_api::connection::SubscriptionStatus;
use channel_api::{Action, Error, Issue, Method, Pointer, ProviderRequest, Result, Retry};
use serde_json::Value;

use super::client::GraphClient;
use super::reply::done;
use crate::webhook_field::{DEFAULT_FIELDS, MESSAGES};

/// Meta's copies of what was sent.
const ECHOES: &str = "message_echoes";
/// The five fields that Linktor's guide names.
const GUIDE: usize = 5;

impl GraphClient {
    /// Asks Meta to send no more webhooks of the Page.
    pub(crate) async fn unsubscribe(&self, page_id: &str) -> Result<()> {
        let mut request = ProviderRequest::get(self.path(&[page_id, "subscribed_apps"])?, &[]);
        request.method = Method::DELETE;
        let answer = self.call(&request).await.and_then(|answer| done(&answer));
        answer.map_err(|error| of_call(error, "connection_unsubscribe"))
    }
}

/// The error of a call that changes the subscription. Where its answer was lost, no echo of a message tells what was done.
pub(super) fn of_call(error: Error, operation: &'static str) -> Error {
    let error = if matches!(error.retry(), Retry::IfIdempotent { .. }) {
        error.with_hint(
            "the call may have been carried out: check the connection to see what the Page is subscribed to; metastatus.com shows \
             Meta's own state",
        )
    } else {
        error
    };
    error.with_operation(operation)
}

/// A list of fields. An app's own subscriptions are objects with a name; a Page's are strings.
pub(super) fn names(list: Option<&Value>) -> Vec<String> {
    let name = |field: &Value| field.as_str().or_else(|| field.get("name")?.as_str()).map(str::to_owned);
    list.and_then(Value::as_array).into_iter().flatten().filter_map(name).collect()
}

const REPAIR: &str = "repair the connection: that subscribes the Page to all that the channel is to get";

/// Why nothing arrives, if it does not.
pub(super) fn problem(subscription: &SubscriptionStatus, wanted: &[&str]) -> Option<Issue> {
    let has = |field: &str| subscription.fields.iter().any(|given| given == field);
    let basic: Vec<&str> = wanted.iter().copied().filter(|field| DEFAULT_FIELDS[..GUIDE].contains(field)).collect();
    let telling = if basic.is_empty() { wanted } else { &basic };
    let message = if !telling.iter().any(|field| has(field)) {
        "the Page is not subscribed to the app: Meta sends none of its messages here"
    } else if wanted.contains(&MESSAGES) && !has(MESSAGES) {
        "the Page is not subscribed to `messages`: Meta does not send what people write"
    } else {
        return None;
    };
    let hint = format!(
        "{REPAIR}. Meta ends a subscription when webhooks fail for an hour: see that the webhook's address answers"
    );
    let lost = Issue::new(&Pointer::ROOT, "facebook.subscription_lost", message);
    Some(lost.with_hint(hint).with_action(Action::RepairConnection))
}

/// What else does not arrive.
pub(super) fn warning(subscription: &SubscriptionStatus) -> Issue {
    let message = format!("the Page is not subscribed to {}", subscription.missing.join(", "));
    let incomplete = Issue::new(&Pointer::ROOT, "facebook.subscription_incomplete", message);
    incomplete.with_hint(REPAIR).with_action(Action::RepairConnection)
}

/// What is missed by a channel that was told to do without echoes.
pub(super) fn without_echoes(subscription: &SubscriptionStatus, wanted: &[&str]) -> Option<Issue> {
    let has = subscription.fields.iter().any(|given| given == ECHOES);
    if has || wanted.contains(&ECHOES) || !wanted.contains(&MESSAGES) {
        return None;
    }
    let message =
        format!("the Page is not subscribed to `{ECHOES}`: a message whose call got no answer may stay unknown");
    let unechoed = Issue::new(&Pointer::ROOT.key("subscribe"), "facebook.no_echoes", message);
    let hint = format!("add `{ECHOES}` to `subscribe` in the channel's configuration, then repair the connection");
    Some(unechoed.with_hint(hint).with_action(Action::CheckConfiguration))
}

/// What could arrive besides.
pub(super) fn note(subscription: &SubscriptionStatus) -> Issue {
    let message = format!("the channel can read more than the Page gets: {}", subscription.available.join(", "));
    let available = Issue::new(&Pointer::ROOT.key("subscribe"), "facebook.fields_available", message);
    available.with_hint(
        "name what you want of it under `subscribe` in the channel's configuration, where each stands with the permission that it \
         needs, then repair the connection",
    )
}

/// Without an App ID the one app on the list need not be this channel's.
pub(super) fn assumed(app: &str) -> Issue {
    let message = format!(
        "the only app that is subscribed to the Page is {app}; without the App ID it is taken for this channel's, and may be another's"
    );
    app_is_guessed(message)
}

/// The one app that was on the list was not this channel's: another has come.
pub(super) fn other_app(app: &str) -> Issue {
    let message = format!(
        "{app}, which was the only app subscribed to the Page, is another one than this channel's, which has now what that one has"
    );
    app_is_guessed(message)
}

fn app_is_guessed(message: String) -> Issue {
    Issue::new(&Pointer::ROOT.key("app_id"), "facebook.app_assumed", message)
        .with_hint("enter the App ID (in the app: Settings, Basic), with the App Secret")
        .with_action(Action::CheckConfiguration)
}

#[cfg(test)]
mod tests {
    use channel_api::connection::SubscriptionStatus;

    use super::*;

    #[test]
    fn a_subscription_is_lost_by_what_was_asked_for() {
        for (wanted, fields, lost) in [
            (DEFAULT_FIELDS, &[][..], true),
            (DEFAULT_FIELDS, &["standby", "feed"], true),
            (DEFAULT_FIELDS, &["messaging_postbacks"], true),
            (DEFAULT_FIELDS, &["messages"], false),
            (&["feed", "messages"], &["feed"], true),
            (&["feed", "messages"], &["messages"], false),
            (&["feed", "mention"], &["mention"], false),
            (&["feed", "mention"], &["messages"], true),
            (&["feed", "message_reads"], &["message_reads"], false),
        ] {
            let fields = fields.iter().map(|field| (*field).to_owned()).collect();
            let status = SubscriptionStatus { fields, ..SubscriptionStatus::default() };
            assert_eq!(problem(&status, wanted).is_some(), lost, "{wanted:?} {:?}", status.fields);
        }
    }

    #[test]
    fn who_does_without_echoes_hears_what_that_costs() {
        for (wanted, fields, told) in [
            (&["messages"][..], &["messages"][..], true),
            (&["messages"], &["messages", "message_echoes"], false),
            (&["messages", "message_echoes"], &["messages"], false),
            (&["feed"], &["feed"], false),
        ] {
            let fields = fields.iter().map(|field| (*field).to_owned()).collect();
            let status = SubscriptionStatus { fields, ..SubscriptionStatus::default() };
            assert_eq!(without_echoes(&status, wanted).is_some(), told, "{wanted:?} {:?}", status.fields);
        }
    }
}
