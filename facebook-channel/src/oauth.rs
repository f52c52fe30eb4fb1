//! "Connect with Facebook": the operator signs in at Facebook and picks a Page.
//!
//! Source: <https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow>,
//! <https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived>

use std::collections::HashSet;

use async_trait::async_trait;
use channel_api::login::{Account, AccountLogin, LoginApp};
use channel_api::{BuildContext, Error, ErrorKind, Issue, Pointer, ProviderRequest, Report, Result, Secret};
use channel_http::{is_safe_or_here, safe_address};
use reqwest::Url;
use serde_json::Value;

use crate::config::{GRAPH_API_URL, GRAPH_API_URL_VARIABLE, GRAPH_API_VERSION};
use crate::graph::{GraphClient, id, unreadable};

/// Where people sign in.
const DIALOG_URL: &str = "https://www.facebook.com";

/// What the operator is asked for: the three permissions of Linktor's guide, and to be shown the Pages. Others need a review of
/// their own, and Meta refuses the whole dialog for one that the app may not ask for.
const SCOPES: [&str; 4] = ["pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement"];

const FIELDS: &str = "id,name,access_token,category,picture{url},tasks";
/// How many Pages an answer lists, and how many answers are asked for. Nobody manages more Pages by hand.
const PER_ANSWER: usize = 100;
const ANSWERS: usize = 20;

/// Facebook's sign-in.
#[derive(Debug)]
pub(crate) struct FacebookLogin;

#[async_trait]
impl AccountLogin for FacebookLogin {
    fn login_url(&self, app: &LoginApp, state: &str, context: &BuildContext) -> Result<String> {
        check(app, Some(state))?;
        // The variable replaces Meta everywhere, so that a stand-in can play the whole sign-in.
        let base = context.variable(GRAPH_API_URL_VARIABLE);
        let mut url = safe_address(base.as_deref().unwrap_or(DIALOG_URL)).ok_or_else(|| {
            Error::new(ErrorKind::Config, "facebook.unsafe_address", "the address of the sign-in cannot be used")
                .with_hint("set LINKTOR_GRAPH_API_URL to an https address without user or query, or leave it out")
        })?;
        url.set_path(&format!("{}/{GRAPH_API_VERSION}/dialog/oauth", url.path().trim_end_matches('/')));
        let scopes = if app.scopes.is_empty() { SCOPES.join(",") } else { app.scopes.join(",") };
        url.query_pairs_mut().extend_pairs([
            ("client_id", app.app_id.as_str()),
            ("redirect_uri", &app.redirect_uri),
            ("state", state),
            ("response_type", "code"),
            ("scope", &scopes),
        ]);
        Ok(url.into())
    }

    async fn accounts(&self, app: &LoginApp, code: &Secret, context: &BuildContext) -> Result<Vec<Account>> {
        check(app, None)?;
        if code.is_empty() {
            return Err(Error::new(ErrorKind::Credentials, "facebook.login_code", "Facebook sent no code back")
                .with_hint("start the sign-in again"));
        }
        accounts(app, code, context).await.map_err(|error| error.with_operation("login"))
    }
}

async fn accounts(app: &LoginApp, code: &Secret, context: &BuildContext) -> Result<Vec<Account>> {
    let base = context.variable(GRAPH_API_URL_VARIABLE);
    let base = base.as_deref().unwrap_or(GRAPH_API_URL);
    let exchange =
        GraphClient::without_token(context, base, GRAPH_API_VERSION)?.hiding([app.app_secret.clone(), code.clone()]);
    let (id, secret) = (("client_id", app.app_id.as_str()), ("client_secret", app.app_secret.expose()));
    let short = [id, secret, ("redirect_uri", app.redirect_uri.as_str()), ("code", code.expose())];
    let short = token(&exchange, &short).await?;
    let exchange = exchange.hiding([short.clone()]);
    let kind = ("grant_type", "fb_exchange_token");
    let long = token(&exchange, &[kind, id, secret, ("fb_exchange_token", short.expose())]).await?;
    let person = GraphClient::new(context, base, GRAPH_API_VERSION, long, Some(&app.app_secret))?;
    pages(&person.hiding([code.clone(), short])).await
}

