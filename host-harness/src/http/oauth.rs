//! "Connect with …": an operator signs in at the provider and picks an account, in two calls and without copying a token.
//!
//! The answers are what Linktor's core expects, with its `snake_case` keys. Tokens stand in the second answer only: they are
//! neither kept nor logged here.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use channel_api::login::{Account, LoginApp};
use channel_api::{AccountLogin, Action, Error, ErrorKind, Issue, Pointer, Quote, Registration, Report, Secret, read};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::public_url::PublicUrl;
use super::request::JsonBody;
use crate::adapter_builder::AdapterBuilder;
use crate::logins::{self, Login, Logins};

type Word = Result<Path<String>, PathRejection>;

/// The app through which an operator signs in.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
struct Begin {
    #[serde(deserialize_with = "channel_api::message::string_or_number")]
    app_id: Option<String>,
    app_secret: Secret,
    /// Linktor's core calls it an address.
    #[serde(alias = "redirect_url")]
    redirect_uri: Option<String>,
    scopes: Vec<String>,
}

/// What the provider sent the operator's browser back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
struct Back {
    state: Secret,
    code: Secret,
    error: Option<String>,
    error_code: Option<Value>,
    error_reason: Option<String>,
    #[serde(alias = "error_message")]
    error_description: Option<String>,
}

/// Where to send the operator's browser.
pub(super) async fn login(
    State(logins): State<Arc<Logins>>,
    State(builder): State<Arc<AdapterBuilder>>,
    State(public_url): State<PublicUrl>,
    channel_type: Word,
    body: JsonBody,
) -> Result<Response, Problem> {
    let (registration, provider) = signing_in(&builder, channel_type)?;
    let state = logins::new_state().map_err(|error| {
        tracing::error!(%error, "the system has no random bytes");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no_randomness", "a sign-in cannot be begun now")
            .hint("try again in a moment")
    })?;
    let mut report = Report::default();
    let login_app = read_app(&public_url, registration, &body.required()?, &mut report);
    let login_url = match provider.login_url(&login_app, &state, &builder.context("login")) {
        Ok(login_url) => login_url,
        Err(error) if error.issues().is_empty() => return Err(error.into()),
        Err(error) => {
            report.absorb(error.into_report());
            String::new()
        }
    };
    if !report.refusals.is_empty() {
        return Err(Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the sign-in", report).into());
    }
    let now = Instant::now();
    if !logins.begin(state.clone(), Login::new(registration.id, login_app, now), now) {
        let message = format!("{} sign-ins have begun and not ended", logins::MAX_PENDING_LOGINS);
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_logins", message)
            .hint("each is forgotten after ten minutes; try again then"));
    }
    Ok(unstored(json!({ "login_url": login_url, "state": state })))
}

/// Trades the code for the accounts that the operator manages.
pub(super) async fn callback(
    State(logins): State<Arc<Logins>>,
    State(builder): State<Arc<AdapterBuilder>>,
    channel_type: Word,
    body: JsonBody,
) -> Result<Response, Problem> {
    let (registration, provider) = signing_in(&builder, channel_type)?;
    let back = read_back(&body.required()?)?;
    let login = logins.finish(back.state.expose(), registration.id, Instant::now()).ok_or_else(|| {
        let message = "no sign-in waits for this state: it is unknown, was used before, or is older than ten minutes";
        Problem::new(StatusCode::BAD_REQUEST, "unknown_state", message)
            .action(Action::Reconnect)
            .hint("begin again with POST /api/v1/oauth/{type}/login and finish within ten minutes; a host that was restarted has forgotten all")
    })?;
    if let Some(error) = &back.error {
        return Err(not_signed_in(error, &back));
    }
    let context = builder.context("login");
    let accounts = provider.accounts(&login.app, &back.code, &context).await.inspect_err(|error| {
        tracing::warn!(
            channel_type = registration.id,
            code = error.code(),
            kind = error.kind().as_str(),
            provider = ?error.provider(),
            "a sign-in was not finished"
        );
    })?;
    tracing::info!(channel_type = registration.id, accounts = accounts.len(), "an operator signed in");
    let pages: Vec<Value> = accounts.iter().map(page).collect();
    Ok(unstored(json!({ "pages": pages })))
}

