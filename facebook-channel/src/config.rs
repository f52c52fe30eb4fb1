//! What an operator enters to connect a Page.

use channel_api::config::{FieldGroup, issues};
use channel_api::message::string_or_number;
use channel_api::{AdapterConfig, Issue, Pointer, Report, Secret};
use channel_http::safe_address;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use validator::{Validate, ValidationError};

pub use crate::version::{GRAPH_API_VERSION, NEWEST_GRAPH_API_VERSION};
use crate::webhook_field::{Chosen, MESSAGES};

/// Where the Graph API is, unless the configuration or `LINKTOR_GRAPH_API_URL` says otherwise.
pub const GRAPH_API_URL: &str = "https://graph.facebook.com";

/// The environment variable that replaces [`GRAPH_API_URL`], for tests and local development. It is Linktor's own name.
pub const GRAPH_API_URL_VARIABLE: &str = "LINKTOR_GRAPH_API_URL";

/// Connects one Facebook Page. All of it is found in the app's dashboard at Meta for Developers.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(default)]
#[schemars(
    title = "Facebook Messenger",
    extend("required" = ["name", "page_id", "page_access_token", "app_secret", "verify_token"])
)]
pub struct FacebookConfig {
    /// How the channel is called in the dashboard.
    #[schemars(title = "Name", example = "Facebook Support", length(min = 1, max = 100))]
    #[validate(length(max = 100, message = "is longer than 100 characters"))]
    name: Option<String>,

    /// The Page's numeric id. On the Page: About → Page transparency.
    #[serde(deserialize_with = "string_or_number")]
    #[schemars(
        title = "Page ID",
        example = "1098765432100001",
        with = "String",
        regex(pattern = r"^[0-9]+$"),
        extend("x-help" = "https://www.facebook.com/help/1503421039731588")
    )]
    page_id: Option<String>,

    /// The token with which the Page speaks. In the app: Messenger → Settings → Access Tokens → Generate Token.
    #[schemars(title = "Page Access Token", extend("x-help" = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/get-started"))]
    page_access_token: Secret,

    /// Proves that a webhook comes from Meta. In the app: Settings → Basic → App secret.
    #[schemars(title = "App Secret", extend("x-help" = "https://developers.facebook.com/docs/graph-api/guides/secure-requests"))]
    app_secret: Secret,

    /// Any text of your own. Enter the same one where Meta asks for it beside the callback URL.
    #[schemars(title = "Verify Token", extend("x-help" = "https://developers.facebook.com/docs/graph-api/webhooks/getting-started"))]
    verify_token: Secret,

    /// The app secret from before a rotation. Webhooks signed with either are accepted; empty it when the rotation is over.
    #[schemars(title = "Previous App Secret")]
    previous_app_secret: Option<Secret>,

    /// The app's numeric id. With it, echoes tell messages of this app from those of others.
    #[serde(deserialize_with = "string_or_number")]
    #[schemars(title = "App ID", example = "2233445566778899", with = "Option<String>", regex(pattern = r"^[0-9]+$"))]
    app_id: Option<String>,

    /// What happens to a message with one of the tags that Meta retired on 27 April 2026: `warn` sends it as it is (Meta answers
    /// with error 100), `refuse` stops it before the call.
    #[schemars(title = "Retired message tags")]
    retired_tags: RetiredTags,

    /// Keeps Meta's own JSON with every event, in `raw`.
    #[serde(deserialize_with = "truth")]
    #[schemars(title = "Keep raw events")]
    keep_raw: bool,

    /// The webhooks that the Page gets. Without a choice those of the conversation: messages, echoes, receipts, taps, opt-ins,
    /// referrals, reactions, edits, handover, policy. What is subscribed to at Meta besides stays.
    #[schemars(title = "Webhooks")]
    subscribe: Chosen,

    /// Subscribes the Page again when a check on schedule finds the subscription lost. Not after an unsubscription, and not while
    /// Meta delivers to another host.
    #[serde(default = "yes", deserialize_with = "truth")]
    #[schemars(title = "Repair a lost subscription")]
    repair: bool,

    /// The version of the Graph API to call.
    #[schemars(
        title = "Graph API version",
        example = "v26.0",
        with = "String",
        regex(pattern = r"^v[0-9]+\.[0-9]+$"),
        extend("default" = GRAPH_API_VERSION)
    )]
    #[validate(custom(function = "version"))]
    graph_api_version: Option<String>,

    /// Another address for the Graph API: a proxy, or a stand-in for tests.
    #[schemars(
        title = "Graph API URL",
        example = "https://graph.facebook.com",
        with = "String",
        url,
        extend("default" = GRAPH_API_URL)
    )]
    #[validate(custom(function = "safe_url"))]
    graph_api_url: Option<String>,

    /// The Instagram account's id, where the app's webhooks for it come to this address as well. What they bring is kept whole, as
    /// `facebook.unknown`; without it, only that something came.
    #[serde(alias = "instagramId", deserialize_with = "string_or_number")]
    #[schemars(
        title = "Instagram account ID",
        example = "17841400000000001",
        with = "Option<String>",
        regex(pattern = r"^[0-9]+$")
    )]
    instagram_id: Option<String>,

    // So Linktor's core calls the Page's token where its own sign-in has brought it.
    #[schemars(skip)]
    access_token: Secret,

    // Linktor's core keeps this beside the others, in one flat map, for its other Meta channels.
    #[schemars(skip)]
    #[serde(alias = "userAccessToken")]
    _user_access_token: Option<serde_json::Value>,
}

