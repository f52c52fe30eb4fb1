//! A session kept as a folder, and played again.

use serde_json::json;

use super::stage::{SECRET, Stage, within};
use crate::corpus::{self, CorpusError};

#[tokio::test]
async fn a_session_is_kept_and_played_again_byte_for_byte() {
    let mut stage = Stage::new().await;
    stage.sim.say(None, "Größe 1/2 😀?").unwrap();
    stage.sent(json!({"text": "Hi"})).await;
    let first: Vec<_> = {
        within(stage.sim.settled()).await;
        std::iter::from_fn(|| stage.webhooks.try_recv().ok()).map(|received| received.body).collect()
    };
    assert_eq!(first.len(), 4);
    let folder = tempfile::tempdir().unwrap();
    let webhooks = stage.sim.webhooks();
    assert!(matches!(corpus::write(folder.path(), &webhooks, "guess"), Err(CorpusError::WrongSecret(1))));
    assert_eq!(corpus::write(folder.path(), &webhooks, SECRET).unwrap(), 4);
    assert!(matches!(corpus::write(folder.path(), &webhooks, SECRET), Err(CorpusError::Exists(_))));
    let signatures = std::fs::read_to_string(folder.path().join("signatures.tsv")).unwrap();
    assert!(signatures.contains("0001-messages\tsha256\ts3cr3t\t"), "{signatures}");
    assert!(folder.path().join("signatures/0003-message_deliveries.body").is_file());

    let recordings = corpus::read(folder.path()).unwrap();
    let url = stage.get("/_sim/state").await.1["pages"][0]["webhookUrl"].as_str().unwrap().to_owned();
    for recording in &recordings {
        assert_eq!(corpus::replay(&stage.http, &url, SECRET, recording).await.unwrap(), 200);
    }
    let again: Vec<_> = std::iter::from_fn(|| stage.webhooks.try_recv().ok()).collect();
    assert!(again.iter().all(|received| received.entries().len() == 1), "the signatures hold");
    assert_eq!(again.into_iter().map(|received| received.body).collect::<Vec<_>>(), first);
}

#[tokio::test]
async fn the_journal_tells_what_went_out_and_how_it_was_taken() {
    let mut stage = Stage::new().await;
    stage.answers.lock().unwrap().push_back(503);
    stage.sim.say(None, "hello").unwrap();
    stage.all_webhooks().await;
    let (_, listed) = stage.get("/_sim/webhooks").await;
    let webhook = &listed["webhooks"][0];
    assert_eq!(
        (&webhook["attempts"], &webhook["status"], &webhook["fields"]),
        (&json!(2), &json!(200), &json!(["messages"]))
    );
    assert!(webhook["body"].as_str().unwrap().contains("\"text\":\"hello\""));
    assert!(!listed.to_string().contains(SECRET));
    assert_eq!(stage.get("/_sim/webhooks?after=1").await.1, json!({"webhooks": [], "next": 1}));
}

#[test]
fn an_index_cannot_lead_out_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(corpus::read(folder.path()), Err(CorpusError::File { .. })));
    for (file, outside) in [("inbound/../../etc/passwd", true), ("inbound/missing.json", false)] {
        std::fs::write(folder.path().join("INDEX.tsv"), format!("file\n{file}\n")).unwrap();
        assert_eq!(matches!(corpus::read(folder.path()), Err(CorpusError::Outside(_))), outside, "{file}");
    }
    assert!(matches!(corpus::write(folder.path(), &[], SECRET), Err(CorpusError::Empty)));
}
