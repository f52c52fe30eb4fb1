//! What a Page Access Token is worth: whose it is, what it may do, and until when.
//!
//! Source: <https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/debugging>

use channel_api::connection::Credentials;
use channel_api::{Action, Issue, Pointer, ProviderRequest, Result, Secret, Timestamp};
use channel_http::Failure;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::client::GraphClient;
use super::errors;
use super::issue::{FIELDS, issue_of};
use super::meta::META;
use super::reply::id;
use crate::graph::Page;

/// The permissions that Linktor's guide asks for, with its words for each.
pub(super) const PERMISSIONS: [(&str, &str); 3] = [
    ("pages_messaging", "send and receive messages"),
    ("pages_manage_metadata", "manage page settings"),
    ("pages_read_engagement", "read page engagement data"),
];

/// How long before its end a token is warned of, in days.
const NOTICE: i64 = 14;
const DAY: i64 = 24 * 60 * 60 * 1000;

const REGENERATE: &str = "generate a new Page Access Token (in the app: Messenger, Settings, Access Tokens) and enter it in the \
    channel's configuration";

impl GraphClient {
    /// The question about a token. It needs the app's own token, and is asked [in a body](Self::ask): Meta takes the token that is
    /// asked about as a parameter only.
    pub(super) fn debug_token(&self, token: &Secret) -> Result<ProviderRequest> {
        Ok(ProviderRequest::get(self.path(&["debug_token"])?, &[("input_token", token.expose())]))
    }
}

/// What was found out about a token.
#[derive(Debug)]
pub(super) struct Examined {
    pub(super) credentials: Credentials,
    pub(super) problems: Vec<Issue>,
    pub(super) warnings: Vec<Issue>,
}

/// Reads what Meta says of the Page's token.
pub(super) fn examine(answer: &Value, page: Page<'_>, now: Timestamp) -> Examined {
    let data = answer.get("data").unwrap_or(&Value::Null);
    let moment = |name: &str| data.get(name).and_then(Value::as_i64).filter(|seconds| *seconds > 0);
    let moment = |name: &str| moment(name).and_then(|seconds| Timestamp::from_millis(seconds.checked_mul(1000)?));
    let (granted, elsewhere) = permissions(data, page.id);
    let lacks = |name: &&str| !granted.iter().any(|given| given == name);
    let credentials = Credentials {
        valid: data.get("is_valid").and_then(Value::as_bool).unwrap_or(false),
        expires_at: moment("expires_at"),
        access_expires_at: moment("data_access_expires_at"),
        missing: PERMISSIONS.iter().map(|(name, _)| *name).filter(lacks).map(str::to_owned).collect(),
        granted,
    };
    let mut problems = Vec::new();
    if credentials.valid {
        problems.extend(whose(data, page));
        problems.extend(credentials.missing.iter().map(|name| missing(name, elsewhere.contains(name))));
    } else {
        problems.push(refused(data, page.graph));
    }
    let warnings = if credentials.valid { ends(&credentials, now) } else { Vec::new() };
    Examined { credentials, problems, warnings }
}

/// The permissions that hold for this Page, and those that hold for others only.
fn permissions(data: &Value, page_id: &str) -> (Vec<String>, Vec<String>) {
    let list = |name: &str| data.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut granted: Vec<String> = list("scopes").iter().filter_map(id).collect();
    let mut elsewhere = Vec::new();
    for scope in list("granular_scopes") {
        let Some(name) = scope.get("scope").and_then(id) else { continue };
        // Without targets it holds for all of them.
        let targets = scope.get("target_ids").and_then(Value::as_array).filter(|targets| !targets.is_empty());
        if targets.is_none_or(|targets| targets.iter().any(|target| id(target).as_deref() == Some(page_id))) {
            if !granted.contains(&name) {
                granted.push(name);
            }
        } else {
            granted.retain(|other| *other != name);
            elsewhere.push(name);
        }
    }
    (granted, elsewhere)
}

pub(super) fn missing(permission: &str, elsewhere: bool) -> Issue {
    let purpose = PERMISSIONS.iter().find(|(name, _)| *name == permission).map_or("", |(_, purpose)| purpose);
    let lack = if elsewhere {
        "carries this permission for other Pages, but not for this one"
    } else {
        "lacks this permission"
    };
    let message = format!("`{permission}` is missing ({purpose}): the Page Access Token {lack}");
    Issue::new(&token(), "facebook.permission_missing", message).with_action(Action::CheckPermissions).with_hint(format!(
        "{REGENERATE}, and grant {permission} while doing so. Before people without a role in the app can be written to, request it \
         in the app's review"
    ))
}

