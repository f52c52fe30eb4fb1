//! Nothing of somebody who was erased is in the files.

use std::fs;
use std::path::Path;

use channel_api::{Opening, ProviderRequest, Receipt, ThreadOwner};
use jiff::Timestamp;

use super::*;
use crate::store::{Call, ErasedMessages, Owned, Profile, Profiles, Unavailable};

const OTHER: &str = "7411002233449999";

/// What of these stands in any file of the directory.
fn found(dir: &Path, canaries: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let stands = |canary: &&&str| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        let stands = canaries.iter().filter(stands);
        found.extend(stands.map(|canary| format!("{canary} in {}", path.display())));
    }
    found
}

fn of(person: &str, n: usize) -> NewEvent {
    let opening = Opening::new(
        channel_api::Timestamp::from_millis(1_763_812_800_000 + i64::try_from(n).unwrap()).unwrap(),
        "message",
    );
    let words = if person == PERSON { "canary-words" } else { "other words" };
    let id = format!("m_{person}-{:x}", n.wrapping_mul(0x9e37_79b9));
    let data = format!(r#"{{"text":"{words} {}"}}"#, "·".repeat(n * 37 % 3_000));
    let event = NewEvent { person: Some(person.to_owned()), data: json(&data), ..event(&id) };
    event.with_opening(Some(opening))
}

#[tokio::test]
async fn nothing_of_an_erased_person_is_left_in_the_files() {
    let (dir, store) = store();
    // Between those of many others, so that pages are split and filled again all over.
    for round in 0..40 {
        let others = (0..50).map(|n| of(&format!("74110022{:08}", (n * 7_919 + round) % 400), round * 50 + n));
        let theirs = (0..5).map(|n| of(PERSON, round * 5 + n));
        store.append(others.chain(theirs).collect()).await.unwrap();
        for n in 0..20 {
            let person = format!("74110022{:08}", (n * 7_919 + round * 31) % 4_000);
            let owned = Owned { owner: ThreadOwner::Us, since: noon() };
            store.set_owner(CHANNEL, &person, owned.clone()).await.unwrap();
            let answer = serde_json::from_str(r#"{"firstName":"Somebody"}"#).unwrap();
            let profile = Profile { answer: Ok(answer), expires_at: noon(), version: 1 };
            Profiles::put(&store, CHANNEL, &person, profile).await.unwrap();
            if round == 20 {
                store.set_owner(CHANNEL, PERSON, owned).await.unwrap();
                let gone = Unavailable { code: "blocked".to_owned(), since: noon() };
                store.set_unavailable(CHANNEL, PERSON, gone).await.unwrap();
                let answer = serde_json::from_str(r#"{"firstName":"canary-name"}"#).unwrap();
                let profile = Profile { answer: Ok(answer), expires_at: noon(), version: 1 };
                Profiles::put(&store, CHANNEL, PERSON, profile).await.unwrap();
            }
        }
    }
    for (n, person) in [OTHER, PERSON, OTHER, PERSON].into_iter().enumerate() {
        let words = if person == PERSON { "canary-words" } else { "other words" };
        let id = format!("msg_{n}");
        let body = format!(r#"{{"to":"{person}","text":"{words}"}}"#);
        let sent =
            NewMessage { person: Some(person.to_owned()), json: json(&body), ..under(&format!("canary-key-{n}")) };
        let _accepted = store.accept(vec![NewMessage { id: id.clone(), ..sent }]).await.unwrap();
        let request =
            ProviderRequest::post("/messages", serde_json::json!({"recipient": {"id": person}, "text": words}));
        let attempt = store.begin(&id, vec![Call { part: 0, request, token: None }]).await.unwrap().unwrap();
        let receipt = Receipt { recipient_id: Some(person.to_owned()), ..Receipt::default() };
        let _status = store
            .end(&attempt, Outcome { receipts: vec![receipt], parts: 1, ..Outcome::default() }, None)
            .await
            .unwrap();
    }
    by_hand(
        &store,
        "INSERT INTO receipts (channel_id, whose, id, status, heard_at)
         VALUES ('ch_facebook_123', 'person', '7411002233445566', 'read', 1), ('ch_facebook_123', 'person', '7', 'read', 1)",
    )
    .await;
    // One of nobody's, until its copy says whose it is.
    let nobody_s = NewMessage {
        person: None,
        json: json(r#"{"to":{"commentId":"1"},"text":"canary-words"}"#),
        ..under("canary-key-5")
    };
    let _accepted = store.accept(vec![NewMessage { id: "msg_5".to_owned(), ..nobody_s }]).await.unwrap();
    let request = ProviderRequest::post("/messages", serde_json::json!({"text": "canary-words"}));
    let attempt = store.begin("msg_5", vec![Call { part: 0, request, token: None }]).await.unwrap().unwrap();
    let _status = store
        .end(&attempt, Outcome { receipts: vec![Receipt::default()], parts: 1, ..Outcome::default() }, None)
        .await
        .unwrap();
    by_hand(&store, "UPDATE parts SET person = '7411002233445566' WHERE person IS NULL").await;
    let canaries = [PERSON, "canary-words", "canary-name", "canary-key-1", "canary-key-3", "canary-key-5"];
    assert!(found(dir.path(), &canaries).len() >= 5, "they are there before");
    let erased = crate::store::EventLog::erase(&store, CHANNEL, PERSON, Timestamp::now()).await.unwrap();
    assert_eq!(erased, 200);
    assert_eq!(Outbox::erase(&store, CHANNEL, PERSON).await.unwrap(), ErasedMessages { erased: 3, open: 0 });
    crate::store::Conversations::erase(&store, CHANNEL, PERSON).await.unwrap();
    Profiles::erase(&store, CHANNEL, PERSON).await.unwrap();
    within(store.wipe()).await.unwrap();
    assert_eq!(found(dir.path(), &canaries), Vec::<String>::new());
    within(store.close()).await.unwrap();
    assert_eq!(found(dir.path(), &canaries), Vec::<String>::new());
}
