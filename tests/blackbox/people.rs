//! Names and pictures: into what is read, into what is sent, and never in the way.

use serde_json::{Value, json};
use tests::webhook::{body, postback, quick_reply, text};
use tests::{HostConfig, HostProcess, StoredEvent, ids, within};

use crate::stage::Stage;

async fn received(host: &HostProcess) -> Vec<Value> {
    let events = host.events().await;
    events.into_iter().filter(|event| event.event == "message.received").map(|event| event.data).collect()
}

/// Waits until so many people are known.
async fn contacts(stage: &Stage, count: usize) -> Vec<StoredEvent> {
    within("what is learnt of people", async {
        loop {
            let contacts = stage.events("contact.updated").await;
            if contacts.len() >= count {
                return contacts;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn a_name_and_a_picture_are_told_when_they_are_known_and_then_come_with_what_the_person_writes() {
    let stage = Stage::new().await;
    let ana = json!({"psid": ids::PERSON, "firstName": "Ana", "lastName": "Lima", "profilePic": "https://cdn.example.org/ana.jpg"});
    stage.sim.act("people", ana).await;
    stage.says("hello").await;
    let contact = &contacts(&stage, 1).await[0].data;
    assert_eq!((&contact["from"], &contact["channelId"]), (&json!(ids::PERSON), &json!(ids::CHANNEL)), "{contact:#}");
    assert_eq!((&contact["firstName"], &contact["lastName"]), (&json!("Ana"), &json!("Lima")), "{contact:#}");
    assert_eq!(contact["profilePic"], "https://cdn.example.org/ana.jpg");
    assert_eq!(stage.conversation().await["firstName"], "Ana");
    for text in ["and again", "and again"] {
        stage.says(text).await;
    }
    let metadata = received(&stage.host).await.pop().unwrap()["metadata"].take();
    assert_eq!((&metadata["firstName"], &metadata["sender_name"]), (&json!("Ana"), &json!("Ana Lima")), "{metadata:#}");
    assert_eq!(metadata["profilePic"], "https://cdn.example.org/ana.jpg");
    assert_eq!(stage.sim.calls(&format!("/{}", ids::PERSON)).await.len(), 1, "asked once, then remembered");
    assert_eq!(contacts(&stage, 1).await.len(), 1, "and told once");
}

#[tokio::test]
async fn an_event_reads_the_same_before_and_after_its_person_is_known() {
    let stage = Stage::new().await;
    let first = async || stage.host.get("/api/v1/events?after=0&limit=1").await.expect_status(200).text();
    let ana = json!({"psid": ids::PERSON, "firstName": "Ana", "lastName": "Lima"});
    stage.sim.act("people", ana).await;
    stage.says("hello").await;
    let before = first().await;
    contacts(&stage, 1).await;
    assert_eq!(first().await, before);
    stage.says("again").await;
    assert_eq!(received(&stage.host).await[1]["metadata"]["firstName"], "Ana");
    let restarted = stage.host.terminate().await.restart().await;
    assert_eq!(restarted.get("/api/v1/events?after=0&limit=1").await.text(), before);
}

#[tokio::test]
async fn a_tap_is_the_person_s_as_much_as_a_text() {
    let host = HostConfig::alone().serve().await;
    let taps = [text("m_1", "hello"), quick_reply("m_2", "Red", "RED"), postback("m_3", "Buy", "BUY")];
    host.deliver(body(taps)).await.expect_status(200);
    let events = host.events().await;
    let names: Vec<_> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(names, ["message.received", "facebook.quick_reply", "facebook.postback"]);
    for event in events {
        assert_eq!(event.data["metadata"]["sender_id"], ids::PERSON, "{:#}", event.data);
        assert_eq!(event.data["direction"], "inbound", "{:#}", event.data);
    }
}

#[tokio::test]
async fn a_message_arrives_whatever_becomes_of_the_profile() {
    for (setting, body) in [
        ("people", json!({"psid": ids::PERSON, "withoutProfile": true})),
        ("settings", json!({"features": []})),
        ("settings", json!({"token": "expired"})),
        ("faults", json!({"next": 100, "path": format!("/{}", ids::PERSON), "hang": true})),
        ("faults", json!({"next": 100, "path": format!("/{}", ids::PERSON), "reset": true})),
        (
            "faults",
            json!({"next": 100, "path": format!("/{}", ids::PERSON), "respond": {"status": 500, "body": "oops"}}),
        ),
    ] {
        let stage = Stage::new().await;
        stage.sim.act(setting, body.clone()).await;
        for text in ["one", "two"] {
            stage.says(text).await;
        }
        let all = received(&stage.host).await;
        let texts: Vec<&Value> = all.iter().map(|data| &data["content"]["text"]).collect();
        assert_eq!(texts, ["one", "two"], "{setting} {body}");
        assert!(
            all.iter().all(|data| data["metadata"]["mid"].is_string() && data["metadata"]["firstName"].is_null()),
            "{all:#?}"
        );
    }
}

#[tokio::test]
async fn a_failure_is_remembered_and_shown() {
    let stage = Stage::new().await;
    stage.sim.act("people", json!({"psid": ids::PERSON, "withoutProfile": true})).await;
    stage.says("one").await;
    let trouble = within("the failure to be known", async {
        loop {
            let known = stage.conversation().await;
            if known["profileUnavailable"].is_string() {
                return known["profileUnavailable"].clone();
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(trouble.as_str().unwrap().starts_with("facebook."), "{trouble}");
    stage.says("two").await;
    assert_eq!(stage.sim.calls(&format!("/{}", ids::PERSON)).await.len(), 1, "it is not asked for again at once");
}

#[tokio::test]
async fn a_first_name_is_put_into_what_is_sent() {
    let stage = Stage::in_conversation().await;
    let sent = stage.sends("Hi {{user_first_name}}, your order has left.").await.expect_status(200).json();
    assert_eq!(sent["warnings"], json!([]), "{sent:#}");
    assert_eq!(stage.sim.screen().await.last().unwrap()["text"], "Hi Ana, your order has left.");
    stage.sim.act("people", json!({"psid": "9000000000000001", "withoutProfile": true})).await;
    stage.sim.act("say", json!({"from": "9000000000000001", "text": "hello"})).await;
    stage.sim.settled().await;
    let message = json!({"channelId": ids::CHANNEL, "to": "9000000000000001",
        "content": {"type": "text", "text": "Hi {{user_first_name}}!"}});
    let sent = stage.host.send(message).await.expect_status(200).json();
    assert_eq!(sent["warnings"][0]["code"], "personalise.unknown", "{sent:#}");
    let shown = stage.sim.get("/_sim/transcript?person=9000000000000001").await;
    assert_eq!(shown["conversations"][0]["entries"][1]["text"], "Hi!");
}

/// What is known of the person, once it is this.
async fn once(stage: &Stage, what: &str, known: impl Fn(&Value) -> bool) -> Value {
    within(what, async {
        loop {
            let conversation = stage.conversation().await;
            if known(&conversation) {
                return conversation;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn who_has_no_name_yet_is_shown_so_and_is_no_secret() {
    let stage = Stage::new().await;
    stage.sim.act("settings", json!({"features": [], "scopes": ["pages_messaging"]})).await;
    stage.says("one").await;
    let known = once(&stage, "the answer to be known", |known| known["profileUnavailable"].is_string()).await;
    assert_eq!(known["profileUnavailable"], "profile.no_name", "{known:#}");
}

#[tokio::test]
async fn a_name_that_the_profile_does_not_tell_comes_from_the_conversation() {
    let stage = Stage::new().await;
    stage.sim.act("people", json!({"psid": ids::PERSON, "firstName": "Ana", "lastName": "Lima"})).await;
    stage.sim.act("settings", json!({"features": []})).await;
    stage.says("one").await;
    let contact = &contacts(&stage, 1).await[0].data;
    assert_eq!((&contact["name"], &contact["firstName"]), (&json!("Ana Lima"), &Value::Null), "{contact:#}");
    stage.says("two").await;
    assert_eq!(received(&stage.host).await[1]["metadata"]["sender_name"], "Ana Lima");
}

#[tokio::test]
async fn language_and_time_zone_are_told_where_they_may_be_seen() {
    let stage = Stage::new().await;
    let may = [
        "pages_messaging",
        "pages_manage_metadata",
        "pages_read_engagement",
        "pages_user_locale",
        "pages_user_timezone",
    ];
    stage.sim.act("settings", json!({"scopes": may})).await;
    let ana = json!({"psid": ids::PERSON, "firstName": "Ana", "lastName": "Lima", "locale": "pt_BR", "timezone": -3});
    stage.sim.act("people", ana).await;
    stage.says("one").await;
    let contact = &contacts(&stage, 1).await[0].data;
    assert_eq!((&contact["locale"], contact["timezone"].as_f64()), (&json!("pt_BR"), Some(-3.0)), "{contact:#}");
    let asked = stage.sim.calls(&format!("/{}", ids::PERSON)).await;
    assert!(asked[0]["query"].to_string().contains("timezone"), "{asked:#?}");
}

#[tokio::test]
async fn a_provider_that_fails_is_asked_less_by_everybody() {
    let stage = Stage::new().await;
    let people: Vec<String> = (1..=6).map(|number| format!("900000000000000{number}")).collect();
    for person in &people {
        stage.sim.act("people", json!({"psid": person, "firstName": "Ana", "lastName": "Lima"})).await;
    }
    let failing = json!({"next": 100, "method": "GET", "respond": {"status": 500, "body": "oops"}});
    stage.sim.act("faults", failing).await;
    let asked = async || {
        let mut asked = 0;
        for person in &people {
            asked += stage.sim.calls(&format!("/{person}")).await.len();
        }
        asked
    };
    stage.sim.act("say", json!({"from": people[0], "text": "hello"})).await;
    within("a look-up to fail", async {
        while asked().await == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    for person in &people {
        stage.sim.act("say", json!({"from": person, "text": "hello"})).await;
    }
    stage.sim.settled().await;
    assert!(asked().await <= 4, "no more than may be under way together");
}

#[tokio::test]
async fn who_cannot_be_reached_is_marked_until_they_write() {
    let stage = Stage::in_conversation().await;
    assert!(stage.conversation().await["unavailable"].is_null());
    stage.sim.act("block", json!({})).await;
    let refused = stage.sends("are you there?").await;
    assert_eq!((refused.status, &refused.json()["kind"]), (422, &json!("recipient_unavailable")), "{}", refused.text());
    let mark = stage.conversation().await["unavailable"].clone();
    assert_eq!(mark["code"], refused.json()["code"], "{mark}");
    assert!(mark["since"].is_string(), "{mark}");
    let told = stage.events("contact.unavailable").await;
    assert_eq!((told.len(), &told[0].data["from"]), (1, &json!(ids::PERSON)), "{told:#?}");
    assert_eq!((&told[0].data["code"], &told[0].data["timestamp"]), (&mark["code"], &mark["since"]));

    stage.sends("hello?").await.expect_status(422);
    assert_eq!(stage.conversation().await["unavailable"], mark, "since the first");
    assert_eq!(stage.events("contact.unavailable").await.len(), 1, "told once");

    stage.sim.act("unblock", json!({})).await;
    stage.says("here I am").await;
    assert!(stage.conversation().await["unavailable"].is_null());
    let sent = stage.sends("welcome back").await.expect_status(200).json();
    assert_eq!(sent["warnings"], json!([]), "{sent:#}");
}

#[tokio::test]
async fn a_mark_outlives_a_restart_and_a_message_that_arrives_ends_it() {
    let Stage { sim, host } = Stage::in_conversation().await;
    sim.act("block", json!({})).await;
    let message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "hello?"}});
    host.send(message.clone()).await.expect_status(422);
    let stage = Stage { sim, host: host.terminate().await.restart().await };
    assert!(stage.conversation().await["unavailable"]["code"].is_string());
    stage.sim.act("unblock", json!({})).await;
    let sent = stage.host.send(message).await.expect_status(200).json();
    assert_eq!(sent["warnings"][0]["code"], "person.unavailable", "{sent:#}");
    assert!(stage.conversation().await["unavailable"].is_null());
}

#[tokio::test]
async fn a_failure_that_is_not_the_person_s_marks_nobody() {
    for error in [json!({"code": 2}), json!({"code": 190}), json!({"code": 10, "error_subcode": 2_018_278})] {
        let stage = Stage::in_conversation().await;
        let respond = json!({"status": 400, "headers": {}, "body": {"error": error}});
        stage.sim.act("faults", json!({"next": 1, "path": "/messages", "respond": respond})).await;
        assert_ne!(stage.sends("hello?").await.status, 200);
        assert!(stage.conversation().await["unavailable"].is_null(), "{respond}");
        assert!(stage.events("contact.unavailable").await.is_empty(), "{respond}");
    }
}
