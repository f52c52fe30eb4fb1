//! Asking for the Page's webhooks, beside those that Meta sends to the app already.
//!
//! The list that is given may replace the one before, so it always holds what is there: what an operator has chosen stays. Meta
//! refuses a list as a whole for one field; the rest is then asked for without it.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps>

use std::collections::{BTreeSet, VecDeque};

use channel_api::connection::Subscribed;
use channel_api::{Action, Error, ErrorKind, Issue, ProviderCode, ProviderError, ProviderRequest, Result, Retry};
use serde_json::Value;

use super::client::GraphClient;
use super::issue::{FIELDS, issue_of};
use super::reply::done;
use super::subscribed_apps::{SubscribedApps, Unknown};
use super::subscription;
use crate::webhook_field::{MESSAGES, permission};

/// How many lists are tried at most: a Page has its calls for messages.
const MOST_TRIES: usize = 16;

impl GraphClient {
    /// Asks Meta for these webhooks of the Page. What it refuses is left out and told of.
    pub(crate) async fn subscribe(&self, page_id: &str, app_id: Option<&str>, wanted: &[&str]) -> Result<Subscribed> {
        let added = self.add_fields(page_id, app_id, wanted).await;
        added.map_err(|error| subscription::of_call(error, "connection_subscribe"))
    }

    async fn add_fields(&self, page_id: &str, app_id: Option<&str>, wanted: &[&str]) -> Result<Subscribed> {
        let before = self.subscribed_apps(page_id, app_id).await?;
        let found = before.read(app_id, wanted).map_err(Unknown::error)?;
        let mut has = found.fields;
        let (mut added, mut refused, mut stopped) = (Vec::new(), Vec::new(), None);
        let mut untried = VecDeque::from([found.missing]);
        for _ in 0..MOST_TRIES {
            let Some(mut group) = untried.pop_front().filter(|group| !group.is_empty()) else { break };
            let asked: Vec<&str> = has.iter().chain(&group).map(String::as_str).collect();
            let Err(error) = self.set_fields(page_id, &asked).await else {
                has.extend(group.iter().cloned());
                added.append(&mut group);
                continue;
            };
            let guilty: Vec<String> = match fault(&error, &asked) {
                Fault::Other if self.has_come(page_id, app_id, &group, &error).await => {
                    has.extend(group.iter().cloned());
                    added.append(&mut group);
                    continue;
                }
                Fault::Other => {
                    untried.push_front(group);
                    stopped = Some(error);
                    break;
                }
                Fault::Fields(guilty) => guilty.into_iter().map(str::to_owned).collect(),
                Fault::Unnamed => match group.as_slice() {
                    [field] => vec![field.clone()],
                    _ => Vec::new(),
                },
            };
            if guilty.iter().any(|field| has.contains(field)) {
                let hint = ways_out(&guilty, error.kind() == ErrorKind::Permission);
                untried.push_front(group);
                stopped = Some(error.with_hint(hint));
                break;
            }
            if guilty.is_empty() {
                let second = group.split_off(group.len().div_ceil(2));
                untried.push_front(second);
                untried.push_front(group);
                continue;
            }
            group.retain(|field| !guilty.contains(field));
            refused.extend(guilty.into_iter().map(|field| (field, error.clone())));
            if !group.is_empty() {
                untried.push_front(group);
            }
        }
        match (stopped.as_ref(), refused.first()) {
            (Some(error), _) if added.is_empty() => return Err(error.clone()),
            (None, Some((_, error))) if has.is_empty() => return Err(error.clone()),
            _ => {}
        }
        let mut warnings: Vec<Issue> = refused.iter().map(|(field, error)| warning(field, error)).collect();
        let left: Vec<String> = untried.into_iter().flatten().collect();
        warnings.extend(stopped.map_or_else(|| left_over(&left), |error| Some(interrupted(&left, &error))));
        if app_id.is_none() && !added.is_empty() {
            added = self.listed(page_id, &before, added, &mut warnings).await?;
        }
        Ok(Subscribed { added, warnings })
    }

    /// Whether Meta has done what it gave no answer to.
    async fn has_come(&self, page_id: &str, app_id: Option<&str>, group: &[String], error: &Error) -> bool {
        if !matches!(error.retry(), Retry::IfIdempotent { .. }) {
            return false;
        }
        let wanted: Vec<&str> = group.iter().map(String::as_str).collect();
        let found = self.subscribed_apps(page_id, app_id).await;
        found.is_ok_and(|apps| apps.read(app_id, &wanted).is_ok_and(|found| found.missing.is_empty()))
    }

    /// What of it the list shows, where without an App ID the one app on it was only taken for ours.
    async fn listed(
        &self,
        page_id: &str,
        before: &SubscribedApps,
        added: Vec<String>,
        warnings: &mut Vec<Issue>,
    ) -> Result<Vec<String>> {
        // What Meta has taken is not undone by a list that it does not give.
        let Ok(after) = self.subscribed_apps(page_id, None).await else {
            warnings.push(Unknown::Rest.warning());
            return Ok(added);
        };
        if let Some(came) = after.came_since(before) {
            warnings.extend(before.only().map(|other| subscription::other_app(&other)));
            return Ok(came);
        }
        match after.read(None, &[]) {
            Ok(found) => {
                let came: Vec<String> = added.into_iter().filter(|field| found.fields.contains(field)).collect();
                if came.is_empty() { Err(not_listed()) } else { Ok(came) }
            }
            Err(unknown) => {
                warnings.push(unknown.warning());
                Ok(added)
            }
        }
    }

