//! A sticker: `message.sticker_id`.

use channel_api::message::Sticker;
use channel_api::{Pointer, Report};

use crate::rules;
use crate::wire::Object;

pub(super) fn translate(sticker: &Sticker, at: &Pointer<'_>, report: &mut Report) -> Object {
    let here = at.key("id");
    let advice = "give the sticker's id; a picture of your own is sent with the type image";
    rules::filled(&here, sticker.id.as_deref(), advice, report);
    let number = |id: &str| id.parse::<u64>().ok();
    if let Some(id) = sticker.id.as_deref().filter(|id| !id.trim().is_empty()) {
        rules::format(
            &here,
            Some(id),
            |id| number(id).is_some(),
            "is a number: take it from Meta's sticker search",
            report,
        );
    }
    let advice = "goes without an id, and a sticker needs one: leave the url out, Meta has the sticker's picture";
    rules::absent(&at.key("url"), sticker.id.is_some() && sticker.url.is_some(), advice, report);
    // Meta's page prints it as a number.
    Object::new().maybe("sticker_id", sticker.id.as_deref().and_then(number))
}
