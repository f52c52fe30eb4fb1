//! From the host's message to the Graph API's request: rules first, all of them, then Meta's JSON.
//!
//! One file for each kind of content; [`template`](crate::template) has the structured ones. Nothing here knows a secret or
//! makes a call.
//!
//! # Texts that are too long
//! With `options.split` a text above the limit becomes several messages, each a request of its own, to be sent in their order.
//! It is cut at the last border that fits, of the strongest kind that there is: paragraph, sentence or line, word, character
//! as a person sees it. White space at a cut, and at both ends, is dropped; nothing else is, and no part is empty.
//!
//! # Words and what is attached to them
//! Meta has no message with both. `{"type": "text", "text": "…", "attachments": […]}`, or `text` beside a picture, a film, a sound,
//! a file, a sticker or a template, becomes the words and then each attachment in its order, each a request of its own. A `caption`
//! of a medium is a text directly below it.
//!
//! # Something else
//! With `options.fallback` what Messenger cannot show, or not within its limits, is said as a text, or shown in several messages:
//! see [`fallback`]. Its texts are cut as above, whatever `split` says.
//!
//! # Several requests
//! However they come about: quick replies, the buttons of a button template and `threadControl` go with the last, `replyTo` with
//! the first, everything else with all of them. A person who can get one message only (a private reply, a one-time token) gets
//! none of them: the message is refused.

mod attached;
mod content;
mod fallback;
mod images;
mod media;
mod one;
mod options;
mod quick_reply;
mod recipient;
mod retired;
mod sender_action;
mod sticker;
mod subject;
mod tag;
#[cfg(test)]
pub(crate) mod tests;
mod text;

use channel_api::message::Body;
use channel_api::operation::Thread;
use channel_api::{
    Denormalized, Error, ErrorKind, Issue, OutboundMessage, Pointer, ProviderRequest, Recipient, Report, Result,
    ThreadOwner,
};

use content::Outgoing;
use options::MessengerOptions;
use subject::Subject;

use crate::config::RetiredTags;
use crate::thread;
use crate::wire::Object;

/// Several messages for a person who can get one only.
fn too_many(message: &OutboundMessage, needed: usize) -> Issue {
    let root = Pointer::ROOT;
    let (options, content) = (root.key("options"), root.key("content"));
    let body = &message.content.body;
    let medium = content.key(body.kind());
    let (at, what, advice) = if !message.content.attachments.is_empty() {
        (content.key("attachments"), "the words with what is attached need", "leave out the words or the attachments")
    } else if body.media().is_some() {
        (medium.key("caption"), "this with its caption needs", "leave the caption out")
    } else if matches!(body, Body::Template(_)) {
        (content.key("template"), "what is sent in its place needs", "shorten it, or take something away")
    } else {
        (options.key("split"), "the text needs", "shorten it")
    };
    let message = format!("this person can get one message only, and {what} {needed}: {advice}");
    Issue::new(&at, "split.once", message).with_limit(1, needed)
}

/// Translates messages for one Page.
#[derive(Debug)]
pub(crate) struct Translator {
    path: String,
    page: String,
    retired_tags: RetiredTags,
    /// The channel's own app, where its id is configured.
    app_id: Option<String>,
}

impl Translator {
    /// For a version of the Graph API (`v26.0`) and a Page's id, or `me` where only its token tells the Page.
    pub(crate) fn new(version: &str, page: &str, retired_tags: RetiredTags) -> Self {
        let path = format!("/{version}/{page}/messages");
        Self { path, page: page.to_owned(), retired_tags, app_id: None }
    }

    /// With the id of the channel's own app.
    pub(crate) fn with_app(self, app_id: Option<String>) -> Self {
        Self { app_id, ..self }
    }

    /// The requests that deliver a message.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidMessage`] with every rule that the message breaks.
    pub(crate) fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        // What cannot be read in the options is told before what is wrong with what can be.
        let (mut found, mut report) = (Report::default(), Report::default());
        let (root, options) = (Pointer::ROOT, &message.options);
        let at = root.key("options");
        let own = MessengerOptions::read(options, &at, &mut found);
        let (recipient, once) = recipient::translate(&message.to, &self.page, &root.key("to"), &mut report);
        let (outgoing, choices) = content::translate(&message.content, options, &root.key("content"), &mut report);
        let subject = Subject::of(&message.content);
        let envelope = options::translate(options, &own, subject, self.retired_tags, &at, &mut report);
        if once
            && let Outgoing::Messages(parts) = &outgoing
            && parts.len() > 1
        {
            report.refuse(too_many(message, parts.len()));
        }
        found.absorb(report);
        if !found.refusals.is_empty() {
            return Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", found));
        }
        let bodies = match outgoing {
            Outgoing::Action(action) => vec![envelope.write(action.with("recipient", recipient), true, true)],
            Outgoing::Messages(parts) => {
                let last = parts.len().saturating_sub(1);
                let body = |(index, part): (usize, Object)| {
                    let part = part.maybe("metadata", options.metadata.as_deref());
                    let request = Object::new().with("recipient", recipient.clone()).with("message", part);
                    envelope.write(request, index == 0, index == last)
                };
                parts.into_iter().enumerate().map(body).collect()
            }
        };
        let requests = bodies.into_iter().map(|body| ProviderRequest::post(self.path.as_str(), body.into())).collect();
        let thread = self.thread_after(message, &own);
        Ok(Denormalized { requests, warnings: found.warnings, thread, choices })
    }

    /// Who answers once the message is sent. A conversation passed to the Page's default app goes to whichever that is.
    fn thread_after(&self, message: &OutboundMessage, own: &MessengerOptions) -> Option<Thread> {
        let Recipient::Id(person) = &message.to else { return None };
        let control = own.thread_control.as_ref()?;
        let owner = match (control.control_type.as_deref(), &control.app_id) {
            (Some("pass"), app) => thread::owner(app.as_deref()?, self.app_id.as_deref()),
            _ => ThreadOwner::Nobody,
        };
        Some(Thread::new(person, owner))
    }
}