    async fn set_fields(&self, page_id: &str, fields: &[&str]) -> Result<()> {
        let mut request = ProviderRequest::post(self.path(&[page_id, "subscribed_apps"])?, Value::Null);
        request.query.push(("subscribed_fields".to_owned(), fields.join(",")));
        done(&self.call(&request).await?)
    }
}

fn not_listed() -> Error {
    let message = "Meta took the list, and no app that is subscribed to the Page has anything of it";
    Error::new(ErrorKind::Rejected, "facebook.not_subscribed", message).with_hint(
        "the app that was compared may be another one than this channel's: enter the App ID (in the app: Settings, Basic), then check the connection",
    )
}

/// What can be done where Meta refuses a field that the Page has: a list without it would take it away.
fn ways_out(guilty: &[String], is_permission: bool) -> String {
    let fields = guilty.join(", ");
    let away = format!("take {fields} away at Meta, then repair the connection");
    if !is_permission {
        return format!(
            "the Page is subscribed to {fields}, and a list without it would end that: if nobody needs it, {away}"
        );
    }
    let needed: BTreeSet<&str> = guilty.iter().filter_map(|field| permission(field)).collect();
    let needed = match needed.into_iter().collect::<Vec<_>>().join(" and ") {
        none if none.is_empty() => "the permission that it needs".to_owned(),
        needed => needed,
    };
    format!(
        "the Page is subscribed to {fields}, and a list without it would end that: have the app granted {needed}, generate a new \
         Page Access Token and repair the connection; or {away}"
    )
}

/// What a refusal is about.
#[derive(Debug, PartialEq)]
enum Fault<'a> {
    /// These fields.
    Fields(Vec<&'a str>),
    /// A field that it does not name.
    Unnamed,
    /// No field: another list would be refused as well.
    Other,
}

/// Meta names a field by its place in the list, by its name, or by the permission that it needs; or it does not.
fn fault<'a>(error: &Error, asked: &[&'a str]) -> Fault<'a> {
    let Some(provider) = error.provider() else { return Fault::Other };
    let number = |code: &Option<ProviderCode>| code.as_ref().and_then(ProviderCode::as_number);
    let about_fields = match (number(&provider.code), number(&provider.subcode)) {
        (Some(100), subcode) => subcode.is_none(),
        // "You could not subscribe to some of the fields requested due to a permissions error."
        // Source: <https://github.com/fbsamples/workplace-platform-samples/issues/7>
        (Some(1), Some(1_929_002)) | (Some(3 | 10), _) => true,
        (code, _) => code.is_some_and(|code| (200..300).contains(&code)),
    };
    if !about_fields || error.code() == "facebook.app_secret_proof" {
        return Fault::Other;
    }
    let words = ProviderError::words(provider).join(" ");
    // The list of what it must be is no accusation.
    let (before, list) = words.split_once('{').unwrap_or((&words, ""));
    let said = format!("{before} {}", list.split_once('}').map_or("", |(_, after)| after));
    let place = said.split_once("subscribed_fields[").and_then(|(_, rest)| rest.split_once(']'));
    if let Some(field) = place.and_then(|(place, _)| asked.get(place.parse::<usize>().ok()?)) {
        return Fault::Fields(vec![field]);
    }
    let tokens: Vec<&str> = said.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    // `messages` is also a word.
    let named = |field: &&str| *field != MESSAGES && tokens.contains(field);
    let named: Vec<&str> = asked.iter().copied().filter(named).collect();
    if !named.is_empty() {
        return Fault::Fields(named);
    }
    if tokens.contains(&"pages_manage_metadata") {
        return Fault::Other;
    }
    let needs = |field: &&str| permission(field).is_some_and(|permission| tokens.contains(&permission));
    let needing: Vec<&str> = asked.iter().copied().filter(needs).collect();
    if needing.is_empty() { Fault::Unnamed } else { Fault::Fields(needing) }
}

fn warning(field: &str, error: &Error) -> Issue {
    let mut issue = issue_of(error, "subscribe");
    issue.code = "facebook.field_refused".into();
    issue.message = format!("Meta does not take `{field}`: {}", issue.message);
    let is_permission = error.kind() == ErrorKind::Permission;
    let needed = permission(field).filter(|_| is_permission).map_or_else(String::new, |permission| {
        format!("have the app granted {permission}, which it needs, and generate a new Page Access Token; or ")
    });
    issue.hint = Some(format!("{needed}set `subscribe` to a list without {field}"));
    issue.action = Some(if is_permission { Action::CheckPermissions } else { Action::CheckConfiguration });
    issue
}

/// What was left when something else stopped the repair after a part of it.
fn interrupted(fields: &[String], error: &Error) -> Issue {
    let mut issue = issue_of(error, "subscribe");
    issue.message = format!("{} could not be added: {}", fields.join(", "), issue.message);
    if error.retry() != Retry::Never {
        issue.hint = Some("check the connection, and repair it again if they are missing still".to_owned());
        issue.action = Some(Action::RetryLater);
    }
    issue
}

/// What was not asked for, so many lists were refused.
fn left_over(fields: &[String]) -> Option<Issue> {
    (!fields.is_empty()).then(|| {
        let message = format!("{} were not asked for: Meta refused too many lists", fields.join(", "));
        Issue::new(&FIELDS.key("subscribe"), "facebook.fields_not_asked_for", message)
            .with_hint("set `subscribe` to a list without what Meta refuses, then repair the connection again")
            .with_action(Action::CheckConfiguration)
    })
}
