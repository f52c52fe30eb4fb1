//! The limits of templates and buttons, from both sides.

use serde_json::{Value, json};

use super::stage::{GOOD, Stage, codes};
use super::templates::{send, with};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table, a row a limit")]
async fn each_limit_has_two_sides() {
    let stage = Stage::in_conversation().await;
    let text = |length: usize| Value::from("ü".repeat(length));
    let list = |item: &Value, count: usize| Value::from(vec![item.clone(); count]);
    let buttons = |count| list(&json!({"type": "postback", "title": "t", "payload": "p"}), count);
    let image = json!({"url": "https://cdn.example.org/1.png"});
    let hero = json!({"url": "https://cdn.example.org/1.png", "is_hero_image": true});
    let field = json!({"label": "l", "value": "v"});
    let product_info = json!({"title": "t", "value": "v"});
    let (question, pass) = ("/feedback_screens/0/questions/0", "/boarding_pass/0");
    let question = |key: &str| format!("{question}/{key}");
    let pass = |key: &str| format!("{pass}/{key}");
    // Kind, where, the most that goes, the least that does not, and the code for it.
    let rows: Vec<(&str, String, Value, Value, i64)> = vec![
        ("button", "/text".into(), text(640), text(641), 100),
        ("button", "/buttons".into(), buttons(3), buttons(4), 105),
        (
            "generic",
            "/elements".into(),
            list(&json!({"title": "t", "subtitle": "s"}), 10),
            list(&json!({"title": "t", "subtitle": "s"}), 11),
            105,
        ),
        ("generic", "/elements/0/title".into(), text(80), text(81), 100),
        ("generic", "/elements/0/subtitle".into(), text(80), text(81), 100),
        ("generic", "/elements/0/buttons".into(), buttons(3), buttons(4), 105),
        ("generic", "/image_aspect_ratio".into(), "square".into(), "round".into(), 100),
        ("media", "/elements/0/buttons".into(), buttons(3), buttons(4), 105),
        ("media", "/elements/0/media_type".into(), "image".into(), "audio".into(), 100),
        (
            "media",
            "/elements/0/url".into(),
            "https://facebook.com/photo/1".into(),
            "https://cdn.example.org/1".into(),
            100,
        ),
        (
            "receipt",
            "/elements".into(),
            list(&json!({"title": "t", "price": 1}), 100),
            list(&json!({"title": "t", "price": 1}), 101),
            105,
        ),
        ("receipt", "/currency".into(), "USD".into(), "usd".into(), 100),
        ("receipt", "/address/country".into(), "FR".into(), "FRA".into(), 100),
        ("receipt", "/timestamp".into(), "1".into(), "yesterday".into(), 100),
        ("product", "/elements".into(), list(&json!({"id": "501"}), 10), list(&json!({"id": "501"}), 11), 105),
        ("coupon", "/title".into(), text(80), text(81), 100),
        ("coupon", "/subtitle".into(), text(80), text(81), 100),
        ("coupon", "/coupon_code".into(), "A-B".into(), "A B".into(), 100),
        ("customer_feedback", "/title".into(), text(65), text(66), 100),
        ("customer_feedback", "/title".into(), "See us".into(), "See www.example.org".into(), 100),
        ("customer_feedback", "/subtitle".into(), text(80), text(81), 100),
        ("customer_feedback", "/button_title".into(), text(20), text(21), 100),
        ("customer_feedback", "/expires_in_days".into(), 7.into(), 8.into(), 100),
        ("customer_feedback", "/expires_in_days".into(), 1.into(), 0.into(), 100),
        ("customer_feedback", question("id"), "a".repeat(80).into(), "a".repeat(81).into(), 100),
        ("customer_feedback", question("id"), "a_1".into(), "a-1".into(), 100),
        ("customer_feedback", question("title"), text(85), text(86), 100),
        ("customer_feedback", question("title"), text(5), text(4), 100),
        ("customer_feedback", question("score_label"), "none".into(), "good_bad".into(), 100),
        ("customer_feedback", question("score_option"), "one_to_five".into(), "1_to_5".into(), 100),
        ("customer_feedback", question("score_option"), "five_emojis".into(), "zero_to_ten".into(), 100),
        ("customer_feedback", question("follow_up/placeholder"), text(65), text(66), 100),
        (
            "customer_feedback",
            "/business_privacy/url".into(),
            "https://a.example/p".into(),
            "http://a.example/p".into(),
            100,
        ),
        ("customer_information", "/expires_in_days".into(), 7.into(), 8.into(), 100),
        ("customer_information", "/countries/0".into(), "UK".into(), "DE".into(), 100),
        ("customer_information", "/purpose".into(), "SHIPPING".into(), "BILLING".into(), 100),
        ("image_grid", "/elements/0/images".into(), list(&image, 6), list(&image, 7), 105),
        ("image_grid", "/elements/0/images".into(), list(&image, 2), list(&image, 1), 100),
        ("image_grid", "/elements/0/images".into(), json!([hero, image]), json!([hero, hero]), 100),
        ("image_grid", "/elements/0/title".into(), text(45), text(46), 100),
        ("image_grid", "/elements/0/subtitle".into(), text(80), text(81), 100),
        ("image_grid", "/elements/0/buttons".into(), buttons(3), buttons(4), 105),
        (
            "image_grid",
            "/elements/0/buttons".into(),
            json!([{"type": "web_url", "title": "t", "url": "https://a.example"}]),
            json!([{"type": "phone_number", "title": "t", "payload": "+34600000000"}]),
            100,
        ),
        ("one_time_notif_req", "/title".into(), text(65), text(66), 100),
        ("airline_boardingpass", "/locale".into(), "es_ES".into(), "Spanish".into(), 100),
        ("airline_boardingpass", "/theme_color".into(), "#0A0b0c".into(), "blue".into(), 100),
        ("airline_boardingpass", pass("auxiliary_fields"), list(&field, 5), list(&field, 6), 105),
        ("airline_boardingpass", pass("secondary_fields"), list(&field, 5), list(&field, 6), 105),
        ("airline_boardingpass", pass("travel_class"), "first_class".into(), "steerage".into(), 100),
        (
            "airline_checkin",
            "/flight_info/0/flight_schedule/departure_time".into(),
            "2026-12-01T08:31".into(),
            "tomorrow".into(),
            100,
        ),
        (
            "airline_itinerary",
            "/passenger_segment_info/0/product_info".into(),
            list(&product_info, 4),
            list(&product_info, 5),
            105,
        ),
        (
            "airline_itinerary",
            "/price_info".into(),
            list(&json!({"title": "t", "amount": "1"}), 4),
            list(&json!({"title": "t", "amount": "1"}), 5),
            105,
        ),
        ("airline_update", "/update_type".into(), "cancellation".into(), "upgrade".into(), 100),
    ];
    for (kind, pointer, most, too_much, code) in rows {
        let good = send(&stage, &with(kind, &pointer, most)).await;
        assert_eq!((good.0, codes(&good)), (200, GOOD), "{kind} {pointer} {good:?}");
        let refused = send(&stage, &with(kind, &pointer, too_much)).await;
        assert_eq!((refused.0, codes(&refused)), (400, (Some(code), None)), "{kind} {pointer} {refused:?}");
    }
    let foreign = send(&stage, &with("product", "/elements/0/id", "999".into())).await;
    assert_eq!(codes(&foreign), (Some(100), Some(2_018_320)));
}