/// What happens to a message with a tag that Meta has retired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
// Renderers choose a widget by the type, which schemars leaves to the alternatives.
#[schemars(extend("type" = "string"))]
pub enum RetiredTags {
    /// It is sent as it is, with a warning.
    #[default]
    #[schemars(title = "Warn")]
    Warn,
    /// It is refused before the call.
    #[schemars(title = "Refuse")]
    Refuse,
}

/// A Page's connection that is known to be complete. Only validation makes one.
#[derive(Debug)]
#[non_exhaustive]
pub struct PageConfig {
    /// The Page's id.
    pub page_id: String,
    /// The Page's token. Never empty.
    pub page_access_token: Secret,
    /// The app secrets that are accepted, the present one first. Never empty, and none of them is.
    pub app_secrets: Vec<Secret>,
    /// The verify token. Never empty.
    pub verify_token: Secret,
    /// The app's id, if it is known.
    pub app_id: Option<String>,
    /// The Instagram account that shares the address, if there is one.
    pub instagram_id: Option<String>,
    /// What happens to retired tags.
    pub retired_tags: RetiredTags,
    /// Whether events keep Meta's JSON.
    pub keep_raw: bool,
    /// The webhook fields that the Page is subscribed to. Never empty.
    pub subscribe: Vec<&'static str>,
    /// Whether a lost subscription may be made again unasked.
    pub repair: bool,
    /// The Graph API's version.
    pub graph_api_version: String,
    /// The Graph API's address, if it is not the usual one.
    pub graph_api_url: Option<String>,
}

impl AdapterConfig for FacebookConfig {
    type Validated = PageConfig;

    const GROUPS: &'static [FieldGroup] = &[
        FieldGroup::new("Connection", &["name", "page_id", "page_access_token", "app_secret", "verify_token"]),
        FieldGroup::new(
            "More",
            &[
                "app_id",
                "subscribe",
                "repair",
                "instagram_id",
                "previous_app_secret",
                "retired_tags",
                "keep_raw",
                "graph_api_version",
                "graph_api_url",
            ],
        ),
    ];

    fn validate(self) -> Result<PageConfig, Report> {
        let Checked { config, page_id, app_id, subscribe, report } = Checked::of(self);
        match page_id {
            Some(page_id) if report.refusals.is_empty() => Ok(PageConfig {
                page_id,
                page_access_token: config.page_access_token,
                app_secrets: std::iter::once(config.app_secret)
                    .chain(config.previous_app_secret)
                    .filter(|secret| !secret.is_empty())
                    .collect(),
                verify_token: config.verify_token,
                app_id,
                instagram_id: filled(config.instagram_id),
                retired_tags: config.retired_tags,
                keep_raw: config.keep_raw,
                subscribe,
                repair: config.repair,
                graph_api_version: filled(config.graph_api_version).unwrap_or_else(|| GRAPH_API_VERSION.to_owned()),
                graph_api_url: unusual(config.graph_api_url),
            }),
            _ => Err(report),
        }
    }
}

/// The same form, filled in far enough to check a connection before the channel is saved: app secret and verify token may be
/// missing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct TrialConfig(FacebookConfig);

/// A connection that can be checked, and no more: there is nothing in it to verify a webhook with.
#[derive(Debug)]
pub(crate) struct TrialPage {
    pub(crate) page_id: String,
    /// Never empty.
    pub(crate) page_access_token: Secret,
    /// Never empty where it is there.
    pub(crate) app_secret: Option<Secret>,
    pub(crate) app_id: Option<String>,
    pub(crate) subscribe: Vec<&'static str>,
    pub(crate) graph_api_version: String,
    pub(crate) graph_api_url: Option<String>,
}

impl AdapterConfig for TrialConfig {
    type Validated = TrialPage;

    const GROUPS: &'static [FieldGroup] = FacebookConfig::GROUPS;

