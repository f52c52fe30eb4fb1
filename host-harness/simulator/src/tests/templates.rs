//! Every template: what is accepted, and each limit.

use serde_json::{Value, json};

use super::stage::{Stage, codes};

/// One whole example of each kind.
pub(super) fn whole(kind: &str) -> Value {
    let postback = json!({"type": "postback", "title": "Buy", "payload": "BUY"});
    let airport = json!({"airport_code": "BCN", "city": "Barcelona", "terminal": "1", "gate": "A7"});
    let flight = json!({
        "flight_number": "KL9123", "departure_airport": airport, "arrival_airport": airport,
        "flight_schedule": {"departure_time": "2026-12-01T08:30", "arrival_time": "2026-12-01T10:00"},
    });
    let mut leg = flight.clone();
    for (key, value) in [("connection_id", "c1"), ("segment_id", "s1"), ("travel_class", "economy")] {
        leg[key] = value.into();
    }
    let mut template = match kind {
        "button" => json!({"text": "What now?", "buttons": [postback]}),
        "generic" => json!({"elements": [{"title": "Mug", "subtitle": "$12", "buttons": [postback]}]}),
        "media" => json!({"elements": [{"media_type": "video", "url": "https://www.facebook.com/acme/videos/1/",
            "buttons": [postback]}]}),
        "receipt" => {
            json!({"recipient_name": "Ana", "order_number": "A-17", "currency": "EUR", "payment_method": "Visa",
            "summary": {"total_cost": 12.5}, "elements": [{"title": "Mug", "price": 12.5}],
            "adjustments": [{"name": "Voucher", "amount": 1}], "timestamp": "1763712000",
            "address": {"street_1": "Main St 1", "city": "Girona", "postal_code": "17001", "state": "GI", "country": "ES"}})
        }
        "product" => json!({"elements": [{"id": "501"}, {"id": 502}]}),
        "coupon" => {
            json!({"title": "10 % off", "subtitle": "Until Sunday", "coupon_code": "10OFF", "payload": "SPRING"})
        }
        "customer_feedback" => json!({"title": "Rate us", "subtitle": "It helps", "button_title": "Rate",
            "feedback_screens": [{"questions": [{"id": "q_1", "type": "csat", "title": "How was it?",
                "score_label": "neg_pos", "score_option": "five_stars", "follow_up": {"type": "free_form", "placeholder": "Why"}}]}],
            "business_privacy": {"url": "https://shop.example.org/privacy"}, "expires_in_days": 3}),
        "customer_information" => json!({"countries": ["US", "FR"], "purpose": "SHIPPING", "expires_in_days": 7,
            "business_privacy": {"url": "https://shop.example.org/privacy"},
            "address_overrides": [{"country": "US", "overrides": {"address_line_1": {"label": "Street", "required": true}}}],
            "contact_overrides": {"phone": {"required": false}}}),
        "image_grid" => json!({"elements": [{"title": "New", "subtitle": "in", "buttons": [postback], "images": [
            {"url": "https://cdn.example.org/1.png", "is_hero_image": true},
            {"url": "https://cdn.example.org/2.png", "action": {"type": "postback", "payload": "TWO", "text": "Two"}}]}]}),
        "instant_form" => json!({"form_id": "7001"}),
        "calling_optin" => json!({}),
        "one_time_notif_req" => json!({"title": "Back in stock", "payload": "STOCK"}),
        "airline_boardingpass" => json!({"intro_message": "Your pass", "locale": "en_US", "theme_color": "#009ddc",
            "boarding_pass": [{"passenger_name": "Ana", "pnr_number": "CG4X7U", "travel_class": "business", "seat": "74J",
                "auxiliary_fields": [{"label": "Gate", "value": "A7"}], "secondary_fields": [{"label": "Zone", "value": "1"}],
                "logo_image_url": "https://cdn.example.org/l.png", "header_text_field": "Priority", "qr_code": "M1",
                "above_bar_code_image_url": "https://cdn.example.org/b.png", "flight_info": flight}]}),
        "airline_checkin" => json!({"intro_message": "Check in", "locale": "en_US", "pnr_number": "ABC",
            "checkin_url": "https://air.example.org", "flight_info": [flight]}),
        "airline_itinerary" => json!({"intro_message": "Your plan", "locale": "en_US", "pnr_number": "ABC",
            "passenger_info": [{"passenger_id": "p1", "ticket_number": "1", "name": "Ana"}], "flight_info": [leg],
            "passenger_segment_info": [{"segment_id": "s1", "passenger_id": "p1", "seat": "12A", "seat_type": "Business",
                "product_info": [{"title": "Lounge", "value": "yes"}]}],
            "price_info": [{"title": "Fuel", "amount": "20", "currency": "USD"}], "base_price": "100", "tax": "5",
            "total_price": "125", "currency": "USD"}),
        "airline_update" => json!({"intro_message": "Delayed", "locale": "en_US", "update_type": "delay",
            "pnr_number": "ABC", "update_flight_info": flight}),
        other => panic!("{other} is no template"),
    };
    template["template_type"] = kind.into();
    template
}

pub(super) async fn send(stage: &Stage, payload: &Value) -> (u16, Value) {
    stage.message(json!({"attachment": {"type": "template", "payload": payload}})).await
}

