//! Accepted messages and what follows them.

use serde_json::json;

use super::stage::{PAGE, PSID, START_MS, Stage, TOKEN, answer, simulator, until, within};
use crate::webhook::{escape, signature};
use crate::{Page, Simulator, SimulatorEvent, StartError};

#[tokio::test]
async fn an_accepted_message_is_echoed_delivered_and_read_in_this_order() {
    let mut stage = Stage::new().await;
    stage.sim.say(None, "Größe 1/2 😀?").unwrap();
    let webhook = within(stage.webhooks.recv()).await.unwrap();
    let text = String::from_utf8(webhook.body.to_vec()).unwrap();
    assert!(text.contains(r"Gr\u00f6\u00dfe 1\/2 \ud83d\ude00?"), "{text}");
    assert!(text.starts_with(r#"{"object":"page","entry":[{"id":"#), "{text}");
    let received = webhook.messaging();
    assert_eq!(received["sender"]["id"], PSID);
    assert_eq!(received["recipient"]["id"], PAGE);
    assert_eq!(received["timestamp"], START_MS);
    assert_eq!(received["message"]["text"], "Größe 1/2 😀?");

    let mut events = stage.sim.events();
    let body = json!({
        "recipient": {"id": PSID}, "messaging_type": "RESPONSE",
        "message": {"text": "Hi", "metadata": "out-17"}, "reply_to": {"mid": received["message"]["mid"]},
    });
    let (status, accepted) = stage.post("/v26.0/me/messages", &body).await;
    assert_eq!(status, 200, "{accepted}");
    let mid = accepted["message_id"].clone();
    assert!(mid.as_str().unwrap().starts_with("m_"));
    assert_eq!(accepted, json!({"recipient_id": PSID, "message_id": mid}));
    let shown = until(&mut events, |event| match event {
        SimulatorEvent::PageSent { message, .. } => Some(message.to_string()),
        _ => None,
    })
    .await;
    assert_eq!(shown, "Hi");

    let echo = stage.webhook().await;
    assert_eq!((&echo["sender"]["id"], &echo["recipient"]["id"]), (&json!(PAGE), &json!(PSID)));
    assert_eq!(
        echo["message"],
        json!({
            "is_echo": true, "app_id": 2_233_445_566_778_899_u64, "mid": mid, "text": "Hi", "metadata": "out-17",
            "reply_to": {"mid": received["message"]["mid"], "is_self_reply": false},
        })
    );
    let delivery = stage.webhook().await;
    assert_eq!(delivery["delivery"], json!({"mids": [mid], "watermark": START_MS}));
    assert_eq!(delivery["sender"]["id"], PSID);
    let read = stage.webhook().await;
    assert_eq!(read["read"], json!({"watermark": START_MS}));
}

#[tokio::test]
async fn every_kind_of_message_is_accepted_and_echoed() {
    let mut stage = Stage::in_conversation().await;
    let button = json!({"type": "postback", "title": "Buy", "payload": "BUY"});
    let accepted = [
        json!({"text": "x".repeat(2000)}),
        json!({"text": "Rate us", "quick_replies": [
            {"content_type": "text", "title": "Great!", "payload": "GREAT"}, {"content_type": "user_phone_number"}]}),
        json!({"attachment": {"type": "file", "payload": {"url": "https://cdn.example.org/a.pdf"}}}),
        json!({"attachment": {"type": "template", "payload": {
            "template_type": "button", "text": "What now?", "buttons": [button]}}}),
        json!({"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": [{
            "title": "Mug", "subtitle": "$12", "image_url": "https://cdn.example.org/m.png",
            "default_action": {"type": "web_url", "url": "https://shop.example.org/mug"}, "buttons": [button]}]}}}),
        json!({"attachment": {"type": "template", "payload": {
            "template_type": "receipt", "recipient_name": "Ana Pérez", "order_number": "A-17", "currency": "EUR",
            "payment_method": "Visa 1234", "timestamp": "1763712000", "summary": {"total_cost": 12.5},
            "address": {"street_1": "Main St 1", "city": "Girona", "postal_code": "17001", "state": "GI", "country": "ES"},
            "elements": [{"title": "Mug", "price": 12.5, "quantity": 1, "currency": "EUR"}]}}}),
    ];
    for message in accepted {
        let mid = stage.sent(message.clone()).await;
        let echo = stage.webhook().await;
        assert_eq!(echo["message"]["mid"], mid);
        assert_eq!(echo["message"]["text"], message["text"]);
        let payload = &echo["message"]["attachments"][0]["payload"];
        assert_eq!(payload, &message["attachment"]["payload"]);
        stage.webhook().await;
        stage.webhook().await;
    }
    let shown: Vec<String> =
        stage.sim.transcript(PSID).unwrap().entries.iter().skip(3).map(|entry| entry.shown.to_string()).collect();
    let expected = [
        "<file https://cdn.example.org/a.pdf>",
        "What now? [Buy]",
        "| Mug - $12 [Buy] |",
        "Receipt A-17 for Ana Pérez: 12.5 EUR",
    ];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_form_with_json_strings_is_the_same_call() {
    let stage = Stage::in_conversation().await;
    let body = format!(
        "recipient=%7B%22id%22%3A%22{PSID}%22%7D&messaging_type=RESPONSE&message=%7B%22text%22%3A%22a+b%22%7D&access_token={TOKEN}"
    );
    let request = stage
        .http
        .post(format!("{}/v26.0/{PAGE}/messages", stage.sim.url()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    assert_eq!(answer(request).await.0, 200);
    let entries = stage.sim.transcript(PSID).unwrap().entries;
    assert_eq!(entries.last().unwrap().shown.text.as_deref(), Some("a b"));
    let (_, record) = stage.get("/_sim/requests").await;
    assert_eq!(record["requests"][0]["authorization"], "body");
    assert!(!record.to_string().contains(TOKEN));
}

#[tokio::test]
async fn the_record_keeps_the_body_and_no_credential() {
    let stage = Stage::in_conversation().await;
    let body = json!({"recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": {"text": "Hi"}});
    let proof = signature("s3cr3t", TOKEN.as_bytes()).replace("sha256=", "");
    let path = format!("/v26.0/me/messages?appsecret_proof={proof}");
    assert_eq!(stage.post(&path, &body).await.0, 200);
    let (_, record) = stage.get("/_sim/requests").await;
    let call = &record["requests"][0];
    assert_eq!((&call["method"], &call["path"]), (&json!("POST"), &json!("/v26.0/me/messages")));
    assert_eq!((&call["body"], &call["query"]), (&body, &json!({})));
    assert_eq!((&call["authorization"], &call["appsecretProof"]), (&json!("bearer"), &json!("valid")));
    assert_eq!(call["status"], 200);
    assert!(!record.to_string().contains(TOKEN) && !record.to_string().contains(&proof));
    assert_eq!(stage.get("/_sim/requests?after=1").await.1, json!({"requests": [], "next": 1}));
}

#[tokio::test]
async fn sender_actions_show_on_the_phone() {
    let stage = Stage::in_conversation().await;
    for action in ["typing_on", "mark_seen"] {
        let body = json!({"recipient": {"id": PSID}, "sender_action": action});
        assert_eq!(stage.post("/v26.0/me/messages", &body).await, (200, json!({"recipient_id": PSID})));
    }
    let transcript = stage.sim.transcript(PSID).unwrap();
    assert!(transcript.typing && transcript.entries[0].seen);
}

#[tokio::test]
async fn a_reusable_attachment_can_be_sent_again_by_its_id() {
    let stage = Stage::in_conversation().await;
    let payload = json!({"url": "https://cdn.example.org/a.jpg", "is_reusable": true});
    let (_, first) = stage.message(json!({"attachment": {"type": "image", "payload": payload}})).await;
    let id = &first["attachment_id"];
    stage.sent(json!({"attachment": {"type": "image", "payload": {"attachment_id": id}}})).await;
    let (_, refused) = stage.message(json!({"attachment": {"type": "image", "payload": {"attachment_id": "1"}}})).await;
    assert_eq!(refused["error"]["error_subcode"], 2_018_074);
}

#[tokio::test]
async fn page_profile_and_subscription_are_answered() {
    let stage = Stage::new().await;
    assert_eq!(stage.get("/v26.0/me?fields=id,name").await, (200, json!({"id": PAGE, "name": "Acme Support"})));
    let (status, profile) = stage.get(&format!("/v26.0/{PSID}?fields=first_name,last_name,profile_pic,locale")).await;
    let expected = json!({
        "id": PSID, "first_name": "Ana", "last_name": "Pérez", "profile_pic": "https://cdn.example.org/ana.jpg",
    });
    assert_eq!((status, profile), (200, expected));
    let (status, unknown) = stage.get("/v26.0/999?fields=first_name").await;
    assert_eq!((status, &unknown["error"]["error_subcode"]), (400, &json!(33)));

    let path = format!("/v26.0/{PAGE}/subscribed_apps");
    let (_, answer) = stage.post(&format!("{path}?subscribed_fields=messages,message_reads"), &json!({})).await;
    assert_eq!(answer, json!({"success": true}));
    let (_, apps) = stage.get(&path).await;
    assert_eq!(apps["data"][0]["subscribed_fields"], json!(["messages", "message_reads"]));
    let (status, refused) = stage.post(&format!("{path}?subscribed_fields=message"), &json!({})).await;
    assert_eq!((status, &refused["error"]["code"]), (400, &json!(100)));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let mut mids = Vec::new();
    for seed in [1, 1, 2] {
        let sim = simulator().seed(seed).start().await.unwrap();
        mids.push(sim.say(None, "hello").unwrap());
        within(sim.shutdown()).await;
    }
    assert_eq!(mids[0], mids[1]);
    assert_ne!(mids[0], mids[2]);
}

#[tokio::test]
async fn it_does_not_start_in_the_open_or_with_an_empty_secret() {
    let open = Simulator::new().listen("0.0.0.0:0".parse().unwrap()).start().await;
    assert!(matches!(open, Err(StartError::NotLoopback(_))));
    let page = Page { app_secret: String::new(), ..super::stage::page() };
    let empty = Simulator::new().page(page).start().await;
    assert!(matches!(empty, Err(StartError::Entity(message)) if message.contains("appSecret")));
}

#[test]
fn bodies_are_escaped_as_meta_escapes_them() {
    // The documentation's own sample letters, and a known digest computed with `openssl dgst -sha256 -hmac`.
    assert_eq!(escape(r#"{"t":"äöå/\n"}"#), r#"{"t":"\u00e4\u00f6\u00e5\/\n"}"#);
    assert_eq!(
        signature("s3cr3t", br#"{"t":"\u00e4"}"#),
        "sha256=0c0433d1441423a91e802c49931524b1929c3bb810b4ff49d088ff918b8ac2e0"
    );
}
