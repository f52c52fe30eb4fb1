//! `airline_itinerary`.

use channel_api::message::string_or_number;
use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::common;
use super::flight::Flight;
use crate::limits;
use crate::rules;
use crate::template::OwnTemplate;
use crate::template::receipt::{currency, required_currency};

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct ItineraryTemplate {
    intro_message: Option<String>,
    locale: Option<String>,
    theme_color: Option<String>,
    pnr_number: Option<String>,
    passenger_info: Vec<Passenger>,
    flight_info: Vec<Flight>,
    passenger_segment_info: Vec<Seat>,
    price_info: Option<Vec<Price>>,
    #[serde(deserialize_with = "string_or_number")]
    base_price: Option<String>,
    #[serde(deserialize_with = "string_or_number")]
    tax: Option<String>,
    #[serde(deserialize_with = "string_or_number")]
    total_price: Option<String>,
    currency: Option<String>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Passenger {
    #[serde(deserialize_with = "string_or_number")]
    passenger_id: Option<String>,
    #[serde(deserialize_with = "string_or_number")]
    ticket_number: Option<String>,
    name: Option<String>,
}

/// Where a passenger sits on a segment.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Seat {
    #[serde(deserialize_with = "string_or_number")]
    segment_id: Option<String>,
    #[serde(deserialize_with = "string_or_number")]
    passenger_id: Option<String>,
    seat: Option<String>,
    seat_type: Option<String>,
    product_info: Option<Vec<Included>>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Included {
    title: Option<String>,
    value: Option<String>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Price {
    title: Option<String>,
    #[serde(deserialize_with = "string_or_number")]
    amount: Option<String>,
    currency: Option<String>,
}

impl OwnTemplate for ItineraryTemplate {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        common(self.intro_message.as_deref(), self.locale.as_deref(), self.theme_color.as_deref(), at, report);
        rules::filled(&at.key("pnrNumber"), self.pnr_number.as_deref(), "give the booking's number", report);
        let (passengers, flights) = (at.key("passengerInfo"), at.key("flightInfo"));
        let (seats, prices) = (at.key("passengerSegmentInfo"), at.key("priceInfo"));
        for (list, empty) in [
            (&passengers, self.passenger_info.is_empty()),
            (&flights, self.flight_info.is_empty()),
            (&seats, self.passenger_segment_info.is_empty()),
        ] {
            if empty {
                rules::filled(list, None, "an itinerary needs at least one", report);
            }
        }
        for (index, passenger) in self.passenger_info.iter().enumerate() {
            let here = passengers.index(index);
            rules::filled(
                &here.key("passengerId"),
                passenger.passenger_id.as_deref(),
                "give the passenger an id",
                report,
            );
            rules::filled(&here.key("name"), passenger.name.as_deref(), "say who flies", report);
        }
        for (index, flight) in self.flight_info.iter().enumerate() {
            flight.check_segment(&flights.index(index), report);
        }
        for (index, seat) in self.passenger_segment_info.iter().enumerate() {
            seat.check(&seats.index(index), report);
        }
        rules::count(
            &prices,
            self.price_info.as_deref().map_or(0, <[_]>::len),
            &limits::PRICE_INFO,
            "surcharges",
            report,
        );
        for (index, price) in self.price_info.iter().flatten().enumerate() {
            let here = prices.index(index);
            rules::filled(&here.key("title"), price.title.as_deref(), "say what it is for", report);
            rules::filled(&here.key("amount"), price.amount.as_deref(), "say how much it is", report);
            currency(&here.key("currency"), price.currency.as_deref(), report);
        }
        rules::filled(&at.key("totalPrice"), self.total_price.as_deref(), "say what it costs in total", report);
        required_currency(&at.key("currency"), self.currency.as_deref(), report);
    }
}

impl Seat {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        for (name, value) in [
            ("segmentId", &self.segment_id),
            ("passengerId", &self.passenger_id),
            ("seat", &self.seat),
            ("seatType", &self.seat_type),
        ] {
            rules::filled(&at.key(name), value.as_deref(), "says who sits where: fill it in", report);
        }
        let included = at.key("productInfo");
        let count = self.product_info.as_deref().map_or(0, <[_]>::len);
        rules::count(&included, count, &limits::PRODUCT_INFO, "lines", report);
        for (index, line) in self.product_info.iter().flatten().enumerate() {
            let here = included.index(index);
            rules::filled(&here.key("title"), line.title.as_deref(), "say what is included", report);
            rules::filled(&here.key("value"), line.value.as_deref(), "describe it", report);
        }
    }
}
