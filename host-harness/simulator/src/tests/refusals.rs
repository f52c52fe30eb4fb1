//! What Meta refuses, refused with Meta's codes.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{PSID, START_MS, Stage, simulator};
use crate::Clock;

#[expect(clippy::needless_pass_by_value, reason = "the rows below read better")]
fn template(payload: Value) -> Value {
    json!({"attachment": {"type": "template", "payload": payload}})
}

fn buttons(count: usize) -> Value {
    vec![json!({"type": "postback", "title": "Buy", "payload": "BUY"}); count].into()
}

fn postback(title: &str, payload: &str) -> Value {
    template(
        json!({"template_type": "button", "text": "?", "buttons": [{"type": "postback", "title": title, "payload": payload}]}),
    )
}

fn quick_reply(reply: &Value, count: usize) -> Value {
    json!({"text": "?", "quick_replies": vec![reply.clone(); count]})
}

fn generic(element: &Value, count: usize) -> Value {
    template(json!({"template_type": "generic", "elements": vec![element.clone(); count]}))
}

fn without(mut object: Value, key: &str) -> Value {
    object.as_object_mut().unwrap().remove(key);
    object
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table, a row a rule")]
async fn each_rule_for_a_message() {
    let stage = Stage::in_conversation().await;
    let long = |length| "ü".repeat(length);
    let reply = json!({"content_type": "text", "title": "Red", "payload": "RED"});
    let card = json!({"title": "Mug", "subtitle": "$12"});
    let receipt = json!({
        "template_type": "receipt", "recipient_name": "Ana", "order_number": "A-17", "currency": "EUR",
        "payment_method": "Visa 1234", "summary": {"total_cost": 1},
    });
    stage.sent(template(receipt.clone())).await;
    let cases: Vec<(Value, i64, Option<i64>, &str)> = vec![
        (
            json!({"text": long(2001)}),
            100,
            None,
            "(#100) Length of param message[text] must be less than or equal to 2000",
        ),
        (json!({"text": ""}), 100, Some(2_018_034), "Message cannot be empty"),
        (json!({}), 100, Some(2_018_034), "Message cannot be empty"),
        (json!({"text": 5}), 100, None, "Param message[text] must be a string"),
        (
            json!({"text": "?", "quickReplies": []}),
            100,
            None,
            "Invalid keys \"quickReplies\" were found in param \"message\".",
        ),
        (
            json!({"text": "?", "attachment": {"type": "image", "payload": {"url": "https://a.example/x"}}}),
            100,
            None,
            "Only one of",
        ),
        (json!({"text": "?", "metadata": long(1001)}), 100, None, "message[metadata]"),
        (quick_reply(&reply, 14), 105, None, "param message[quick_replies] has too many elements"),
        (
            quick_reply(&json!({"content_type": "text", "title": long(21), "payload": "R"}), 1),
            100,
            None,
            "Length of param message[quick_replies][0][title] must be less than or equal to 20",
        ),
        (
            quick_reply(&json!({"content_type": "text", "title": "R", "payload": long(1001)}), 1),
            100,
            None,
            "message[quick_replies][0][payload] must be less than or equal to 1000",
        ),
        (
            quick_reply(&json!({"content_type": "text", "title": "", "payload": "R"}), 1),
            100,
            None,
            "[title] must be non-empty",
        ),
        (
            quick_reply(&json!({"content_type": "location"}), 1),
            100,
            None,
            "must be one of {text, user_phone_number, user_email}",
        ),
        (
            json!({"attachment": {"type": "image", "payload": {"url": "cdn/a.jpg"}}}),
            100,
            Some(2_018_008),
            "Failed to fetch the file",
        ),
        (
            json!({"attachment": {"type": "image", "payload": {"url": "https://a.example/x", "attachment_id": "1"}}}),
            100,
            None,
            "exactly one of url and attachment_id",
        ),
        (
            json!({"attachment": {"type": "location", "payload": {}}}),
            100,
            None,
            "Param message[attachment][type] must be one of",
        ),
        (template(json!({"template_type": "list"})), 100, None, "template_type] must be one of"),
        (
            template(json!({"template_type": "button", "text": long(641), "buttons": buttons(1)})),
            100,
            None,
            "[text] must be less than or equal to 640",
        ),
        (
            template(json!({"template_type": "button", "text": "?", "buttons": buttons(4)})),
            105,
            None,
            "name_placeholder[buttons] has too many elements",
        ),
        (
            template(json!({"template_type": "button", "text": "?", "buttons": []})),
            100,
            None,
            "name_placeholder[buttons] must be non-empty",
        ),
        (postback(&long(21), "BUY"), 100, None, "[buttons][0][title] must be less than or equal to 20"),
        (postback("Buy", &long(1001)), 100, None, "[buttons][0][payload] must be less than or equal to 1000"),
        (generic(&card, 11), 105, None, "name_placeholder[elements] has too many elements"),
        (
            generic(&json!({"title": long(81), "subtitle": "s"}), 1),
            100,
            None,
            "[elements][0][title] must be less than or equal to 80",
        ),
        (
            generic(&json!({"title": "t", "subtitle": long(81)}), 1),
            100,
            None,
            "[elements][0][subtitle] must be less than or equal to 80",
        ),
        (
            generic(&json!({"title": "t", "buttons": buttons(4)}), 1),
            105,
            None,
            "[elements][0][buttons] has too many elements",
        ),
        (generic(&json!({"title": "t"}), 1), 100, None, "must have at least one of subtitle"),
        (generic(&json!({"title": "t", "imageUrl": "https://a.example/x"}), 1), 100, None, "Invalid keys \"imageUrl\""),
        (
            template(without(receipt.clone(), "order_number")),
            100,
            None,
            "The parameter name_placeholder[order_number] is required",
        ),
        (template(without(receipt.clone(), "summary")), 100, None, "name_placeholder[summary] is required"),
        (
            template(
                json!({"template_type": "button", "text": "?", "buttons": [{"type": "web_url", "title": "Go", "url": "example"}]}),
            ),
            100,
            None,
            "[url] must be a valid URL",
        ),
    ];
    for (message, code, subcode, text) in cases {
        let (status, body) = stage.message(message.clone()).await;
        let error = &body["error"];
        assert_eq!(
            (status, error["code"].as_i64(), error["error_subcode"].as_i64()),
            (400, Some(code), subcode),
            "{message} {body}"
        );
        assert!(error["message"].as_str().unwrap().contains(text), "{message} {body}");
        assert_eq!(error["type"], "OAuthException");
        assert!(error["fbtrace_id"].is_string());
    }
    // Nothing of all that reached the phone: hello and the receipt are all there is.
    assert_eq!(stage.sim.transcript(PSID).unwrap().entries.len(), 2);
}

#[tokio::test]
async fn each_rule_for_the_request_around_it() {
    let stage = Stage::in_conversation().await;
    let hi = json!({"text": "Hi"});
    let to = json!({"id": PSID});
    let tagged = |tag: &str| json!({"recipient": to, "messaging_type": "MESSAGE_TAG", "tag": tag, "message": hi});
    let cases = [
        (json!({"message": hi}), 100, None),
        (json!({"recipient": {"id": "999"}, "message": hi}), 100, Some(2_018_001)),
        (json!({"recipient": {}, "message": hi}), 100, Some(2_018_001)),
        (json!({"recipient": to}), 100, None),
        (json!({"recipient": to, "message": hi, "sender_action": "typing_on"}), 100, Some(2_018_014)),
        (json!({"recipient": to, "sender_action": "dance"}), 100, None),
        (
            json!({"recipient": to, "sender_action": "react", "payload": {"message_id": "m_none", "reaction": "👍"}}),
            100,
            None,
        ),
        (json!({"recipient": to, "message": hi, "messaging_type": "PROMO"}), 100, None),
        (json!({"recipient": to, "message": hi, "messaging_type": "MESSAGE_TAG"}), 100, None),
        (json!({"recipient": to, "message": hi, "notification_type": "LOUD"}), 100, None),
        (json!({"recipient": to, "message": hi, "reply_to": {"mid": "m_none"}}), 100, None),
        (json!({"recipient": {"id": PSID, "user_ref": "x"}, "message": hi}), 100, None),
        (json!({"recipient": {"player_id": "1"}, "message": hi}), 100, Some(2_018_001)),
        (json!({"recipient": {"id": PSID, "name": {"first_name": "A"}}, "message": hi}), 100, None),
        (json!({"recipient": to, "message": hi, "persona_id": "1"}), 100, None),
        (json!({"recipient": to, "message": hi, "thread_control": {"control_type": "keep"}}), 100, None),
        (
            json!({"recipient": to, "sender_action": "react", "payload": {"message_id": "m", "reaction": "love"}}),
            100,
            None,
        ),
        (json!({"recipient": to, "sender_action": "unreact"}), 100, None),
        (tagged("CONFIRMED_EVENT_UPDATE"), 100, Some(1_893_061)),
        (tagged("POST_PURCHASE_UPDATE"), 100, Some(1_893_061)),
        (tagged("ACCOUNT_UPDATE"), 100, Some(1_893_061)),
        (tagged("PAIRING_UPDATE"), 100, None),
        (tagged("CUSTOMER_FEEDBACK"), 100, None),
        (tagged("NON_PROMOTIONAL_SUBSCRIPTION"), 10, Some(2_018_065)),
    ];
    for (request, code, subcode) in cases {
        let (status, body) = stage.post("/v26.0/me/messages", &request).await;
        let error = &body["error"];
        assert_eq!(
            (status, error["code"].as_i64(), error["error_subcode"].as_i64()),
            (400, Some(code), subcode),
            "{request} {body}"
        );
    }
    assert_eq!(stage.post("/v26.0/me/messages", &tagged("HUMAN_AGENT")).await.0, 200);
}

#[tokio::test]
async fn the_window_closes_after_a_day_and_opens_with_a_word() {
    let clock = Clock::fixed(START_MS);
    let stage = Stage::with(simulator().clock(clock.clone())).await;
    let template = json!({"name": "order_left", "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Your order has left."}]});
    assert_eq!(stage.post("/v26.0/me/message_templates", &template).await.0, 200);
    let send = async |kind: &str, tag: Option<&str>| {
        let message = if kind == "UTILITY" {
            json!({"template": {"name": "order_left", "language": {"code": "en_US"}}})
        } else {
            json!({"text": "Hi"})
        };
        let body = json!({"recipient": {"id": PSID}, "messaging_type": kind, "tag": tag, "message": message});
        let (_, answer) = stage.post("/v26.0/me/messages", &body).await;
        (answer["error"]["code"].as_i64(), answer["error"]["error_subcode"].as_i64())
    };
    let (open, closed) = ((None, None), (Some(10), Some(2_018_278)));
    assert_eq!(send("RESPONSE", None).await, closed, "nobody has written yet");
    stage.sim.say(None, "hello").unwrap();
    clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(send("RESPONSE", None).await, open);
    clock.advance(Duration::from_secs(1));
    assert_eq!(send("RESPONSE", None).await, closed);
    assert_eq!(send("MESSAGE_TAG", Some("HUMAN_AGENT")).await, open);
    clock.advance(Duration::from_hours(6 * 24));
    assert_eq!(send("MESSAGE_TAG", Some("HUMAN_AGENT")).await, closed);
    assert_eq!(send("UTILITY", None).await, open);
    stage.sim.say(None, "still there?").unwrap();
    assert_eq!(send("RESPONSE", None).await, open);
    assert_eq!(stage.post("/_sim/clock", &json!({"advanceSeconds": 86400})).await.0, 200);
    assert_eq!(send("UPDATE", None).await, closed);
}
