//! What the schemas of templates do not say: what began or ended on a day, and two lists on which Meta's pages waver. The
//! simulator takes the strict reading of those.
//!
//! `…/` is the documentation's root, as in [`super`].

use super::Conditions;
use super::param::Param;
use crate::dates::IMAGE_GRID;
use crate::graph_error::GraphError;

/// Countries that the form for an address has fields for.
/// Source: `…/send-messages/templates/structured-information-template`.
const COUNTRIES: &[&str] = &["BR", "CA", "FR", "ID", "IN", "MX", "PH", "SG", "TH", "UK", "US", "VN"];

/// The page's own table says `1_to_5` once; its sample and its text say `one_to_five`.
/// Source: `…/send-messages/templates/customer-feedback-template`.
const SATISFACTION: &[&str] = &["one_to_five", "five_stars", "five_emojis"];

pub(super) fn judge(template: &Param<'_>, on: &Conditions) -> Result<(), GraphError> {
    match template.value()["template_type"].as_str() {
        Some("image_grid") if on.now < IMAGE_GRID => {
            Err(GraphError::parameter("The template image_grid is not available yet"))
        }
        Some("notification_messages") => on.notifications(),
        Some("customer_information") => {
            let overrides = template.optional_items("address_overrides", COUNTRIES.len())?;
            let overridden = overrides.iter().filter_map(|entry| entry.get("country"));
            let offered = template.optional_items("countries", COUNTRIES.len())?;
            offered.into_iter().chain(overridden).try_for_each(|country| country.one_of(COUNTRIES).map(drop))
        }
        Some("customer_feedback") => match template.value().pointer("/feedback_screens/0/questions/0") {
            Some(question) if question["score_option"] == "1_to_5" => {
                Param::new(format!("{}[feedback_screens][0][questions][0]", template.name()), question)
                    .optional_one_of("score_option", SATISFACTION)
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}
