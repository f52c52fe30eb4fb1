//! `airline_update`.

use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::common;
use super::flight::Flight;
use crate::rules;
use crate::template::OwnTemplate;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct UpdateTemplate {
    intro_message: Option<String>,
    locale: Option<String>,
    theme_color: Option<String>,
    update_type: Option<String>,
    pnr_number: Option<String>,
    update_flight_info: Option<Flight>,
}

impl OwnTemplate for UpdateTemplate {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        common(self.intro_message.as_deref(), self.locale.as_deref(), self.theme_color.as_deref(), at, report);
        let known = ["delay", "gate_change", "cancellation"];
        rules::required_choice(&at.key("updateType"), self.update_type.as_deref(), &known, report);
        let flight = at.key("updateFlightInfo");
        match &self.update_flight_info {
            Some(info) => info.check(&flight, report),
            None => rules::filled(&flight, None, "describe the flight", report),
        }
    }
}
