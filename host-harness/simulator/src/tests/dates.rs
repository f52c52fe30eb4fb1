//! Rules that began or ended on a day.

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, Stage, codes, simulator};
use crate::dates::midnight;
use crate::{Clock, ExpiredVersions};

const BAD: (Option<i64>, Option<i64>) = (Some(100), None);

#[tokio::test]
async fn a_feature_is_there_from_its_day_on_and_a_dead_one_until_its_day() {
    let tagged = |tag: &str| json!({"messaging_type": "MESSAGE_TAG", "tag": tag, "message": {"text": "Hi"}});
    let template = |payload: Value| json!({"message": {"attachment": {"type": "template", "payload": payload}}});
    let image = json!({"type": "image", "payload": {"url": "https://cdn.example.org/1.png"}});
    let grid = json!({"template_type": "image_grid", "elements": [{"images": [
        {"url": "https://cdn.example.org/1.png"}, {"url": "https://cdn.example.org/2.png"}]}]});
    let notification = json!({"template_type": "notification_messages", "payload": "NEWS", "title": "News"});
    let (before, after) = (true, false);
    for (day, alive, request) in [
        (midnight(2026, 4, 27), before, tagged("CONFIRMED_EVENT_UPDATE")),
        (midnight(2026, 4, 27), before, tagged("POST_PURCHASE_UPDATE")),
        (midnight(2026, 4, 27), before, tagged("ACCOUNT_UPDATE")),
        (midnight(2026, 6, 1), after, json!({"message": {"sticker_id": 369_239_263_222_822_u64}})),
        (midnight(2026, 6, 30), after, template(grid)),
        (midnight(2025, 3, 19), after, json!({"message": {"attachments": [image, image]}})),
        (midnight(2026, 2, 10), before, template(notification)),
    ] {
        for (now, is_before) in [(day - 1, true), (day, false)] {
            // The version's end is another matter: the oldest that is left serves.
            let stage = Stage::with(simulator().clock(Clock::fixed(now))).await;
            stage.sim.say(None, "hello").unwrap();
            let mut request = request.clone();
            request["recipient"] = json!({"id": PSID});
            let answer = stage.post("/me/messages", &request).await;
            let expected = if is_before == alive { GOOD } else { BAD };
            assert_eq!(codes(&answer).0, expected.0, "{request} at {now}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn replies_and_taking_a_reaction_back_came_later() {
    for (day, key) in [(midnight(2025, 7, 15), "reply_to"), (midnight(2025, 12, 2), "unreact")] {
        for (now, expected) in [(day - 1, BAD), (day, GOOD)] {
            let stage = Stage::with(simulator().clock(Clock::fixed(now))).await;
            let mid = stage.sim.say(None, "hello").unwrap();
            let request = match key {
                "reply_to" => json!({"recipient": {"id": PSID}, "message": {"text": "Hi"}, "reply_to": {"mid": mid}}),
                _ => json!({"recipient": {"id": PSID}, "sender_action": "unreact", "payload": {"message_id": mid}}),
            };
            assert_eq!(codes(&stage.post("/me/messages", &request).await), expected, "{key} at {now}");
        }
    }
}

#[tokio::test]
async fn notification_messages_live_on_in_a_few_countries() {
    let stage = Stage::in_conversation().await;
    let payload = json!({"template_type": "notification_messages", "payload": "NEWS", "title": "t".repeat(65)});
    let message = json!({"attachment": {"type": "template", "payload": payload}});
    for (country, expected) in [("US", BAD), ("BR", BAD), ("AU", GOOD), ("DE", GOOD), ("JP", GOOD), ("GB", GOOD)] {
        stage.act("settings", json!({"country": country})).await;
        assert_eq!(codes(&stage.message(message.clone()).await), expected, "{country}");
    }
    let mut long = message.clone();
    long["attachment"]["payload"]["title"] = "t".repeat(66).into();
    assert_eq!(codes(&stage.message(long).await), BAD);
}

#[tokio::test]
async fn a_version_ends_on_its_day_and_the_answer_says_which_one_served() {
    let day = midnight(2027, 1, 21);
    for (now, expired, code, served) in
        [(day - 1, false, None, Some("v21.0")), (day, false, Some(2635), None), (day, true, None, Some("v22.0"))]
    {
        let policy = if expired { ExpiredVersions::Serve } else { ExpiredVersions::Refuse };
        let stage = Stage::with(simulator().clock(Clock::fixed(now)).expired_versions(policy)).await;
        let response = stage.http.get(format!("{}/v21.0/me", stage.sim.url())).bearer_auth(super::stage::TOKEN);
        let response = response.send().await.unwrap();
        let header = response.headers().get("facebook-api-version").map(|header| header.to_str().unwrap().to_owned());
        let body: Value = response.json().await.unwrap();
        assert_eq!((body["error"]["code"].as_i64(), header.as_deref()), (code, served), "{body}");
    }
}
