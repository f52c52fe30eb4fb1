//! A channel for tests whose provider answers as a test says.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use channel_api::connection::Subscribed;
use channel_api::facets::{Connection, MediaDownload, MediaUpload, Operations, People, ProfileHooks};
use channel_api::operation::{self, Operation, Performed};
use channel_api::profile::{Profile, ProfileChange, ProfilePlan};
use channel_api::{
    ByteRange, Capabilities, ChannelAdapter, ChannelId, ConnectionStatus, Delivery, Denormalized, Download, Error,
    ErrorKind, Issue, MediaRef, MediaSource, OutboundMessage, Pointer, Proof, ProviderRequest, Receipt, Received,
    Report, Result, Retry, Said, Secret, Upload, Uploaded, UserProfile, Verified, VerifierId,
};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore, watch};

/// The channel. Without a script all is well.
#[derive(Debug)]
pub(crate) struct Scripted {
    id: ChannelId,
    accounts: Vec<String>,
    secret: Secret,
    capabilities: Capabilities,
    checks: Mutex<VecDeque<Result<ConnectionStatus>>>,
    /// How many checks were made.
    pub(crate) checked: watch::Sender<usize>,
    /// A check takes one of these, and waits for it.
    pub(crate) gate: Semaphore,
    pub(crate) subscribed: AtomicUsize,
    pub(crate) unsubscribed: AtomicUsize,
    /// What comes of subscribing.
    takes: Subscribed,
    never_ends: Option<Retry>,
    pub(crate) profile: Mutex<Profile>,
    pub(crate) profile_reads: AtomicUsize,
    pub(crate) uploads: AtomicUsize,
    pub(crate) lookups: AtomicUsize,
    /// What it was asked to find of what people have sent.
    pub(crate) found: Mutex<Vec<(MediaRef, Option<ByteRange>)>>,
    /// What it answers then, in order; `None` where it finds nothing.
    finds: Option<Mutex<VecDeque<Result<Download>>>>,
    /// For how long an upload is good.
    expires_in: Option<Duration>,
    /// What a look-up answers.
    person: Result<UserProfile, ErrorKind>,
    tells_people: bool,
    /// What was said last, to everybody; `None` where the provider does not show it.
    said: Option<Vec<Said>>,
    /// What each delivery holds.
    received: Vec<Received>,
    /// Look-ups, uploads and downloads wait for this, if it is there.
    slow: Option<Notify>,
    fails_at: Option<&'static str>,
    writing: AtomicBool,
}

impl Scripted {
    pub(crate) fn new(id: &str) -> Self {
        Self {
            id: ChannelId::new(id),
            accounts: Vec::new(),
            secret: Secret::default(),
            capabilities: Capabilities::default(),
            checks: Mutex::default(),
            checked: watch::Sender::new(0),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            subscribed: AtomicUsize::new(0),
            unsubscribed: AtomicUsize::new(0),
            takes: Subscribed::to(["messages"]),
            never_ends: None,
            profile: Mutex::default(),
            profile_reads: AtomicUsize::new(0),
            uploads: AtomicUsize::new(0),
            lookups: AtomicUsize::new(0),
            found: Mutex::default(),
            finds: None,
            expires_in: None,
            person: Ok(UserProfile::default()),
            tells_people: true,
            said: None,
            received: Vec::new(),
            slow: None,
            fails_at: None,
            writing: AtomicBool::new(false),
        }
    }

    /// The checks' answers, in order.
    pub(crate) fn checks(self, answers: impl IntoIterator<Item = Result<ConnectionStatus>>) -> Arc<Self> {
        self.checks.lock().unwrap().extend(answers);
        Arc::new(self)
    }

    /// The provider takes this of a subscription.
    pub(crate) fn taking(self, takes: Subscribed) -> Self {
        Self { takes, ..self }
    }

    /// The provider does not say that it has stopped, with this advice.
    pub(crate) fn never_ending(self, retry: Retry) -> Self {
        Self { never_ends: Some(retry), ..self }
    }

    /// The account that it is connected to.
    pub(crate) fn connected_to(self, account: &str) -> Self {
        Self { accounts: vec![account.to_owned()], ..self }
    }

