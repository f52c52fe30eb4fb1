//! The airlines' templates. Meta's pages on them are gone, but nobody has announced their end: they are built as they were
//! documented, with a warning.
//!
//! Source: the texts of the former pages, kept in <https://github.com/bottenderjs/messaging-apis>.

mod boardingpass;
mod checkin;
mod flight;
mod itinerary;
mod update;

pub(super) use boardingpass::BoardingPassTemplate;
use channel_api::{Pointer, Report};
pub(super) use checkin::CheckinTemplate;
pub(super) use itinerary::ItineraryTemplate;
pub(super) use update::UpdateTemplate;

use crate::rules;

/// What all four have.
fn common(
    intro_message: Option<&str>,
    locale: Option<&str>,
    theme_color: Option<&str>,
    at: &Pointer<'_>,
    report: &mut Report,
) {
    let doubt = "Meta no longer documents the airlines' templates; they may stop working";
    rules::warn(at, "template.legacy", doubt, report);
    rules::filled(&at.key("introMessage"), intro_message, "say something above the flight", report);
    rules::filled(&at.key("locale"), locale, "give the language of the template's own words: en_US", report);
    let given = locale.filter(|locale| !locale.trim().is_empty());
    rules::format(&at.key("locale"), given, is_locale, "write the language like en_US", report);
    let colour = |text: &str| {
        text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    rules::format(&at.key("themeColor"), theme_color, colour, "write the colour like #009ddc", report);
}

fn is_locale(text: &str) -> bool {
    text.split_once('_').is_some_and(|(language, country)| {
        (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
    })
}

/// The classes that a ticket may have.
const TRAVEL_CLASSES: [&str; 3] = ["economy", "business", "first_class"];
