//! A picture, a film, a sound or a file: `message.attachment`.

use channel_api::message::Media;
use channel_api::{Pointer, Quote, Report, read_object};
use serde::Deserialize;

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
}

pub(super) fn translate(kind: &'static str, media: &Media, at: &Pointer<'_>, report: &mut Report) -> Object {
    Object::new().with("attachment", attachment(kind, media, at, report))
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
        let doubt = "is not sent: what has an attachmentId is kept already";
        rules::doubtful(&at.key("isReusable"), extra.is_reusable.is_some(), "media.ignored", doubt, report);
    }
}

pub(super) fn attachment(kind: &'static str, media: &Media, at: &Pointer<'_>, report: &mut Report) -> Object {
    let extra: Extra = read_object(&media.extra, at, Quote::Values, report);
    check(media, &extra, at, report);
    let is_reusable = extra.is_reusable.filter(|_| media.attachment_id.is_none());
    let payload = Object::new()
        .maybe("url", media.url.as_deref())
        .maybe("attachment_id", media.attachment_id.as_deref())
        .maybe("is_reusable", is_reusable);
    Object::new().with("type", kind).with("payload", payload)
}
