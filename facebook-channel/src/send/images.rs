//! Several pictures in one message: `message.attachments`.

use channel_api::message::{Body, Media};
use channel_api::{Content, Issue, Pointer, Report};
use serde_json::Value;

use super::media;
use crate::limits;
use crate::rules;
use crate::wire::Object;

/// As for what arrives, `attachments` lists all of them, and the content itself is a picture among them or none.
pub(super) fn translate(content: &Content, at: &Pointer<'_>, report: &mut Report) -> Object {
    let list = at.key("attachments");
    match &content.body {
        Body::Image(own) if *own == Media::default() || content.attachments.contains(&content.body) => {}
        Body::Image(_) => {
            let advice = "attachments lists all pictures of a message: put this one there as well, or leave it out";
            report.refuse(Issue::new(&at.key("image"), "attachments.incomplete", advice));
        }
        _ => {
            let advice = "a list of attachments stands below a text, or is all pictures: move this one into the list";
            let hint =
                "say \"type\": \"text\" to send each as a message of its own, or \"type\": \"image\" for pictures only";
            report.refuse(Issue::new(&at.key("type"), "attachments.alone", advice).with_hint(hint));
        }
    }
    rules::count(&list, content.attachments.len(), &limits::IMAGES, "pictures", report);
    let mut pictures = Vec::with_capacity(content.attachments.len());
    for (index, body) in content.attachments.iter().enumerate() {
        let here = list.index(index);
        if let Body::Image(picture) = body {
            pictures.push(Value::from(media::attachment("image", picture, &here.key("image"), report)));
        } else {
            let advice = "only pictures go together in one message: send it as a message of its own";
            let hint = "with \"type\": \"text\" around the list each attachment is a message of its own";
            report.refuse(Issue::new(&here.key("type"), "attachments.images", advice).with_hint(hint));
        }
    }
    let doubt = "Meta announced several pictures in one message on 2025-03-19 but has no page on them";
    rules::warn(&list, "attachments.doubtful", doubt, report);
    Object::new().with("attachments", pictures)
}
