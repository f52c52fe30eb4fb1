//! What a Page can do beyond messages, listed by schema and called by name.

use hyper::Method;
use serde_json::{Value, json};
use tests::{HostConfig, Run, Simulator, ids};

use crate::stage::{Stage, assert_says, sentence};

#[tokio::test]
async fn each_operation_is_described_so_that_a_form_can_be_drawn() {
    let stage = Stage::new().await;
    let listed = stage.host.channel(Method::GET, "operations", "").await.expect_status(200).json();
    let listed = listed["operations"].as_array().unwrap().clone();
    assert!(listed.len() >= 35, "{}", listed.len());
    for operation in &listed {
        let name = operation["name"].as_str().unwrap();
        for part in ["title", "description", "docs", "effect"] {
            assert!(operation[part].as_str().is_some_and(|text| !text.is_empty()), "{name} has no {part}");
        }
        for part in ["input", "output"] {
            assert!(jsonschema::meta::is_valid(&operation[part]), "{name}: {part} is no schema: {operation:#}");
        }
        let form = jsonschema::validator_for(&operation["input"]).expect("a schema");
        assert!(form.is_valid(&operation["example"]), "{name}: its example does not fit its own form: {operation:#}");
        for (field, property) in operation["input"]["properties"].as_object().into_iter().flatten() {
            assert!(property["title"].is_string(), "{name}.{field} has no title");
        }
    }
    let of_command = Run::new(["call", "facebook", "--json"]).run().await.expect_code(0).json();
    assert_eq!(of_command["operations"], Value::from(listed));
    let one = Run::new(["call", "facebook", "setGreeting", "--schema"]).run().await.expect_code(0).json();
    assert_eq!(one["name"], "setGreeting");
}

#[tokio::test]
async fn bad_input_is_refused_with_all_that_is_wrong_before_any_call() {
    let stage = Stage::new().await;
    let wrong = json!({"name": "x".repeat(51), "profilePictureUrl": "no address", "colour": "red"});
    let refused = stage.host.operation("createPersona", wrong).await.expect_status(422).json();
    let pointers: Vec<_> =
        refused["issues"].as_array().unwrap().iter().map(|issue| issue["pointer"].as_str().unwrap()).collect();
    for pointer in ["/name", "/profilePictureUrl", "/colour"] {
        assert!(pointers.contains(&pointer), "{pointers:?}");
    }
    let many = json!({"people": vec![ids::PERSON; 11], "actions": ["block_user", "unblock_user", "hide"]});
    stage.host.operation("moderateConversations", many).await.expect_status(422);
    for none in ["", "[]", "5", "null"] {
        let refused = stage.host.operation("getThreadOwner", none).await;
        assert!(matches!(refused.status, 400 | 422), "for {none:?}: {}", refused.text());
    }
    let other = stage.host.operation("getThreadOwner", json!({"channelId": "ch_other", "person": ids::PERSON})).await;
    assert_eq!(other.status, 422, "{}", other.text());
    let unknown = stage.host.operation("flyToTheMoon", json!({})).await.expect_status(404).json();
    assert_says(&sentence(&unknown), &["setPersistentMenu", "passThreadControl"]);
    assert_eq!(stage.sim.calls("").await, Vec::<Value>::new(), "Meta was called");
}

#[tokio::test]
async fn a_command_without_a_channel_of_its_own_takes_the_only_one() {
    let sim = Simulator::start().await;
    let file = HostConfig::with_simulator(&sim).write();
    let input = json!({"name": "VIP"}).to_string();
    let made =
        Run::new(["call", "facebook", "createLabel", "--input", &input]).config(&file).run().await.expect_code(0);
    assert!(made.json()["id"].is_string(), "{made:?}");
    let list = Run::new(["call", "facebook"]).run().await.expect_code(0);
    assert_says(&list.stdout, &["setPersistentMenu", "createLabel"]);
    let wrong = Run::new(["call", "facebook", "createLabel", "--input", "{}"]).config(&file).run().await.expect_code(1);
    assert!(wrong.json()["issues"][0]["pointer"] == "/name", "{wrong:?}");
    Run::new(["call", "facebook", "fly", "--input", "{}"]).config(&file).run().await.expect_code(1);
}

