//! `airline_checkin`.

use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::common;
use super::flight::{Flight, check_list};
use crate::address;
use crate::template::OwnTemplate;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct CheckinTemplate {
    intro_message: Option<String>,
    locale: Option<String>,
    theme_color: Option<String>,
    pnr_number: Option<String>,
    checkin_url: Option<String>,
    flight_info: Vec<Flight>,
}

impl OwnTemplate for CheckinTemplate {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        common(self.intro_message.as_deref(), self.locale.as_deref(), self.theme_color.as_deref(), at, report);
        let url = at.key("checkinUrl");
        address::opened(&url, address::required(&url, self.checkin_url.as_deref(), report), report);
        check_list(&self.flight_info, &at.key("flightInfo"), report);
    }
}
