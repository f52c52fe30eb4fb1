use std::time::Duration;

use async_trait::async_trait;
use channel_api::connection::SubscriptionStatus;
use channel_api::facets::{Connection, MediaDownload};
use channel_api::media::{ByteRange, Download, MediaRef};
use channel_api::{
    Action, BuildContext, ConnectionStatus, Error, ErrorKind, Issue, Pointer, ProviderRequest, Receipt, Result, Retry,
};
use channel_http::{Call, Client, Provider, Reported, Rule};
use http::Method;
use serde_json::{Value, json};

use crate::config::Bot;

/// Source: <https://core.telegram.org/bots/api#making-requests>. The codes alone say too little, so words decide as well.
static TELEGRAM: Provider = Provider {
    token: "bot token",
    address_field: "api_url",
    example_path: "/sendMessage",
    when_unsure: "look into the chat before sending it again: Telegram tells of nothing that went out",
    report: |json| {
        (json["ok"] == false).then(|| Reported {
            code: json["error_code"].as_i64().map(Into::into),
            message: json["description"].as_str().unwrap_or_default(),
            after: json.pointer("/parameters/retry_after").and_then(Value::as_u64).map(Duration::from_secs),
            ..Reported::default()
        })
    },
    rules: &[
        Rule::code("401", ErrorKind::Credentials, TOKEN, "Telegram does not accept the bot token").with_hint(ASK),
        Rule::code("403", GONE, "telegram.blocked", "this person has blocked the bot").with_words("blocked"),
        Rule::code("403", GONE, "telegram.not_started", "this person has not written to the bot, or is gone"),
        Rule::code("400", GONE, "telegram.no_chat", "there is no such chat").with_words("chat not found"),
        Rule::code("429", ErrorKind::RateLimited, "telegram.rate_limited", "too many messages")
            .with_retry(Retry::SAFE)
            .with_hint("wait, and send more slowly"),
    ],
    ..Provider::new("telegram", "Telegram", "the Bot API")
};
const GONE: ErrorKind = ErrorKind::RecipientUnavailable;
const TOKEN: &str = "telegram.token";
const ASK: &str = "ask @BotFather for the bot's token and enter it";

/// What the channel asks Telegram to deliver.
const UPDATES: [&str; 2] = ["message", "callback_query"];

/// Calls the Bot API for one bot; for none, where a channel only translates.
#[derive(Debug, Default)]
pub(crate) struct Api(Option<Connected>);

#[derive(Debug)]
struct Connected {
    bot: Bot,
    methods: Client,
    files: Client,
}

impl Api {
    pub(crate) fn new(bot: Bot, context: &BuildContext) -> Result<Self> {
        let client = Client::new(&TELEGRAM, &bot.api_url, context)?.hiding([bot.secret_token.clone()]);
        let methods = client.clone().with_path_token("/bot", &bot.token)?;
        let files = client.with_path_token("/file/bot", &bot.token)?;
        Ok(Self(Some(Connected { bot, methods, files })))
    }

    pub(crate) fn bot_id(&self) -> Option<&str> {
        self.0.as_ref().map(|connected| connected.bot.id.as_str())
    }

    fn connected(&self) -> Result<&Connected> {
        let none = || Error::new(ErrorKind::Config, "telegram.no_bot", "this channel only translates: it has no bot");
        self.0.as_ref().ok_or_else(none)
    }

    async fn call(&self, method: &str, body: Value) -> Result<Value> {
        self.result(&ProviderRequest::post(method, body)).await
    }

    async fn result(&self, request: &ProviderRequest) -> Result<Value> {
        let mut answer = self.connected()?.methods.call(Call::of(request)).await?;
        Ok(answer.get_mut("result").map(Value::take).unwrap_or_default())
    }

    pub(crate) async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        match &self.result(request).await?["message_id"] {
            Value::Number(id) => Ok(Receipt { message_id: Some(id.to_string()), ..Receipt::default() }),
            _ => Err(TELEGRAM.unsure("telegram.no_id", "Telegram took the message but gave it no id")),
        }
    }
}

/// An address would hold the token, so the bytes are given. Source: <https://core.telegram.org/bots/api#getfile>
#[async_trait]
impl MediaDownload for Api {
    async fn download(&self, media: &MediaRef, range: Option<ByteRange>) -> Result<Download> {
        let file = self.call("/getFile", json!({ "file_id": media.id })).await?;
        let Some(path) = file["file_path"].as_str() else {
            return Err(TELEGRAM.unsure("telegram.no_path", "Telegram does not say where the file is"));
        };
        self.connected()?.files.download(Call::new(Method::GET, format!("/{path}")), range).await
    }
}

/// Source: <https://core.telegram.org/bots/api#setwebhook>, <https://core.telegram.org/bots/api#getwebhookinfo>
#[async_trait]
impl Connection for Api {
    async fn check(&self, webhook: Option<&str>) -> Result<ConnectionStatus> {
        let mut status = ConnectionStatus::default();
        let issue = |code, message, hint| Issue::new(&Pointer::ROOT, code, message).with_hint(hint);
        let me = match self.call("/getMe", json!({})).await {
            Err(error) if error.kind() == ErrorKind::Credentials => {
                status.problems.push(issue(TOKEN, error.to_string(), ASK).with_action(Action::Reconnect));
                return Ok(status);
            }
            told => told?,
        };
        status.account_id = me["id"].as_i64().map(|id| id.to_string());
        let info = self.call("/getWebhookInfo", json!({})).await?;
        let here = info["url"].as_str().filter(|url| !url.is_empty() && webhook.is_none_or(|webhook| webhook == *url));
        // Without a list it is all that need not be asked for.
        let listed = info["allowed_updates"].as_array();
        let is_delivered = |name: &String| here.is_some() && listed.is_none_or(|all| all.iter().any(|one| one == name));
        let (fields, missing) = UPDATES.map(str::to_owned).into_iter().partition::<Vec<_>, _>(is_delivered);
        if !missing.is_empty() {
            let message = format!("Telegram does not deliver {} here", missing.join(" and "));
            let hint = "repair the connection: it tells Telegram where to deliver, and what";
            status.problems.push(issue("telegram.not_subscribed", message, hint).with_action(Action::RepairConnection));
        }
        status.subscription = Some(SubscriptionStatus { fields, missing });
        Ok(status)
    }

    async fn subscribe(&self, webhook: Option<&str>) -> Result<()> {
        let Some(url) = webhook else {
            let error = Error::new(ErrorKind::Config, "telegram.no_address", "Telegram must be told where to deliver");
            return Err(error.with_hint("set the host's public address"));
        };
        let secret = self.connected()?.bot.secret_token.expose();
        let asked = json!({"url": url, "secret_token": secret, "allowed_updates": UPDATES});
        self.call("/setWebhook", asked).await.map(drop)
    }

    async fn unsubscribe(&self) -> Result<()> {
        self.call("/deleteWebhook", json!({})).await.map(drop)
    }
}