/// A token that Meta calls invalid, with the sentence that the reason has everywhere else.
fn refused(data: &Value, graph: &GraphClient) -> Issue {
    let mut error = data.get("error").cloned().unwrap_or_else(|| json!({}));
    if error.get("code").is_none_or(|code| code.as_i64() == Some(0)) {
        error["code"] = json!(190);
    }
    if let Some(subcode) = error.get("subcode").cloned() {
        error["error_subcode"] = subcode;
    }
    let secrets: Vec<_> = graph.token().into_iter().collect();
    let json = json!({ "error": error });
    let (headers, reported) = (HeaderMap::new(), errors::report(&json));
    let failure = Failure { status: StatusCode::BAD_REQUEST, headers: &headers, json: Some(&json), reported };
    let reason = META.failed(&failure, &graph.client().redaction(&secrets));
    issue_of(&reason, "page_access_token")
}

/// A token of another app, another Page or no Page at all.
fn whose(data: &Value, page: Page<'_>) -> Vec<Issue> {
    let mut problems = Vec::new();
    let text = |name: &str| data.get(name).and_then(id);
    if let (Some(app), Some(of)) = (page.app, text("app_id"))
        && of != app.id
    {
        problems
            .push(other_app(format!("the Page Access Token was made by the app {of}, but the App ID is {}", app.id)));
    }
    match text("type") {
        Some(kind) if kind != "PAGE" => {
            let message = format!("this is no Page's token but one of the type {kind}");
            let hint = format!("{REGENERATE}; a person's or an app's own token does not work");
            let other = Issue::new(&token(), "facebook.not_a_page_token", message);
            problems.push(other.with_hint(hint).with_action(Action::Reconnect));
        }
        _ => {
            if let Some(of) = text("profile_id").filter(|of| of != page.id) {
                problems.push(other_page(&of, page.id));
            }
        }
    }
    problems
}

pub(super) fn other_app(message: impl Into<String>) -> Issue {
    Issue::new(&FIELDS.key("app_id"), "facebook.other_app", message)
        .with_hint("App ID, App Secret and Page Access Token must come from the same app: correct the App ID, or generate the token there")
        .with_action(Action::CheckConfiguration)
}

pub(super) fn other_page(of: &str, page_id: &str) -> Issue {
    let message = format!("the Page Access Token belongs to {of}, but the Page ID is {page_id}");
    let issue = Issue::new(&FIELDS.key("page_id"), "facebook.other_page", message);
    issue.with_action(Action::CheckConfiguration).with_hint(
        "generate the Page Access Token of this Page (in the app: Messenger, Settings, Access Tokens), or correct the Page ID; a \
         person's own token does not work",
    )
}

/// What will not last.
fn ends(credentials: &Credentials, now: Timestamp) -> Vec<Issue> {
    let mut warnings = Vec::new();
    if let Some((left, at)) = soon(credentials.expires_at, now) {
        let message = format!("the Page Access Token ends {left}, at {at}");
        let soon = Issue::new(&token(), "facebook.token_expires_soon", message);
        warnings.push(soon.with_hint(REGENERATE).with_action(Action::Reconnect));
    }
    if let Some((left, at)) = soon(credentials.access_expires_at, now) {
        let message = format!("the app's access to people's data ends {left}, at {at}");
        let hint = format!("let the person who made the Page Access Token sign in to the app again, or {REGENERATE}");
        let soon = Issue::new(&token(), "facebook.data_access_expires_soon", message);
        warnings.push(soon.with_hint(hint).with_action(Action::Reconnect));
    }
    warnings
}

/// An end that is near, in words: a day is counted as long as it has begun.
fn soon(end: Option<Timestamp>, now: Timestamp) -> Option<(String, Timestamp)> {
    let end = end?;
    let left = end.as_millis().saturating_sub(now.as_millis());
    let words = match left.div_euclid(DAY) {
        ..0 => "now".to_owned(),
        0 => "in less than a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days if days < NOTICE || left == NOTICE * DAY => format!("in {days} days"),
        _ => return None,
    };
    Some((words, end))
}

fn token() -> Pointer<'static> {
    FIELDS.key("page_access_token")
}
