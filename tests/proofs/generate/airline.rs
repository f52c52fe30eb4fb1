//! The airlines' templates.

use proptest::prelude::*;
use serde_json::Value;

use super::object::{both, list, may, need, object};
use super::words::{id, one_of, url, words};

fn common(kind: &'static str) -> BoxedStrategy<Value> {
    object([
        need("type", Just(kind)),
        need("introMessage", words()),
        need("locale", "[a-z]{2,3}_[A-Z]{2}"),
        may("themeColor", "#[0-9a-f]{6}"),
    ])
}

fn class() -> impl Strategy<Value = &'static str> {
    one_of(&["economy", "business", "first_class"])
}

fn flight() -> BoxedStrategy<Value> {
    let airport = || {
        object([
            need("airportCode", "[A-Z]{3}"),
            need("city", words()),
            may("terminal", "T[1-9]"),
            may("gate", "[A-Z][0-9]{1,2}"),
        ])
    };
    let time = || "20[0-9]{2}-(0[1-9]|1[0-2])-[0-2][1-8]T[01][0-9]:[0-5][0-9]";
    let schedule = object([may("boardingTime", time()), need("departureTime", time()), may("arrivalTime", time())]);
    object([
        need("flightNumber", "[A-Z]{2}[0-9]{1,4}"),
        need("departureAirport", airport()),
        need("arrivalAirport", airport()),
        need("flightSchedule", schedule),
    ])
}

pub(crate) fn boardingpass() -> BoxedStrategy<Value> {
    let field = || object([need("label", words()), need("value", words())]);
    let pass = object([
        need("passengerName", words()),
        need("pnrNumber", "[A-Z0-9]{6}"),
        may("travelClass", class()),
        may("seat", "[1-9][0-9]?[A-K]"),
        may("auxiliaryFields", list(field(), 1..=5)),
        may("secondaryFields", list(field(), 1..=5)),
        need("logoImageUrl", url()),
        may("headerImageUrl", url()),
        may("headerTextField", prop_oneof![field(), words().prop_map(Value::from)]),
        need("aboveBarCodeImageUrl", url()),
        need("flightInfo", flight()),
    ]);
    let code = prop_oneof![object([need("qrCode", words())]), object([need("barcodeImageUrl", url())])];
    both(common("airline_boardingpass"), object([need("boardingPass", list(both(pass, code.boxed()), 1..=2))]))
}

pub(crate) fn checkin() -> BoxedStrategy<Value> {
    let own =
        object([may("pnrNumber", "[A-Z0-9]{6}"), need("checkinUrl", url()), need("flightInfo", list(flight(), 1..=3))]);
    both(common("airline_checkin"), own)
}

pub(crate) fn itinerary() -> BoxedStrategy<Value> {
    let segment = object([
        need("connectionId", id()),
        need("segmentId", id()),
        may("aircraftType", Just("Boeing 737")),
        need("travelClass", class()),
    ]);
    let passenger = object([need("passengerId", id()), may("ticketNumber", id()), need("name", words())]);
    let included = object([need("title", words()), need("value", words())]);
    let seat = object([
        need("segmentId", id()),
        need("passengerId", id()),
        need("seat", "[1-9][0-9]?[A-K]"),
        need("seatType", words()),
        may("productInfo", list(included, 1..=4)),
    ]);
    let price = object([need("title", words()), need("amount", id()), may("currency", "[A-Z]{3}")]);
    let own = object([
        need("pnrNumber", "[A-Z0-9]{6}"),
        need("passengerInfo", list(passenger, 1..=3)),
        need("flightInfo", list(both(flight(), segment), 1..=3)),
        need("passengerSegmentInfo", list(seat, 1..=3)),
        may("priceInfo", list(price, 1..=4)),
        may("basePrice", id()),
        may("tax", id()),
        need("totalPrice", id()),
        need("currency", "[A-Z]{3}"),
    ]);
    both(common("airline_itinerary"), own)
}

pub(crate) fn update() -> BoxedStrategy<Value> {
    let own = object([
        need("updateType", one_of(&["delay", "gate_change", "cancellation"])),
        may("pnrNumber", "[A-Z0-9]{6}"),
        need("updateFlightInfo", flight()),
    ]);
    both(common("airline_update"), own)
}
