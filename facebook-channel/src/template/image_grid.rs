//! `image_grid`: two to six pictures with a headline and buttons.

use channel_api::message::string_or_number;
use channel_api::template::Button;
use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::OwnTemplate;
use super::buttons::{self, Place};
use crate::address;
use crate::limits;
use crate::rules;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ImageGrid {
    elements: Vec<Grid>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Grid {
    images: Vec<Image>,
    title: Option<String>,
    subtitle: Option<String>,
    #[serde(serialize_with = "buttons::serialize")]
    buttons: Vec<Button>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Image {
    url: Option<String>,
    is_hero_image: Option<bool>,
    action: Option<Action>,
}

/// What a tap on a picture does.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Action {
    r#type: Option<String>,
    url: Option<String>,
    #[serde(deserialize_with = "string_or_number")]
    payload: Option<String>,
    text: Option<String>,
}

impl OwnTemplate for ImageGrid {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let elements = at.key("elements");
        rules::count(&elements, self.elements.len(), &limits::GRID_ELEMENTS, "grids", report);
        for (index, grid) in self.elements.iter().enumerate() {
            grid.check(&elements.index(index), report);
        }
    }
}

impl Grid {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let (images, list) = (at.key("images"), at.key("buttons"));
        rules::count(&images, self.images.len(), &limits::GRID_IMAGES, "pictures", report);
        let heroes = self.images.iter().filter(|image| image.is_hero_image == Some(true)).count();
        rules::count(&images, heroes, &limits::GRID_HEROES, "pictures with isHeroImage", report);
        for (index, image) in self.images.iter().enumerate() {
            let here = images.index(index);
            let at = here.key("url");
            address::fetched(&at, address::required(&at, image.url.as_deref(), report), address::PUBLISH, report);
            if let Some(action) = &image.action {
                action.check(&here.key("action"), report);
            }
        }
        rules::fits(&at.key("title"), self.title.as_deref(), &limits::GRID_TITLE, report);
        rules::fits(&at.key("subtitle"), self.subtitle.as_deref(), &limits::GRID_SUBTITLE, report);
        rules::count(&list, self.buttons.len(), &limits::GRID_BUTTONS, "buttons", report);
        buttons::check(&self.buttons, Place::Grid, &list, report);
    }
}

impl Action {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::required_choice(&at.key("type"), self.r#type.as_deref(), &["web_url", "postback"], report);
        let (url, payload, text) = (at.key("url"), at.key("payload"), at.key("text"));
        match self.r#type.as_deref() {
            Some("web_url") => {
                address::opened(&url, address::required(&url, self.url.as_deref(), report), report);
                let advice = "goes with a postback: leave it out";
                rules::absent(&payload, self.payload.is_some(), advice, report);
                rules::absent(&text, self.text.is_some(), advice, report);
            }
            Some("postback") => {
                rules::filled(&payload, self.payload.as_deref(), "say what comes back with a tap", report);
                rules::filled(&text, self.text.as_deref(), "say what the person is shown to have answered", report);
                rules::absent(&url, self.url.is_some(), "goes with web_url: leave it out", report);
            }
            _ => {}
        }
    }
}