#[tokio::test]
async fn personas_are_made_listed_spoken_as_and_deleted() {
    let stage = Stage::in_conversation().await;
    let persona = json!({"name": "John from Sales", "profilePictureUrl": "https://cdn.example.org/john.png"});
    let id = stage.performs("createPersona", persona).await["id"].clone();
    let listed = stage.performs("listPersonas", json!({})).await;
    assert_eq!(listed["data"][0]["id"], id, "{listed:#}");
    let read = stage.performs("getPersona", json!({"personaId": id})).await;
    assert_eq!(read["name"], "John from Sales", "{read:#}");
    let message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "John here"},
        "options": {"personaId": id}});
    stage.host.send(&message).await.expect_status(200);
    assert_eq!(stage.sim.screen().await.last().unwrap()["persona"], id);
    stage.performs("deletePersona", json!({"personaId": id})).await;
    stage.host.send(&message).await.expect_status(422);
}

#[tokio::test]
async fn utility_templates_are_found_made_sent_and_deleted() {
    let stage = Stage::in_conversation().await;
    let found = stage.performs("searchTemplateLibrary", json!({"nameOrContent": "order", "language": "en_US"})).await;
    let ready = &found["data"][0];
    assert_eq!(ready["name"], "order_shipped_1", "{found:#}");
    let from_library = json!({"name": "shipped", "language": "en_US", "category": "UTILITY",
        "libraryTemplateName": ready["name"],
        "libraryTemplateButtonInputs": [{"type": "URL", "text": "Track", "url": {"baseUrl": "https://shop.example.org/t"}}]});
    assert_eq!(stage.performs("createTemplate", from_library).await["status"], "APPROVED");
    let own = json!({"name": "order_left", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Hello {{1}}, order {{2}} left the store.", "example": {"bodyText": [["Ana", "A-17"]]}}]});
    let made = stage.performs("createTemplate", own).await;
    assert_eq!(made["status"], "APPROVED", "{made:#}");
    let listed = stage.performs("listTemplates", json!({"name": "order_left"})).await;
    assert_eq!(listed["data"][0]["id"], made["id"], "{listed:#}");
    // A day and a half later: no window is needed.
    stage.sim.act("clock", json!({"advanceSeconds": 130_000})).await;
    let message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "template", "template": {
        "type": "utility", "name": "order_left", "language": {"code": "en_US"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "A-17"}]}]}}});
    stage.host.send(message).await.expect_status(200);
    stage.performs("deleteTemplate", json!({"name": "order_left"})).await;
    assert_eq!(stage.performs("listTemplates", json!({"name": "order_left"})).await["data"], json!([]));
}

#[tokio::test]
async fn a_comment_is_answered_once_privately_and_in_public() {
    let stage = Stage::new().await;
    let comment = stage.sim.act("comment", json!({"text": "How much is it?"})).await["commentId"].clone();
    let private = json!({"commentId": comment, "text": "It is 10 euros."});
    let sent = stage.performs("replyPrivately", private.clone()).await;
    assert!(sent["messageId"].is_string(), "{sent:#}");
    let public = stage.performs("replyToComment", json!({"commentId": comment, "message": "We wrote to you."})).await;
    assert!(public["id"].is_string(), "{public:#}");
    let again = stage.host.operation("replyPrivately", &private).await;
    assert!((400..600).contains(&again.status), "{}", again.text());
    assert_eq!(again.json()["provider"]["code"], 10_900, "{}", again.text());
    let messages = stage.sim.screen().await;
    assert_eq!(messages.iter().filter(|entry| entry["from"] == "page").count(), 1, "{messages:?}");
}

