//! `airline_boardingpass`.

use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::flight::Flight;
use super::{TRAVEL_CLASSES, common};
use crate::address;
use crate::limits;
use crate::rules;
use crate::template::OwnTemplate;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct BoardingPassTemplate {
    intro_message: Option<String>,
    locale: Option<String>,
    theme_color: Option<String>,
    boarding_pass: Vec<BoardingPass>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct BoardingPass {
    passenger_name: Option<String>,
    pnr_number: Option<String>,
    travel_class: Option<String>,
    seat: Option<String>,
    auxiliary_fields: Option<Vec<Field>>,
    secondary_fields: Option<Vec<Field>>,
    logo_image_url: Option<String>,
    header_image_url: Option<String>,
    header_text_field: Option<HeaderText>,
    qr_code: Option<String>,
    barcode_image_url: Option<String>,
    above_bar_code_image_url: Option<String>,
    flight_info: Option<Flight>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Field {
    label: Option<String>,
    value: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "must be {\"label\": \"…\", \"value\": \"…\"}")]
enum HeaderText {
    Text(String),
    Field(Field),
}

impl OwnTemplate for BoardingPassTemplate {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        common(self.intro_message.as_deref(), self.locale.as_deref(), self.theme_color.as_deref(), at, report);
        let passes = at.key("boardingPass");
        if self.boarding_pass.is_empty() {
            rules::filled(&passes, None, "add at least one boarding pass", report);
        }
        for (index, pass) in self.boarding_pass.iter().enumerate() {
            pass.check(&passes.index(index), report);
        }
    }
}

impl BoardingPass {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::filled(&at.key("passengerName"), self.passenger_name.as_deref(), "say who flies", report);
        rules::filled(&at.key("pnrNumber"), self.pnr_number.as_deref(), "give the booking's number", report);
        rules::choice(&at.key("travelClass"), self.travel_class.as_deref(), &TRAVEL_CLASSES, report);
        fields(self.auxiliary_fields.as_deref(), &at.key("auxiliaryFields"), &limits::AUXILIARY_FIELDS, report);
        fields(self.secondary_fields.as_deref(), &at.key("secondaryFields"), &limits::SECONDARY_FIELDS, report);
        let logo = at.key("logoImageUrl");
        let given = address::required(&logo, self.logo_image_url.as_deref(), report);
        address::fetched(&logo, given, address::PUBLISH, report);
        address::fetched(&at.key("headerImageUrl"), self.header_image_url.as_deref(), address::PUBLISH, report);
        let header = at.key("headerTextField");
        match &self.header_text_field {
            Some(HeaderText::Field(field)) => field.check(&header, report),
            Some(HeaderText::Text(_)) => {
                let doubt = "samples disagree: most have {\"label\", \"value\"} here";
                rules::warn(&header, "template.airline.header", doubt, report);
            }
            None => {}
        }
        let codes = [("qrCode", self.qr_code.is_some()), ("barcodeImageUrl", self.barcode_image_url.is_some())];
        rules::exactly_one(at, &codes, report);
        address::fetched(&at.key("barcodeImageUrl"), self.barcode_image_url.as_deref(), address::PUBLISH, report);
        let above = at.key("aboveBarCodeImageUrl");
        let given = address::required(&above, self.above_bar_code_image_url.as_deref(), report);
        address::fetched(&above, given, address::PUBLISH, report);
        let flight = at.key("flightInfo");
        match &self.flight_info {
            Some(info) => info.check(&flight, report),
            None => rules::filled(&flight, None, "describe the flight", report),
        }
    }
}

fn fields(fields: Option<&[Field]>, at: &Pointer<'_>, limit: &channel_api::capability::Limit, report: &mut Report) {
    let Some(fields) = fields else { return };
    rules::count(at, fields.len(), limit, "fields", report);
    for (index, field) in fields.iter().enumerate() {
        field.check(&at.index(index), report);
    }
}

impl Field {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::filled(&at.key("label"), self.label.as_deref(), "say what this is", report);
        rules::filled(&at.key("value"), self.value.as_deref(), "say what stands below the label", report);
    }
}
