//! Answers to tap: `message.quick_replies`.

use channel_api::message::{Body, QuickReply, QuickReplyKind};
use channel_api::{Issue, Pointer, Report};
use serde_json::Value;

use crate::address;
use crate::limits;
use crate::rules;
use crate::webhook;
use crate::wire::{self, Object};

/// Kinds that send a fact from the person's profile.
const PROFILE_FACTS: [&str; 2] = [webhook::PHONE_NUMBER, webhook::EMAIL];

/// The quick replies in Meta's JSON; nothing where there are none.
pub(super) fn translate(replies: &[QuickReply], below: &Body, at: &Pointer<'_>, report: &mut Report) -> Option<Value> {
    if replies.is_empty() {
        return None;
    }
    let odd = match below {
        Body::Sticker(_) => true,
        Body::Template(template) => template.kind() == "utility",
        _ => false,
    };
    let doubt = "Meta describes quick replies below a text or an attachment, and this is neither";
    rules::doubtful(at, odd, "quick_replies.place", doubt, report);
    rules::count(at, replies.len(), &limits::QUICK_REPLIES, "quick replies", report);
    for (index, reply) in replies.iter().enumerate() {
        check(reply, &at.index(index), report);
    }
    Some(wire::list(replies, object))
}

fn check(reply: &QuickReply, at: &Pointer<'_>, report: &mut Report) {
    address::fetched(&at.key("imageUrl"), reply.image_url.as_deref(), address::PUBLISH, report);
    match &reply.content_type {
        QuickReplyKind::Text => {
            let (title, payload) = (at.key("title"), at.key("payload"));
            if reply.image_url.is_none() {
                rules::filled(
                    &title,
                    reply.title.as_deref(),
                    "give it a title, or at least a picture in imageUrl",
                    report,
                );
                let advice = "say what comes back with a tap; it may be empty only where there is an imageUrl";
                rules::filled(&payload, reply.payload.as_deref(), advice, report);
            }
            rules::fits(&title, reply.title.as_deref(), &limits::QUICK_REPLY_TITLE, report);
            rules::fits(&payload, reply.payload.as_deref(), &limits::QUICK_REPLY_PAYLOAD, report);
        }
        QuickReplyKind::Other(kind) if PROFILE_FACTS.contains(&kind.as_str()) => {
            let advice = "cannot be sent: Messenger shows the phone number or address of the person's profile, and a tap sends \
                          it back: leave this out";
            for (name, given) in [("title", &reply.title), ("payload", &reply.payload)] {
                let given = given.as_deref().is_some_and(|given| !given.is_empty());
                rules::absent(&at.key(name), given, advice, report);
            }
        }
        QuickReplyKind::Other(kind) if kind == "location" => {
            let issue = Issue::new(
                &at.key("contentType"),
                "quick_replies.retired",
                "people can no longer be asked for a place",
            );
            report.refuse(issue.with_hint("ask for it in words"));
        }
        _ => {
            let advice = "is no kind of quick reply: use text, user_phone_number or user_email";
            report.refuse(Issue::new(&at.key("contentType"), "choice", advice));
        }
    }
}

fn object(reply: &QuickReply) -> Object {
    let image_url = reply.image_url.as_deref();
    let wire = Object::new();
    match &reply.content_type {
        // With a picture both may be empty, but they must be there.
        QuickReplyKind::Text => wire
            .with("content_type", "text")
            .with("title", reply.title.as_deref().unwrap_or_default())
            .with("payload", reply.payload.as_deref().unwrap_or_default()),
        QuickReplyKind::Other(kind) => wire.with("content_type", kind.as_str()),
        // A kind that the contract learns later and this file does not know.
        _ => wire,
    }
    .maybe("image_url", image_url)
}