fn signing_in(
    builder: &AdapterBuilder,
    channel_type: Word,
) -> Result<(&Registration, &'static dyn AccountLogin), Problem> {
    // What is not even text names no type.
    let channel_type = channel_type.map(|Path(word)| word).unwrap_or_default();
    let registration = builder.registry.get(&channel_type);
    let registration = registration.map_err(|error| Problem::from(error).not_found())?;
    let login = (registration.login)().ok_or_else(|| {
        let message = format!("{} has no sign-in that this host can do", registration.name);
        Problem::new(StatusCode::NOT_IMPLEMENTED, "no_login", message)
            .hint("copy the account's credentials into the configuration by hand")
    })?;
    Ok((registration, login))
}

/// The app as it was given. What an app has to be is the provider's to say.
fn read_app(public_url: &PublicUrl, registration: &Registration, body: &Value, report: &mut Report) -> LoginApp {
    // A secret may stand in any field, by mistake.
    let given: Begin = read(body, &Pointer::ROOT, Quote::Nothing, report);
    let own = || Some(format!("{}/oauth/{}/callback", public_url.0.as_ref()?, registration.id));
    let redirect_uri = given.redirect_uri.filter(|uri| !uri.is_empty()).or_else(own).unwrap_or_default();
    if redirect_uri.is_empty() {
        let message = "is missing, and the host does not know its own address";
        let hint = "send the page of your dashboard that takes the code, or set public_url under [server]";
        let mut missing = Report::default();
        missing.refuse(Issue::new(&Pointer::ROOT.key("redirect_uri"), "required", message).with_hint(hint));
        report.absorb(missing);
    }
    LoginApp::new(given.app_id.unwrap_or_default(), given.app_secret, redirect_uri).with_scopes(given.scopes)
}

fn read_back(body: &Value) -> Result<Back, Problem> {
    let mut report = Report::default();
    let root = Pointer::ROOT;
    let back: Back = read(body, &root, Quote::Nothing, &mut report);
    let mut rules = Report::default();
    if back.state.is_empty() {
        rules.refuse(Issue::new(&root.key("state"), "required", "is missing: the state that came back with the code"));
    }
    if back.code.is_empty() && back.error.is_none() {
        let issue = Issue::new(&root.key("code"), "required", "is missing: the code that the provider sent back");
        rules.refuse(issue.with_hint("where the provider sent an error instead, send `error` and `error_description`"));
    }
    report.absorb(rules);
    if report.refusals.is_empty() {
        return Ok(back);
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the sign-in", report).into())
}

/// The provider sent the browser back without a code.
fn not_signed_in(error: &str, back: &Back) -> Problem {
    if error == "access_denied" {
        return Problem::new(
            StatusCode::FORBIDDEN,
            "access_denied",
            "the sign-in was cancelled: nothing was permitted",
        )
        .action(Action::Reconnect)
        .hint("begin again, and agree to what the provider asks for the accounts that shall be connected");
    }
    let words = [Some(error), back.error_reason.as_deref(), back.error_description.as_deref()];
    let code = back.error_code.as_ref().and_then(Value::as_i64).map(|code| format!("code {code}"));
    let words: Vec<String> =
        words.into_iter().flatten().map(clipped).chain(code).filter(|words| !words.is_empty()).collect();
    let message = format!("the provider did not sign the operator in: {}", words.join(", "));
    Problem::new(StatusCode::BAD_GATEWAY, "login_failed", message)
        .action(Action::CheckConfiguration)
        .hint("look at the app's settings at the provider: its redirect addresses, its permissions, its mode")
}

/// It came through a browser's address bar, so it is bounded before it is repeated.
fn clipped(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// The one place where a token leaves: to whoever signed in.
fn page(account: &Account) -> Value {
    json!({
        "id": account.id,
        "name": account.name,
        "access_token": account.access_token.expose(),
        "category": account.category,
        "picture_url": account.picture_url,
    })
}

/// An answer that no cache may keep.
fn unstored(answer: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}
