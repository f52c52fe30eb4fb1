//! `notification_messages`: asks whether the Page may write regularly. Meta ended these on 2026-02-10 in most countries.

use channel_api::{Issue, Pointer, Report};
use serde::{Deserialize, Serialize};

use super::OwnTemplate;
use crate::address;
use crate::limits;
use crate::rules;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct NotificationMessages {
    title: Option<String>,
    image_url: Option<String>,
    image_aspect_ratio: Option<String>,
    payload: Option<String>,
    notification_messages_frequency: Option<String>,
    notification_messages_cta_text: Option<String>,
    notification_messages_reoptin: Option<String>,
    notification_messages_timezone: Option<String>,
}

impl OwnTemplate for NotificationMessages {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let ended =
            "since 2026-02-10 Meta answers these with an error, except in Australia, the EU, Japan, Korea and the UK";
        report.warn(Issue::new(at, "template.legacy", ended).with_hint("send an approved utility template instead"));
        rules::fits(&at.key("title"), self.title.as_deref(), &limits::NOTIFICATION_TITLE, report);
        address::fetched(&at.key("imageUrl"), self.image_url.as_deref(), address::PUBLISH, report);
        let ratio = at.key("imageAspectRatio");
        rules::choice(&ratio, self.image_aspect_ratio.as_deref(), &["HORIZONTAL", "SQUARE"], report);
        let (frequency, given) =
            (at.key("notificationMessagesFrequency"), self.notification_messages_frequency.as_deref());
        rules::choice(&frequency, given, &["DAILY", "WEEKLY", "MONTHLY"], report);
        rules::doubtful(
            &frequency,
            given.is_some(),
            "legacy",
            "has had no effect since 2023-01-31: leave it out",
            report,
        );
        let words = ["ALLOW", "FREQUENCY", "GET", "OPT_IN", "SIGN_UP"];
        let cta = self.notification_messages_cta_text.as_deref();
        rules::choice(&at.key("notificationMessagesCtaText"), cta, &words, report);
        let again = self.notification_messages_reoptin.as_deref();
        rules::choice(&at.key("notificationMessagesReoptin"), again, &["ENABLED", "DISABLED"], report);
    }
}
