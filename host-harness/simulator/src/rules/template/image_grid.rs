//! The image grid. Source: `…/send-messages/template/image-grid`.

use super::super::Conditions;
use super::FREE_TEXT;
use crate::dates::IMAGE_GRID;
use crate::graph_error::GraphError;
use crate::rules::button::{self, PLAIN};
use crate::rules::param::Param;

const IMAGES: std::ops::RangeInclusive<usize> = 2..=6;
const TITLE: usize = 45;
const SUBTITLE: usize = 80;
/// As on a button.
const PAYLOAD: usize = 1000;

pub(super) fn judge(template: &Param<'_>, on: &Conditions) -> Result<(), GraphError> {
    if on.now < IMAGE_GRID {
        return Err(GraphError::parameter("The template image_grid is not available yet"));
    }
    template.object(&["template_type", "elements"])?;
    for element in template.require("elements")?.items(1)? {
        element.object(&["images", "title", "subtitle", "buttons"])?;
        element.optional_text("title", TITLE)?;
        element.optional_text("subtitle", SUBTITLE)?;
        let list = element.require("images")?;
        let images = list.items(*IMAGES.end())?;
        if images.len() < *IMAGES.start() {
            return Err(list.must("have at least 2 elements"));
        }
        images.iter().try_for_each(image)?;
        let heroes = images.iter().filter(|image| image.get("is_hero_image").is_some_and(|hero| hero.value() == true));
        if heroes.count() > 1 {
            return Err(list.must("have at most one is_hero_image"));
        }
        element.optional("buttons", |buttons| button::row(buttons, PLAIN))?;
    }
    Ok(())
}

fn image(image: &Param<'_>) -> Result<(), GraphError> {
    image.object(&["url", "is_hero_image", "action"])?;
    image.require("url")?.http_url()?;
    image.optional_bool("is_hero_image")?;
    image.optional("action", |action| {
        if action.require("type")?.one_of(PLAIN)? == "web_url" {
            action.object(&["type", "url"])?;
            return action.require("url")?.http_url().map(drop);
        }
        action.object(&["type", "payload", "text"])?;
        action.required_text("payload", PAYLOAD)?;
        action.required_text("text", FREE_TEXT).map(drop)
    })
}