/// Trades one secret for the next. Meta's page shows GET; it takes the same fields in a form, where no log on the way sees them.
///
/// Source: <https://github.com/laravel/socialite/issues/385>, <https://github.com/facebook-csharp-sdk/facebook-csharp-sdk/issues/388>
async fn token(exchange: &GraphClient, fields: &[(&str, &str)]) -> Result<Secret> {
    let answer = exchange.post_form(&exchange.path(&["oauth", "access_token"])?, fields).await?;
    let token = answer.get("access_token").and_then(Value::as_str).map(Secret::new).filter(|token| !token.is_empty());
    token.ok_or_else(|| {
        unreadable("facebook.no_token", "Meta accepted the sign-in but gave no token")
            .with_hint("start the sign-in again")
    })
}

/// The Pages that the person manages, answer by answer. Only the cursors are used: an address that Meta names holds the token.
async fn pages(person: &GraphClient) -> Result<Vec<Account>> {
    let limit = PER_ANSWER.to_string();
    let path = person.path(&["me", "accounts"])?;
    let (mut accounts, mut known, mut after) = (Vec::new(), HashSet::new(), None::<String>);
    for _ in 0..ANSWERS {
        let mut query = vec![("fields", FIELDS), ("limit", limit.as_str())];
        query.extend(after.as_deref().map(|after| ("after", after)));
        let answer = person.call(&ProviderRequest::get(path.clone(), &query)).await?;
        let Some(listed) = answer.get("data").and_then(Value::as_array) else {
            return Err(unreadable("facebook.unreadable_reply", "Meta's list of Pages is no list")
                .with_hint("start the sign-in again"));
        };
        accounts.extend(listed.iter().filter_map(account).filter(|account| known.insert(account.id.clone())));
        // The last answer has a cursor too.
        let more = answer.pointer("/paging/next").is_some_and(|next| !next.is_null()) || listed.len() >= PER_ANSWER;
        let next = answer.pointer("/paging/cursors/after").and_then(id);
        if !more || listed.is_empty() || next.is_none() || next == after {
            break;
        }
        after = next;
    }
    Ok(accounts)
}

/// A Page that can be connected: without a token of its own it cannot.
fn account(page: &Value) -> Option<Account> {
    let text = |name: &str| page.get(name).and_then(Value::as_str).map(str::to_owned);
    let token = text("access_token").map(Secret::new).filter(|token| !token.is_empty())?;
    let picture_url = page.pointer("/picture/data/url").and_then(Value::as_str).map(str::to_owned);
    let tasks = page.get("tasks").and_then(Value::as_array).into_iter().flatten().filter_map(id);
    let account = Account::new(page.get("id").and_then(id)?, text("name").unwrap_or_default(), token);
    Some(account.with_category(text("category")).with_picture_url(picture_url).with_tasks(tasks.collect()))
}

/// Refuses an app that cannot be one, with all that is wrong.
fn check(app: &LoginApp, state: Option<&str>) -> Result<()> {
    let mut report = Report::default();
    let root = Pointer::ROOT;
    let mut refuse =
        |name: &str, code: &'static str, advice: &str| report.refuse(Issue::new(&root.key(name), code, advice));
    if app.app_id.is_empty() {
        refuse("app_id", "required", "is missing: copy the App ID (in the app: Settings, Basic)");
    } else if !app.app_id.bytes().all(|byte| byte.is_ascii_digit()) {
        refuse("app_id", "digits", "is a number: copy the App ID (in the app: Settings, Basic)");
    }
    if app.app_secret.is_empty() {
        refuse("app_secret", "required", "is missing: copy the App Secret (in the app: Settings, Basic)");
    } else if app.app_secret.expose().contains(|c: char| c.is_whitespace() || c.is_control()) {
        refuse("app_secret", "whitespace", "holds white space: copy it again, without the line's end");
    }
    if !is_safe_return(&app.redirect_uri) {
        let advice = "is no address to return to: an https address without user or fragment; http only on this machine";
        refuse("redirect_uri", "url", advice);
    }
    if state.is_some_and(|state| state.trim().is_empty()) {
        refuse("state", "required", "is missing: without it anybody could finish somebody else's sign-in");
    }
    for (index, scope) in app.scopes.iter().enumerate() {
        if scope.is_empty()
            || !scope.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        {
            let message = "is no permission: they are written like pages_messaging";
            report.refuse(Issue::new(&root.key("scopes").index(index), "permission", message));
        }
    }
    if report.refusals.is_empty() {
        return Ok(());
    }
    Err(Error::refused(ErrorKind::Config, "invalid_login", "the sign-in", report))
}

fn is_safe_return(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| {
        is_safe_or_here(&url) && url.username().is_empty() && url.password().is_none() && url.fragment().is_none()
    })
}

#[cfg(test)]
mod tests;
