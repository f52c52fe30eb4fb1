//! What an operator enters to connect a Page.

use channel_api::config::{FieldGroup, issues};
use channel_api::message::string_or_number;
use channel_api::{AdapterConfig, Issue, Pointer, Report, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use validator::{Validate, ValidationError};

use crate::graph::safe_address;

/// Where the Graph API is, unless the configuration or `LINKTOR_GRAPH_API_URL` says otherwise.
pub const GRAPH_API_URL: &str = "https://graph.facebook.com";

/// The Graph API's version: the newest of 2026-11, good until after July 2028.
///
/// Source: <https://developers.facebook.com/docs/graph-api/changelog>
pub const GRAPH_API_VERSION: &str = "v26.0";

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
    #[serde(alias = "pageId", deserialize_with = "string_or_number")]
    #[schemars(
        title = "Page ID",
        example = "1098765432100001",
        with = "String",
        regex(pattern = r"^[0-9]+$"),
        extend("x-help" = "https://www.facebook.com/help/1503421039731588")
    )]
    page_id: Option<String>,

    /// The token with which the Page speaks. In the app: Messenger → Settings → Access Tokens → Generate Token.
    #[serde(alias = "pageAccessToken")]
    #[schemars(title = "Page Access Token", extend("x-help" = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/get-started"))]
    #[validate(length(min = 1, message = "is missing: copy the Page's token from the app's Messenger settings"))]
    page_access_token: Secret,

    /// Proves that a webhook comes from Meta. In the app: Settings → Basic → App secret.
    #[serde(alias = "appSecret")]
    #[schemars(title = "App Secret", extend("x-help" = "https://developers.facebook.com/docs/graph-api/guides/secure-requests"))]
    #[validate(length(
        min = 1,
        message = "is missing: without it nobody could tell Meta's webhooks from forged ones"
    ))]
    app_secret: Secret,

    /// Any text of your own. Enter the same one where Meta asks for it beside the callback URL.
    #[serde(alias = "verifyToken")]
    #[schemars(title = "Verify Token", extend("x-help" = "https://developers.facebook.com/docs/graph-api/webhooks/getting-started"))]
    #[validate(length(min = 1, message = "is missing: choose one and enter it at Meta as well"))]
    verify_token: Secret,

    /// The app secret from before a rotation. Webhooks signed with either are accepted; empty it when the rotation is over.
    #[serde(alias = "previousAppSecret")]
    #[schemars(title = "Previous App Secret")]
    previous_app_secret: Option<Secret>,

    /// The app's numeric id. With it, echoes tell messages of this app from those of others.
    #[serde(alias = "appId", deserialize_with = "string_or_number")]
    #[schemars(title = "App ID", example = "2233445566778899", with = "Option<String>", regex(pattern = r"^[0-9]+$"))]
    app_id: Option<String>,

    /// What happens to a message with one of the tags that Meta retired on 27 April 2026: `warn` sends it as it is (Meta answers
    /// with error 100), `refuse` stops it before the call.
    #[serde(alias = "retiredTags")]
    #[schemars(title = "Retired message tags")]
    retired_tags: RetiredTags,

    /// Keeps Meta's own JSON with every event, in `raw`.
    #[serde(alias = "keepRaw", deserialize_with = "truth")]
    #[schemars(title = "Keep raw events")]
    keep_raw: bool,

    /// The version of the Graph API to call.
    #[serde(alias = "graphApiVersion")]
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
    #[serde(alias = "graphApiUrl")]
    #[schemars(
        title = "Graph API URL",
        example = "https://graph.facebook.com",
        with = "String",
        url,
        extend("default" = GRAPH_API_URL)
    )]
    #[validate(custom(function = "safe_url"))]
    graph_api_url: Option<String>,

    // Linktor's core keeps these beside the others, in one flat map, for its other Meta channels.
    #[schemars(skip)]
    #[serde(alias = "instagramId")]
    _instagram_id: Option<serde_json::Value>,
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
    /// What happens to retired tags.
    pub retired_tags: RetiredTags,
    /// Whether events keep Meta's JSON.
    pub keep_raw: bool,
    /// The Graph API's version.
    pub graph_api_version: String,
    /// The Graph API's address, if it is not the usual one.
    pub graph_api_url: Option<String>,
}

impl AdapterConfig for FacebookConfig {
    type Validated = PageConfig;

