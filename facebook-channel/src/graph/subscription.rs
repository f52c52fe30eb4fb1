//! The Page's subscription: which of its webhooks Meta sends to the app.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>

use channel_api::connection::SubscriptionStatus;
use channel_api::{Action, Error, ErrorKind, Issue, Method, Pointer, ProviderRequest, Result};
use serde_json::Value;

use super::client::GraphClient;
use super::reply::{done, id};

/// The five fields that Linktor's guide names.
const GUIDE: usize = 5;

/// The webhook fields that the channel subscribes its Page to: the five that Linktor's guide names, then those that tell what
/// else happens in a conversation.
///
/// Meta refuses the whole call for one name that it does not know, and for one that needs a permission which the token lacks. So
/// only names of its own list stand here (`subscribed_fields` in Meta's Business SDK), and only those for which `pages_messaging`
/// and `pages_manage_metadata` are enough; `feed`, `leadgen`, calls, and what concerns marketing messages or Instagram stay out.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>,
/// <https://github.com/facebook/facebook-python-business-sdk>
pub const SUBSCRIBED_FIELDS: &[&str] = &[
    "messages",
    "messaging_postbacks",
    "messaging_optins",
    "message_deliveries",
    "message_reads",
    // <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-echoes>
    // With the echo one learns whether a message went out whose answer was lost.
    "message_echoes",
    // …/webhook-events/message-edits
    "message_edits",
    // …/webhook-events/message-reactions
    "message_reactions",
    // …/webhook-events/messaging_optins
    "messaging_optouts",
    // …/webhook-events/messaging_referrals
    "messaging_referrals",
    // …/webhook-events/messaging_handovers, …/webhook-events/standby
    "messaging_handovers",
    "standby",
    // …/webhook-events/messaging_account_linking
    "messaging_account_linking",
    // …/webhook-events/messaging_policy_enforcement
    "messaging_policy_enforcement",
    // …/webhook-events, for the customer feedback template
    "messaging_feedback",
];

impl GraphClient {
    /// Asks Meta for the Page's webhooks, beside those that it sends to the app already: the list that is given may replace the one
    /// before, and what an operator has chosen stays.
    ///
    /// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>
    pub(crate) async fn subscribe(&self, page_id: &str, app_id: Option<&str>) -> Result<()> {
        self.add_fields(page_id, app_id).await.map_err(|error| error.with_operation("connection_subscribe"))
    }

    async fn add_fields(&self, page_id: &str, app_id: Option<&str>) -> Result<()> {
        let SubscriptionStatus { mut fields, missing } =
            read(&self.subscribed_apps(page_id).await?, app_id).ok_or_else(app_unknown)?;
        fields.extend(missing);
        let mut request = ProviderRequest::post(self.path(&[page_id, "subscribed_apps"])?, Value::Null);
        request.query.push(("subscribed_fields".to_owned(), fields.join(",")));
        done(&self.call(&request).await?)
    }

    /// Asks Meta to send no more webhooks of the Page.
    pub(crate) async fn unsubscribe(&self, page_id: &str) -> Result<()> {
        let mut request = ProviderRequest::get(self.path(&[page_id, "subscribed_apps"])?, &[]);
        request.method = Method::DELETE;
        let answer = self.call(&request).await.and_then(|answer| done(&answer));
        answer.map_err(|error| error.with_operation("connection_unsubscribe"))
    }

    /// Asks which webhooks of the Page Meta sends, and to which app.
    pub(super) async fn subscribed_apps(&self, page_id: &str) -> Result<Value> {
        self.call(&ProviderRequest::get(self.path(&[page_id, "subscribed_apps"])?, &[])).await
    }
}

fn app_unknown() -> Error {
    let message = "several apps are subscribed to the Page, and which of them is this channel's is not known";
    Error::new(ErrorKind::Config, "facebook.app_unknown", message).with_hint(
        "enter the App ID (in the app: Settings, Basic): without it, fields that the app has could be taken away",
    )
}

/// What Meta sends to the app, or `None` where several apps are subscribed and ours is not known.
pub(super) fn read(answer: &Value, app_id: Option<&str>) -> Option<SubscriptionStatus> {
    let apps = answer.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let ours = match (app_id, apps) {
        (Some(app_id), apps) => apps.iter().find(|app| app.get("id").and_then(id).as_deref() == Some(app_id)),
        (None, []) => None,
        (None, [app]) => Some(app),
        (None, _) => return None,
    };
    let listed = ours.and_then(|app| app.get("subscribed_fields")?.as_array());
    // The app's own subscriptions are objects with a name; the Page's are strings.
    let name = |field: &Value| field.as_str().or_else(|| field.get("name")?.as_str()).map(str::to_owned);
    let fields: Vec<String> = listed.into_iter().flatten().filter_map(name).collect();
    let missing = SUBSCRIBED_FIELDS.iter().filter(|field| !fields.iter().any(|given| given == *field));
    let missing = missing.map(|field| (*field).to_owned()).collect();
    Some(SubscriptionStatus { fields, missing })
}

const REPAIR: &str = "repair the connection: that subscribes the Page to all that the channel reads";

/// Why nothing arrives, if it does not.
pub(super) fn problem(subscription: &SubscriptionStatus) -> Option<Issue> {
    let has = |field: &&str| subscription.fields.iter().any(|given| given == field);
    let message = if !SUBSCRIBED_FIELDS.iter().take(GUIDE).any(has) {
        "the Page is not subscribed to the app: Meta sends none of its messages here"
    } else if !has(&"messages") {
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
pub(super) fn warning(subscription: &SubscriptionStatus) -> Option<Issue> {
    if subscription.missing.is_empty() || problem(subscription).is_some() {
        return None;
    }
    let message = format!("the Page is not subscribed to {}", subscription.missing.join(", "));
    let incomplete = Issue::new(&Pointer::ROOT, "facebook.subscription_incomplete", message);
    Some(incomplete.with_hint(REPAIR).with_action(Action::RepairConnection))
}
