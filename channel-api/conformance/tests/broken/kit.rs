//! How an adapter is broken: [`Defect`] has the reference adapter's behaviour, and a broken one changes one method of it.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use channel_api::connection::Subscribed;
use channel_api::facets::{
    Connection, Handshake, MediaDownload, MediaUpload, Operations, People, ProfileHooks, Window,
};
use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{
    ByteRange, Capabilities, ChannelAdapter, ChannelId, ConnectionStatus, Delivery, Denormalized, Download, Error,
    Event, Judgement, MediaRef, Opening, Operation, OutboundMessage, Performed, Proof, ProviderRequest, Receipt,
    Received, Registration, Result, Subscription, Timestamp, Token, Upload, Uploaded, UserProfile, Verified,
    VerifierId, WebhookReply,
};
use channel_conformance::{Fixture, Outcome, Subject};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::memory::{MemoryFactory, MemoryFixture};

/// The reference adapter.
pub(crate) fn memory() -> Registration {
    Registration::of::<MemoryFactory>("channel-api", "0.1.0")
}

/// An adapter with a defect, and what has to catch it.
pub(crate) struct BrokenAdapter {
    pub(crate) what: &'static str,
    pub(crate) caught_by: &'static str,
    pub(crate) also: &'static [&'static str],
    pub(crate) registration: Registration,
    fixture: Option<Arc<dyn Fixture>>,
}

impl BrokenAdapter {
    pub(crate) fn new(what: &'static str, caught_by: &'static str, registration: Registration) -> Self {
        Self { what, caught_by, also: &[], registration, fixture: Some(Arc::new(MemoryFixture)) }
    }

    /// Takes its fixture away.
    pub(crate) fn unmeasured(mut self) -> Self {
        self.fixture = None;
        self
    }

    /// Names other cases that the same defect fails, because it breaks their clauses as well.
    pub(crate) fn also(mut self, also: &'static [&'static str]) -> Self {
        self.also = also;
        self
    }

    /// An adapter whose code is broken.
    pub(crate) fn code<D: Defect>(what: &'static str, caught_by: &'static str) -> Self {
        let mut registration = memory();
        registration.build = |json, context| {
            let channel = (memory().build)(json, context)?;
            Ok(wrapped(Inner { channel, config: json.clone() }, D::default()))
        };
        Self::new(what, caught_by, registration)
    }

    /// An adapter whose registration is broken.
    pub(crate) fn registration(what: &'static str, caught_by: &'static str, change: fn(&mut Registration)) -> Self {
        let mut registration = memory();
        change(&mut registration);
        Self::new(what, caught_by, registration)
    }

    /// What failed instead, if that is not exactly what should.
    pub(crate) fn escapes(&self) -> Option<String> {
        let report = Subject::new(self.registration).with_fixture(self.fixture.clone()).run();
        let failed = || report.cases.iter().filter(|case| matches!(case.outcome, Outcome::Failed(_)));
        let ids: BTreeSet<&str> = failed().map(|case| case.case.id).collect();
        let expected: BTreeSet<&str> = std::iter::once(self.caught_by).chain(self.also.iter().copied()).collect();
        let told: Vec<String> = failed().map(ToString::to_string).collect();
        (ids != expected).then(|| {
            format!("an adapter that {}\nshould fail {expected:?}, and failed {ids:?}\n{}", self.what, told.join("\n"))
        })
    }
}

/// The signature of a body with this secret.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    let headers = MemoryFixture.sign(secret, body);
    headers.values().next().unwrap().to_str().unwrap().to_owned()
}

/// A channel with a defect around it.
pub(crate) fn wrapped<D: Defect>(inner: Inner, defect: D) -> Arc<dyn ChannelAdapter> {
    Arc::new(Broken { inner, defect })
}

/// The reference adapter below a defect, and the configuration that it was built from.
pub(crate) struct Inner {
    pub(crate) channel: Arc<dyn ChannelAdapter>,
    pub(crate) config: Value,
}

impl Inner {
    /// A secret of the configuration, in plain sight.
    pub(crate) fn secret(&self, name: &str) -> &str {
        self.config[name].as_str().unwrap_or_default()
    }

    /// The address of the provider.
    pub(crate) fn api(&self) -> SocketAddr {
        let url = self.config["api_url"].as_str().unwrap_or_default();
        url.trim_start_matches("http://").parse().unwrap()
    }

    /// What the reference adapter finds.
    pub(crate) async fn download(&self, media: &MediaRef, range: Option<ByteRange>) -> Result<Download> {
        self.channel.media_down().unwrap().download(media, range).await
    }

