use channel_api::config::{AdapterConfig, FieldGroup};
use channel_api::{Pointer, Report, Secret};
use channel_http::safe_address;
use schemars::JsonSchema;
use serde::Deserialize;

/// Connects a phone number at Acme SMS.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(title = "SMS", extend("required" = ["number", "api_key", "signing_key"]))]
pub struct SmsConfig {
    /// The number that messages come from, with the country's code.
    #[schemars(title = "Number", example = "+34600111222", regex(pattern = r"^\+[0-9]+$"))]
    number: String,

    /// The key with which messages are sent. In the console: Settings, API.
    #[schemars(title = "API key")]
    api_key: Secret,

    /// Proves that a webhook comes from Acme. In the console: Settings, Webhooks.
    #[schemars(title = "Signing key")]
    signing_key: Secret,

    /// Another address for the API: a stand-in for tests.
    #[schemars(title = "API URL", extend("default" = "https://api.sms.example"))]
    api_url: Option<String>,
}

/// A number that is known to be complete.
#[derive(Debug)]
pub struct SmsAccount {
    pub number: String,
    pub api_key: Secret,
    pub signing_key: Secret,
    pub api_url: String,
}

impl AdapterConfig for SmsConfig {
    type Validated = SmsAccount;

    const GROUPS: &'static [FieldGroup] =
        &[FieldGroup::new("Number", &["number", "api_key", "signing_key", "api_url"])];

    fn validate(self) -> Result<SmsAccount, Report> {
        let Self { number, api_key, signing_key, api_url } = self;
        let api_url = api_url.filter(|url| !url.is_empty()).unwrap_or_else(|| "https://api.sms.example".to_owned());
        let digits = number.strip_prefix('+').unwrap_or_default();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let (mut report, root) = (Report::default(), Pointer::ROOT);
        for (name, secret) in [("api_key", &api_key), ("signing_key", &signing_key)] {
            report.require_secret(&root.key(name), secret, "is missing: copy it from the console");
        }
        let message = "must be a number with the country's code, such as +34600111222";
        report.require(is_number, &root.key("number"), "number", message);
        let message = "must be an address such as https://api.sms.example";
        report.require(safe_address(&api_url).is_some(), &root.key("api_url"), "url", message);
        if report.refusals.is_empty() { Ok(SmsAccount { number, api_key, signing_key, api_url }) } else { Err(report) }
    }
}
