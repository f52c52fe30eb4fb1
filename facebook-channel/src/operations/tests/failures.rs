//! What goes wrong at Meta, and how it is told.

use channel_api::ErrorKind::{self, Config, Permission, Rejected, ThreadOwned};
use channel_api::{Error, Retry, ThreadOwner};
use serde_json::{Value, json};

use super::server::{APP, Meta};
use crate::operations;

fn example(name: &str) -> Value {
    (operations::all().iter().find(|operation| operation.name == name).unwrap().example)()
}

async fn failing(name: &str, code: i64, subcode: i64) -> Error {
    let mut body = json!({"error": {"code": code, "message": "(#x) Meta's words", "fbtrace_id": "AbC"}});
    if subcode != 0 {
        body["error"]["error_subcode"] = subcode.into();
    }
    let meta = Meta::answers(400, &body).await;
    let error = meta.perform(name, &example(name)).await.unwrap_err();
    assert_eq!(meta.asked().len(), 1, "{name}: never a second time");
    error
}

#[tokio::test]
async fn a_failure_is_classified_as_meta_means_it() {
    const LATER: Retry = Retry::Safe { after: Some(std::time::Duration::from_mins(2)) };
    for (name, code, subcode, kind, ours, retry) in [
        ("passThreadControl", 100, 2_534_037, ThreadOwned, "facebook.thread_owned", Retry::Never),
        ("passThreadControl", 10, 2_018_300, ThreadOwned, "facebook.thread_owned", Retry::Never),
        ("replyPrivately", 2_018_300, 0, ThreadOwned, "facebook.thread_owned", Retry::Never),
        ("replyPrivately", 10, 2_018_321, ThreadOwned, "facebook.thread_automated", LATER),
        ("replyPrivately", 100, 2_534_025, Rejected, "facebook.private_reply_invalid", Retry::Never),
        ("replyPrivately", 10, 1_893_015, Rejected, "facebook.notifications_stopped", Retry::Never),
        ("takeThreadControl", 10, 2_018_171, Permission, "facebook.routing", Retry::Never),
        ("listSecondaryReceivers", 10, 2_018_234, Rejected, "facebook.receivers_hidden", Retry::Never),
        ("createLabel", 2, 2_018_344, Permission, "facebook.terms_not_accepted", Retry::Never),
        ("labelPerson", 2, 2_018_344, Permission, "facebook.terms_not_accepted", Retry::Never),
        ("getConversation", 9_000_001, 0, Rejected, "facebook.message_gone", Retry::Never),
        ("getLinkedPerson", 10_303, 0, Rejected, "facebook.account_linking_expired", Retry::Never),
        ("getPersona", 100, 33, Permission, "facebook.object_unreachable", Retry::Never),
        ("createTemplate", 100, 0, Rejected, "facebook.invalid_parameter", Retry::Never),
        ("moderateConversations", 190, 463, ErrorKind::Credentials, "facebook.token_expired", Retry::Never),
        ("searchStickers", 4, 0, ErrorKind::RateLimited, "facebook.rate_limited", Retry::SAFE),
        ("createPersona", 2, 0, ErrorKind::ProviderFailed, "facebook.temporary", Retry::IF_IDEMPOTENT),
    ] {
        let error = failing(name, code, subcode).await;
        let found = (error.kind(), error.code(), error.retry());
        assert_eq!(found, (kind, ours, retry), "{name} {code}/{subcode}");
        assert_eq!(error.operation(), name);
        assert!(error.hint().is_some(), "{name} {code}/{subcode}");
        assert_eq!(error.provider().unwrap().trace_id.as_deref(), Some("AbC"));
        // Nobody's id stands in an error.
        assert!(!format!("{error:?}").contains("7411002233445566"), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_denies_itself_is_a_failure() {
    for name in ["passThreadControl", "deletePersona", "deleteTemplate", "labelPerson", "moderateConversations"] {
        let meta = Meta::answers(200, &json!({"success": "false"})).await;
        let error = meta.perform(name, &example(name)).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Rejected, "facebook.not_done"), "{name}");
    }
}

#[tokio::test]
async fn an_account_linking_token_stands_in_no_error() {
    const TOKEN: &str = "ARQ-canary.1";
    let words = format!("(#10303) Invalid account_linking_token {TOKEN}");
    let meta = Meta::answers(400, &json!({"error": {"code": 10303, "message": words}})).await;
    let error = meta.perform("getLinkedPerson", &json!({"accountLinkingToken": TOKEN})).await.unwrap_err();
    assert_eq!(error.code(), "facebook.account_linking_expired");
    assert_eq!(error.provider().unwrap().code_number(), Some(10_303));
    assert_eq!(meta.asked()[0]["query"]["account_linking_token"], TOKEN);
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");

    for input in [json!({"accountLinkingToken": {"canary": 1}}), json!({"accountLinkingToken": ["canary"]})] {
        let error = meta.perform("getLinkedPerson", &input).await.unwrap_err();
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    assert_eq!(meta.asked().len(), 1);
}

#[tokio::test]
async fn stickers_need_the_app_and_use_its_token() {
    let meta = Meta::answers(200, &json!({"data": []})).await;
    for name in ["listStickerPacks", "listStickers", "searchStickers"] {
        let error = meta.perform_with(name, &example(name), false).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Config, "facebook.app_id_missing"), "{name}");
        assert!(error.hint().unwrap().contains("enter the App ID"), "{name}");
    }
    assert_eq!(meta.asked(), Vec::<Value>::new());
    for name in ["listStickerPacks", "listStickers", "searchStickers", "listPersonas"] {
        meta.perform(name, &example(name)).await.unwrap();
    }
    let tokens: Vec<_> = meta.asked().into_iter().map(|asked| asked["token"].clone()).collect();
    assert_eq!(tokens, ["app-token", "app-token", "app-token", "page-token"]);
}

