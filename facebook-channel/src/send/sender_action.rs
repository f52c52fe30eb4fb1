//! Signs that are no message: `sender_action`.

use channel_api::message::SenderAction;
use channel_api::{Issue, Pointer, Report};

use crate::capabilities::CAPABILITIES;
use crate::id;
use crate::rules;
use crate::wire::Object;

pub(super) fn translate(action: &SenderAction, at: &Pointer<'_>, report: &mut Report) -> Object {
    let wire = Object::new().with("sender_action", action.name());
    let message = |mid: &Option<String>, report: &mut Report| {
        let advice = "say which message is meant, by its mid";
        rules::filled(&at.key("messageId"), mid.as_deref(), advice, report);
        id::opaque(&at.key("messageId"), mid.as_deref(), report);
        Object::new().maybe("message_id", mid.as_deref())
    };
    match action {
        SenderAction::React { message_id, reaction } => {
            let here = at.key("reaction");
            rules::filled(&here, reaction.as_deref(), "say which emoji, for example ❤", report);
            let name = reaction.as_deref().is_some_and(|text| text.contains(|c: char| c.is_ascii_alphabetic()));
            let doubt = "Meta documents an emoji here, not its name";
            rules::doubtful(&here, name, "reaction.name", doubt, report);
            wire.with("payload", message(message_id, report).maybe("reaction", reaction.as_deref()))
        }
        SenderAction::Unreact { message_id } => wire.with("payload", message(message_id, report)),
        SenderAction::TypingOn | SenderAction::TypingOff | SenderAction::MarkSeen => wire,
        other => {
            let known = rules::list(CAPABILITIES.sends_actions);
            let issue = if other.name().is_empty() {
                Issue::new(&at.key("senderAction"), "required", format!("say which: {known}"))
            } else {
                Issue::new(&at.key("senderAction"), "choice", format!("is no sender action: use {known}"))
            };
            report.refuse(issue);
            wire
        }
    }
}
