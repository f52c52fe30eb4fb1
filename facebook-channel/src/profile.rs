//! The Page's profile: what a person sees before the first word, and beside the conversation.

use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{Error, Result};

use crate::page::Page;

pub(crate) async fn read(page: Page<'_>) -> Result<Profile> {
    let _ = page;
    Err(Error::unsupported("profile_read"))
}

pub(crate) fn plan(current: &Profile, desired: &Profile, version: &str) -> Result<ProfilePlan> {
    let _ = (current, desired, version);
    Err(Error::unsupported("profile_plan"))
}

pub(crate) async fn apply(page: Page<'_>, plan: &ProfilePlan) -> Result<()> {
    let _ = (page, plan);
    Err(Error::unsupported("profile_apply"))
}
