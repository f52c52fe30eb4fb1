use std::sync::Arc;

use channel_api::{
    AccountLogin, AdapterFactory, BuildContext, ChannelAdapter, ChannelId, Issue, Result, Secret, Timestamp, config,
    register_adapter,
};
use http::HeaderMap;
use serde_json::{Value, json};

use crate::adapter::FacebookChannel;
use crate::config::{FacebookConfig, PageConfig, TrialConfig};
use crate::oauth::FacebookLogin;
use crate::{version, webhook};

/// Makes Messenger channels.
#[derive(Debug)]
pub struct FacebookFactory;

register_adapter!(FacebookFactory);

impl AdapterFactory for FacebookFactory {
    const ID: &'static str = "facebook";
    const ALIASES: &'static [&'static str] = &["messenger"];
    const NAME: &'static str = "Facebook Messenger";
    type Config = FacebookConfig;

    fn example() -> Value {
        json!({
            "name": "Facebook Support",
            "page_id": "1098765432100001",
            "page_access_token": "EAAG-the-token-of-your-page",
            "app_secret": "the-secret-of-your-app",
            "verify_token": "a-text-of-your-own"
        })
    }

    fn build(config: PageConfig, context: &BuildContext) -> Result<Arc<dyn ChannelAdapter>> {
        Ok(Arc::new(FacebookChannel::connected(config, context)?))
    }

    fn offline(channel_id: ChannelId, webhook_secret: Option<Secret>) -> Arc<dyn ChannelAdapter> {
        Arc::new(FacebookChannel::offline(channel_id, webhook_secret.as_ref()))
    }

    fn trial(config: &Value, context: &BuildContext) -> Result<Arc<dyn ChannelAdapter>> {
        Ok(Arc::new(FacebookChannel::trial(config::parse::<TrialConfig>(config)?, context)?))
    }

    fn advise(config: &PageConfig, now: Timestamp) -> Vec<Issue> {
        version::advice(&config.graph_api_version, now).into_iter().chain(config.advice()).collect()
    }

    fn accounts(body: &[u8]) -> Vec<String> {
        webhook::accounts(body)
    }

    fn check_head(headers: &HeaderMap) -> Result<()> {
        webhook::check_head(headers)
    }

    fn login() -> Option<&'static dyn AccountLogin> {
        Some(&FacebookLogin)
    }
}

#[cfg(test)]
mod tests;
