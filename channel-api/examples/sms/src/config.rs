use channel_api::config::{AdapterConfig, FieldGroup};
use channel_api::{Issue, Pointer, Report, Secret};
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
        &[FieldGroup { title: "Number", fields: &["number", "api_key", "signing_key", "api_url"] }];

    fn validate(self) -> Result<SmsAccount, Report> {
        let (mut report, root) = (Report::default(), Pointer::ROOT);
        for (name, secret) in [("api_key", &self.api_key), ("signing_key", &self.signing_key)] {
            report.require_secret(&root.key(name), secret, "is missing: copy it from the console");
        }
        let digits = self.number.strip_prefix('+').unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = "must be a number with the country's code, such as +34600111222";
            report.refuse(Issue::new(&root.key("number"), "number", message));
        }
        let api_url =
            self.api_url.filter(|url| !url.is_empty()).unwrap_or_else(|| "https://api.sms.example".to_owned());
        if safe_address(&api_url).is_none() {
            report.refuse(Issue::new(
                &root.key("api_url"),
                "url",
                "must be an address such as https://api.sms.example",
            ));
        }
        if report.refusals.is_empty() {
            Ok(SmsAccount { number: self.number, api_key: self.api_key, signing_key: self.signing_key, api_url })
        } else {
            Err(report)
        }
    }
}
