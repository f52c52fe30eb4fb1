use std::sync::Arc;

use async_trait::async_trait;
use channel_api::{
    AdapterFactory, BuildContext, Capabilities, ChannelAdapter, ChannelId, Delivery, Denormalized, Error, ErrorKind,
    OutboundMessage, Proof, ProviderRequest, Receipt, Received, Result, Secret, Verified, VerifierId, register_adapter,
};
use channel_conformance::register_fixture;
use channel_http::{Client, SigningKeys};
use http::HeaderMap;
use serde_json::{Value, json};

use crate::config::{SmsAccount, SmsConfig};
use crate::fixture::SmsFixture;
use crate::message::CAPABILITIES;
use crate::{api, message, webhook};

/// The field of the configuration that holds it.
const SIGNING_KEY: &str = "signing_key";

#[derive(Debug)]
struct SmsChannel {
    id: ChannelId,
    signatures: SigningKeys,
    /// Who sends, and with what; `None` for a channel that only translates.
    account: Option<(String, Client)>,
}

#[async_trait]
impl ChannelAdapter for SmsChannel {
    fn channel_type(&self) -> &'static str {
        SmsFactory::ID
    }

    fn channel_id(&self) -> &ChannelId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn accounts(&self) -> &[String] {
        &[]
    }

    fn verifier(&self) -> VerifierId {
        self.signatures.verifier()
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof> {
        self.signatures.verify(delivery)
    }

    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Received>> {
        webhook::normalize(&self.id, delivery.body())
    }

    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        message::denormalize(self.account.as_ref().map_or("", |(number, _)| number), message)
    }

    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        let Some((_, client)) = &self.account else {
            return Err(Error::new(ErrorKind::Config, "sms.no_account", "this channel only translates"));
        };
        api::send(client, request).await
    }
}

/// Makes SMS channels.
#[derive(Debug)]
pub struct SmsFactory;

register_adapter!(SmsFactory);
register_fixture!(SmsFactory, SmsFixture);

impl AdapterFactory for SmsFactory {
    const ID: &'static str = "sms";
    const NAME: &'static str = "SMS";
    type Config = SmsConfig;

    fn example() -> Value {
        json!({"number": "+34600111222", "api_key": "the-key-of-the-console", "signing_key": "the-other-key"})
    }

    fn build(account: SmsAccount, context: &BuildContext) -> Result<Arc<dyn ChannelAdapter>> {
        Ok(Arc::new(SmsChannel {
            id: context.channel_id.clone(),
            signatures: SigningKeys::new(&webhook::SIGNATURE, [(SIGNING_KEY, &account.signing_key)])?,
            account: Some((account.number.clone(), api::client(&account, context)?)),
        }))
    }

    fn check_head(headers: &HeaderMap) -> Result<()> {
        SigningKeys::check_head(&webhook::SIGNATURE, headers)
    }

    fn offline(id: ChannelId, webhook_secret: Option<Secret>) -> Arc<dyn ChannelAdapter> {
        let signatures = SigningKeys::offline(&webhook::SIGNATURE, SIGNING_KEY, webhook_secret.as_ref());
        Arc::new(SmsChannel { id, signatures, account: None })
    }
}
