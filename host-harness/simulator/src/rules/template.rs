//! Templates.
//!
//! `…/` is the documentation's root, as in [`super`].

mod airline;
mod cards;
mod coupon;
mod customer_information;
mod feedback;
mod image_grid;
mod opt_in;
mod receipt;

use super::Conditions;
use super::param::Param;
use crate::graph_error::GraphError;

/// A text of a template without a documented limit; this only keeps nonsense out.
const FREE_TEXT: usize = 1000;

/// Every `template_type` that is alive. `list` and `open_graph` were removed in 2019 and are refused like any other word.
const TYPES: &[&str] = &[
    "airline_boardingpass",
    "airline_checkin",
    "airline_itinerary",
    "airline_update",
    "button",
    "calling_optin",
    "coupon",
    "customer_feedback",
    "customer_information",
    "generic",
    "image_grid",
    "instant_form",
    "media",
    "notification_messages",
    "one_time_notif_req",
    "product",
    "receipt",
];

pub(super) fn judge(payload: &Param<'_>, on: &Conditions) -> Result<(), GraphError> {
    let kind = payload.require("template_type")?.one_of(TYPES)?;
    // Meta names parameters inside a template this way: <https://github.com/botman/botman/issues/694>.
    let template = Param::new("name_placeholder", payload.value());
    match kind {
        "button" => cards::button(&template),
        "generic" => cards::generic(&template),
        "media" => cards::media(&template),
        "product" => cards::product(&template),
        "receipt" => receipt::judge(&template),
        "coupon" => coupon::judge(&template),
        "customer_feedback" => feedback::judge(&template),
        "customer_information" => customer_information::judge(&template),
        "image_grid" => image_grid::judge(&template, on),
        "instant_form" => opt_in::instant_form(&template),
        "calling_optin" => template.object(&["template_type"]).map(drop),
        "notification_messages" => opt_in::notification_messages(&template, on),
        "one_time_notif_req" => opt_in::one_time(&template),
        "airline_boardingpass" => airline::boarding_pass(&template),
        "airline_checkin" => airline::checkin(&template),
        "airline_itinerary" => airline::itinerary(&template),
        _ => airline::update(&template),
    }
}
