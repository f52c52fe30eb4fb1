//! What was answered 200 is stored, whatever happens next, and it is stored once.

use std::collections::HashMap;

use tests::webhook::{body, text};
use tests::{HostConfig, HostProcess};

use crate::load::{Load, Record};

/// How often each mid is stored.
async fn stored(host: &HostProcess) -> HashMap<String, usize> {
    let mut stored = HashMap::new();
    for event in host.events().await {
        *stored.entry(event.mid().to_owned()).or_default() += 1;
    }
    stored
}

/// Everything that was acknowledged is there; nothing is there twice; nothing is there that was not sent.
fn assert_kept(stored: &HashMap<String, usize>, record: &Record) {
    let lost: Vec<_> = record.acknowledged.iter().filter(|mid| !stored.contains_key(*mid)).collect();
    assert!(lost.is_empty(), "{} of {} were acknowledged and lost: {lost:?}", lost.len(), record.acknowledged.len());
    let double: Vec<_> = stored.iter().filter(|(_, count)| **count > 1).collect();
    assert!(double.is_empty(), "stored more than once: {double:?}");
    assert_eq!(record.refused, Vec::<u16>::new(), "a healthy host refused");
}

/// Delivers all of these again, as Meta does when it saw no answer.
async fn deliver_again(host: &HostProcess, mids: &[String]) {
    for batch in mids.chunks(100) {
        let events = batch.iter().map(|mid| text(mid, "hello"));
        host.deliver(body(events)).await.expect_status(200);
    }
}

#[tokio::test]
async fn kill_9_loses_nothing_that_was_acknowledged() {
    let mut host = HostConfig::alone().serve().await;
    let mut all = Record::default();
    for round in 0..3 {
        let mut load = Load::start(host.address(), &format!("kill{round}"));
        load.acknowledged(200).await;
        let stopped = host.kill().await;
        assert_eq!(stopped.code, None, "a signal ended it");
        let record = load.end().await;
        assert!(record.acknowledged.len() >= 200);
        all.sent.extend(record.sent);
        all.acknowledged.extend(record.acknowledged);
        all.refused.extend(record.refused);
        host = stopped.restart().await;
        assert_kept(&stored(&host).await, &all);
    }

    deliver_again(&host, &all.sent).await;
    let stored = stored(&host).await;
    assert_kept(&stored, &all);
    assert_eq!(stored.len(), all.sent.len(), "each delivery is there, however often it came");
}

#[tokio::test]
async fn sigterm_under_load_loses_nothing_and_ends_well() {
    let host = HostConfig::alone().serve().await;
    let mut load = Load::start(host.address(), "term");
    load.acknowledged(200).await;
    let stopped = host.terminate().await;
    assert_eq!(stopped.code, Some(0), "{}", stopped.stderr);
    let record = load.end().await;
    let host = stopped.restart().await;
    assert_kept(&stored(&host).await, &record);
}

#[tokio::test]
async fn a_cursor_stays_good_over_a_restart() {
    let host = HostConfig::alone().serve().await;
    host.deliver(body([text("m_1", "one"), text("m_2", "two")])).await.expect_status(200);
    let (before, cursor) = host.page("after=0&limit=1").await;
    let host = host.kill().await.restart().await;
    host.deliver(body([text("m_3", "three")])).await.expect_status(200);
    let (after, _) = host.page(&format!("after={cursor}")).await;
    let mids: Vec<_> = before.iter().chain(&after).map(|event| event.mid().to_owned()).collect();
    assert_eq!(mids, ["m_1", "m_2", "m_3"]);
}

#[tokio::test]
async fn a_redelivery_is_acknowledged_and_not_stored_again() {
    let host = HostConfig::alone().serve().await;
    for _ in 0..3 {
        host.deliver(body([text("m_1", "hello")])).await.expect_status(200);
    }
    assert_eq!(host.events().await.len(), 1);
    let host = host.terminate().await.restart().await;
    host.deliver(body([text("m_1", "hello"), text("m_2", "hello")])).await.expect_status(200);
    assert_eq!(stored(&host).await, HashMap::from([("m_1".to_owned(), 1), ("m_2".to_owned(), 1)]));
}
