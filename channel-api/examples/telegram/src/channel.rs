use std::sync::Arc;

use async_trait::async_trait;
use channel_api::facets::{Connection, MediaDownload};
use channel_api::{
    AdapterFactory, BuildContext, Capabilities, ChannelAdapter, ChannelId, Delivery, Denormalized, OutboundMessage,
    Proof, ProviderRequest, Receipt, Received, Result, Secret, Verified, VerifierId, WebhookReply, register_adapter,
};
use channel_http::SharedSecrets;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::api::Api;
use crate::config::{Bot, TelegramConfig};
use crate::webhook::SECRET;
use crate::{message, webhook};

#[derive(Debug)]
struct TelegramChannel {
    id: ChannelId,
    secrets: SharedSecrets,
    api: Api,
}

#[async_trait]
impl ChannelAdapter for TelegramChannel {
    fn channel_type(&self) -> &'static str {
        TelegramFactory::ID
    }

    fn channel_id(&self) -> &ChannelId {
        &self.id
    }

    fn accounts(&self) -> &[String] {
        &[]
    }

    fn capabilities(&self) -> &Capabilities {
        &message::CAPABILITIES
    }

    fn verifier(&self) -> VerifierId {
        self.secrets.verifier()
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof> {
        self.secrets.verify(delivery)
    }

    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Received>> {
        webhook::normalize(&self.id, self.api.bot_id(), delivery.body())
    }

    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        message::denormalize(message)
    }

    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        self.api.send(request).await
    }

    fn reply(&self, delivery: &Verified<'_>) -> WebhookReply {
        webhook::reply(delivery.body())
    }

    fn connection(&self) -> Option<&dyn Connection> {
        Some(&self.api)
    }

    fn media_down(&self) -> Option<&dyn MediaDownload> {
        Some(&self.api)
    }
}

/// Makes Telegram channels.
#[derive(Debug)]
pub struct TelegramFactory;

register_adapter!(TelegramFactory);

impl AdapterFactory for TelegramFactory {
    const ID: &'static str = "telegram";
    const NAME: &'static str = "Telegram";
    type Config = TelegramConfig;

    fn example() -> Value {
        json!({"token": "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "secret_token": "a-text-of-your-own"})
    }

    fn build(bot: Bot, context: &BuildContext) -> Result<Arc<dyn ChannelAdapter>> {
        let secrets = SharedSecrets::new(&SECRET, [("secret_token", &bot.secret_token)])?;
        Ok(Arc::new(TelegramChannel { id: context.channel_id.clone(), secrets, api: Api::new(bot, context)? }))
    }

    fn offline(id: ChannelId, webhook_secret: Option<Secret>) -> Arc<dyn ChannelAdapter> {
        let secrets = SharedSecrets::offline(&SECRET, "secret_token", webhook_secret.as_ref());
        Arc::new(TelegramChannel { id, secrets, api: Api::default() })
    }

    fn check_head(headers: &HeaderMap) -> Result<()> {
        SharedSecrets::check_head(&SECRET, headers)
    }
}
