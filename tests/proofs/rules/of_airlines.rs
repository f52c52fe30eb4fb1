use serde_json::{Value, json};

use super::{Rule, hold, template};

const ALL: [&str; 4] = ["airline_boardingpass", "airline_checkin", "airline_itinerary", "airline_update"];

#[test]
fn what_all_four_share() {
    let each = |kind: &'static str| {
        [
            template(kind, "/introMessage", None, "required"),
            template(kind, "/locale", None, "required"),
            template(kind, "/locale", json!("english"), "format"),
            template(kind, "/themeColor", json!("blue"), "format"),
        ]
    };
    hold(&ALL.into_iter().flat_map(each).collect::<Vec<_>>());
}

#[test]
fn flights() {
    let flight = |below: &str, new: Option<Value>, code| {
        template("airline_update", &format!("/updateFlightInfo{below}"), new, code)
    };
    let mut rules: Vec<Rule> = ["departureAirport", "arrivalAirport"]
        .into_iter()
        .flat_map(|airport| ["airportCode", "city"].map(|name| flight(&format!("/{airport}/{name}"), None, "required")))
        .collect();
    rules.extend(
        ["boardingTime", "departureTime", "arrivalTime"]
            .map(|name| flight(&format!("/flightSchedule/{name}"), Some(json!("tomorrow")), "format")),
    );
    rules.extend([
        flight("", None, "required"),
        flight("/flightNumber", None, "required"),
        flight("/flightSchedule/departureTime", None, "required"),
        flight("/flightSchedule/departureTime", Some(json!("")), "required"),
        flight("/flightSchedule/arrivalTime", Some(json!("")), "format"),
        template("airline_update", "/updateType", None, "required"),
        template("airline_update", "/updateType", json!("crash"), "choice"),
        template("airline_checkin", "/checkinUrl", None, "required"),
        template("airline_checkin", "/checkinUrl", json!("a.b"), "url"),
        template("airline_checkin", "/flightInfo", None, "required"),
        template("airline_checkin", "/flightInfo", json!([]), "required"),
    ]);
    hold(&rules);
}

#[test]
fn boarding_passes() {
    let pass = |below: &str, new: Option<Value>, code| {
        template("airline_boardingpass", &format!("/boardingPass/0{below}"), new, code)
    };
    let field = json!([{"label": "Gate"}]);
    let codes = |qr_code: Value, barcode: Value| {
        let flight = json!({
            "flightNumber": "KL0642", "flightSchedule": {"departureTime": "2026-12-24T08:30"},
            "departureAirport": {"airportCode": "JFK", "city": "New York"},
            "arrivalAirport": {"airportCode": "AMS", "city": "Amsterdam"}
        });
        let ana = json!({
            "passengerName": "ANA DOE", "pnrNumber": "CG4X7U", "logoImageUrl": "https://example.com/logo.png",
            "aboveBarCodeImageUrl": "https://example.com/bar.png", "flightInfo": flight,
            "qrCode": qr_code, "barcodeImageUrl": barcode
        });
        pass("", Some(ana), "exactly_one")
    };
    let mut rules: Vec<Rule> = ["passengerName", "pnrNumber", "logoImageUrl", "aboveBarCodeImageUrl", "flightInfo"]
        .map(|name| pass(&format!("/{name}"), None, "required"))
        .into();
    rules.extend([
        template("airline_boardingpass", "/boardingPass", None, "required"),
        codes(Value::Null, Value::Null),
        codes(json!("M1DOE"), json!("https://example.com/code.png")),
        pass("/travelClass", Some(json!("cargo")), "choice"),
        pass("/auxiliaryFields", Some(field.clone()), "required").told_below("/0/value"),
        pass("/secondaryFields", Some(field), "required").told_below("/0/value"),
        pass("/logoImageUrl", Some(json!("logo.png")), "url"),
        pass("/headerImageUrl", Some(json!("header.png")), "url"),
        pass("/headerTextField", Some(json!({"value": "Business"})), "required").told_below("/label"),
    ]);
    hold(&rules);
}

#[test]
fn itineraries() {
    let itinerary = |at: &str, new: Option<Value>, code| template("airline_itinerary", at, new, code);
    let required = [
        "/pnrNumber",
        "/passengerInfo",
        "/passengerInfo/0/passengerId",
        "/passengerInfo/0/name",
        "/flightInfo",
        "/flightInfo/0/connectionId",
        "/flightInfo/0/segmentId",
        "/flightInfo/0/travelClass",
        "/passengerSegmentInfo",
        "/passengerSegmentInfo/0/segmentId",
        "/passengerSegmentInfo/0/passengerId",
        "/passengerSegmentInfo/0/seat",
        "/passengerSegmentInfo/0/seatType",
        "/totalPrice",
        "/currency",
    ];
    let mut rules: Vec<Rule> = required.map(|at| itinerary(at, None, "required")).into();
    rules.extend([
        itinerary("/currency", Some(json!("dollar")), "format"),
        itinerary("/flightInfo/0/travelClass", Some(json!("cargo")), "choice"),
        itinerary("/priceInfo", Some(json!([{"amount": "1"}])), "required").told_below("/0/title"),
        itinerary("/priceInfo", Some(json!([{"title": "Fuel"}])), "required").told_below("/0/amount"),
        itinerary("/priceInfo", Some(json!([{"title": "Fuel", "amount": 1, "currency": ""}])), "format")
            .told_below("/0/currency"),
        itinerary("/passengerSegmentInfo/0/productInfo", Some(json!([{"title": "Bag"}])), "required")
            .told_below("/0/value"),
        itinerary("/passengerSegmentInfo/0/productInfo", Some(json!([{"value": "1"}])), "required")
            .told_below("/0/title"),
    ]);
    hold(&rules);
}