    /// What the reference adapter judges.
    pub(crate) fn judge(&self, message: &OutboundMessage, opening: Option<&Opening>, now: Timestamp) -> Judgement {
        self.channel.window().unwrap().judge(message, opening, now)
    }

    /// Makes a call by hand and reads all of the answer.
    pub(crate) async fn by_hand(&self, call: &str, body: &Value) -> String {
        let (mut answer, body) = (Vec::new(), body.to_string());
        let mut stream = TcpStream::connect(self.api()).await.unwrap();
        let head = format!("{call} HTTP/1.1\r\nhost: provider\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        // What came before the connection ended is all that is wanted.
        drop(stream.read_to_end(&mut answer).await);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// The reference adapter's behaviour, one method of which a defect changes.
#[async_trait]
pub(crate) trait Defect: Debug + Default + Send + Sync + 'static {
    fn debug(&self, inner: &Inner) -> String {
        format!("{:?}", inner.channel)
    }
    fn challenge(&self, inner: &Inner, subscription: &Subscription) -> Result<String> {
        inner.channel.handshake().unwrap().challenge(subscription)
    }
    fn verify(&self, inner: &Inner, delivery: &Delivery<'_>) -> Result<Proof> {
        inner.channel.verify(delivery)
    }
    fn normalize(&self, inner: &Inner, delivery: &Verified<'_>) -> Result<Vec<Received>> {
        inner.channel.normalize(delivery)
    }
    fn capabilities<'a>(&'a self, inner: &'a Inner) -> &'a Capabilities {
        inner.channel.capabilities()
    }
    fn denormalize(&self, inner: &Inner, message: &OutboundMessage) -> Result<Denormalized> {
        inner.channel.denormalize(message)
    }
    async fn send(&self, inner: &Inner, request: &ProviderRequest) -> Result<Receipt> {
        inner.channel.send(request).await
    }
    async fn send_batch(&self, inner: &Inner, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        inner.channel.send_batch(requests).await
    }
    async fn upload(&self, inner: &Inner, media: Upload) -> Result<Uploaded> {
        inner.channel.media_up().unwrap().upload(media).await
    }
    fn operations(&self, inner: &Inner) -> &'static [Operation] {
        inner.channel.operations().unwrap().list()
    }
    async fn perform(&self, inner: &Inner, name: &str, input: &Value) -> Result<Performed> {
        inner.channel.operations().unwrap().perform(name, input).await
    }
    fn desired(&self, inner: &Inner, name: &str, input: &Value) -> Option<Result<Profile>> {
        inner.channel.operations().unwrap().desired(name, input)
    }
    async fn user_profile(&self, inner: &Inner, person: &str) -> Result<UserProfile> {
        inner.channel.people().unwrap().look_up(person).await
    }
    fn profile_plan(&self, inner: &Inner, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        inner.channel.profile().unwrap().plan(current, desired)
    }
    async fn profile_apply(&self, inner: &Inner, plan: &ProfilePlan) -> Result<()> {
        inner.channel.profile().unwrap().apply(plan).await
    }
    async fn connection_check(&self, inner: &Inner) -> Result<ConnectionStatus> {
        inner.channel.connection().unwrap().check(Some(channel_conformance::WEBHOOK)).await
    }
    async fn connection_subscribe(&self, inner: &Inner, webhook: Option<&str>) -> Result<Subscribed> {
        inner.channel.connection().unwrap().subscribe(webhook).await
    }
    fn verifier(&self, inner: &Inner) -> VerifierId {
        inner.channel.verifier()
    }
    fn stamp(&self, inner: &Inner, request: &mut ProviderRequest, token: &Token) -> bool {
        inner.channel.stamp(request, token)
    }
    fn reply(&self, inner: &Inner, delivery: &Verified<'_>) -> WebhookReply {
        inner.channel.reply(delivery)
    }
    async fn download(&self, inner: &Inner, media: &MediaRef, range: Option<ByteRange>) -> Result<Download> {
        inner.download(media, range).await
    }
    fn opened_by(&self, inner: &Inner, event: &Event) -> Option<Opening> {
        inner.channel.window().unwrap().opened_by(event)
    }
    fn ends_at(&self, inner: &Inner, opening: &Opening) -> Option<Timestamp> {
        inner.channel.window().unwrap().ends_at(opening)
    }
    fn judge(&self, inner: &Inner, message: &OutboundMessage, opening: Option<&Opening>, now: Timestamp) -> Judgement {
        inner.judge(message, opening, now)
    }
}

struct Broken<D> {
    inner: Inner,
    defect: D,
}

impl<D: Defect> Debug for Broken<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.defect.debug(&self.inner))
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<D: Defect> ChannelAdapter for Broken<D> {
    fn channel_type(&self) -> &'static str {
        self.inner.channel.channel_type()
    }
    fn channel_id(&self) -> &ChannelId {
        self.inner.channel.channel_id()
    }
    fn accounts(&self) -> &[String] {
        self.inner.channel.accounts()
    }
    fn capabilities(&self) -> &Capabilities {
        self.defect.capabilities(&self.inner)
    }
    fn verifier(&self) -> VerifierId {
        self.defect.verifier(&self.inner)
    }
    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof> {
        self.defect.verify(&self.inner, delivery)
    }
    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Received>> {
        self.defect.normalize(&self.inner, delivery)
    }
    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        self.defect.denormalize(&self.inner, message)
    }
    fn stamp(&self, request: &mut ProviderRequest, token: &Token) -> bool {
        self.defect.stamp(&self.inner, request, token)
    }
    fn told_by(&self, message_id: &str) -> Vec<String> {
        self.inner.channel.told_by(message_id)
    }
    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        self.defect.send(&self.inner, request).await
    }
    async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        self.defect.send_batch(&self.inner, requests).await
    }
    fn reply(&self, delivery: &Verified<'_>) -> WebhookReply {
        self.defect.reply(&self.inner, delivery)
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
    fn people(&self) -> Option<&dyn People> {
        Some(self)
    }
    fn operations(&self) -> Option<&dyn Operations> {
        Some(self)
    }
    fn window(&self) -> Option<&dyn Window> {
        Some(self)
    }
}

