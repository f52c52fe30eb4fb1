//! Whether the channel can work, and its subscription to webhooks.

use channel_api::{ConnectionStatus, Error, ErrorKind, Issue, Method, Pointer, ProviderRequest, Result};
use serde_json::Value;

use super::client::GraphClient;
use super::reply::{done, id};

/// The webhook fields that the channel subscribes its Page to: the five that Linktor's guide names, then those that tell what
/// else happens in a conversation. Each needs no more than `pages_messaging` and `pages_manage_metadata`; others, such as
/// `feed` or `leadgen`, need permissions of their own and would make the whole call fail.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>
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
    /// Asks whose token this is. What an operator has to mend stands in the status; it is an error only when Meta could not be
    /// asked.
    ///
    /// Source: <https://developers.facebook.com/docs/graph-api/reference/page/>
    pub(crate) async fn connection_check(&self, page_id: &str) -> Result<ConnectionStatus> {
        let request = ProviderRequest::get(self.path(&["me"])?, &[("fields", "id,name")]);
        match self.call(&request).await {
            Ok(account) => Ok(judge(&account, page_id)),
            Err(error) => match problem(&error) {
                Some(problem) => Ok(ConnectionStatus { problems: vec![problem], ..ConnectionStatus::default() }),
                None => Err(error.operation("connection_check")),
            },
        }
    }

    /// Asks Meta for the Page's webhooks. The list replaces the one before.
    ///
    /// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>
    pub(crate) async fn subscribe(&self, page_id: &str) -> Result<()> {
        let mut request = ProviderRequest::post(self.path(&[page_id, "subscribed_apps"])?, Value::Null);
        request.query.push(("subscribed_fields".to_owned(), SUBSCRIBED_FIELDS.join(",")));
        let answer = self.call(&request).await.and_then(|answer| done(&answer));
        answer.map_err(|error| error.operation("connection_subscribe"))
    }

    /// Asks Meta to send no more webhooks of the Page.
    pub(crate) async fn unsubscribe(&self, page_id: &str) -> Result<()> {
        let mut request = ProviderRequest::get(self.path(&[page_id, "subscribed_apps"])?, &[]);
        request.method = Method::Delete;
        let answer = self.call(&request).await.and_then(|answer| done(&answer));
        answer.map_err(|error| error.operation("connection_unsubscribe"))
    }
}

/// Whether the token belongs to the Page that the configuration names.
fn judge(account: &Value, page_id: &str) -> ConnectionStatus {
    let account_id = account.get("id").and_then(id);
    let problems = match account_id.as_deref() {
        Some(id) if id == page_id => Vec::new(),
        Some(id) => vec![
            Issue::new(
                &Pointer::ROOT.key("page_id"),
                "facebook.other_page",
                format!("the Page Access Token belongs to {id}, but the Page ID is {page_id}"),
            )
            .hint("generate the Page Access Token of this Page (in the app: Messenger, Settings, Access Tokens), or correct \
                the Page ID; a person's own token does not work"),
        ],
        None => vec![
            Issue::new(&Pointer::ROOT.key("page_access_token"), "facebook.no_page", "Meta does not say whose token this is")
                .hint("regenerate the Page Access Token and enter it again"),
        ],
    };
    ConnectionStatus {
        account_id,
        account_name: account.get("name").and_then(id),
        problems,
        ..ConnectionStatus::default()
    }
}

/// What an operator has to mend, or `None` where the check itself failed.
fn problem(error: &Error) -> Option<Issue> {
    let root = Pointer::ROOT;
    let field = match (error.kind(), error.code()) {
        (ErrorKind::Credentials, "facebook.app_secret_proof") => "app_secret",
        (ErrorKind::Credentials | ErrorKind::Permission, _) => "page_access_token",
        (ErrorKind::Config, "facebook.redirected") | (ErrorKind::Rejected, "facebook.not_found") => "graph_api_url",
        _ => return None,
    };
    let mut sentence = error.to_string();
    if let Some(words) = error.provider_error().and_then(|provider| provider.message.as_deref()) {
        sentence = format!("{sentence} Meta says: {words}");
    }
    let mut issue = Issue::new(&root.key(field), "facebook.connection", sentence);
    issue.code = error.code().to_owned().into();
    issue.hint = error.hint_text().map(str::to_owned);
    Some(issue)
}
