//! A picture, a film, a sound or a file: `message.attachment`.

use channel_api::message::{Media, SendOptions};
use channel_api::{Pointer, Quote, Report, read_object};
use serde::Deserialize;

use super::text;
use crate::address;
use crate::id;
use crate::rules;
use crate::wire::Object;

/// What only Messenger knows of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extra {
    /// Whether Meta shall keep it and give it an id.
    is_reusable: Option<bool>,
    /// Words below it. Meta has none: they are a message of their own.
    caption: Option<String>,
}

/// The file, and its caption below it.
pub(super) fn translate(
    kind: &'static str,
    media: &Media,
    options: &SendOptions,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Vec<Object> {
    let extra = read(media, at, report);
    let mut messages = vec![Object::new().with("attachment", payload(kind, media, &extra, at, report))];
    if let Some(caption) = extra.caption() {
        messages.extend(text::translate(caption, options, &at.key("caption"), report));
    }
    messages
}

/// One of several files in one message.
pub(super) fn attachment(kind: &'static str, media: &Media, at: &Pointer<'_>, report: &mut Report) -> Object {
    let extra = read(media, at, report);
    let advice = "several pictures in one message have no captions: say it in a text beside them";
    rules::absent(&at.key("caption"), extra.caption().is_some(), advice, report);
    payload(kind, media, &extra, at, report)
}

fn read(media: &Media, at: &Pointer<'_>, report: &mut Report) -> Extra {
    read_object(&media.extra, at, Quote::Values, report)
}

impl Extra {
    fn caption(&self) -> Option<&str> {
        self.caption.as_deref().filter(|words| !words.trim().is_empty())
    }
}

/// Either an address or the id of an upload.
fn check(media: &Media, extra: &Extra, at: &Pointer<'_>, report: &mut Report) {
    if media.url.is_none() && media.attachment_id.is_none() {
        rules::filled(
            &at.key("url"),
            None,
            "give the url where it can be fetched, or the attachmentId of an upload",
            report,
        );
    }
    let advice = "goes without a url: give one of them only";
    rules::absent(&at.key("attachmentId"), media.url.is_some() && media.attachment_id.is_some(), advice, report);
    address::fetched(&at.key("url"), media.url.as_deref(), address::UPLOAD, report);
    if media.attachment_id.is_some() {
        let advice = "is empty: give the id that the upload got";
        rules::filled(&at.key("attachmentId"), media.attachment_id.as_deref(), advice, report);
        id::check(&at.key("attachmentId"), media.attachment_id.as_deref(), report);
        let advice = "goes with a url: what has an attachmentId is kept already";
        rules::absent(&at.key("isReusable"), extra.is_reusable.is_some(), advice, report);
    }
}

fn payload(kind: &'static str, media: &Media, extra: &Extra, at: &Pointer<'_>, report: &mut Report) -> Object {
    check(media, extra, at, report);
    let payload = Object::new()
        .maybe("url", media.url.as_deref())
        .maybe("attachment_id", media.attachment_id.as_deref())
        .maybe("is_reusable", extra.is_reusable);
    Object::new().with("type", kind).with("payload", payload)
}