    fn validate(self) -> Result<TrialPage, Report> {
        let Checked { config, page_id, app_id, subscribe, mut report } = Checked::of(self.0);
        // What is missing; what is there must be as good as always.
        let may_be_missing =
            |issue: &Issue| issue.code == "length" && ["/app_secret", "/verify_token"].contains(&&*issue.pointer);
        report.refusals.retain(|issue| !may_be_missing(issue));
        match page_id {
            Some(page_id) if report.refusals.is_empty() => Ok(TrialPage {
                page_id,
                page_access_token: config.page_access_token,
                app_secret: Some(config.app_secret).filter(|secret| !secret.is_empty()),
                app_id,
                subscribe,
                graph_api_version: filled(config.graph_api_version).unwrap_or_else(|| GRAPH_API_VERSION.to_owned()),
                graph_api_url: unusual(config.graph_api_url),
            }),
            _ => Err(report),
        }
    }
}

impl PageConfig {
    /// What is good and worth a look all the same.
    pub(crate) fn advice(&self) -> Option<Issue> {
        (!self.subscribe.contains(&MESSAGES)).then(|| {
            let message = "does not name `messages`: what people write is not asked for";
            Issue::new(&Pointer::ROOT.key("subscribe"), "facebook.messages_not_chosen", message)
                .with_hint("add messages, or leave subscribe out for all that a conversation needs")
        })
    }
}

/// A form with all that is wrong with it.
struct Checked {
    config: FacebookConfig,
    page_id: Option<String>,
    app_id: Option<String>,
    subscribe: Vec<&'static str>,
    report: Report,
}

impl Checked {
    fn of(mut config: FacebookConfig) -> Self {
        let mut report = Validate::validate(&config).err().map(|errors| issues(&errors)).unwrap_or_default();
        let root = Pointer::ROOT;
        let mut page_token = "page_access_token";
        if config.page_access_token.is_empty() && !config.access_token.is_empty() {
            page_token = "access_token";
            config.page_access_token = std::mem::take(&mut config.access_token);
        }
        for (name, secret, message) in [
            (
                page_token,
                &config.page_access_token,
                "is missing: copy the Page's token from the app's Messenger settings",
            ),
            (
                "app_secret",
                &config.app_secret,
                "is missing: without it nobody could tell Meta's webhooks from forged ones",
            ),
            ("verify_token", &config.verify_token, "is missing: choose one and enter it at Meta as well"),
        ] {
            report.require_secret(&root.key(name), secret, message);
        }
        let page_id = digits(config.page_id.take(), &root.key("page_id"), &mut report);
        let app_id = digits(config.app_id.take(), &root.key("app_id"), &mut report);
        let subscribe = config.subscribe.fields(&root.key("subscribe"), &mut report);
        if page_id.is_none() && report.refusals.iter().all(|issue| issue.pointer != "/page_id") {
            report.refuse(Issue::new(
                &root.key("page_id"),
                "required",
                "is missing: copy the Page's numeric id from its About section",
            ));
        }
        let previous = config.previous_app_secret.clone().unwrap_or_default();
        for (name, secret) in [
            (page_token, &config.page_access_token),
            ("app_secret", &config.app_secret),
            ("previous_app_secret", &previous),
        ] {
            if secret.expose().contains(|c: char| c.is_whitespace() || c.is_control()) {
                report.refuse(Issue::new(
                    &root.key(name),
                    "whitespace",
                    "holds white space: copy it again, without the line's end",
                ));
            }
        }
        Self { config, page_id, app_id, subscribe, report }
    }
}

/// A form sends the usual address along; the environment may still replace it.
fn unusual(url: Option<String>) -> Option<String> {
    filled(url).filter(|url| url.trim_end_matches('/') != GRAPH_API_URL)
}

/// A form sends an empty string for a field that was left alone.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn digits(id: Option<String>, at: &Pointer<'_>, report: &mut Report) -> Option<String> {
    let id = filled(id)?;
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(id);
    }
    report.refuse(Issue::new(
        at,
        "digits",
        "must be an id, which is digits only: no name, no address, no phone number",
    ));
    None
}

fn version(version: &str) -> Result<(), ValidationError> {
    let numbers = version.strip_prefix('v').and_then(|numbers| numbers.split_once('.'));
    let good = version.is_empty()
        || numbers.is_some_and(|(major, minor)| major.parse::<u16>().is_ok() && minor.parse::<u16>().is_ok());
    good.then_some(()).ok_or_else(|| ValidationError::new("version").with_message("is written like v26.0".into()))
}

/// The Page's token goes there: over the open network only encrypted.
fn safe_url(url: &str) -> Result<(), ValidationError> {
    (url.is_empty() || safe_address(url).is_some()).then_some(()).ok_or_else(|| {
        ValidationError::new("url")
            .with_message("is an https address without user or query; http only on this machine".into())
    })
}

const fn yes() -> bool {
    true
}

/// Linktor's core keeps all of a configuration as strings.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "must be true or false")]
    enum Truth {
        Bool(bool),
        Text(Text),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Text {
        True,
        False,
    }
    Ok(match Truth::deserialize(deserializer)? {
        Truth::Bool(truth) => truth,
        Truth::Text(text) => matches!(text, Text::True),
    })
}

#[cfg(test)]
mod tests;
