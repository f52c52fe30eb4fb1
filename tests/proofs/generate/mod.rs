//! Messages as a host may write them: every kind of content, every template, every option.
//!
//! The numbers and words stand in Meta's documentation; none is taken from the adapter.

pub(crate) mod airline;
pub(crate) mod buttons;
pub(crate) mod content;
pub(crate) mod everyday;
pub(crate) mod forms;
pub(crate) mod message;
pub(crate) mod object;
pub(crate) mod shop;
pub(crate) mod words;

use proptest::prelude::*;
use serde_json::Value;

/// Every template's generator, by its type.
pub(crate) fn templates() -> Vec<(&'static str, BoxedStrategy<Value>)> {
    vec![
        ("generic", everyday::generic()),
        ("button", everyday::button()),
        ("media", everyday::media()),
        ("receipt", shop::receipt()),
        ("product", shop::product()),
        ("coupon", shop::coupon()),
        ("image_grid", shop::image_grid()),
        ("customer_feedback", forms::customer_feedback()),
        ("customer_information", forms::customer_information()),
        ("instant_form", forms::instant_form()),
        ("calling_optin", forms::calling_optin()),
        ("one_time_notif_req", forms::one_time_notif_req()),
        ("notification_messages", forms::notification_messages()),
        ("utility", forms::utility()),
        ("airline_boardingpass", airline::boardingpass()),
        ("airline_checkin", airline::checkin()),
        ("airline_itinerary", airline::itinerary()),
        ("airline_update", airline::update()),
    ]
}

/// The generator of this template.
pub(crate) fn template(kind: &str) -> BoxedStrategy<Value> {
    let found = templates().into_iter().find(|(name, _)| *name == kind);
    found.unwrap_or_else(|| panic!("there is no generator of {kind}")).1
}