#[async_trait]
impl<D: Defect> MediaDownload for Broken<D> {
    async fn download(&self, media: &MediaRef, range: Option<ByteRange>) -> Result<Download> {
        self.defect.download(&self.inner, media, range).await
    }
}

impl<D: Defect> Window for Broken<D> {
    fn opened_by(&self, event: &Event) -> Option<Opening> {
        self.defect.opened_by(&self.inner, event)
    }
    fn ends_at(&self, opening: &Opening) -> Option<Timestamp> {
        self.defect.ends_at(&self.inner, opening)
    }
    fn judge(&self, message: &OutboundMessage, opening: Option<&Opening>, now: Timestamp) -> Judgement {
        self.defect.judge(&self.inner, message, opening, now)
    }
}

impl<D: Defect> Handshake for Broken<D> {
    fn challenge(&self, subscription: &Subscription) -> Result<String> {
        self.defect.challenge(&self.inner, subscription)
    }
}

#[async_trait]
impl<D: Defect> MediaUpload for Broken<D> {
    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        self.defect.upload(&self.inner, media).await
    }
}

#[async_trait]
impl<D: Defect> Operations for Broken<D> {
    fn list(&self) -> &'static [Operation] {
        self.defect.operations(&self.inner)
    }
    async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        self.defect.perform(&self.inner, name, input).await
    }
    fn desired(&self, name: &str, input: &Value) -> Option<Result<Profile>> {
        self.defect.desired(&self.inner, name, input)
    }
}

#[async_trait]
impl<D: Defect> People for Broken<D> {
    async fn look_up(&self, person: &str) -> Result<UserProfile> {
        self.defect.user_profile(&self.inner, person).await
    }
}

#[async_trait]
impl<D: Defect> ProfileHooks for Broken<D> {
    async fn read(&self) -> Result<Profile> {
        self.inner.channel.profile().unwrap().read().await
    }
    fn plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        self.defect.profile_plan(&self.inner, current, desired)
    }
    async fn apply(&self, plan: &ProfilePlan) -> Result<()> {
        self.defect.profile_apply(&self.inner, plan).await
    }
}

#[async_trait]
impl<D: Defect> Connection for Broken<D> {
    async fn check(&self, _: Option<&str>) -> Result<ConnectionStatus> {
        self.defect.connection_check(&self.inner).await
    }
    async fn subscribe(&self, webhook: Option<&str>) -> Result<Subscribed> {
        self.defect.connection_subscribe(&self.inner, webhook).await
    }
    async fn unsubscribe(&self) -> Result<()> {
        self.inner.channel.connection().unwrap().unsubscribe().await
    }
}

/// The error again, without its hint and the provider's words, so that a defect can put others there.
pub(crate) fn bare(error: &Error) -> Error {
    Error::new(error.kind(), error.code().to_owned(), error.to_string()).with_retry(error.retry())
}

/// The error again, with all that `bare` leaves out.
pub(crate) fn whole(error: &Error) -> Error {
    let mut whole = bare(error);
    if let Some(hint) = error.hint() {
        whole = whole.with_hint(hint.to_owned());
    }
    if let Some(provider) = error.provider() {
        whole = whole.with_provider(provider.clone());
    }
    whole
}
