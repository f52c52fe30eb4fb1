//! One sample of each template with every field, as a host writes it.

use serde_json::{Value, json};

/// The sample of this type.
pub(super) fn of(kind: &str) -> Value {
    let mut sample = match kind {
        "generic" => generic(),
        "button" => json!({"text": "What next?", "buttons": buttons(), "sharable": true}),
        "receipt" => receipt(),
        "media" => json!({
            "elements": [{"mediaType": "image", "attachmentId": "1745504518999123", "buttons": [link("Open")]}],
            "sharable": true
        }),
        "product" => json!({"elements": [{"id": "501"}, {"id": 502}]}),
        "coupon" => json!({
            "title": "10% off", "subtitle": "Until Sunday", "couponCode": "10OFF", "couponUrl": "https://example.com/10off",
            "couponUrlButtonTitle": "Shop", "couponPreMessage": "For you", "imageUrl": "https://example.com/c.png",
            "payload": "SPRING"
        }),
        "customer_feedback" => feedback(),
        "customer_information" => information(),
        "image_grid" => grid(),
        "instant_form" => json!({"formId": "4242"}),
        "calling_optin" => json!({}),
        "one_time_notif_req" => json!({"title": "When it is back in stock", "payload": "BACK_IN_STOCK"}),
        "notification_messages" => json!({
            "title": "News", "imageUrl": "https://example.com/n.png", "imageAspectRatio": "SQUARE", "payload": "NEWS",
            "notificationMessagesFrequency": "WEEKLY", "notificationMessagesCtaText": "SIGN_UP",
            "notificationMessagesReoptin": "ENABLED", "notificationMessagesTimezone": "Europe/Madrid"
        }),
        "utility" => utility(),
        "airline_boardingpass" => airline(json!({"boardingPass": [boarding_pass()]})),
        "airline_checkin" => airline(
            json!({"pnrNumber": "CG4X7U", "checkinUrl": "https://example.com/checkin", "flightInfo": [flight()]}),
        ),
        "airline_itinerary" => itinerary(),
        "airline_update" => {
            airline(json!({"updateType": "delay", "pnrNumber": "CG4X7U", "updateFlightInfo": flight()}))
        }
        other => panic!("there is no sample of {other}"),
    };
    sample["type"] = json!(kind);
    sample
}

fn link(title: &str) -> Value {
    json!({"type": "web_url", "title": title, "url": "https://example.com/p"})
}

/// A button of each of three kinds.
fn buttons() -> Value {
    json!([
        {
            "type": "web_url", "title": "Open", "url": "https://example.com/p", "webviewHeightRatio": "tall",
            "messengerExtensions": true, "fallbackUrl": "https://example.com/f", "webviewShareButton": "hide"
        },
        {"type": "postback", "title": "Buy", "payload": "BUY"},
        {"type": "phone_number", "title": "Call", "payload": "+15105551234"}
    ])
}

fn generic() -> Value {
    json!({
        "elements": [
            {
                "title": "First", "subtitle": "below", "imageUrl": "https://example.com/1.jpg",
                "defaultAction": {"type": "web_url", "url": "https://example.com/1", "webviewHeightRatio": "compact"},
                "buttons": buttons()
            },
            {
                "title": "Second",
                "buttons": [
                    {"type": "account_link", "url": "https://example.com/login"},
                    {"type": "account_unlink"},
                    {"type": "game_play", "title": "Play", "payload": "{}", "gameMetadata": {"playerId": "12"}}
                ]
            },
            {"title": "Third", "buttons": [{"type": "audio_call", "title": "Talk", "expiresInDays": 3}]}
        ],
        "sharable": true,
        "imageAspectRatio": "square"
    })
}

fn receipt() -> Value {
    json!({
        "recipientName": "Ana Doe", "merchantName": "Hats", "orderNumber": 12345, "currency": "EUR",
        "paymentMethod": "Visa 1234", "orderUrl": "https://example.com/o/1", "timestamp": 1_704_067_200, "sharable": true,
        "address": {
            "street1": "1 Main St", "street2": "", "city": "Vic", "postalCode": 94105, "state": "B", "country": "ES"
        },
        "summary": {"subtotal": 75, "shippingCost": 4.95, "totalTax": 6.19, "totalCost": 56.14},
        "adjustments": [{"name": "New customer", "amount": 20}],
        "elements": [{
            "title": "Hat", "subtitle": "Blue", "quantity": 2, "price": 50.0, "currency": "EUR",
            "imageUrl": "https://example.com/hat.png"
        }]
    })
}