/// The example with one member set to something else; `Null` takes it out.
pub(super) fn with(kind: &str, pointer: &str, value: Value) -> Value {
    let mut template = whole(kind);
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = template.pointer_mut(parent).unwrap_or_else(|| panic!("{kind} has {pointer}"));
    match (parent, value) {
        (Value::Object(members), Value::Null) => drop(members.remove(key)),
        (Value::Object(members), value) => drop(members.insert(key.to_owned(), value)),
        (Value::Array(items), value) => items[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} leads nowhere"),
    }
    template
}

const KINDS: &[&str] = &[
    "button",
    "generic",
    "media",
    "receipt",
    "product",
    "coupon",
    "customer_feedback",
    "customer_information",
    "image_grid",
    "instant_form",
    "calling_optin",
    "one_time_notif_req",
    "airline_boardingpass",
    "airline_checkin",
    "airline_itinerary",
    "airline_update",
];

#[tokio::test]
async fn a_whole_template_of_each_kind_is_accepted_and_a_stranger_in_it_is_not() {
    let stage = Stage::in_conversation().await;
    for kind in KINDS {
        let (status, answer) = send(&stage, &whole(kind)).await;
        assert_eq!(status, 200, "{kind} {answer}");
        let stranger = with(kind, "/stranger", true.into());
        let refused = send(&stage, &stranger).await;
        assert_eq!(codes(&refused), (Some(100), None), "{kind}");
        assert!(refused.1["error"]["message"].as_str().unwrap().contains("Invalid keys \"stranger\""), "{kind}");
    }
    for gone in ["list", "open_graph", "element_share", "payment"] {
        let refused = send(&stage, &json!({"template_type": gone, "elements": []})).await;
        assert!(refused.1["error"]["message"].as_str().unwrap().contains("[template_type] must be one of"), "{gone}");
    }
}

#[tokio::test]
async fn what_is_required_cannot_be_left_out() {
    let stage = Stage::in_conversation().await;
    let pass = "airline_boardingpass";
    for (kind, pointer) in [
        ("button", "/text"),
        ("button", "/buttons"),
        ("generic", "/elements"),
        ("generic", "/elements/0/title"),
        ("media", "/elements"),
        ("media", "/elements/0/media_type"),
        ("media", "/elements/0/url"),
        ("receipt", "/recipient_name"),
        ("receipt", "/order_number"),
        ("receipt", "/currency"),
        ("receipt", "/payment_method"),
        ("receipt", "/summary"),
        ("receipt", "/summary/total_cost"),
        ("receipt", "/elements/0/title"),
        ("receipt", "/elements/0/price"),
        ("receipt", "/address/street_1"),
        ("receipt", "/address/city"),
        ("receipt", "/address/postal_code"),
        ("receipt", "/address/state"),
        ("receipt", "/address/country"),
        ("product", "/elements"),
        ("product", "/elements/0/id"),
        ("coupon", "/title"),
        ("coupon", "/coupon_code"),
        ("customer_feedback", "/title"),
        ("customer_feedback", "/subtitle"),
        ("customer_feedback", "/button_title"),
        ("customer_feedback", "/feedback_screens"),
        ("customer_feedback", "/feedback_screens/0/questions"),
        ("customer_feedback", "/feedback_screens/0/questions/0/id"),
        ("customer_feedback", "/feedback_screens/0/questions/0/type"),
        ("customer_feedback", "/business_privacy"),
        ("customer_information", "/countries"),
        ("customer_information", "/business_privacy/url"),
        ("image_grid", "/elements"),
        ("image_grid", "/elements/0/images"),
        ("image_grid", "/elements/0/images/0/url"),
        ("instant_form", "/form_id"),
        ("one_time_notif_req", "/title"),
        ("one_time_notif_req", "/payload"),
        (pass, "/intro_message"),
        (pass, "/locale"),
        (pass, "/boarding_pass"),
        (pass, "/boarding_pass/0/passenger_name"),
        (pass, "/boarding_pass/0/pnr_number"),
        (pass, "/boarding_pass/0/logo_image_url"),
        (pass, "/boarding_pass/0/qr_code"),
        (pass, "/boarding_pass/0/above_bar_code_image_url"),
        (pass, "/boarding_pass/0/flight_info"),
        (pass, "/boarding_pass/0/flight_info/flight_number"),
        ("airline_checkin", "/checkin_url"),
        ("airline_checkin", "/flight_info"),
        ("airline_checkin", "/flight_info/0/departure_airport/city"),
        ("airline_checkin", "/flight_info/0/flight_schedule/departure_time"),
        ("airline_itinerary", "/pnr_number"),
        ("airline_itinerary", "/passenger_info/0/name"),
        ("airline_itinerary", "/flight_info/0/connection_id"),
        ("airline_itinerary", "/flight_info/0/travel_class"),
        ("airline_itinerary", "/passenger_segment_info/0/seat_type"),
        ("airline_itinerary", "/price_info/0/amount"),
        ("airline_itinerary", "/total_price"),
        ("airline_itinerary", "/currency"),
        ("airline_update", "/update_type"),
        ("airline_update", "/update_flight_info"),
    ] {
        let answer = send(&stage, &with(kind, pointer, Value::Null)).await;
        assert_eq!((answer.0, codes(&answer).0), (400, Some(100)), "{kind} without {pointer}: {answer:?}");
    }
}
