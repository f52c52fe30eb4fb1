//! One event of every kind that Meta documents, and of those that its older pages show.

use serde_json::{Value, json};
use tests::ids::{NOW_MS, PAGE, PERSON};
use tests::webhook::{between, event, without};

/// An event, the list of an entry that it comes in, and what the host calls it.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) list: &'static str,
    pub(super) event: &'static str,
    pub(super) item: Value,
}

/// Everything below, each kind at least once.
pub(super) fn all() -> Vec<Sample> {
    [messages(), receipts(), conversations(), forms_and_shops(), the_page()].concat()
}

fn in_messaging<const N: usize>(samples: [(&'static str, Value); N]) -> Vec<Sample> {
    samples.map(|(event, item)| Sample { list: "messaging", event, item }).into()
}

fn message(mid: &str, mut rest: Value) -> Value {
    rest["mid"] = json!(mid);
    event("message", rest)
}

fn messages() -> Vec<Sample> {
    let sticker = json!({"type": "sticker", "payload": {"url": "https://example.com/s.png", "sticker_id": 369_239_263_222_822_u64}});
    let place = json!({"type": "location", "title": "Here", "payload": {"coordinates": {"lat": 41.38, "long": 2.17}}});
    let reel =
        json!({"type": "reel", "payload": {"url": "https://example.com/reel", "title": "R", "reel_video_id": 9001}});
    let link = json!({"type": "fallback", "payload": {"url": "https://example.com/x", "title": "X"}});
    let ad = json!({"ref": "spring", "ad_id": "6045246247433", "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": {"ad_title": "Spring"}});
    let echo = |mid: &str, app: u64| {
        between(
            PAGE,
            PERSON,
            "message",
            json!({"is_echo": true, "app_id": app, "metadata": "out-17", "mid": mid, "text": "Hi"}),
        )
    };
    in_messaging([
        ("message.received", message("m_1", json!({"text": "Hi, wie spät ist es?"}))),
        (
            "message.received",
            message("m_2", json!({"text": "yes", "reply_to": {"mid": "m_0", "is_self_reply": false}})),
        ),
        (
            "message.received",
            message(
                "m_3",
                json!({"attachments": [{"type": "image", "payload": {"url": "https://example.com/1.jpg"}}]}),
            ),
        ),
        ("message.received", message("m_4", json!({"attachments": [sticker]}))),
        ("message.received", message("m_5", json!({"attachments": [place, reel]}))),
        ("message.received", message("m_6", json!({"text": "https://example.com/x", "attachments": [link]}))),
        (
            "message.received",
            message(
                "m_7",
                json!({"text": "hello", "referral": ad, "nlp": {"entities": {}}, "commands": [{"name": "flights"}]}),
            ),
        ),
        ("message.received", message("m_8", json!({"is_unsupported": true}))),
        ("message.deleted", message("m_9", json!({"is_deleted": true}))),
        ("facebook.quick_reply", message("m_10", json!({"text": "Red", "quick_reply": {"payload": "RED"}}))),
        ("message.echo", echo("m_11", 2_233_445_566_778_899)),
        ("message.echo", echo("m_12", 263_902_037_430_900)),
        ("message.edited", event("message_edit", json!({"mid": "m_1", "text": "Blue", "num_edit": 1}))),
        (
            "message.reaction",
            event("reaction", json!({"reaction": "love", "emoji": "❤", "action": "react", "mid": "m_11"})),
        ),
        ("message.reaction", event("reaction", json!({"action": "unreact", "mid": "m_11"}))),
        ("facebook.coupon", event("template", json!({"type": "coupon", "payload": "SPRING", "coupon_code": "10OFF"}))),
    ])
}

fn receipts() -> Vec<Sample> {
    let no_time = without(event("delivery", json!({"mids": ["m_12"], "watermark": NOW_MS})), "timestamp");
    in_messaging([
        ("message.delivered", event("delivery", json!({"mids": ["m_11"], "watermark": NOW_MS}))),
        ("message.delivered", no_time),
        ("message.read", event("read", json!({"watermark": NOW_MS}))),
    ])
}

fn conversations() -> Vec<Sample> {
    let no_sender = |key: &str, value: Value| without(event(key, value), "sender");
    in_messaging([
        (
            "facebook.postback",
            event("postback", json!({"mid": "m_20", "title": "Start", "payload": "START", "referral": {"ref": "c"}})),
        ),
        ("facebook.postback", event("postback", json!({"title": "Buy", "payload": {"any": "JSON"}}))),
        ("facebook.optin", no_sender("optin", json!({"ref": "cart-9", "user_ref": "guest-123"}))),
        (
            "facebook.optin",
            event("optin", json!({"type": "one_time_notif_req", "payload": "P", "one_time_notif_token": "t"})),
        ),
        (
            "facebook.referral",
            event("referral", json!({"ref": "flyer-7", "source": "SHORTLINK", "type": "OPEN_THREAD"})),
        ),
        (
            "facebook.pass_thread_control",
            event(
                "pass_thread_control",
                json!({"previous_owner_app_id": null, "new_owner_app_id": "2233445566778899", "metadata": "why"}),
            ),
        ),
        (
            "facebook.take_thread_control",
            event(
                "take_thread_control",
                json!({"previous_owner_app_id": "1", "new_owner_app_id": 263_902_037_430_900_u64}),
            ),
        ),
        ("facebook.request_thread_control", event("request_thread_control", json!({"requested_owner_app_id": 5_566}))),
        ("facebook.app_roles", no_sender("app_roles", json!({"2233445566778899": ["primary_receiver"]}))),
        (
            "facebook.account_linking",
            event("account_linking", json!({"status": "linked", "authorization_code": "code-1"})),
        ),
        ("facebook.policy_enforcement", no_sender("policy_enforcement", json!({"action": "block", "reason": "Spam"}))),
        ("facebook.policy_enforcement", no_sender("policy-enforcement", json!({"action": "unblock"}))),
        (
            "facebook.game_play",
            event("game_play", json!({"game_id": "1", "player_id": "2", "context_type": "SOLO", "score": 10})),
        ),
        ("facebook.call_permission_reply", event("call_permission_reply", json!({"response": "approve"}))),
    ])
}

fn forms_and_shops() -> Vec<Sample> {
    let answers =
        json!({"feedback_screens": [{"screen_id": 0, "questions": {"q_1": {"type": "csat", "payload": "5"}}}]});
    let address = json!({"screens": [{"screen_id": 0, "responses": [{"key": "city", "value": "Vic"}]}]});
    let cart = json!({"products": [{"id": "501", "name": "Mug", "unit_price": 12.5, "currency": "USD", "quantity": 2}], "note": "gift"});
    in_messaging([
        ("facebook.messaging_feedback", event("messaging_feedback", answers)),
        ("facebook.messaging_customer_information", event("messaging_customer_information", address)),
        ("facebook.form", event("form", json!({"id": "form-1"}))),
        ("facebook.response_feedback", event("response_feedback", json!({"feedback": "Good response", "mid": "m_11"}))),
        ("facebook.order", event("order", cart)),
        (
            "facebook.payment",
            event("payment", json!({"payload": "P", "amount": {"currency": "USD", "amount": "29.62"}})),
        ),
        (
            "facebook.pre_checkout",
            event("pre_checkout", json!({"payload": "P", "amount": {"currency": "USD", "amount": "2"}})),
        ),
        (
            "facebook.checkout_update",
            event("checkout_update", json!({"payload": "P", "shipping_address": {"city": "Vic"}})),
        ),
    ])
}

fn the_page() -> Vec<Sample> {
    let change = |event: &'static str, value: Value| {
        let field = event.trim_start_matches("facebook.");
        Sample { list: "changes", event, item: json!({"field": field, "value": value}) }
    };
    let marketing =
        |name: &str| json!({"recipient_id": PERSON, "page_id": PAGE, "timestamp": NOW_MS, "mid": format!("m_{name}")});
    let group = json!({"recipient": {"id": PAGE}, "from": {"id": PERSON, "name": "Ana"}, "group_id": "g1", "post_id": "g1_p1", "created_time": 1_763_712_011});
    let call = json!({"id": "c_1", "to": PAGE, "from": PERSON, "event": "connect", "timestamp": 1_763_712_013, "call_direction": "user_initiated"});
    vec![
        Sample { list: "messaging", event: "facebook.group_feed", item: group },
        Sample { list: "calls", event: "facebook.call", item: call },
        change(
            "facebook.inbox_labels",
            json!({"user": {"id": PERSON}, "action": "add", "label": {"id": "33", "page_label_name": "vip"}}),
        ),
        change("facebook.business_integrity", json!({"timestamp": 1_763_712_011, "status": "RESTRICTED"})),
        change("facebook.message_template_status_update", json!({"event": "APPROVED", "message_template_id": 5})),
        change("facebook.marketing_message_deliveries", marketing("deliveries")),
        change("facebook.marketing_message_delivery_failed", marketing("failed")),
        change("facebook.marketing_message_reads", marketing("reads")),
        change("facebook.marketing_message_clicks", marketing("clicks")),
        change("facebook.marketing_message_echoes", marketing("echoes")),
        change(
            "facebook.feed",
            json!({"item": "comment", "verb": "add", "comment_id": "1_2", "post_id": "1_1", "from": {"id": PERSON, "name": "Ana"}}),
        ),
        change("facebook.mention", json!({"item": "post", "verb": "add", "post_id": "1_3", "sender_name": "Ana"})),
        change("facebook.ratings", json!({"item": "rating", "verb": "add", "rating": 5, "reviewer_id": PERSON})),
        change(
            "facebook.leadgen",
            json!({"leadgen_id": "1", "form_id": "2", "page_id": PAGE, "created_time": 1_763_712_011}),
        ),
    ]
}
