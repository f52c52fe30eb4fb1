use channel_api::config::{AdapterConfig, FieldGroup};
use channel_api::{Pointer, Report, Secret};
use channel_http::safe_address;
use schemars::JsonSchema;
use serde::Deserialize;

const API_URL: &str = "https://api.telegram.org";

/// Connects a Telegram bot.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(title = "Telegram", extend("required" = ["token", "secret_token"]))]
pub struct TelegramConfig {
    /// What Telegram gives to whoever makes a bot, at t.me/botfather.
    #[schemars(title = "Bot token")]
    token: Secret,
    /// Any letters, digits, _ and - of your own: Telegram repeats them with every webhook.
    #[schemars(title = "Secret token")]
    secret_token: Secret,
    /// Another address for the Bot API: a server of your own, or a stand-in for tests.
    #[schemars(title = "API URL", extend("default" = API_URL))]
    api_url: Option<String>,
}

/// A bot that is known to be complete.
#[derive(Debug)]
pub struct Bot {
    pub id: String,
    pub token: Secret,
    pub secret_token: Secret,
    pub api_url: String,
}

impl AdapterConfig for TelegramConfig {
    type Validated = Bot;

    const GROUPS: &'static [FieldGroup] = &[FieldGroup::new("Bot", &["token", "secret_token", "api_url"])];

    fn validate(self) -> Result<Bot, Report> {
        let Self { token, secret_token, api_url } = self;
        let api_url = api_url.filter(|url| !url.is_empty()).unwrap_or_else(|| API_URL.to_owned());
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        let (id, rest) = token.expose().split_once(':').unwrap_or_default();
        let is_token = id.parse::<u64>().is_ok() && !rest.is_empty() && is_plain(rest);
        let is_secret = (1..=256).contains(&secret_token.expose().len()) && is_plain(secret_token.expose());
        let (mut report, root) = (Report::default(), Pointer::ROOT);
        let mut require = |good, field, message| report.require(good, &root.key(field), "format", message);
        require(is_token, "token", "must be digits, a colon and letters: copy it from @BotFather");
        require(is_secret, "secret_token", "must be 1 to 256 letters, digits, _ or -");
        require(safe_address(&api_url).is_some(), "api_url", "must be an address such as https://api.telegram.org");
        if report.refusals.is_empty() {
            Ok(Bot { id: id.to_owned(), token, secret_token, api_url })
        } else {
            Err(report)
        }
    }
}
