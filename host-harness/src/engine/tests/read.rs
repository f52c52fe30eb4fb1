//! Reading by cursor.

use super::*;
use crate::engine::MAX_PAGE;

async fn page(engine: &Embedded, after: u64, limit: usize, channel: Option<&str>) -> Vec<(u64, String)> {
    let query = Query { after, limit, channel_id: channel.map(str::to_owned) };
    let events = within(engine.read(query)).await.unwrap();
    events.into_iter().map(|event| (event.seq, event.id)).collect()
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_overlap() {
    let (_dir, engine) = engine();
    let expected: Vec<String> = (0..7).map(|n| format!("m_{n}")).collect();
    for id in &expected {
        engine.append(vec![event(id)]).await.unwrap();
    }
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let events = page(&engine, after, 3, None).await;
        assert!(events.len() <= 3);
        let Some((last, _)) = events.last() else { break };
        assert!(events.iter().is_sorted() && events[0].0 > after);
        after = *last;
        seen.extend(events.into_iter().map(|(_, id)| id));
    }
    assert_eq!(seen, expected);
    assert!(page(&engine, u64::MAX, 3, None).await.is_empty());
}

#[tokio::test]
async fn a_channel_is_read_alone() {
    let (_dir, engine) = engine();
    let channels = ["a", "b", "a", "b", "a"];
    let events = channels.iter().enumerate().map(|(n, channel)| event_of(channel, &format!("m_{n}"))).collect();
    engine.append(events).await.unwrap();

    let first = page(&engine, 0, 2, Some("a")).await;
    assert_eq!(first.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>(), ["m_0", "m_2"]);
    let rest = page(&engine, first[1].0, 2, Some("a")).await;
    assert_eq!(rest.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>(), ["m_4"]);
    assert!(page(&engine, 0, 2, Some("c")).await.is_empty());
}

#[tokio::test]
async fn a_page_is_never_larger_than_the_greatest() {
    let (_dir, engine) = engine();
    let events = (0..=MAX_PAGE).map(|n| event(&format!("m_{n}"))).collect();
    assert_eq!(engine.append(events).await.unwrap().stored, MAX_PAGE + 1);
    assert_eq!(page(&engine, 0, usize::MAX, None).await.len(), MAX_PAGE);
    assert!(page(&engine, 0, 0, None).await.is_empty());
}

#[tokio::test]
async fn an_event_comes_back_as_it_went_in_and_serialises_as_the_api_shows_it() {
    let (_dir, engine) = engine();
    let data = "{ \"id\":\"m_1\",\"n\":1.0e5,\n\"text\":\"\\u00e9 \u{1f600} \\u0000\" }";
    engine.append(vec![NewEvent { person: None, data: json(data), ..event("m_1") }]).await.unwrap();
    let stored = all(&engine).await.remove(0);
    assert_eq!(stored.data.get(), data);
    assert_eq!((stored.channel_id.as_str(), stored.name.as_str()), (CHANNEL, "message.received"));
    assert_eq!(stored.person, None);
    let age = jiff::Timestamp::now().duration_since(stored.received_at);
    assert!(age.as_secs() < 60, "{age:?}");
    let shown = serde_json::to_string(&stored).unwrap();
    assert_eq!(shown, format!("{{\"seq\":1,\"event\":\"message.received\",\"data\":{data}}}"));
}

#[tokio::test]
async fn a_damaged_event_stops_the_reader_only_when_it_is_next() {
    let (_dir, engine) = engine();
    engine.append(vec![event("m_1"), event("m_2"), event("m_3")]).await.unwrap();
    let damage = |scope: &mut crate::engine::writer::Scope<'_>| {
        let sql = "UPDATE events SET data = '{' WHERE id = 'm_2'";
        scope.connection.execute(sql, []).map_err(EngineError::storage("damage"))
    };
    assert_eq!(engine.writer().submit(1, damage).await.unwrap(), 1);

    let before = page(&engine, 0, 10, None).await;
    assert_eq!(before.len(), 1);
    let query = Query { after: before[0].0, limit: 10, channel_id: None };
    let Err(EngineError::CorruptEvent { seq }) = within(engine.read(query)).await else { panic!("it was read") };
    assert_eq!(page(&engine, seq, 10, None).await.len(), 1);
}