fn feedback() -> Value {
    json!({
        "title": "Rate us", "subtitle": "It takes a moment", "buttonTitle": "Rate", "expiresInDays": 3,
        "businessPrivacy": {"url": "https://example.com/privacy"},
        "feedbackScreens": [{"questions": [{
            "id": "q_1", "type": "csat", "title": "How was it?", "scoreLabel": "neg_pos", "scoreOption": "five_stars",
            "followUp": {"type": "free_form", "placeholder": "Tell us more"}
        }]}]
    })
}

fn information() -> Value {
    json!({
        "countries": ["US", "BR"], "businessPrivacy": {"url": "https://example.com/privacy"}, "expiresInDays": 7,
        "purpose": "SHIPPING",
        "addressOverrides": [{"country": "US", "overrides": {"addressLine1": {"label": "Street", "required": true}}}],
        "contactOverrides": {"name": {"label": "Who"}, "phone": {"required": false}}
    })
}

fn grid() -> Value {
    json!({"elements": [{
        "images": [
            {"url": "https://example.com/1.jpg", "isHeroImage": true, "action": {"type": "web_url", "url": "https://example.com/1"}},
            {"url": "https://example.com/2.jpg", "action": {"type": "postback", "payload": "TWO", "text": "The second"}}
        ],
        "title": "Two hats", "subtitle": "New", "buttons": [link("All"), {"type": "postback", "title": "Buy", "payload": "BUY"}]
    }]})
}

fn utility() -> Value {
    json!({
        "name": "order_left", "language": "en_US",
        "components": [
            {"type": "header", "parameters": [{"type": "text", "text": "A-17"}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "A-17"}]},
            {"type": "buttons", "parameters": [{"type": "POSTBACK", "payload": "A-17"}, {"type": "URL", "url": "A-17"}]}
        ]
    })
}

fn airline(mut own: Value) -> Value {
    let mut template = json!({"introMessage": "You are checked in.", "locale": "en_US", "themeColor": "#009ddc"});
    template.as_object_mut().unwrap().append(own.as_object_mut().unwrap());
    template
}

fn flight() -> Value {
    json!({
        "flightNumber": "KL0642",
        "departureAirport": {"airportCode": "JFK", "city": "New York", "terminal": "T1", "gate": "D57"},
        "arrivalAirport": {"airportCode": "AMS", "city": "Amsterdam"},
        "flightSchedule": {
            "boardingTime": "2026-12-24T08:00", "departureTime": "2026-12-24T08:30", "arrivalTime": "2026-12-24T21:05"
        }
    })
}

fn boarding_pass() -> Value {
    json!({
        "passengerName": "ANA DOE", "pnrNumber": "CG4X7U", "travelClass": "business", "seat": "74J",
        "auxiliaryFields": [{"label": "Terminal", "value": "T1"}], "secondaryFields": [{"label": "Gate", "value": "D57"}],
        "logoImageUrl": "https://example.com/logo.png", "headerImageUrl": "https://example.com/header.png",
        "headerTextField": {"label": "Class", "value": "Business"}, "qrCode": "M1DOE CG4X7U",
        "aboveBarCodeImageUrl": "https://example.com/bar.png", "flightInfo": flight()
    })
}

fn itinerary() -> Value {
    let mut segment = flight();
    for (key, value) in
        [("connectionId", "c1"), ("segmentId", "s1"), ("aircraftType", "Boeing 737"), ("travelClass", "economy")]
    {
        segment[key] = json!(value);
    }
    airline(json!({
        "pnrNumber": "CG4X7U",
        "passengerInfo": [{"passengerId": "p1", "ticketNumber": "0741234567890", "name": "Ana Doe"}],
        "flightInfo": [segment],
        "passengerSegmentInfo": [{
            "segmentId": "s1", "passengerId": "p1", "seat": "12A", "seatType": "Economy",
            "productInfo": [{"title": "Baggage", "value": "1 bag"}]
        }],
        "priceInfo": [{"title": "Fuel", "amount": "1597", "currency": "USD"}],
        "basePrice": "12206", "tax": 200, "totalPrice": "14003", "currency": "USD"
    }))
}
