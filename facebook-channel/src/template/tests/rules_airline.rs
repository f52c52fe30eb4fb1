//! The rules of the airlines' templates.

use serde_json::{Value, json};

use super::check;

#[test]
fn what_all_four_share() {
    for kind in ["airline_boardingpass", "airline_checkin", "airline_itinerary", "airline_update"] {
        check(
            kind,
            vec![
                ("/introMessage", Value::Null, &["/introMessage required"]),
                ("/locale", Value::Null, &["/locale required"]),
                ("/locale", json!("english"), &["/locale format"]),
                ("/themeColor", json!("blue"), &["/themeColor format"]),
                ("/themeColor", Value::Null, &[]),
            ],
        );
    }
}

#[test]
fn boarding_pass() {
    let field = json!({"label": "a", "value": "b"});
    check(
        "airline_boardingpass",
        vec![
            ("/boardingPass", json!([]), &["/boardingPass required"]),
            ("/boardingPass/0/passengerName", Value::Null, &["/boardingPass/0/passengerName required"]),
            ("/boardingPass/0/pnrNumber", Value::Null, &["/boardingPass/0/pnrNumber required"]),
            ("/boardingPass/0/travelClass", json!("cargo"), &["/boardingPass/0/travelClass choice"]),
            (
                "/boardingPass/0/auxiliaryFields",
                json!(vec![field.clone(); 6]),
                &["/boardingPass/0/auxiliaryFields template.airline_boardingpass.auxiliary_fields.count 6/5"],
            ),
            (
                "/boardingPass/0/secondaryFields",
                json!(vec![field; 6]),
                &["/boardingPass/0/secondaryFields template.airline_boardingpass.secondary_fields.count 6/5"],
            ),
            (
                "/boardingPass/0/secondaryFields/0",
                json!({}),
                &[
                    "/boardingPass/0/secondaryFields/0/label required",
                    "/boardingPass/0/secondaryFields/0/value required",
                ],
            ),
            ("/boardingPass/0/logoImageUrl", Value::Null, &["/boardingPass/0/logoImageUrl required"]),
            ("/boardingPass/0/headerImageUrl", json!("x"), &["/boardingPass/0/headerImageUrl url"]),
            ("/boardingPass/0/headerTextField/value", Value::Null, &["/boardingPass/0/headerTextField/value required"]),
            ("/boardingPass/0/qrCode", Value::Null, &["/boardingPass/0 exactly_one"]),
            ("/boardingPass/0/barcodeImageUrl", json!("https://a.b/c"), &["/boardingPass/0 exactly_one"]),
            ("/boardingPass/0/aboveBarCodeImageUrl", Value::Null, &["/boardingPass/0/aboveBarCodeImageUrl required"]),
            ("/boardingPass/0/flightInfo", Value::Null, &["/boardingPass/0/flightInfo required"]),
        ],
    );
}

#[test]
fn flights() {
    check(
        "airline_update",
        vec![
            ("/updateType", Value::Null, &["/updateType required"]),
            ("/updateType", json!("crash"), &["/updateType choice"]),
            ("/updateFlightInfo", Value::Null, &["/updateFlightInfo required"]),
            ("/updateFlightInfo/flightNumber", Value::Null, &["/updateFlightInfo/flightNumber required"]),
            (
                "/updateFlightInfo/departureAirport",
                Value::Null,
                &[
                    "/updateFlightInfo/departureAirport/airportCode required",
                    "/updateFlightInfo/departureAirport/city required",
                ],
            ),
            ("/updateFlightInfo/arrivalAirport/city", Value::Null, &["/updateFlightInfo/arrivalAirport/city required"]),
            (
                "/updateFlightInfo/flightSchedule",
                Value::Null,
                &["/updateFlightInfo/flightSchedule/departureTime required"],
            ),
            (
                "/updateFlightInfo/flightSchedule/boardingTime",
                json!("tomorrow"),
                &["/updateFlightInfo/flightSchedule/boardingTime format"],
            ),
            (
                "/updateFlightInfo/flightSchedule/arrivalTime",
                json!(""),
                &["/updateFlightInfo/flightSchedule/arrivalTime format"],
            ),
            (
                "/updateFlightInfo/flightSchedule/departureTime",
                json!(" "),
                &["/updateFlightInfo/flightSchedule/departureTime required"],
            ),
            ("/pnrNumber", Value::Null, &[]),
        ],
    );
    check(
        "airline_checkin",
        vec![
            ("/checkinUrl", Value::Null, &["/checkinUrl required"]),
            ("/flightInfo", json!([]), &["/flightInfo required"]),
        ],
    );
}

#[test]
fn itinerary() {
    let line = json!({"title": "a", "value": "b"});
    let price = json!({"title": "a", "amount": "1"});
    check(
        "airline_itinerary",
        vec![
            ("/pnrNumber", Value::Null, &["/pnrNumber required"]),
            ("/passengerInfo", json!([]), &["/passengerInfo required"]),
            ("/passengerInfo/0/passengerId", Value::Null, &["/passengerInfo/0/passengerId required"]),
            ("/passengerInfo/0/name", Value::Null, &["/passengerInfo/0/name required"]),
            ("/flightInfo", json!([]), &["/flightInfo required"]),
            ("/flightInfo/0/connectionId", Value::Null, &["/flightInfo/0/connectionId required"]),
            ("/flightInfo/0/segmentId", Value::Null, &["/flightInfo/0/segmentId required"]),
            ("/flightInfo/0/travelClass", Value::Null, &["/flightInfo/0/travelClass required"]),
            ("/passengerSegmentInfo", json!([]), &["/passengerSegmentInfo required"]),
            ("/passengerSegmentInfo/0/seat", Value::Null, &["/passengerSegmentInfo/0/seat required"]),
            ("/passengerSegmentInfo/0/seatType", Value::Null, &["/passengerSegmentInfo/0/seatType required"]),
            (
                "/passengerSegmentInfo/0/productInfo",
                json!(vec![line; 5]),
                &["/passengerSegmentInfo/0/productInfo template.airline_itinerary.product_info.count 5/4"],
            ),
            ("/priceInfo", json!(vec![price; 5]), &["/priceInfo template.airline_itinerary.price_info.count 5/4"]),
            ("/priceInfo/0/amount", Value::Null, &["/priceInfo/0/amount required"]),
            ("/priceInfo/0/currency", json!("dollar"), &["/priceInfo/0/currency format"]),
            ("/priceInfo/0/currency", json!(""), &["/priceInfo/0/currency format"]),
            ("/totalPrice", Value::Null, &["/totalPrice required"]),
            ("/currency", Value::Null, &["/currency required"]),
            ("/currency", json!("US"), &["/currency format"]),
            ("/priceInfo", Value::Null, &[]),
        ],
    );
}
