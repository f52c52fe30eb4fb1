//! Message tags: which there are, which there were, and what goes with which.

use channel_api::{Issue, Pointer, Report};

use super::subject::Subject;
use crate::config::RetiredTags;
use crate::rules;

/// The tags that Meta takes today.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api>
const TAGS: [&str; 3] = ["HUMAN_AGENT", CUSTOMER_FEEDBACK, NEWS];

const CUSTOMER_FEEDBACK: &str = "CUSTOMER_FEEDBACK";
const NEWS: &str = "NON_PROMOTIONAL_SUBSCRIPTION";

/// Retired on 2026-04-27, on every version of the API.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/changelog>
const RETIRED: [&str; 3] = ["CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "ACCOUNT_UPDATE"];

/// Removed on 2020-03-04.
const REMOVED: [&str; 15] = [
    "APPLICATION_UPDATE",
    "APPOINTMENT_UPDATE",
    "BUSINESS_PRODUCTIVITY",
    "COMMUNITY_ALERT",
    "CONFIRMED_EVENT_REMINDER",
    "FEATURE_FUNCTIONALITY_UPDATE",
    "GAME_EVENT",
    "ISSUE_RESOLUTION",
    "PAIRING_UPDATE",
    "PAYMENT_UPDATE",
    "PERSONAL_FINANCE_UPDATE",
    "RESERVATION_UPDATE",
    "SHIPPING_UPDATE",
    "TICKET_UPDATE",
    "TRANSPORTATION_UPDATE",
];

const INSTEAD: &str = "inside 24 hours of the person's last message no tag is needed; later, send an approved utility template \
                       (template type `utility`), or HUMAN_AGENT for a person's own answer within 7 days";

/// Checks a tag, alone and with what it stands on.
pub(super) fn check(tag: &str, subject: Subject, at: &Pointer<'_>, retired_tags: RetiredTags, report: &mut Report) {
    if RETIRED.contains(&tag) {
        let message = "was retired on 2026-04-27: Meta answers every message that has it with error 100";
        let issue = Issue::new(at, "tag.retired", message).with_hint(INSTEAD);
        match retired_tags {
            RetiredTags::Refuse => report.refuse(issue),
            RetiredTags::Warn => report.warn(issue),
        }
    } else if REMOVED.contains(&tag) {
        report.refuse(Issue::new(at, "tag.removed", "was removed on 2020-03-04: leave it out").with_hint(INSTEAD));
    } else if !TAGS.contains(&tag) {
        let message = format!("is not a message tag: use {}, or none", rules::list(&TAGS));
        report.refuse(Issue::new(at, "tag.unknown", message));
    } else if tag == CUSTOMER_FEEDBACK && subject != Subject::CustomerFeedback {
        let message = "goes with the template customer_feedback only: leave the tag out";
        report.refuse(Issue::new(at, "tag.customer_feedback", message));
    } else if tag == NEWS {
        let doubt = "works only for Pages in Meta's News Page Index; others get error 10 with subcode 2018065";
        rules::warn(at, "tag.news", doubt, report);
    }
}
