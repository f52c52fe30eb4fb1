use async_trait::async_trait;
use channel_api::connection::Subscribed;
use channel_api::facets::{
    Connection, Handshake, MediaDownload, MediaUpload, Operations, People, ProfileHooks, Window,
};
use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{
    BuildContext, ByteRange, Capabilities, ChannelAdapter, ChannelId, ConnectionStatus, Delivery, Denormalized,
    Download, Error, ErrorKind, Event, Judgement, MediaRef, Opening, Operation, OutboundMessage, Performed, Proof,
    ProviderRequest, Receipt, Received, Result, Secret, Subscription, Timestamp, Token, Upload, Uploaded, UserProfile,
    Verified, VerifierId, WebhookReply,
};
use serde_json::{Value, json};

use super::config::Account;
use super::denormalize::MESSAGES;
use super::limits::CAPABILITIES;
use super::normalize::CHANNEL_TYPE;
use super::webhook::{SigningKeys, challenge};
use super::{answer, batch, client, denormalize, media, normalize, operations, setup, window};

/// An account of the invented provider, or the translation alone where there is none.
#[derive(Debug)]
pub(super) struct MemoryChannel {
    id: ChannelId,
    keys: SigningKeys,
    account: Option<Account>,
}

impl MemoryChannel {
    pub(super) fn connected(context: &BuildContext, account: Account) -> Self {
        let account = Account { api: account.api.told_to(context.calls()), ..account };
        let keys = SigningKeys::new(&account.signing_secrets);
        Self { id: context.channel_id.clone(), keys, account: Some(account) }
    }

    pub(super) fn offline(id: ChannelId, webhook_secret: Option<&Secret>) -> Self {
        Self { id, keys: SigningKeys::new(webhook_secret), account: None }
    }

    fn account(&self) -> Result<&Account> {
        self.account.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Config, "memory.no_account", "this channel only translates: it has no account")
                .with_hint("configure the channel with an account")
        })
    }

    async fn call(&self, request: &ProviderRequest) -> Result<Value> {
        let account = self.account()?;
        let answer = client::call(&account.api, &account.token, request).await?;
        answer::interpret(&answer, &answer::secrets(account))
    }
}

#[async_trait]
impl ChannelAdapter for MemoryChannel {
    fn channel_type(&self) -> &'static str {
        CHANNEL_TYPE
    }

    fn channel_id(&self) -> &ChannelId {
        &self.id
    }

    fn accounts(&self) -> &[String] {
        self.account.as_ref().map_or(&[], |account| &account.ids)
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn verifier(&self) -> VerifierId {
        self.keys.verifier()
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof> {
        self.keys.verify(delivery.headers, delivery.body)
    }

    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Received>> {
        normalize::normalize(&self.id, delivery.body())
    }

    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        denormalize::denormalize(message)
    }

    fn stamp(&self, request: &mut ProviderRequest, token: &Token) -> bool {
        let carries = request.path == MESSAGES && request.body.get("sign").is_none();
        let Some(body) = request.body.as_object_mut().filter(|body| carries && !body.contains_key("note")) else {
            return false;
        };
        body.insert("note".to_owned(), token.as_str().into());
        true
    }

    fn reply(&self, _: &Verified<'_>) -> WebhookReply {
        WebhookReply { content_type: Some("text/plain"), body: "taken".into() }
    }

    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        let is_message = request.path == MESSAGES && request.body.get("sign").is_none();
        let answer = self.call(request).await.map_err(|error| error.with_operation("send"))?;
        answer::receipt(&answer, is_message)
    }

    async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        match &self.account {
            Some(account) => batch::send(account, requests).await,
            None => requests.iter().map(|_| self.account().and(Ok(Receipt::default()))).collect(),
        }
    }

    fn handshake(&self) -> Option<&dyn Handshake> {
        Some(self)
    }

    fn profile(&self) -> Option<&dyn ProfileHooks> {
        Some(self)
    }

    fn connection(&self) -> Option<&dyn Connection> {
        Some(self)
    }

    fn media_up(&self) -> Option<&dyn MediaUpload> {
        Some(self)
    }

    fn media_down(&self) -> Option<&dyn MediaDownload> {
        Some(self)
    }

    fn window(&self) -> Option<&dyn Window> {
        Some(self)
    }

    fn people(&self) -> Option<&dyn People> {
        Some(self)
    }

    fn operations(&self) -> Option<&dyn Operations> {
        Some(self)
    }
}

