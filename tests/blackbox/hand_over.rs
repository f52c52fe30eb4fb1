//! Who answers a person: the bot, or people in the Page's inbox.

use serde_json::json;
use tests::ids;

use crate::stage::{Stage, assert_says, sentence};

/// Subscribed to hand-overs and standby, with the person having written.
async fn stage() -> Stage {
    let stage = Stage::in_conversation().await;
    stage.host.channel(hyper::Method::POST, "connection/repair", "").await.expect_status(200);
    stage
}

#[tokio::test]
async fn the_bot_hands_over_keeps_quiet_and_takes_up_again() {
    let stage = stage().await;
    let passed = stage
        .host
        .operation("passThreadControl", json!({"person": ids::PERSON, "targetApp": ids::INBOX, "metadata": "refund"}))
        .await
        .expect_status(200)
        .json();
    assert_eq!(passed["thread"]["person"], ids::PERSON, "{passed:#}");
    let known = stage.conversation().await;
    assert_eq!((&known["owner"]["who"], &known["owner"]["app"]), (&json!("app"), &json!(ids::INBOX)), "{known:#}");

    let refused = stage.sends("me again").await.expect_status(422).json();
    assert_eq!(refused["kind"], "thread_owned", "{refused:#}");
    assert_eq!(refused["action"], "take_conversation");
    assert_says(&sentence(&refused), &["Another app", "is talking to this person", "take control", ids::INBOX]);
    assert_eq!(refused["retry"]["advice"], "never", "{refused:#}");

    stage.says("is anybody there?").await;
    stage.sim.act("inbox", json!({"text": "A colleague answers."})).await;
    stage.sim.act("thread-control", json!({"action": "pass", "metadata": "done"})).await;
    stage.sim.settled().await;
    let given_back = stage.host.events().await.into_iter().find(|event| event.data["threadOwner"].is_object());
    let given_back = given_back.expect("an event that says who answers");
    assert_eq!(given_back.data["threadOwner"]["who"], "us", "{:#}", given_back.data);
    assert_eq!(stage.conversation().await["owner"]["who"], "us");
    stage.sends("I am back").await.expect_status(200);
    let heard = stage.host.events().await.iter().any(|event| event.data.to_string().contains("is anybody there?"));
    assert!(heard, "what was said on standby is kept");
}

#[tokio::test]
async fn a_message_can_hand_the_conversation_over_as_it_goes() {
    let stage = stage().await;
    let message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "A human comes."},
        "options": {"threadControl": {"controlType": "pass", "appId": ids::INBOX}}});
    stage.host.send(message).await.expect_status(200);
    assert_eq!(stage.conversation().await["owner"]["app"], ids::INBOX);
    stage.sends("one more").await.expect_status(422);
}

#[tokio::test]
async fn a_message_that_passes_the_conversation_to_the_channel_s_own_app_keeps_it() {
    let stage = stage().await;
    let message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "Still me."},
        "options": {"threadControl": {"controlType": "pass", "appId": ids::APP}}});
    stage.host.send(message).await.expect_status(200);
    let known = stage.conversation().await;
    assert_eq!(known["owner"]["who"], "us", "{known:#}");
    let sent = stage.sends("and on").await.expect_status(200).json();
    assert_eq!(sent["warnings"], json!([]), "of a conversation that is another app's: {sent:#}");
}

#[tokio::test]
async fn another_app_takes_the_thread_and_the_host_learns_it() {
    let stage = stage().await;
    stage.sim.act("settings", json!({"defaultApp": ids::APP})).await;
    stage.says("hello again").await;
    stage.sim.act("inbox", json!({"text": "A human answers."})).await;
    stage.sim.settled().await;
    assert_eq!(stage.conversation().await["owner"]["app"], ids::INBOX);
    let refused = stage.sends("me too").await.expect_status(422).json();
    assert_eq!(refused["kind"], "thread_owned");
    stage.performs("takeThreadControl", json!({"person": ids::PERSON, "metadata": "the bot goes on"})).await;
    assert_eq!(stage.conversation().await["owner"]["who"], "us");
    stage.sends("and on").await.expect_status(200);
}

#[tokio::test]
async fn each_of_the_calls_works_with_its_conditions() {
    let stage = stage().await;
    let ana = json!({"person": ids::PERSON});
    let owner = async || stage.performs("getThreadOwner", ana.clone()).await;
    assert_eq!(owner().await, json!({}), "idle");
    let refused = stage.host.operation("takeThreadControl", &ana).await;
    assert!((400..600).contains(&refused.status), "{}", refused.text());
    assert_says(&sentence(&refused.json()), &["primary and secondary receivers", "conversation routing"]);

    stage.performs("passThreadControl", json!({"person": ids::PERSON, "targetApp": ids::APP})).await;
    assert_eq!(owner().await["appId"], ids::APP);
    stage.performs("extendThreadControl", json!({"person": ids::PERSON, "duration": 604_800})).await;
    stage
        .host
        .operation("extendThreadControl", json!({"person": ids::PERSON, "duration": 604_801}))
        .await
        .expect_status(422);
    stage.performs("requestThreadControl", ana.clone()).await;
    stage.performs("releaseThreadControl", ana.clone()).await;
    assert_eq!(owner().await, json!({}));
    assert_eq!(stage.conversation().await["owner"]["who"], "nobody");

    let features = stage.performs("getRoutingFeatures", json!({})).await;
    assert_eq!(features["msgrMultiApp"], false, "{features:#}");
    stage.sim.act("settings", json!({"defaultApp": ids::APP})).await;
    let receivers = stage.performs("listSecondaryReceivers", json!({})).await;
    assert_eq!(receivers["data"][0]["id"], ids::INBOX, "{receivers:#}");
    stage.performs("takeThreadControl", ana.clone()).await;
}
