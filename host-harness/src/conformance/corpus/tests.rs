use std::fs;

use channel_api::Registry;

use super::*;

/// A text, a change that no version knows, and something that is no webhook.
const BODIES: [(&str, &str, &str); 3] = [
    (
        "text.json",
        "message-text",
        r#"{"object":"page","entry":[{"id":"1098765432100001","time":1763712000000,"messaging":[
            {"sender":{"id":"7411002233445566"},"recipient":{"id":"1098765432100001"},"timestamp":1763712000123,
             "message":{"mid":"m_1","text":"Hi there"}}]}]}"#,
    ),
    (
        "change.json",
        "change",
        r#"{"object":"page","entry":[{"id":"1098765432100001","changes":[{"field":"weather","value":{"id":"77","text":"rain"}}]}]}"#,
    ),
    ("no.json", "nothing", "hello"),
];

fn facebook() -> Subject {
    Subject::new(*Registry::discover().unwrap().get("facebook").unwrap())
}

fn corpus(index: bool) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("inbound")).unwrap();
    let mut lines = vec!["file\tkind\tform".to_owned(), "outbound/x.json\tsend\tfull-body".to_owned()];
    for (file, kind, body) in BODIES {
        fs::write(directory.path().join("inbound").join(file), body).unwrap();
        let form = if kind == "nothing" { "raw-malformed" } else { "full-body" };
        lines.push(format!("inbound/{file}\t{kind}\t{form}"));
    }
    if index {
        fs::write(directory.path().join("INDEX.tsv"), lines.join("\n")).unwrap();
    }
    directory
}

#[test]
fn everything_is_counted() {
    let directory = corpus(true);
    let score = score(&facebook(), directory.path()).unwrap();
    assert_eq!(
        (score.files, score.accepted, score.malformed),
        (3, Share { found: 2, kept: 2 }, Share { found: 1, kept: 1 })
    );
    assert_eq!(score.events, Share { found: 2, kept: 2 });
    assert_eq!(score.kinds["message-text"]["message.received"], 1);
    assert!(score.identities.found >= 3 && score.text.found >= 2, "{score:?}");
    assert!(score.is_good(), "{:?}", score.lost);
    let table = table(&score);
    assert!(table.contains("events surfaced             2 of      2   100.0 %"), "{table}");
}

#[test]
fn a_directory_without_an_index_is_read_by_name() {
    let directory = corpus(false);
    let score = score(&facebook(), directory.path()).unwrap();
    assert_eq!((score.files, score.accepted.kept, score.malformed.kept), (3, 2, 1));
}

#[test]
fn a_corpus_that_is_not_there_or_is_empty_shows_nothing() {
    assert!(score(&facebook(), Path::new("/nowhere/at/all")).is_err());
    let empty = tempfile::tempdir().unwrap();
    assert!(!score(&facebook(), empty.path()).unwrap().is_good());
}

#[test]
fn what_is_lost_is_told_by_its_place() {
    let items: Value = serde_json::json!({"message": {"mid": "m_1", "text": "Hi"}});
    let facts = Facts::of_events(&[]);
    let lost: Vec<_> = Facts::recorded(&[&items]).into_iter().filter(|fact| !facts.hold(fact)).collect();
    let places: Vec<_> = lost.iter().map(|fact| (fact.pointer.as_str(), fact.is_identity)).collect();
    assert_eq!(places, [("/0/message/mid", true), ("/0/message/text", false)]);
}
