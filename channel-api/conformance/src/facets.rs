//! What a case calls on a channel, whatever facet it belongs to: one that is not handed out is `unsupported`, as a host sees it.

use async_trait::async_trait;
use channel_api::connection::Subscribed;
use channel_api::facets::{Operations, required};
use channel_api::operation::{self, Operation};
use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{ChannelAdapter, ConnectionStatus, Performed, Result, Subscription, Upload, Uploaded, UserProfile};
use serde_json::{Value, json};

/// The address at which the suite's channel would be reached: a provider that has to be told it is told this one.
pub const WEBHOOK: &str = "https://host.example/webhooks/conformance/ch_conformance";

#[async_trait]
pub(crate) trait Facets: ChannelAdapter {
    fn challenge(&self, subscription: &Subscription) -> Result<String> {
        required(self.handshake(), "challenge")?.challenge(subscription)
    }

    fn operation_list(&self) -> &'static [Operation] {
        self.operations().map_or(&[], Operations::list)
    }

    /// One that asks for a profile is done by setting it up.
    async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        let Some(operations) = self.operations() else { return Err(operation::unknown(name, &[])) };
        let Some(desired) = operations.desired(name, input) else { return operations.perform(name, input).await };
        let desired = desired?;
        let plan = self.profile_plan(&self.profile_read().await?, &desired)?;
        self.profile_apply(&plan).await?;
        let output = json!({ "applied": desired.0.keys().collect::<Vec<_>>() });
        Ok(Performed { output, warnings: plan.warnings, ..Performed::default() })
    }

    /// What an operation asks for, where setting up the profile is all that it does.
    fn desired(&self, name: &str, input: &Value) -> Option<Result<Profile>> {
        self.operations()?.desired(name, input)
    }

    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        required(self.media_up(), "upload")?.upload(media).await
    }

    async fn user_profile(&self, person: &str) -> Result<UserProfile> {
        required(self.people(), "user_profile")?.look_up(person).await
    }

    async fn profile_read(&self) -> Result<Profile> {
        required(self.profile(), "profile_read")?.read().await
    }

    fn profile_plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        required(self.profile(), "profile_plan")?.plan(current, desired)
    }

    async fn profile_apply(&self, plan: &ProfilePlan) -> Result<()> {
        required(self.profile(), "profile_apply")?.apply(plan).await
    }

    async fn connection_check(&self) -> Result<ConnectionStatus> {
        required(self.connection(), "connection_check")?.check(Some(WEBHOOK)).await
    }

    async fn connection_subscribe(&self) -> Result<Subscribed> {
        required(self.connection(), "connection_subscribe")?.subscribe(Some(WEBHOOK)).await
    }

    async fn connection_unsubscribe(&self) -> Result<()> {
        required(self.connection(), "connection_unsubscribe")?.unsubscribe().await
    }
}

impl<T: ChannelAdapter + ?Sized> Facets for T {}
