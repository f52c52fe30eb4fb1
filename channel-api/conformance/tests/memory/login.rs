//! Signing in at the provider.

use std::net::SocketAddr;

use async_trait::async_trait;
use channel_api::login::{Account, AccountLogin, LoginApp};
use channel_api::{BuildContext, Error, ErrorKind, ProviderRequest, Result, Secret};
use serde_json::{Value, json};

use super::client::Api;
use super::{answer, client};

/// Where the provider listens, for whoever signs in before there is a channel.
pub(super) const API_URL: &str = "MEMORY_API_URL";
const TOKEN: &str = "/v1/oauth/token";
const ACCOUNTS: &str = "/v1/accounts";

#[derive(Debug)]
pub(super) struct MemoryLogin;

#[async_trait]
impl AccountLogin for MemoryLogin {
    fn login_url(&self, app: &LoginApp, state: &str, _: &BuildContext) -> Result<String> {
        complete(app)?;
        let pairs = [("app", app.app_id.as_str()), ("redirect_uri", &app.redirect_uri), ("state", state)];
        let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        Ok(format!("https://memory.example/oauth?{}", pairs.join("&")))
    }

    async fn accounts(&self, app: &LoginApp, code: &Secret, context: &BuildContext) -> Result<Vec<Account>> {
        complete(app)?;
        let api = api(context)?;
        let body = json!({"app": app.app_id, "code": code.expose(), "redirect_uri": app.redirect_uri});
        let answer = client::call(&api, &app.app_secret, &ProviderRequest::post(TOKEN, body)).await?;
        let answer = answer::interpret(&answer, &[&app.app_secret, code])?;
        let token = Secret::from(answer["token"].as_str().ok_or_else(unreadable)?);
        let answer = client::call(&api, &token, &ProviderRequest::get(ACCOUNTS, &[])).await?;
        let answer = answer::interpret(&answer, &[&app.app_secret, code, &token])?;
        answer["accounts"].as_array().ok_or_else(unreadable)?.iter().map(account).collect()
    }
}

fn complete(app: &LoginApp) -> Result<()> {
    if app.app_id.is_empty() || app.app_secret.is_empty() || app.redirect_uri.is_empty() {
        return Err(Error::new(
            ErrorKind::Config,
            "memory.no_app",
            "the app's id, secret or redirect address is missing",
        )
        .with_hint("copy them from the app's settings"));
    }
    Ok(())
}

fn api(context: &BuildContext) -> Result<Api> {
    let address = context.variable(API_URL).and_then(|url| url.strip_prefix("http://")?.parse::<SocketAddr>().ok());
    let address = address.filter(|address| address.ip().is_loopback());
    address.map(|address| Api::at(address).told_to(context.calls())).ok_or_else(|| {
        Error::new(ErrorKind::Config, "memory.no_address", "nobody said where the provider listens on this machine")
            .with_hint("set MEMORY_API_URL to http://127.0.0.1:8099")
    })
}

fn account(answer: &Value) -> Result<Account> {
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    let id = text("id").ok_or_else(unreadable)?;
    let token = Secret::new(text("token").ok_or_else(unreadable)?);
    let tasks = answer["tasks"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    Ok(Account::new(id, text("name").unwrap_or_default(), token)
        .with_category(text("category"))
        .with_picture_url(text("picture"))
        .with_tasks(tasks.collect()))
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Unexpected, "memory.unreadable", "the provider's answer cannot be read")
        .with_hint("sign in again")
}

/// A value in an address.
fn encoded(value: &str) -> String {
    let encode = |byte: u8| match char::from(byte) {
        c if byte.is_ascii_alphanumeric() || "-._~".contains(c) => c.to_string(),
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}
