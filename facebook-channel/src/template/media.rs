//! `media`: a picture or a film with buttons.

use channel_api::message::string_or_number;
use channel_api::template::Button;
use channel_api::{Issue, Pointer, Report};
use serde::{Deserialize, Serialize};

use super::OwnTemplate;
use super::buttons::{self, Place};
use crate::address;
use crate::id;
use crate::limits;
use crate::rules;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Media {
    elements: Vec<Element>,
    sharable: Option<bool>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Element {
    media_type: Option<String>,
    #[serde(deserialize_with = "string_or_number")]
    attachment_id: Option<String>,
    url: Option<String>,
    #[serde(serialize_with = "buttons::serialize")]
    buttons: Vec<Button>,
}

impl OwnTemplate for Media {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let elements = at.key("elements");
        rules::count(&elements, self.elements.len(), &limits::MEDIA_ELEMENTS, "elements", report);
        for (index, element) in self.elements.iter().enumerate() {
            element.check(&elements.index(index), report);
        }
    }
}

impl Element {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::required_choice(&at.key("mediaType"), self.media_type.as_deref(), &["image", "video"], report);
        let upload = at.key("attachmentId");
        let (uploaded, linked) = (self.attachment_id.is_some(), self.url.is_some());
        if !uploaded && !linked {
            rules::filled(&upload, None, "give the attachmentId of an upload, or a url on Facebook", report);
        }
        rules::absent(&upload, uploaded && linked, "goes without a url: give one of them only", report);
        if self.attachment_id.is_some() {
            let advice = "is empty: give the id that the upload got";
            rules::filled(&upload, self.attachment_id.as_deref(), advice, report);
            id::check(&upload, self.attachment_id.as_deref(), report);
        }
        let url = at.key("url");
        address::fetched(&url, self.url.as_deref(), address::UPLOAD, report);
        let host = self.url.as_deref().and_then(address::authority).filter(|host| !host.is_empty());
        if host.is_some_and(|host| !is_facebook(host)) {
            let advice = "must be the address of a photo or video on Facebook";
            let issue = Issue::new(&url, "url.facebook", advice);
            report.refuse(issue.with_hint("upload what is elsewhere first and give its attachmentId"));
        }
        let list = at.key("buttons");
        rules::count(&list, self.buttons.len(), &limits::MEDIA_BUTTONS, "buttons", report);
        let doubt = "older versions of Messenger show the first button only";
        rules::doubtful(&list, (2..=3).contains(&self.buttons.len()), "template.media.buttons", doubt, report);
        buttons::check(&self.buttons, Place::Media, &list, report);
    }
}

fn is_facebook(authority: &str) -> bool {
    let host = authority.split_once(':').map_or(authority, |(host, _)| host).to_ascii_lowercase();
    ["facebook.com", "fb.com"]
        .iter()
        .any(|own| host.strip_suffix(own).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
}
