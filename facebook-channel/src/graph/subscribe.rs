//! Asking for the Page's webhooks, beside those that Meta sends to the app already.
//!
//! The list that is given may replace the one before, so it always holds what is there: what an operator has chosen stays. Meta
//! refuses a list as a whole for one field; the rest is then asked for without it.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps>

use std::collections::VecDeque;

use channel_api::connection::Subscribed;
use channel_api::{Action, Error, ErrorKind, Issue, ProviderCode, ProviderError, ProviderRequest, Result};
use serde_json::Value;

use super::client::GraphClient;
use super::issue::issue_of;
use super::reply::done;
use super::subscription;
use crate::webhook_field::{MESSAGES, permission};

/// How many lists are tried at most: a Page has its calls for messages.
const MOST_TRIES: usize = 16;

impl GraphClient {
    /// Asks Meta for these webhooks of the Page. What it refuses is left out and told of.
    pub(crate) async fn subscribe(&self, page_id: &str, app_id: Option<&str>, wanted: &[&str]) -> Result<Subscribed> {
        self.add_fields(page_id, app_id, wanted).await.map_err(|error| error.with_operation("connection_subscribe"))
    }

    async fn add_fields(&self, page_id: &str, app_id: Option<&str>, wanted: &[&str]) -> Result<Subscribed> {
        let found =
            subscription::read(&self.subscribed_apps(page_id).await?, app_id, wanted).ok_or_else(app_unknown)?;
        let mut has = found.fields;
        let (mut added, mut refused) = (Vec::new(), Vec::new());
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
                Fault::Other => return Err(error),
                Fault::Fields(guilty) => guilty.into_iter().map(str::to_owned).collect(),
                Fault::Unnamed => match group.as_slice() {
                    [field] => vec![field.clone()],
                    _ => Vec::new(),
                },
            };
            if guilty.iter().any(|field| has.contains(field)) {
                return Err(error.with_hint(format!(
                    "Meta no longer takes {}, to which the Page is subscribed: end that at Meta, then repair the connection",
                    guilty.join(", ")
                )));
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
        match refused.first() {
            Some((_, error)) if has.is_empty() => Err(error.clone()),
            _ => {
                let refused = refused.iter().map(|(field, error)| warning(field, error));
                let warnings = refused.chain(left_over(&untried.into_iter().flatten().collect::<Vec<_>>())).collect();
                Ok(Subscribed { added, warnings })
            }
        }
    }

    async fn set_fields(&self, page_id: &str, fields: &[&str]) -> Result<()> {
        let mut request = ProviderRequest::post(self.path(&[page_id, "subscribed_apps"])?, Value::Null);
        request.query.push(("subscribed_fields".to_owned(), fields.join(",")));
        done(&self.call(&request).await?)
    }
}

fn app_unknown() -> Error {
    let message = "several apps are subscribed to the Page, and which of them is this channel's is not known";
    Error::new(ErrorKind::Config, "facebook.app_unknown", message).with_hint(
        "enter the App ID (in the app: Settings, Basic): without it, fields that the app has could be taken away",
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
    let needed = permission(field).map_or_else(String::new, |permission| {
        format!("have the app granted {permission}, which it needs, and generate a new Page Access Token; or ")
    });
    issue.hint = Some(format!("{needed}leave {field} out of `subscribe`"));
    let permission = error.kind() == ErrorKind::Permission;
    issue.action = Some(if permission { Action::CheckPermissions } else { Action::CheckConfiguration });
    issue
}

/// What was not asked for, so many lists were refused.
fn left_over(fields: &[String]) -> Option<Issue> {
    (!fields.is_empty()).then(|| {
        let message = format!("{} were not asked for: Meta refused too many lists", fields.join(", "));
        Issue::new(&super::issue::FIELDS.key("subscribe"), "facebook.fields_not_asked_for", message)
            .with_hint("leave what Meta refuses out of `subscribe`, then repair the connection again")
            .with_action(Action::CheckConfiguration)
    })
}