    /// Its deliveries are proved by this secret.
    pub(crate) fn proved_by(self, secret: &str) -> Self {
        Self { secret: secret.into(), ..self }
    }

    /// An upload is good for so long.
    pub(crate) fn expiring_in(self, span: Duration) -> Self {
        Self { expires_in: Some(span), ..self }
    }

    /// What people have sent is found so, in order.
    pub(crate) fn finding(self, finds: impl IntoIterator<Item = Result<Download>>) -> Self {
        Self { finds: Some(Mutex::new(finds.into_iter().collect())), ..self }
    }

    /// What is told of everybody.
    pub(crate) fn knowing(self, person: Result<UserProfile, ErrorKind>) -> Self {
        Self { person, ..self }
    }

    /// The provider tells of nobody.
    pub(crate) fn without_people(self) -> Self {
        Self { tells_people: false, ..self }
    }

    /// This was said last in every conversation, and the provider shows it.
    pub(crate) fn having_said(self, said: impl IntoIterator<Item = Said>) -> Self {
        Self { said: Some(said.into_iter().collect()), ..self }
    }

    /// Each delivery holds this, and is the provider's.
    pub(crate) fn receiving(self, received: impl IntoIterator<Item = Received>) -> Self {
        Self { received: received.into_iter().collect(), ..self }
    }

    /// Look-ups, uploads and downloads wait until [`go_on`](Self::go_on).
    pub(crate) fn slow(self) -> Self {
        Self { slow: Some(Notify::new()), ..self }
    }

    /// Lets one that waits go on.
    pub(crate) fn go_on(&self) {
        self.slow.as_ref().expect("a slow channel").notify_one();
    }

    async fn wait(&self) {
        if let Some(slow) = &self.slow {
            slow.notified().await;
        }
    }

    /// The provider refuses to set this property.
    pub(crate) fn failing_at(self, property: &'static str) -> Self {
        Self { fails_at: Some(property), ..self }
    }

    /// Done when so many checks were made.
    pub(crate) async fn has_checked(&self, times: usize) {
        let mut checked = self.checked.subscribe();
        let waiting = checked.wait_for(|count| *count >= times);
        tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("the checks").unwrap();
    }
}

#[async_trait]
impl ChannelAdapter for Scripted {
    fn channel_type(&self) -> &'static str {
        "scripted"
    }

    fn channel_id(&self) -> &ChannelId {
        &self.id
    }

    fn accounts(&self) -> &[String] {
        &self.accounts
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn verifier(&self) -> VerifierId {
        VerifierId::of(self.channel_type(), [&self.secret])
    }

    fn verify(&self, _: &Delivery<'_>) -> Result<Proof> {
        Ok(Proof::NONE)
    }

    fn normalize(&self, _: &Verified<'_>) -> Result<Vec<Received>> {
        Ok(self.received.clone())
    }

    fn denormalize(&self, _: &OutboundMessage) -> Result<Denormalized> {
        Err(Error::unsupported("denormalize"))
    }

    async fn send(&self, _: &ProviderRequest) -> Result<Receipt> {
        Err(Error::unsupported("send"))
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
        self.finds.as_ref().map(|_| self as &dyn MediaDownload)
    }

    fn people(&self) -> Option<&dyn People> {
        self.tells_people.then_some(self as &dyn People)
    }

    fn operations(&self) -> Option<&dyn Operations> {
        Some(self)
    }
}

/// `setUp` asks for the profile that is its input.
#[async_trait]
impl Operations for Scripted {
    fn list(&self) -> &'static [Operation] {
        &[]
    }

    async fn perform(&self, name: &str, _: &Value) -> Result<Performed> {
        Err(operation::unknown(name, &[]))
    }

    fn desired(&self, name: &str, input: &Value) -> Option<Result<Profile>> {
        (name == "setUp").then(|| Ok(Profile(input.as_object().unwrap().clone())))
    }
}