impl Handshake for MemoryChannel {
    fn challenge(&self, subscription: &Subscription) -> Result<String> {
        challenge(&self.account()?.verify_token, subscription)
    }
}

#[async_trait]
impl MediaUpload for MemoryChannel {
    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        media::upload(self.account()?, media).await.map_err(|error| error.with_operation("upload"))
    }
}

#[async_trait]
impl MediaDownload for MemoryChannel {
    async fn download(&self, media: &MediaRef, range: Option<ByteRange>) -> Result<Download> {
        media::download(self.account()?, media, range).await.map_err(|error| error.with_operation("download"))
    }
}

impl Window for MemoryChannel {
    fn opened_by(&self, event: &Event) -> Option<Opening> {
        window::opened_by(event)
    }

    fn ends_at(&self, opening: &Opening) -> Option<Timestamp> {
        window::ends_at(opening)
    }

    fn judge(&self, message: &OutboundMessage, opening: Option<&Opening>, now: Timestamp) -> Judgement {
        window::judge(message, opening, now)
    }
}

#[async_trait]
impl Operations for MemoryChannel {
    fn list(&self) -> &'static [Operation] {
        operations::OPERATIONS
    }

    async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        let ready = operations::prepare(name, input)?;
        let mut answers = Vec::new();
        for request in &ready.requests {
            let answer = self.call(request).await;
            answers.push(answer.map_err(|error| {
                let error = if answers.is_empty() { error } else { answer::after_others(error) };
                error.with_operation("perform").with_context("calls_made", answers.len().to_string())
            })?);
        }
        ready.finish(answers)
    }

    fn desired(&self, name: &str, input: &Value) -> Option<Result<Profile>> {
        operations::desired(name, input)
    }
}

#[async_trait]
impl People for MemoryChannel {
    async fn look_up(&self, person: &str) -> Result<UserProfile> {
        if person.is_empty() || !person.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(Error::new(ErrorKind::InvalidMessage, "memory.no_person", "this is no id of a person"));
        }
        let answer = self.call(&ProviderRequest::get(format!("/v1/people/{person}"), &[])).await;
        Ok(setup::person(&answer.map_err(|error| error.with_operation("user_profile"))?))
    }
}

#[async_trait]
impl ProfileHooks for MemoryChannel {
    async fn read(&self) -> Result<Profile> {
        let answer = self.call(&ProviderRequest::get(setup::PROFILE, &[])).await;
        match answer.map_err(|error| error.with_operation("profile_read"))? {
            Value::Object(properties) => Ok(Profile(properties)),
            _ => Err(Error::new(ErrorKind::Unexpected, "memory.unreadable", "the profile cannot be read")),
        }
    }

    fn plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        setup::plan(current, desired)
    }

    async fn apply(&self, plan: &ProfilePlan) -> Result<()> {
        for (made, request) in plan.requests.iter().enumerate() {
            let answer = self.call(request).await;
            // Each call sets one property.
            let applied = || plan.changes.iter().take(made).map(|change| change.property.as_str()).collect::<Vec<_>>();
            answer.map_err(|error| {
                error
                    .with_operation("profile_apply")
                    .with_context("calls_made", made.to_string())
                    .with_context("applied", applied().join(", "))
            })?;
        }
        Ok(())
    }
}

#[async_trait]
impl Connection for MemoryChannel {
    async fn check(&self, webhook: Option<&str>) -> Result<ConnectionStatus> {
        let answer = self.call(&ProviderRequest::get(setup::ACCOUNT, &[])).await;
        Ok(setup::status(&answer.map_err(|error| error.with_operation("connection_check"))?, webhook))
    }

    async fn subscribe(&self, webhook: Option<&str>) -> Result<Subscribed> {
        let Some(url) = webhook else {
            return Err(Error::new(ErrorKind::Config, "memory.no_webhook_address", "nobody said where to deliver")
                .with_hint("tell the host its public address"));
        };
        let answer = self.call(&ProviderRequest::post(setup::SUBSCRIPTION, json!({ "url": url }))).await;
        Ok(setup::subscribed(&answer.map_err(|error| error.with_operation("connection_subscribe"))?))
    }

    async fn unsubscribe(&self) -> Result<()> {
        let answer = self.call(&setup::delete(setup::SUBSCRIPTION)).await;
        answer.map(drop).map_err(|error| error.with_operation("connection_unsubscribe"))
    }
}
