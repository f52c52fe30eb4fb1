//! People who react, change their minds, stay away or leave.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, START_MS, Stage, codes, person, simulator};
use crate::{Clock, Person};

const ALL: &str = "messages,message_echoes,message_deliveries,message_reads,message_reactions,message_edits,\
                   messaging_referrals,messaging_postbacks";

async fn with(person: Person) -> Stage {
    let stage = Stage::with(simulator().person(person)).await;
    assert_eq!(stage.post(&format!("/v26.0/me/subscribed_apps?subscribed_fields={ALL}"), &json!({})).await.0, 200);
    stage
}

#[tokio::test]
async fn a_reaction_has_metas_name_and_can_be_taken_back() {
    let mut stage = with(person()).await;
    stage.sim.say(None, "hello").unwrap();
    let mid = stage.sent(json!({"text": "Hi"})).await;
    stage.all_webhooks().await;
    for (emoji, name) in [
        ("❤", "love"),
        ("👍", "like"),
        ("👎", "dislike"),
        ("😢", "sad"),
        ("😮", "wow"),
        ("😠", "angry"),
        ("😀", "smile"),
        ("🎉", "other"),
    ] {
        stage.act("react", json!({"emoji": emoji})).await;
        let expected = json!({"reaction": name, "emoji": emoji, "action": "react", "mid": mid});
        assert_eq!(stage.webhook().await["reaction"], expected);
    }
    stage.act("unreact", json!({"mid": mid})).await;
    assert_eq!(stage.webhook().await["reaction"], json!({"action": "unreact", "mid": mid}));
    for (what, body) in [("unreact", json!({})), ("react", json!({"mid": "m_none"}))] {
        assert_eq!(stage.post(&format!("/_sim/{what}"), &body).await.0, 409, "{what}");
    }
}

#[tokio::test]
async fn the_page_reacts_with_an_emoji_and_takes_it_back() {
    let stage = with(person()).await;
    let mid = stage.sim.say(None, "hello").unwrap();
    let react = |action: &str, reaction: Value| json!({"recipient": {"id": PSID}, "sender_action": action, "payload": {"message_id": mid, "reaction": reaction}});
    let shown = || stage.sim.transcript(PSID).unwrap().entries[0].reaction.clone();
    assert_eq!(stage.post("/v26.0/me/messages", &react("react", "👍".into())).await.0, 200);
    assert_eq!(shown().as_deref(), Some("👍"));
    assert_eq!(stage.post("/v26.0/me/messages", &react("unreact", Value::Null)).await.0, 200);
    assert_eq!(shown(), None);
}

#[tokio::test]
async fn a_message_can_be_changed_five_times_and_taken_back() {
    let mut stage = with(person()).await;
    let mid = stage.sim.say(None, "Red").unwrap();
    stage.all_webhooks().await;
    for number in 1..=5 {
        let text = format!("Blue {number}");
        stage.act("edit", json!({"text": text})).await;
        assert_eq!(stage.webhook().await["message_edit"], json!({"mid": mid, "text": text, "num_edit": number}));
    }
    let (status, refused) = stage.post("/_sim/edit", &json!({"text": "again"})).await;
    assert_eq!((status, &refused["error"]["code"]), (409, &json!("too_many_edits")));
    stage.act("unsend", json!({})).await;
    assert_eq!(stage.webhook().await["message"], json!({"mid": mid, "is_deleted": true}));
    assert!(stage.sim.transcript(PSID).unwrap().entries.is_empty());
    assert_eq!(stage.post("/_sim/edit", &json!({"text": "gone"})).await.0, 409);
}

#[tokio::test]
async fn some_read_later_and_some_have_switched_off_the_phone() {
    let mut stage = with(Person { reads_later: true, ..person() }).await;
    stage.sim.say(None, "hello").unwrap();
    let kinds = |heard: Vec<(String, Value)>| -> Vec<&'static str> {
        let keys = ["delivery", "read"];
        heard.iter().filter_map(|(_, element)| keys.into_iter().find(|key| element[key].is_object())).collect()
    };
    stage.sent(json!({"text": "one"})).await;
    stage.sent(json!({"text": "two"})).await;
    assert_eq!(kinds(stage.all_webhooks().await), ["delivery", "delivery"]);
    assert_eq!(stage.act("read", json!({})).await, json!({"read": 2}));
    assert_eq!(kinds(stage.all_webhooks().await), ["read"]);
    assert_eq!(stage.act("read", json!({})).await, json!({"read": 0}), "there is nothing left to read");

    stage.act("people", json!({"psid": PSID, "phoneOff": true})).await;
    let sent = stage.sent(json!({"text": "three"})).await;
    assert!(kinds(stage.all_webhooks().await).is_empty());
    stage.act("read", json!({})).await;
    let heard = stage.all_webhooks().await;
    assert_eq!(heard[0].1["delivery"]["mids"], json!([sent]));
    assert_eq!(kinds(heard), ["delivery", "read"]);
}

