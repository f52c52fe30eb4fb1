//! [`Description`]: what a channel can do, declared and handed out, in one.

use serde::Serialize;

use crate::capability::WebhookAuth;
use crate::{Capabilities, ChannelAdapter};

/// What a channel can do, as an API shows it: what it declares, and a flag for each facet that it hands out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Description {
    /// What it declares.
    #[serde(flatten)]
    pub declared: Capabilities,
    /// Webhooks carry a signature.
    pub signed_webhooks: bool,
    /// The provider confirms the webhook's address by a handshake.
    pub handshake: bool,
    /// A person's name and picture can be looked up.
    pub user_profiles: bool,
    /// It has a profile to set up.
    pub profile: bool,
    /// Its connection can be checked.
    pub connection: bool,
    /// Media can be uploaded and sent by id.
    pub uploads: bool,
    /// What people sent can be asked for at the provider.
    pub downloads: bool,
    /// It lists operations.
    pub operations: bool,
    /// People may be written to for some time only.
    pub window: bool,
}

/// What a channel can do, as an API shows it.
pub fn describe(adapter: &(impl ChannelAdapter + ?Sized)) -> Description {
    Description {
        declared: adapter.capabilities().clone(),
        signed_webhooks: adapter.capabilities().webhook_auth == WebhookAuth::Signature,
        handshake: adapter.handshake().is_some(),
        user_profiles: adapter.people().is_some(),
        profile: adapter.profile().is_some(),
        connection: adapter.connection().is_some(),
        uploads: adapter.media_up().is_some(),
        downloads: adapter.media_down().is_some(),
        operations: adapter.operations().is_some(),
        window: adapter.window().is_some(),
    }
}
