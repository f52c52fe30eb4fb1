//! How a message is sent: everything beside `recipient` and `message`.

use channel_api::message::{SendOptions, string_or_number};
use channel_api::{Issue, Pointer, Quote, Report, read_object};
use serde::Deserialize;
use serde_json::Value;

use super::subject::Subject;
use super::tag;
use crate::config::RetiredTags;
use crate::id;
use crate::limits;
use crate::rules;
use crate::wire::Object;

/// The options that no other channel has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MessengerOptions {
    /// Allows sending outside the time window.
    tag: Option<String>,
    /// Meta's kind of message, where it is not to be chosen here.
    messaging_type: Option<String>,
    /// How loudly the person's phone announces it.
    notification_type: Option<String>,
    /// The persona that speaks.
    #[serde(deserialize_with = "string_or_number")]
    persona_id: Option<String>,
    /// Who answers this person from now on.
    pub(super) thread_control: Option<ThreadControl>,
}

impl MessengerOptions {
    pub(super) fn read(options: &SendOptions, at: &Pointer<'_>, report: &mut Report) -> Self {
        let own = read_object(&options.extra, at, Quote::Values, report);
        // The options themselves are declared; this is for what stands in one.
        report.refuse_unknown_fields();
        own
    }
}

/// Handing a conversation over together with a message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ThreadControl {
    /// `pass` or `release`.
    pub(super) control_type: Option<String>,
    /// The app that gets it.
    #[serde(deserialize_with = "string_or_number")]
    pub(super) app_id: Option<String>,
}

/// The members of a request beside its recipient and its message.
pub(super) struct Envelope<'a> {
    options: &'a SendOptions,
    own: &'a MessengerOptions,
    messaging_type: Option<&'a str>,
    thread_control: Option<Value>,
}

impl Envelope<'_> {
    /// Adds them to one request of several.
    pub(super) fn write(&self, request: Object, first: bool, last: bool) -> Object {
        let reply_to = self.options.reply_to.as_deref().filter(|_| first);
        request
            .maybe("messaging_type", self.messaging_type)
            .maybe("tag", self.own.tag.as_deref())
            .maybe("notification_type", self.own.notification_type.as_deref())
            .maybe("persona_id", self.own.persona_id.as_deref())
            .maybe("reply_to", reply_to.map(|mid| Object::new().with("mid", mid)))
            .maybe("thread_control", self.thread_control.clone().filter(|_| last))
    }
}

/// Checks the options against each other and against what they stand on.
pub(super) fn translate<'a>(
    options: &'a SendOptions,
    own: &'a MessengerOptions,
    subject: Subject,
    retired_tags: RetiredTags,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Envelope<'a> {
    if subject.is_action() {
        of_an_action(options, own, subject, at, report);
        return Envelope { options, own, messaging_type: None, thread_control: None };
    }
    if let Some(tag) = &own.tag {
        tag::check(tag, subject, &at.key("tag"), retired_tags, report);
    }
    let messaging_type = messaging_type(own, subject, at, report);
    if own.tag.is_some() && subject == Subject::Sticker {
        let doubt = "stickers can be sent inside the 24-hour window only, where no tag is needed";
        rules::warn(&at.key("tag"), "tag.sticker", doubt, report);
    }
    let known = ["REGULAR", "SILENT_PUSH", "NO_PUSH"];
    rules::choice(&at.key("notificationType"), own.notification_type.as_deref(), &known, report);
    rules::fits(&at.key("metadata"), options.metadata.as_deref(), &limits::METADATA, report);
    for (name, value) in [("personaId", &own.persona_id), ("replyTo", &options.reply_to)] {
        if value.is_some() {
            rules::filled(&at.key(name), value.as_deref(), "is empty: give the id, or leave the option out", report);
        }
    }
    id::check(&at.key("personaId"), own.persona_id.as_deref(), report);
    id::opaque(&at.key("replyTo"), options.reply_to.as_deref(), report);
    let thread_control = own.thread_control.as_ref();
    let thread_control = thread_control.map(|control| hand_over(control, &at.key("threadControl"), report));
    Envelope { options, own, messaging_type: Some(messaging_type), thread_control }
}

/// Meta takes a sender action with a recipient and nothing else.
fn of_an_action(
    options: &SendOptions,
    own: &MessengerOptions,
    subject: Subject,
    at: &Pointer<'_>,
    report: &mut Report,
) {
    let advice = "goes with a message, not with a sender action: leave it out";
    for (name, given) in [
        ("tag", own.tag.is_some()),
        ("messagingType", own.messaging_type.is_some()),
        ("notificationType", own.notification_type.is_some()),
        ("metadata", options.metadata.is_some()),
        ("replyTo", options.reply_to.is_some()),
        ("threadControl", own.thread_control.is_some()),
        ("personaId", own.persona_id.is_some() && subject != Subject::Typing),
    ] {
        rules::absent(&at.key(name), given, advice, report);
    }
    let typing_persona = own.persona_id.is_some() && subject == Subject::Typing;
    let doubt = "Meta does not describe a persona that types; it is known to work";
    rules::doubtful(&at.key("personaId"), typing_persona, "persona.typing", doubt, report);
}

fn messaging_type<'a>(own: &'a MessengerOptions, subject: Subject, at: &Pointer<'_>, report: &mut Report) -> &'a str {
    let tagged = own.tag.is_some();
    if subject == Subject::Utility {
        let advice = "a utility template is sent without a tag, inside the 24-hour window and outside: leave it out";
        rules::absent(&at.key("tag"), tagged, advice, report);
    }
    let chosen = match subject {
        Subject::Utility => "UTILITY",
        _ if tagged => "MESSAGE_TAG",
        _ => "RESPONSE",
    };
    let Some(given) = own.messaging_type.as_deref() else { return chosen };
    let here = at.key("messagingType");
    rules::choice(&here, Some(given), &["RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"], report);
    let wrong = match (given, subject) {
        ("RESPONSE" | "UPDATE" | "MESSAGE_TAG", Subject::Utility) => {
            "a utility template is sent as UTILITY: leave this out"
        }
        ("UTILITY", subject) if subject != Subject::Utility => {
            "UTILITY is for the template `utility` only: leave this out"
        }
        ("RESPONSE" | "UPDATE", _) if tagged => {
            "a message with a tag is sent as MESSAGE_TAG: leave this out, or the tag"
        }
        ("MESSAGE_TAG", _) if !tagged => {
            rules::filled(&at.key("tag"), None, "MESSAGE_TAG needs a tag, for example HUMAN_AGENT", report);
            return given;
        }
        _ => return given,
    };
    report.refuse(Issue::new(&here, "messaging_type", wrong));
    given
}

/// Meta's `thread_control`. Without a type it is a release.
fn hand_over(control: &ThreadControl, at: &Pointer<'_>, report: &mut Report) -> Value {
    let (control_type, app_id) = (control.control_type.as_deref(), control.app_id.as_deref());
    match (control_type, app_id) {
        (None, Some(_)) => {
            let advice = "say `pass` to hand the conversation to that app";
            rules::filled(&at.key("controlType"), None, advice, report);
        }
        (Some("release"), Some(_)) => {
            let advice = "a released conversation goes to nobody: say `pass` to hand it to that app, or leave this out";
            report.refuse(Issue::new(&at.key("appId"), "thread_control.app_id", advice));
        }
        _ => rules::choice(&at.key("controlType"), control_type, &["pass", "release"], report),
    }
    Object::new().with("control_type", control_type.unwrap_or("release")).maybe("app_id", app_id).into()
}
