//! `airline_checkin`.

use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::common;
use super::flight::{Flight, check_list};
use crate::send::rules;
use crate::template::OwnTemplate;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all(deserialize = "camelCase"))]
pub(crate) struct CheckinTemplate {
    #[serde(alias = "intro_message")]
    intro_message: Option<String>,
    locale: Option<String>,
    #[serde(alias = "theme_color")]
    theme_color: Option<String>,
    #[serde(alias = "pnr_number")]
    pnr_number: Option<String>,
    #[serde(alias = "checkin_url")]
    checkin_url: Option<String>,
    #[serde(alias = "flight_info")]
    flight_info: Vec<Flight>,
}

impl OwnTemplate for CheckinTemplate {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        common(self.intro_message.as_deref(), self.locale.as_deref(), self.theme_color.as_deref(), at, report);
        rules::required_address(&at.key("checkinUrl"), self.checkin_url.as_deref(), report);
        check_list(&self.flight_info, &at.key("flightInfo"), report);
    }
}
