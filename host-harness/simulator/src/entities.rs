//! Who takes part: the Pages and the people who write to them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The app id of the Page's inbox, where people of the business answer by hand.
pub(super) const PAGE_INBOX: &str = "263902037430900";

/// A Page, with the app that is connected to it.
#[derive(Clone)]
pub struct Page {
    /// Page id, digits.
    pub id: String,
    /// The Page's name, as people see it.
    pub name: String,
    /// Id of the app that sends; comes back in echoes.
    pub app_id: String,
    /// App secret: key of the webhook signatures and of `appsecret_proof`.
    pub app_secret: String,
    /// Page access token that Graph calls must carry.
    pub access_token: String,
    /// Where webhooks go. `None`: nothing is delivered yet.
    pub webhook_url: Option<String>,
    /// Sent as `hub.verify_token` in the subscription handshake.
    pub verify_token: String,
    /// Webhook fields the Page is subscribed to; only these are delivered.
    pub subscribed_fields: Vec<String>,
    /// The app's "Require App Secret" switch: calls without `appsecret_proof` are refused.
    pub require_appsecret_proof: bool,
}

// Written by hand so that a secret cannot reach a log through `{:?}`.
impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("app_id", &self.app_id)
            .field("webhook_url", &self.webhook_url)
            .field("subscribed_fields", &self.subscribed_fields)
            .field("require_appsecret_proof", &self.require_appsecret_proof)
            .finish_non_exhaustive()
    }
}

impl Page {
    /// What keeps this Page from working, in words; `None` if it is complete.
    pub(super) fn problem(&self) -> Option<String> {
        for (name, value) in [
            ("id", &self.id),
            ("appId", &self.app_id),
            ("appSecret", &self.app_secret),
            ("accessToken", &self.access_token),
            ("verifyToken", &self.verify_token),
        ] {
            if value.trim().is_empty() {
                return Some(format!("page {:?}: {name} is empty or missing", self.id));
            }
        }
        if let Some(field) = self.subscribed_fields.iter().find(|field| !SUBSCRIBED_FIELDS.contains(&field.as_str())) {
            return Some(format!("page {:?}: {field:?} is no webhook field", self.id));
        }
        let url = self.webhook_url.as_deref()?;
        (!is_http_url(url)).then(|| format!("page {:?}: webhookUrl is not an http or https URL", self.id))
    }
}

/// A Page as given to `POST /_sim/pages`: what is absent stays as it was, or empty for a new Page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PageChange {
    pub(super) id: String,
    name: Option<String>,
    #[serde(alias = "app_id")]
    app_id: Option<String>,
    #[serde(alias = "app_secret")]
    app_secret: Option<String>,
    #[serde(alias = "access_token")]
    access_token: Option<String>,
    #[serde(alias = "webhook_url")]
    webhook_url: Option<String>,
    #[serde(alias = "verify_token")]
    verify_token: Option<String>,
    #[serde(alias = "subscribed_fields")]
    subscribed_fields: Option<Vec<String>>,
    #[serde(alias = "require_appsecret_proof")]
    require_appsecret_proof: Option<bool>,
}

impl PageChange {
    /// The Page after the change.
    pub(super) fn over(self, before: Option<Page>) -> Page {
        let before = before.unwrap_or_else(|| Page {
            id: self.id.clone(),
            name: format!("Page {}", self.id),
            app_id: String::new(),
            app_secret: String::new(),
            access_token: String::new(),
            webhook_url: None,
            verify_token: String::new(),
            subscribed_fields: Vec::new(),
            require_appsecret_proof: false,
        });
        Page {
            id: self.id,
            name: self.name.unwrap_or(before.name),
            app_id: self.app_id.unwrap_or(before.app_id),
            app_secret: self.app_secret.unwrap_or(before.app_secret),
            access_token: self.access_token.unwrap_or(before.access_token),
            webhook_url: self.webhook_url.or(before.webhook_url),
            verify_token: self.verify_token.unwrap_or(before.verify_token),
            subscribed_fields: self.subscribed_fields.unwrap_or(before.subscribed_fields),
            require_appsecret_proof: self.require_appsecret_proof.unwrap_or(before.require_appsecret_proof),
        }
    }
}

/// A person on Messenger, as one Page knows them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Person {
    /// Page-scoped id.
    pub psid: String,
    /// First name.
    #[serde(alias = "first_name", default)]
    pub first_name: String,
    /// Last name.
    #[serde(alias = "last_name", default)]
    pub last_name: String,
    /// Address of the profile picture.
    #[serde(alias = "profile_pic", default)]
    pub profile_pic: String,
    /// The Page this id belongs to; `None` means the first Page.
    #[serde(alias = "page_id", default)]
    pub page_id: Option<String>,
    /// Phone number in the profile; without one a `user_phone_number` quick reply stays hidden.
    #[serde(default)]
    pub phone: Option<String>,
    /// E-mail address in the profile; without one a `user_email` quick reply stays hidden.
    #[serde(default)]
    pub email: Option<String>,
    /// Language and country, like `es_ES`.
    #[serde(default)]
    pub locale: Option<String>,
    /// Hours from UTC.
    #[serde(default)]
    pub timezone: Option<f64>,
    /// Gender as the profile has it.
    #[serde(default)]
    pub gender: Option<String>,
    /// The account was made with a phone number and has no profile to show.
    #[serde(alias = "without_profile", default)]
    pub without_profile: bool,
    /// Messages are read when `POST /_sim/read` says so, and not at once.
    #[serde(alias = "reads_later", default)]
    pub reads_later: bool,
    /// Messages are not even delivered before that.
    #[serde(alias = "phone_off", default)]
    pub phone_off: bool,
    /// Cannot receive messages right now, for no reason that Meta tells.
    #[serde(default)]
    pub unreachable: bool,
}

impl Person {
    /// First and last name, or the id of a person without a name.
    #[must_use]
    pub fn name(&self) -> String {
        match format!("{} {}", self.first_name, self.last_name).trim() {
            "" => self.psid.clone(),
            name => name.to_owned(),
        }
    }
}

/// An absolute `http` or `https` URL with a host.
pub(super) fn is_http_url(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Fields a Page can subscribe to.
/// Source: <https://github.com/facebook/facebook-python-business-sdk> `facebook_business/adobjects/page.py`.
pub(super) const SUBSCRIBED_FIELDS: &[&str] = &[
    "agent_messages",
    "agent_questions",
    "business_integrity",
    "call_permission_reply",
    "call_settings_update",
    "calls",
    "conversations",
    "feed",
    "follow",
    "group_feed",
    "inbox_labels",
    "leadgen",
    "marketing_message_clicks",
    "marketing_message_deliveries",
    "marketing_message_delivery_failed",
    "marketing_message_echoes",
    "marketing_message_reads",
    "marketing_messages_subscriber_upload_status",
    "mention",
    "message_context",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_mention",
    "message_reactions",
    "message_reads",
    "message_template_status_update",
    "messages",
    "messaging_account_linking",
    "messaging_appointments",
    "messaging_checkout_updates",
    "messaging_customer_information",
    "messaging_direct_sends",
    "messaging_fblogin_account_linking",
    "messaging_feedback",
    "messaging_game_plays",
    "messaging_handovers",
    "messaging_in_thread_lead_form_submit",
    "messaging_integrity",
    "messaging_optins",
    "messaging_optouts",
    "messaging_payments",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_pre_checkouts",
    "messaging_referrals",
    "ratings",
    "response_feedback",
    "send_cart",
    "standby",
    "user_action",
];