#[async_trait]
impl MediaUpload for Scripted {
    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        let number = self.uploads.fetch_add(1, Ordering::SeqCst) + 1;
        self.wait().await;
        if let MediaSource::File { length, mut bytes, .. } = media.source {
            let mut seen = 0;
            while let Some(chunk) = bytes.next().await {
                seen += chunk.map_err(|_| Error::new(ErrorKind::Unexpected, "stub", "unreadable"))?.len() as u64;
            }
            assert_eq!(seen, length);
        }
        Ok(Uploaded::new(format!("a-{number}")).with_expires_in(self.expires_in))
    }
}

#[async_trait]
impl MediaDownload for Scripted {
    async fn download(&self, media: &MediaRef, range: Option<ByteRange>) -> Result<Download> {
        self.found.lock().unwrap().push((media.clone(), range));
        self.wait().await;
        let answers = self.finds.as_ref().expect("a channel that finds media");
        answers.lock().unwrap().pop_front().expect("an answer to each question")
    }
}

#[async_trait]
impl People for Scripted {
    async fn look_up(&self, _: &str) -> Result<UserProfile> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        self.wait().await;
        self.person.clone().map_err(|kind| Error::new(kind, format!("stub.{}", kind.as_str()), "no profile"))
    }

    async fn last_messages(&self, _: &str) -> Result<Vec<Said>> {
        self.said.clone().ok_or_else(|| Error::unsupported("last_messages"))
    }
}

#[async_trait]
impl ProfileHooks for Scripted {
    async fn read(&self) -> Result<Profile> {
        self.profile_reads.fetch_add(1, Ordering::SeqCst);
        Ok(self.profile.lock().unwrap().clone())
    }

    fn judge(&self, desired: &Profile) -> Result<()> {
        let Some(jingle) = desired.0.get("jingle").filter(|jingle| !jingle.is_null()) else { return Ok(()) };
        let mut report = Report::default();
        let place = Pointer::ROOT.key("jingle");
        report.refuse(Issue::new(&place.key("tune"), "required", format!("{jingle} has no tune")));
        Err(Error::refused(ErrorKind::InvalidMessage, "invalid_profile", "the profile", report))
    }

    fn plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        let mut plan = ProfilePlan::default();
        for (property, to) in &desired.0 {
            let from = current.0.get(property).cloned().unwrap_or_default();
            if from != *to {
                plan.requests.push(ProviderRequest::post("/profile", json!({ property: to })));
                plan.changes.push(ProfileChange::new(property, from, to.clone()));
            }
        }
        Ok(plan)
    }

    async fn apply(&self, plan: &ProfilePlan) -> Result<()> {
        assert!(!self.writing.swap(true, Ordering::SeqCst), "two write at once");
        let mut applied = Vec::new();
        for change in &plan.changes {
            tokio::task::yield_now().await;
            if self.fails_at == Some(change.property.as_str()) {
                self.writing.store(false, Ordering::SeqCst);
                return Err(Error::new(ErrorKind::Rejected, "scripted.refused", "the provider refused it")
                    .with_context("calls_made", applied.len().to_string())
                    .with_context("applied", applied.join(", ")));
            }
            let mut profile = self.profile.lock().unwrap();
            match &change.to {
                Value::Null => drop(profile.0.remove(&change.property)),
                value => drop(profile.0.insert(change.property.clone(), value.clone())),
            }
            applied.push(change.property.clone());
        }
        self.writing.store(false, Ordering::SeqCst);
        Ok(())
    }
}

#[async_trait]
impl Connection for Scripted {
    async fn check(&self, _: Option<&str>) -> Result<ConnectionStatus> {
        self.gate.acquire().await.unwrap().forget();
        let answer = self.checks.lock().unwrap().pop_front();
        self.checked.send_modify(|count| *count += 1);
        answer.unwrap_or_else(|| Ok(ConnectionStatus::default()))
    }

    async fn subscribe(&self, _: Option<&str>) -> Result<Subscribed> {
        self.subscribed.fetch_add(1, Ordering::SeqCst);
        Ok(self.takes.clone())
    }

    async fn unsubscribe(&self) -> Result<()> {
        self.unsubscribed.fetch_add(1, Ordering::SeqCst);
        let not_ended = |retry| Error::new(ErrorKind::Rejected, "scripted.not_ended", "not now").with_retry(retry);
        self.never_ends.map_or(Ok(()), |retry| Err(not_ended(retry)))
    }
}
