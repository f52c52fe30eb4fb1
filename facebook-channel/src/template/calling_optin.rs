//! `calling_optin`: asks whether the Page may call. It has no fields.

use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::OwnTemplate;

#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct CallingOptIn {}

impl OwnTemplate for CallingOptIn {
    fn check(&self, _: &Pointer<'_>, _: &mut Report) {}
}
