use channel_api::message::string_or_number;
use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::TRAVEL_CLASSES;
use crate::rules;

/// A flight, in all four templates. The fields of connections stand in itineraries only.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Flight {
    #[serde(deserialize_with = "string_or_number")]
    connection_id: Option<String>,
    #[serde(deserialize_with = "string_or_number")]
    segment_id: Option<String>,
    #[serde(deserialize_with = "string_or_number")]
    flight_number: Option<String>,
    aircraft_type: Option<String>,
    travel_class: Option<String>,
    departure_airport: Option<Airport>,
    arrival_airport: Option<Airport>,
    flight_schedule: Option<Schedule>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Airport {
    airport_code: Option<String>,
    city: Option<String>,
    terminal: Option<String>,
    gate: Option<String>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Schedule {
    boarding_time: Option<String>,
    departure_time: Option<String>,
    arrival_time: Option<String>,
}

impl Flight {
    pub(super) fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::filled(&at.key("flightNumber"), self.flight_number.as_deref(), "give the flight's number", report);
        for (name, airport) in
            [("departureAirport", &self.departure_airport), ("arrivalAirport", &self.arrival_airport)]
        {
            let here = at.key(name);
            let code = airport.as_ref().and_then(|airport| airport.airport_code.as_deref());
            let city = airport.as_ref().and_then(|airport| airport.city.as_deref());
            rules::filled(&here.key("airportCode"), code, "give the airport's code: JFK", report);
            rules::filled(&here.key("city"), city, "give the airport's city", report);
        }
        let here = at.key("flightSchedule");
        let nothing = Schedule::default();
        let schedule = self.flight_schedule.as_ref().unwrap_or(&nothing);
        let departure = schedule.departure_time.as_deref();
        rules::filled(&here.key("departureTime"), departure, "give the time of departure: 2026-12-24T08:30", report);
        for (name, time) in [
            ("boardingTime", schedule.boarding_time.as_deref()),
            ("departureTime", departure.filter(|time| !time.trim().is_empty())),
            ("arrivalTime", schedule.arrival_time.as_deref()),
        ] {
            rules::format(&here.key(name), time, is_time, "write the time like 2026-12-24T08:30", report);
        }
    }

    /// What itineraries ask for beyond that.
    pub(super) fn check_segment(&self, at: &Pointer<'_>, report: &mut Report) {
        self.check(at, report);
        rules::filled(&at.key("connectionId"), self.connection_id.as_deref(), "give the connection an id", report);
        rules::filled(&at.key("segmentId"), self.segment_id.as_deref(), "give the segment an id", report);
        rules::required_choice(&at.key("travelClass"), self.travel_class.as_deref(), &TRAVEL_CLASSES, report);
    }
}

/// A list of flights with at least one.
pub(super) fn check_list(flights: &[Flight], at: &Pointer<'_>, report: &mut Report) {
    if flights.is_empty() {
        rules::filled(at, None, "add at least one flight", report);
    }
    for (index, flight) in flights.iter().enumerate() {
        flight.check(&at.index(index), report);
    }
}

/// `YYYY-MM-DDThh:mm`, with or without more behind it.
fn is_time(text: &str) -> bool {
    let shape = b"0000-00-00T00:00";
    text.len() >= shape.len()
        && text.bytes().zip(shape).all(|(byte, expected)| match expected {
            b'0' => byte.is_ascii_digit(),
            _ => byte == *expected,
        })
}