#[tokio::test]
async fn a_conversation_that_changes_hands_says_whose_it_is() {
    let meta = Meta::answers(200, &json!({"success": true})).await;
    let app = |id: &str| ThreadOwner::App(id.to_owned());
    for (name, target, owner) in [
        ("passThreadControl", Some(json!("inbox")), app("263902037430900")),
        ("passThreadControl", Some(json!(5_566_778_899_001_122_u64)), app("5566778899001122")),
        ("passThreadControl", Some(json!(APP)), ThreadOwner::Us),
        ("takeThreadControl", None, ThreadOwner::Us),
        ("releaseThreadControl", None, ThreadOwner::Nobody),
    ] {
        let mut input = json!({"person": 7_411_002_233_445_566_u64});
        if let Some(target) = target {
            input["targetApp"] = target;
        }
        let thread = meta.perform(name, &input).await.unwrap().thread.unwrap();
        assert_eq!((thread.person.as_str(), thread.owner), ("7411002233445566", owner), "{name} {input}");
    }
    for name in ["requestThreadControl", "extendThreadControl", "getThreadOwner"] {
        assert_eq!(meta.perform(name, &example(name)).await.unwrap().thread, None, "{name}");
    }
    // Without its id, the channel cannot know that it is meant.
    let input = json!({"person": "7411002233445566", "targetApp": APP});
    let thread = meta.perform_with("passThreadControl", &input, false).await.unwrap().thread.unwrap();
    assert_eq!(thread.owner, app(APP));
    assert_eq!(meta.asked()[0]["body"]["target_app_id"], "263902037430900");
    assert_eq!(
        meta.asked()[1]["body"],
        json!({"recipient": {"id": "7411002233445566"}, "target_app_id": "5566778899001122"})
    );
}

#[tokio::test]
async fn nobody_s_conversation_has_no_owner_and_a_stranger_no_conversation() {
    for answer in [json!({"data": []}), json!({"data": [{"thread_owner": {}}]})] {
        let meta = Meta::answers(200, &answer).await;
        let owner = meta.perform("getThreadOwner", &example("getThreadOwner")).await.unwrap();
        assert_eq!(owner.output, json!({}));
        let none = meta.perform("getConversation", &json!({"person": "1"})).await.unwrap();
        assert_eq!(none.output, json!({"participants": [], "messages": []}));
    }
}
