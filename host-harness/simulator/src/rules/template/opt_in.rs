//! Templates that ask for something that is used later.

use super::super::Conditions;
use super::FREE_TEXT;
use crate::graph_error::GraphError;
use crate::rules::param::Param;

/// For both kinds of notification.
const TITLE: usize = 65;

/// Source: `…/send-messages/templates/instant-form-template`.
pub(super) fn instant_form(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&["template_type", "form_id"])?;
    template.require("form_id")?.id().map(drop)
}

/// The documentation is gone; policy and schema still name it.
pub(super) fn one_time(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&["template_type", "title", "payload"])?;
    template.required_text("title", TITLE)?;
    template.required_text("payload", FREE_TEXT).map(drop)
}

/// Source: `…/marketing-messages-on-messenger`, and `…/changelog` for its end.
pub(super) fn notification_messages(template: &Param<'_>, on: &Conditions) -> Result<(), GraphError> {
    on.notifications()?;
    template.object(&[
        "template_type",
        "title",
        "image_url",
        "image_aspect_ratio",
        "payload",
        "notification_messages_frequency",
        "notification_messages_cta_text",
        "notification_messages_reoptin",
        "notification_messages_timezone",
    ])?;
    template.required_text("payload", FREE_TEXT)?;
    template.optional_text("title", TITLE)?;
    template.optional_url("image_url")?;
    template.optional_text("notification_messages_timezone", FREE_TEXT)?;
    template.optional_one_of("image_aspect_ratio", &["HORIZONTAL", "SQUARE"])?;
    // Ignored since January 2023, but still an enum.
    template.optional_one_of("notification_messages_frequency", &["DAILY", "WEEKLY", "MONTHLY"])?;
    template.optional_one_of("notification_messages_cta_text", &["ALLOW", "FREQUENCY", "GET", "OPT_IN", "SIGN_UP"])?;
    template.optional_one_of("notification_messages_reoptin", &["ENABLED", "DISABLED"])
}
