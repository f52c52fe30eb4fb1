//! A refusal names the member that is wrong and says what it must be, whatever keyword of the schemas found it.

use serde_json::{Value, json};

use super::stage::Stage;
use super::templates::{send, with};

#[tokio::test]
async fn each_refusal_names_the_member_and_says_what_it_must_be() {
    let stage = Stage::in_conversation().await;
    let url = "https://shop.example.org/";
    let (day, hero) = ("2026-12-01T08:30", json!({"url": url, "is_hero_image": true}));
    let link = json!({"type": "web_url", "title": "t", "url": url});
    let button = |key: &str, value: Value| {
        let mut button = link.clone();
        button[key] = value;
        with("button", "/buttons/0", button)
    };
    let place = |rest: &str| format!("(#100) Param name_placeholder{rest}");
    for (template, text) in [
        (
            with("button", "/buttons/0", json!({})),
            "(#100) The parameter name_placeholder[buttons][0][type] is required",
        ),
        (
            with("button", "/buttons/0", json!({"type": "share"})),
            &*place(
                "[buttons][0][type] must be one of {web_url, postback, phone_number, account_link, account_unlink, \
                 game_play, audio_call}",
            ),
        ),
        (
            button("stranger", true.into()),
            "(#100) Invalid keys \"stranger\" were found in param \"name_placeholder[buttons][0]\".",
        ),
        (button("title", " ".into()), &place("[buttons][0][title] must be non-empty")),
        (button("url", 5.into()), &place("[buttons][0][url] must be a string")),
        (button("url", "shop".into()), &place("[buttons][0][url] must be a valid URL")),
        (
            button("fallback_url", url.into()),
            &place("[buttons][0][fallback_url] must come with messenger_extensions true"),
        ),
        (
            with("button", "/buttons/0", json!({"type": "game_play", "title": "t", "game_metadata": {}})),
            &place("[buttons][0][game_metadata] must have exactly one of player_id and context_id"),
        ),
        (with("customer_feedback", "/title", "at https://a.b".into()), &place("[title] must not contain a URL")),
        (
            with("customer_feedback", "/expires_in_days", 8.into()),
            &place("[expires_in_days] must be an integer between 1 and 7"),
        ),
        (
            with("customer_feedback", "/feedback_screens/0/questions/0/title", "Hm?".into()),
            &place("[feedback_screens][0][questions][0][title] must have at least 5 characters"),
        ),
        (
            with("customer_feedback", "/feedback_screens/0/questions/0/type", "free_form".into()),
            "(#100) Invalid keys \"score_label\" were found in param \
             \"name_placeholder[feedback_screens][0][questions][0]\".",
        ),
        (
            with("image_grid", "/elements/0/images", json!([hero, hero])),
            &place("[elements][0][images] must have at most one is_hero_image"),
        ),
        (
            with("image_grid", "/elements/0/images", json!([hero])),
            &place("[elements][0][images] must have at least 2 elements"),
        ),
        (
            with("airline_update", "/update_flight_info/flight_schedule", json!({"departure_time": day, "late": true})),
            "(#100) Invalid keys \"late\" were found in param \"name_placeholder[update_flight_info][flight_schedule]\".",
        ),
        (
            with("airline_update", "/update_flight_info/flight_schedule/departure_time", "2026-13-01T08:30".into()),
            &place("[update_flight_info][flight_schedule][departure_time] must be a time like 2026-12-01T08:30"),
        ),
        (with("airline_itinerary", "/total_price", json!([])), &place("[total_price] must be a string or a number")),
    ] {
        let (status, answer) = send(&stage, &template).await;
        assert_eq!((status, answer["error"]["message"].as_str()), (400, Some(text)), "{template}");
    }
}

#[tokio::test]
async fn what_is_null_is_not_there() {
    let stage = Stage::in_conversation().await;
    let message = json!({"text": "Hi", "quick_replies": null, "attachment": null});
    assert_eq!(stage.message(message).await.0, 200);
}
