//! `one_time_notif_req`: asks whether the Page may write once more, later.

use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::OwnTemplate;
use crate::limits;
use crate::rules;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct OneTimeNotifReq {
    title: Option<String>,
    payload: Option<String>,
}

impl OwnTemplate for OneTimeNotifReq {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::words(&at.key("title"), self.title.as_deref(), "say what it is about", &limits::ONE_TIME_TITLE, report);
        rules::filled(&at.key("payload"), self.payload.as_deref(), "say what comes back with a yes", report);
        let doubt = "Meta's page on one-time notifications is gone; the template may no longer work";
        rules::warn(at, "template.legacy", doubt, report);
    }
}