#[tokio::test]
async fn who_cannot_be_written_to_and_why() {
    let stage = with(person()).await;
    stage.sim.say(None, "hello").unwrap();
    let send = async || codes(&stage.message(json!({"text": "Hi"})).await);
    stage.act("block", json!({})).await;
    assert_eq!(send().await, (Some(551), Some(1_545_041)));
    assert_eq!(stage.post("/_sim/say", &json!({"text": "hm"})).await.1["error"]["code"], "blocked");
    stage.act("unblock", json!({"from": PSID})).await;
    assert_eq!(send().await, GOOD);
    stage.act("people", json!({"psid": PSID, "unreachable": true})).await;
    assert_eq!(send().await, (Some(10), Some(2_018_108)));
    stage.act("people", json!({"psid": "9001"})).await;
    let stranger = json!({"recipient": {"id": "9001"}, "message": {"text": "Hi"}});
    let answer = stage.post("/v26.0/me/messages", &stranger).await;
    assert_eq!(codes(&answer), (Some(10), Some(2_018_278)), "who never wrote has opened no window");
    stage.act("leave", json!({})).await;
    assert_eq!(send().await, (Some(100), Some(2_018_001)));
    assert_eq!(codes(&stage.get(&format!("/v26.0/{PSID}")).await), (Some(100), Some(33)));
    assert_eq!(stage.post("/_sim/say", &json!({"text": "hm"})).await.1["error"]["code"], "gone");
}

#[tokio::test]
async fn a_profile_shows_what_the_app_may_see() {
    let full = Person { locale: Some("es_ES".into()), timezone: Some(5.5), gender: Some("female".into()), ..person() };
    let stage = with(full).await;
    let path = format!("/v26.0/{PSID}?fields=first_name,locale,timezone,gender");
    let (_, profile) = stage.get(&path).await;
    assert_eq!(
        profile,
        json!({"id": PSID, "first_name": "Ana", "locale": "es_ES", "timezone": 5.5, "gender": "female"})
    );
    stage.act("settings", json!({"scopes": ["pages_messaging", "pages_user_locale"], "features": []})).await;
    assert_eq!(stage.get(&path).await.1, json!({"id": PSID, "locale": "es_ES"}));
    stage.act("people", json!({"psid": PSID, "withoutProfile": true})).await;
    assert_eq!(codes(&stage.get(&path).await), (Some(100), Some(2_018_218)));
}

#[tokio::test]
async fn a_link_and_a_reaction_open_the_window_again() {
    let clock = Clock::fixed(START_MS);
    let mut stage = Stage::with(simulator().clock(clock.clone())).await;
    assert_eq!(stage.post(&format!("/v26.0/me/subscribed_apps?subscribed_fields={ALL}"), &json!({})).await.0, 200);
    stage.sim.say(None, "hello").unwrap();
    stage.sent(json!({"text": "Hi"})).await;
    for (what, body) in [("open", json!({"ref": "flyer-7"})), ("react", json!({}))] {
        clock.advance(Duration::from_hours(24));
        assert_eq!(codes(&stage.message(json!({"text": "Hi"})).await), (Some(10), Some(2_018_278)));
        stage.act(what, body).await;
        assert_eq!(codes(&stage.message(json!({"text": "Hi"})).await), GOOD, "{what}");
    }
    let heard = stage.all_webhooks().await;
    let referral = heard.iter().find(|(_, element)| element["referral"].is_object()).unwrap();
    assert_eq!(referral.1["referral"], json!({"ref": "flyer-7", "source": "SHORTLINK", "type": "OPEN_THREAD"}));
}

#[tokio::test]
async fn a_coupon_and_a_permission_to_call_come_back_in_their_own_shapes() {
    let mut stage = Stage::new().await;
    let fields = "messages,call_permission_reply";
    assert_eq!(stage.post(&format!("/v26.0/me/subscribed_apps?subscribed_fields={fields}"), &json!({})).await.0, 200);
    stage.sim.say(None, "hello").unwrap();
    for payload in [
        json!({"template_type": "coupon", "title": "10 % off", "coupon_code": "10OFF", "payload": "SPRING"}),
        json!({"template_type": "calling_optin"}),
    ] {
        stage.sent(json!({"attachment": {"type": "template", "payload": payload}})).await;
    }
    stage.all_webhooks().await;
    stage.act("tap", json!({"title": "Show coupon"})).await;
    stage.act("tap", json!({"title": "Allow"})).await;
    let heard = stage.all_webhooks().await;
    assert_eq!(heard[0].1["template"], json!({"type": "coupon", "payload": "SPRING", "coupon_code": "10OFF"}));
    assert_eq!((heard[1].0.as_str(), &heard[1].1["call_permission_reply"]["response"]), ("entry", &json!("approve")));
}