#[tokio::test]
async fn labels_are_made_put_on_people_and_taken_away() {
    let stage = Stage::in_conversation().await;
    let id = stage.performs("createLabel", json!({"name": "VIP"})).await["id"].clone();
    stage.performs("labelPerson", json!({"labelId": id, "person": ids::PERSON})).await;
    let vip = json!({"id": id, "name": "VIP"});
    for (name, input) in [("listLabels", json!({})), ("listLabelsOfPerson", json!({"person": ids::PERSON}))] {
        assert_eq!(stage.performs(name, input).await["data"], json!([vip]), "{name}");
    }
    stage.performs("unlabelPerson", json!({"labelId": id, "person": ids::PERSON})).await;
    assert_eq!(stage.performs("listLabelsOfPerson", json!({"person": ids::PERSON})).await["data"], json!([]));
    stage.performs("deleteLabel", json!({"labelId": id})).await;
    stage.sim.act("settings", json!({"contactTermsAccepted": false})).await;
    let refused = stage.host.operation("createLabel", json!({"name": "VIP"})).await.json();
    assert_says(&sentence(&refused), &["terms for custom labels", "page_contact_tos"]);
    assert_eq!(refused["retry"]["advice"], "never", "{refused:#}");
}

#[tokio::test]
async fn people_are_kept_away_and_let_in_again() {
    let stage = Stage::in_conversation().await;
    let moderate = async |action: &str| {
        stage.performs("moderateConversations", json!({"people": [ids::PERSON], "actions": [action]})).await
    };
    moderate("block_user").await;
    stage.sim.request(Method::POST, "/_sim/say", r#"{"text":"let me in"}"#).await.expect_status(409);
    let refused = stage.sends("goodbye").await.expect_status(422).json();
    assert_eq!(refused["kind"], "recipient_unavailable", "{refused:#}");
    moderate("unblock_user").await;
    stage.says("thank you").await;
    stage.sends("welcome back").await.expect_status(200);
    moderate("move_to_spam").await;
    let review = stage.performs("getFeatureReview", json!({})).await;
    assert_eq!(review["data"][0], json!({"feature": "human_agent", "status": "approved"}), "{review:#}");
}

#[tokio::test]
async fn a_conversation_an_account_and_stickers_are_looked_up() {
    let stage = Stage::in_conversation().await;
    stage.sends("Hi Ana").await.expect_status(200);
    let read = stage.performs("getConversation", json!({"person": ids::PERSON})).await;
    assert_eq!(read["messages"].as_array().map(Vec::len), Some(2), "{read:#}");
    assert_eq!(read["messages"][0]["message"], "Hi Ana", "{read:#}");

    let token = stage.sim.act("log-in", json!({})).await["accountLinkingToken"].clone();
    let linked = stage.performs("getLinkedPerson", json!({"accountLinkingToken": token})).await;
    assert_eq!(linked["person"], ids::PERSON, "{linked:#}");
    stage.performs("unlinkAccount", json!({"person": ids::PERSON})).await;
    let unknown = stage.host.operation("getLinkedPerson", json!({"accountLinkingToken": "ARunknown"})).await;
    assert!((400..600).contains(&unknown.status) && !unknown.text().contains("ARunknown"), "{}", unknown.text());

    let packs = stage.performs("listStickerPacks", json!({})).await;
    let pack = packs["data"][0]["id"].clone();
    let stickers = stage.performs("listStickers", json!({"packId": pack})).await;
    assert_eq!(stickers["data"].as_array().map(Vec::len), Some(3), "{stickers:#}");
    let like = stage.performs("searchStickers", json!({"query": "small"})).await;
    assert_eq!(like["data"].as_array().map(Vec::len), Some(1), "{like:#}");
}

#[tokio::test]
async fn a_call_whose_answer_is_lost_is_not_made_again() {
    let stage = Stage::new().await;
    stage.sim.act("faults", json!({"path": "/custom_labels", "reset": true, "carryOut": true})).await;
    let lost = stage.host.operation("createLabel", json!({"name": "VIP"})).await;
    assert!(lost.status >= 500, "{}", lost.text());
    assert_eq!(lost.json()["retry"]["advice"], "if_idempotent", "{}", lost.text());
    assert_eq!(stage.sim.verbs("/custom_labels").await, ["POST"]);
    let made = stage.performs("listLabels", json!({})).await;
    assert_eq!(made["data"].as_array().map(Vec::len), Some(1), "it was made: {made:#}");
}