    const GROUPS: &'static [FieldGroup] = &[
        FieldGroup {
            title: "Connection",
            fields: &["name", "page_id", "page_access_token", "app_secret", "verify_token"],
        },
        FieldGroup {
            title: "More",
            fields: &[
                "app_id",
                "previous_app_secret",
                "retired_tags",
                "keep_raw",
                "graph_api_version",
                "graph_api_url",
            ],
        },
    ];

    fn validate(self) -> Result<PageConfig, Report> {
        let mut report = Validate::validate(&self).err().map(|errors| issues(&errors)).unwrap_or_default();
        let root = Pointer::ROOT;
        let page_id = digits(self.page_id, &root.key("page_id"), &mut report);
        let app_id = digits(self.app_id, &root.key("app_id"), &mut report);
        if page_id.is_none() && report.refusals.iter().all(|issue| issue.pointer != "/page_id") {
            report.refuse(Issue::new(
                &root.key("page_id"),
                "required",
                "is missing: copy the Page's numeric id from its About section",
            ));
        }
        let previous = self.previous_app_secret.clone().unwrap_or_default();
        for (name, secret) in [
            ("page_access_token", &self.page_access_token),
            ("app_secret", &self.app_secret),
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
        match page_id {
            Some(page_id) if report.refusals.is_empty() => Ok(PageConfig {
                page_id,
                page_access_token: self.page_access_token,
                app_secrets: std::iter::once(self.app_secret)
                    .chain(self.previous_app_secret)
                    .filter(|secret| !secret.is_empty())
                    .collect(),
                verify_token: self.verify_token,
                app_id,
                retired_tags: self.retired_tags,
                keep_raw: self.keep_raw,
                graph_api_version: filled(self.graph_api_version).unwrap_or_else(|| GRAPH_API_VERSION.to_owned()),
                // A form sends the usual address along; the environment may still replace it.
                graph_api_url: filled(self.graph_api_url).filter(|url| url.trim_end_matches('/') != GRAPH_API_URL),
            }),
            _ => Err(report),
        }
    }
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
    report.refuse(Issue::new(at, "digits", "is a number: take the id, not the Page's name or address"));
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

/// Linktor's core keeps all of a configuration as strings.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected true or false")]
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
mod tests {
    use channel_api::config::parse;
    use serde_json::{Value, json};

    use super::*;

    fn good() -> Value {
        json!({
            "page_id": "1098765432100001",
            "page_access_token": "token",
            "app_secret": "secret",
            "verify_token": "verify"
        })
    }

    fn with(changes: &Value) -> Value {
        let mut config = good();
        for (key, value) in changes.as_object().unwrap() {
            config[key] = value.clone();
        }
        config
    }

    fn problems(config: &Value) -> Vec<String> {
        let error = parse::<FacebookConfig>(config).unwrap_err();
        error.issues().iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect()
    }

    #[test]
    fn both_spellings_and_numbers_and_strings_are_read() {
        let camel = json!({
            "name": "Support", "pageId": 1_098_765_432_100_001_u64, "pageAccessToken": "t", "appSecret": "s",
            "previousAppSecret": "p", "verifyToken": "v", "appId": "22", "keepRaw": "true", "retiredTags": "refuse",
            "graphApiVersion": "v25.0", "graphApiUrl": "http://127.0.0.1:9", "instagramId": "1", "userAccessToken": "u"
        });
        let page = parse::<FacebookConfig>(&camel).unwrap();
        assert_eq!((page.page_id.as_str(), page.app_secrets.len(), page.keep_raw), ("1098765432100001", 2, true));
        assert_eq!((page.retired_tags, page.graph_api_version.as_str()), (RetiredTags::Refuse, "v25.0"));
    }

    #[test]
    fn a_form_s_empty_fields_are_as_good_as_absent_ones() {
        let page = parse::<FacebookConfig>(&with(&json!({
            "previous_app_secret": "", "app_id": "", "graph_api_version": "", "graph_api_url": ""
        })));
        let page = page.unwrap();
        assert_eq!((page.app_secrets.len(), page.app_id, page.graph_api_url), (1, None, None));
        assert_eq!(page.graph_api_version, GRAPH_API_VERSION);
    }

    #[test]
    fn the_environment_replaces_the_usual_address_even_where_a_form_wrote_it() {
        let page = parse::<FacebookConfig>(&with(&json!({"graph_api_url": "https://graph.facebook.com/"}))).unwrap();
        assert_eq!(page.graph_api_url, None);
    }

    #[test]
    fn every_field_can_be_drawn() {
        let schema = channel_api::schema::of::<FacebookConfig>();
        let fields = schema["properties"].as_object().unwrap();
        let grouped: Vec<&str> = FacebookConfig::GROUPS.iter().flat_map(|group| group.fields).copied().collect();
        assert_eq!(fields.len(), grouped.len());
        for name in grouped {
            for part in ["title", "description"] {
                assert!(fields[name][part].is_string(), "{name} has no {part}");
            }
            let kind = &fields[name]["type"];
            assert!(kind.is_string() || fields[name]["$ref"].is_string(), "{name}: a renderer chooses by the type");
        }
        assert_eq!(schema["$defs"]["RetiredTags"]["type"], "string");
    }

    #[test]
    fn nothing_is_started_without_secrets() {
        assert_eq!(
            problems(&json!({})),
            ["/app_secret length", "/page_access_token length", "/verify_token length", "/page_id required"]
        );
        for field in ["page_access_token", "app_secret", "verify_token"] {
            assert_eq!(
                problems(&with(&json!({ field: "" }))),
                [format!("{field} length").replace(field, &format!("/{field}"))]
            );
            assert_eq!(problems(&with(&json!({ field: 5 })))[0], format!("/{field} type"));
        }
    }

    #[test]
    fn each_mistake_is_found_at_its_place() {
        for (changes, problem) in [
            (json!({"page_id": "my.page"}), "/page_id digits"),
            (json!({"page_id": ""}), "/page_id required"),
            (json!({"app_id": "x"}), "/app_id digits"),
            (json!({"app_secret": "se cret"}), "/app_secret whitespace"),
            (json!({"page_access_token": "token\n"}), "/page_access_token whitespace"),
            (json!({"graph_api_version": "26"}), "/graph_api_version version"),
            (json!({"graph_api_url": "http://graph.example"}), "/graph_api_url url"),
            (json!({"graph_api_url": "https://u:p@graph.example"}), "/graph_api_url url"),
            (json!({"keep_raw": "perhaps"}), "/keep_raw type"),
            (json!({"retired_tags": "ignore"}), "/retired_tags type"),
            (json!({"app_secert": "x"}), "/app_secert unknown_field"),
        ] {
            assert_eq!(problems(&with(&changes)), [problem], "{changes}");
        }
    }
}
