use std::time::Duration;

use async_trait::async_trait;
use channel_api::connection::{Subscribed, SubscriptionStatus, WebhookStatus};
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
const TELEGRAM: Provider = Provider {
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
        Rule::code("404", ErrorKind::Credentials, TOKEN, "there is no bot with this token").with_hint(ASK),
        Rule::code("403", GONE, "telegram.blocked", "this person has blocked the bot, or never wrote to it"),
        Rule::code("400", GONE, "telegram.no_chat", "there is no such chat").with_words("chat not found"),
        Rule::code("429", ErrorKind::RateLimited, "telegram.rate_limited", "too many messages")
            .with_retry(Retry::SAFE)
            .with_hint("wait, and send more slowly"),
    ],
    ..Provider::new("telegram", "Telegram", "the Bot API")
};
/// They are asked for once a method has accepted the token, so that a 404 is the file's.
const FILES: Provider = Provider {
    rules: &[Rule::code("404", ErrorKind::Rejected, "telegram.file_gone", "the file is not there any more")],
    ..TELEGRAM
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
        let client = |provider, before| {
            let client = Client::new(provider, &bot.api_url, context)?.hiding([bot.secret_token.clone()]);
            client.with_path_token(before, &bot.token)
        };
        let (methods, files) = (client(&TELEGRAM, "/bot")?, client(&FILES, "/file/bot")?);
        Ok(Self(Some(Connected { bot, methods, files })))
    }

    pub(crate) fn bot_id(&self) -> Option<&str> {
        self.0.as_ref().map(|connected| connected.bot.id.as_str())
    }

    fn connected(&self) -> Result<&Connected> {
        self.0.as_ref().ok_or_else(|| Error::new(ErrorKind::Config, "telegram.no_bot", "this channel has no bot"))
    }

    async fn call(&self, call: Call<'_>) -> Result<Value> {
        let mut answer = self.connected()?.methods.call(call).await?;
        Ok(answer.get_mut("result").map(Value::take).unwrap_or_default())
    }

    pub(crate) async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        match &self.call(Call::of(request)).await?["message_id"] {
            Value::Number(id) => Ok(Receipt { message_id: Some(id.to_string()), ..Receipt::default() }),
            _ => Err(TELEGRAM.unsure("telegram.no_id", "Telegram took the message but gave it no id")),
        }
    }
}

/// An address would hold the token, so the bytes are given: 20 MB at most. Source: <https://core.telegram.org/bots/api#getfile>
#[async_trait]
impl MediaDownload for Api {
    async fn download(&self, media: &MediaRef, range: Option<ByteRange>) -> Result<Download> {
        let named = json!({ "file_id": media.id });
        let file = self.call(Call::new(Method::POST, "/getFile").with_json(&named)).await?;
        let Some(path) = file["file_path"].as_str() else {
            return Err(TELEGRAM.unsure("telegram.no_path", "Telegram does not say where the file is"));
        };
        let call = Call::new(Method::GET, format!("/{path}")).with_longer(Duration::from_mins(2));
        self.connected()?.files.download(call, range).await
    }
}

/// Source: <https://core.telegram.org/bots/api#setwebhook>, <https://core.telegram.org/bots/api#getwebhookinfo>
#[async_trait]
impl Connection for Api {
    async fn check(&self, webhook: Option<&str>) -> Result<ConnectionStatus> {
        let mut status = ConnectionStatus::default();
        let issue = |code, message, hint| Issue::new(&Pointer::ROOT, code, message).with_hint(hint);
        match self.call(Call::new(Method::GET, "/getMe")).await {
            Err(error) if error.kind() == ErrorKind::Credentials => {
                status.problems.push(issue(TOKEN, error.to_string(), ASK).with_action(Action::Reconnect));
                return Ok(status);
            }
            me => status.account_id = me?["id"].as_i64().map(|id| id.to_string()),
        }
        let info = self.call(Call::new(Method::GET, "/getWebhookInfo")).await?;
        let url = info["url"].as_str().filter(|url| !url.is_empty()).map(str::to_owned);
        let is_here = url.as_deref().zip(webhook).map(|(url, here)| url == here);
        // Without a list it is all that need not be asked for.
        let comes = |name: &str| info["allowed_updates"].as_array().is_none_or(|all| all.iter().any(|one| one == name));
        let is_delivered = |name: &String| url.is_some() && is_here != Some(false) && comes(name);
        let (fields, missing) = UPDATES.map(str::to_owned).into_iter().partition::<Vec<_>, _>(is_delivered);
        if !missing.is_empty() {
            let told = format!("Telegram does not deliver {} here", missing.join(" and "));
            let issue = issue("telegram.not_subscribed", told, "repair the connection: it says where to, and what");
            status.problems.push(issue.with_action(Action::RepairConnection));
        }
        let failed = info["last_error_message"].as_str().filter(|_| info["pending_update_count"].as_u64() > Some(0));
        let late = |why| issue("telegram.not_delivered", format!("cannot be delivered to: {why}"), "look what answers");
        status.warnings.extend(failed.map(late));
        status.subscription = Some(SubscriptionStatus { fields, missing, ..SubscriptionStatus::default() });
        status.webhook = Some(WebhookStatus { url, is_here });
        Ok(status)
    }

    async fn subscribe(&self, webhook: Option<&str>) -> Result<Subscribed> {
        let none = Error::new(ErrorKind::Config, "telegram.no_address", "Telegram must be told where to deliver");
        let url = webhook.ok_or_else(|| none.with_hint("set the host's public address"))?;
        let bot = &self.connected()?.bot;
        let asked = json!({"url": url, "secret_token": bot.secret_token.expose(), "allowed_updates": UPDATES});
        self.call(Call::new(Method::POST, "/setWebhook").with_json(&asked)).await.map(|_| Subscribed::to(UPDATES))
    }

    async fn unsubscribe(&self) -> Result<()> {
        self.call(Call::new(Method::GET, "/deleteWebhook")).await.map(drop)
    }
}
