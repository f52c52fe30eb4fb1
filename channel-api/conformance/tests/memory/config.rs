use std::net::SocketAddr;

use channel_api::config::{self, AdapterConfig, FieldGroup};
use channel_api::{Issue, Pointer, Report, Result, Secret};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::client::Api;

/// Connects an account of the invented provider.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(title = "Memory", extend("required" = ["api_url", "token", "signing_secret", "verify_token"]))]
pub(crate) struct MemoryConfig {
    /// How the channel is called in the dashboard.
    #[schemars(title = "Name", example = "My account")]
    name: Option<String>,

    /// The account's id at the provider, as it stands in deliveries.
    #[schemars(title = "Account", example = "42")]
    account: Option<String>,

    /// Where the provider listens on this machine.
    #[schemars(title = "API URL", example = "http://127.0.0.1:8099", regex(pattern = "^http://[^/]+$"))]
    api_url: String,

    /// The token with which the account speaks.
    #[schemars(title = "Token")]
    token: Secret,

    /// Proves that a delivery comes from the provider.
    #[schemars(title = "Signing secret")]
    signing_secret: Secret,

    /// The signing secret from before a rotation. Leave it empty when there is none.
    #[schemars(title = "Previous signing secret")]
    previous_signing_secret: Option<Secret>,

    /// Any text of your own, entered at the provider as well.
    #[schemars(title = "Verify token")]
    verify_token: Secret,
}

/// An account that is known to be complete. Only validation makes one.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) struct Account {
    /// The account's id, where it is known.
    pub ids: Vec<String>,
    /// Where the provider listens.
    pub(super) api: Api,
    /// The account's token. Never empty.
    pub token: Secret,
    /// The signing secrets that are accepted, the present one first. None is empty.
    pub signing_secrets: Vec<Secret>,
    /// The verify token. Never empty.
    pub verify_token: Secret,
}

/// What a check of the account needs: what webhooks need may be missing. Such an account verifies nothing.
pub(super) fn for_a_trial(config: &Value) -> Result<Account> {
    let mut filled = config.clone();
    for name in ["signing_secret", "verify_token"] {
        if let Some(members) = filled.as_object_mut() {
            let member = members.entry(name).or_insert(Value::Null);
            if member.as_str().is_none_or(str::is_empty) {
                *member = "not needed".into();
            }
        }
    }
    let account = config::parse::<MemoryConfig>(&filled)?;
    Ok(Account { signing_secrets: Vec::new(), verify_token: Secret::default(), ..account })
}

impl AdapterConfig for MemoryConfig {
    type Validated = Account;

    const GROUPS: &'static [FieldGroup] = &[FieldGroup::new(
        "Account",
        &["name", "account", "api_url", "token", "signing_secret", "previous_signing_secret", "verify_token"],
    )];

    fn validate(self) -> Result<Account, Report> {
        let (mut report, root) = (Report::default(), Pointer::ROOT);
        let copied = "is missing: copy it from the account's settings";
        report.require_secret(&root.key("token"), &self.token, copied);
        report.require_secret(&root.key("signing_secret"), &self.signing_secret, copied);
        let chosen = "is missing: choose one and enter it at the provider as well";
        report.require_secret(&root.key("verify_token"), &self.verify_token, chosen);
        let address = self.api_url.strip_prefix("http://").and_then(|address| address.parse::<SocketAddr>().ok());
        match address.filter(|address| address.ip().is_loopback()) {
            Some(api) if report.refusals.is_empty() => Ok(Account {
                ids: self.account.filter(|id| !id.is_empty()).into_iter().collect(),
                api: Api::at(api),
                token: self.token,
                signing_secrets: std::iter::once(self.signing_secret)
                    .chain(self.previous_signing_secret)
                    .filter(|secret| !secret.is_empty())
                    .collect(),
                verify_token: self.verify_token,
            }),
            Some(_) => Err(report),
            None => {
                let at = Pointer::ROOT.key("api_url");
                report.refuse(Issue::new(&at, "url", "is an address and port of this machine: http://127.0.0.1:8099"));
                Err(report)
            }
        }
    }
}