#[tokio::test]
async fn each_kind_of_button_has_its_rules() {
    let stage = Stage::in_conversation().await;
    let title = |length: usize| "t".repeat(length);
    let url = "https://shop.example.org/";
    for (good, button) in [
        (true, json!({"type": "web_url", "title": title(20), "url": url, "webview_height_ratio": "tall"})),
        (true, json!({"type": "web_url", "title": "t", "url": url, "webview_share_button": "hide"})),
        (false, json!({"type": "web_url", "title": title(21), "url": url})),
        (false, json!({"type": "web_url", "title": "t", "url": url, "webview_height_ratio": "huge"})),
        (false, json!({"type": "web_url", "title": "t", "url": url, "fallback_url": url})),
        (
            false,
            json!({"type": "web_url", "title": "t", "url": "http://shop.example.org/", "messenger_extensions": true}),
        ),
        (false, json!({"type": "web_url", "title": "t", "url": "shop"})),
        (true, json!({"type": "postback", "title": title(20), "payload": title(1000)})),
        (false, json!({"type": "postback", "title": "t", "payload": title(1001)})),
        (false, json!({"type": "postback", "title": "t"})),
        (true, json!({"type": "phone_number", "title": "t", "payload": "+34600000000"})),
        (false, json!({"type": "phone_number", "title": "t", "payload": "600 00 00 00"})),
        (true, json!({"type": "account_link", "url": url})),
        (false, json!({"type": "account_link", "url": "http://shop.example.org"})),
        (false, json!({"type": "account_link", "url": url, "title": "t"})),
        (true, json!({"type": "account_unlink"})),
        (true, json!({"type": "game_play", "title": "t", "payload": "{}", "game_metadata": {"player_id": "1"}})),
        (false, json!({"type": "game_play", "title": "t", "game_metadata": {}})),
        (true, json!({"type": "audio_call", "title": "t", "expires_in_days": 7})),
        (false, json!({"type": "audio_call", "title": "t", "expires_in_days": 8})),
        (false, json!({"type": "nested", "title": "t", "call_to_actions": []})),
        (false, json!({"type": "element_share"})),
    ] {
        let answer = send(&stage, &with("button", "/buttons/0", button.clone())).await;
        assert_eq!(codes(&answer), if good { GOOD } else { (Some(100), None) }, "{button} {answer:?}");
    }
    let extensions = json!({"type": "web_url", "title": "t", "url": url, "messenger_extensions": true});
    let refused = send(&stage, &with("button", "/buttons/0", extensions.clone())).await;
    assert!(refused.1["error"]["message"].as_str().unwrap().contains("not whitelisted for messenger extensions"));
    let (status, _) = stage.post("/v26.0/me/messenger_profile", &json!({"whitelisted_domains": [url]})).await;
    assert_eq!(status, 200);
    assert_eq!(codes(&send(&stage, &with("button", "/buttons/0", extensions)).await), GOOD);
}
