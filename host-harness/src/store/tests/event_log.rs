//! Storing once, in order, all or none; reading by cursor what was stored.

use channel_api::{Identity, Token};
use futures::future::join;

use super::*;
use crate::store::{Appended, CopyOf, MAX_PAGE, StoreError};

promises!(
    a_duplicate_in_one_request_is_stored_once,
    a_redelivery_is_dropped_and_the_first_version_stays,
    a_redelivery_is_told_where_the_first_stands,
    a_request_of_duplicates_alone_says_where_the_store_stands,
    the_same_id_on_another_channel_is_another_event,
    a_refused_request_is_undone_whole_and_announces_nothing,
    a_request_without_events_is_answered,
    watch_wakes_when_the_event_is_there,
    pages_follow_each_other_without_gap_or_overlap,
    a_channel_is_read_alone,
    names_are_read_alone,
    a_page_is_never_larger_than_the_greatest,
    an_event_comes_back_as_it_went_in_with_its_id_in_front,
    an_event_reads_the_same_whenever_it_is_read,
    of_which_message_an_event_is_a_copy_is_for_the_host_alone,
    an_event_that_holds_its_id_is_left_alone,
    an_event_tells_whose_it_is,
    what_happens_again_is_another_event_with_a_number_behind_its_id,
    a_redelivery_is_known_by_its_entry_time_wherever_it_comes,
    what_was_last_said_of_a_subject_is_no_news,
    what_has_a_time_of_its_own_is_known_by_it_alone,
    fingerprints_of_two_channels_are_two,
    a_log_that_is_well_says_so,
);

async fn a_duplicate_in_one_request_is_stored_once(stores: Stores) {
    let appended = stores.events.append(vec![event("m_1"), event("m_2"), event("m_1")]).await.unwrap();
    assert_eq!((appended.stored(), appended.duplicates()), (2, 1));
    assert_eq!(ids(&stores).await, ["m_1", "m_2"]);
}

async fn an_event_tells_whose_it_is(stores: Stores) {
    let nobody_s = NewEvent { person: None, ..event("m_1") };
    let _appended =
        stores.events.append(vec![nobody_s, event("m_2"), event_of("another channel", "m_3")]).await.unwrap();
    let whose = async |ids: &[&str]| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        stores.events.person_of(CHANNEL, ids).await.unwrap()
    };
    assert_eq!(whose(&["m_1", "m_2"]).await.as_deref(), Some(PERSON), "the first that has one");
    assert_eq!(whose(&["m_1", "m_3"]).await, None, "and of this channel");
    assert_eq!(whose(&[]).await, None);
}

async fn a_redelivery_is_dropped_and_the_first_version_stays(stores: Stores) {
    stores.events.append(vec![event("m_1")]).await.unwrap();
    let first = all(&stores).await.remove(0);
    let again = NewEvent { data: json("{}"), ..event("m_1") };
    let appended = stores.events.append(vec![again, event("m_2")]).await.unwrap();
    assert_eq!((appended.stored(), appended.duplicates()), (1, 1));
    let events = all(&stores).await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].data.get(), first.data.get());
    assert_eq!(appended.last_seq, events[1].seq);
}

async fn a_redelivery_is_told_where_the_first_stands(stores: Stores) {
    let first = stores.events.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    let again = stores.events.append(vec![event("m_3"), event("m_2")]).await.unwrap();
    assert_eq!(again.events.iter().map(|placed| placed.new).collect::<Vec<_>>(), [true, false]);
    assert_eq!(again.events[1].seq, first.events[1].seq);
    assert_eq!(again.events[1].received_at, first.events[1].received_at);
    for (placed, event) in first.events.iter().zip(all(&stores).await) {
        assert_eq!((placed.seq, placed.received_at), (event.seq, event.received_at));
    }
}

async fn a_request_of_duplicates_alone_says_where_the_store_stands(stores: Stores) {
    let first = stores.events.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    let second = stores.events.append(vec![event("m_1")]).await.unwrap();
    assert_eq!((second.stored(), second.duplicates(), second.last_seq), (0, 1, first.last_seq));
}

async fn the_same_id_on_another_channel_is_another_event(stores: Stores) {
    let appended = stores.events.append(vec![event_of("a", "m_1"), event_of("b", "m_1")]).await.unwrap();
    assert_eq!((appended.stored(), appended.duplicates()), (2, 0));
}

async fn a_refused_request_is_undone_whole_and_announces_nothing(stores: Stores) {
    let watch = stores.events.watch();
    for bad in [event(""), event_of("", "m_1"), NewEvent { name: "".into(), ..event("m_1") }] {
        let refused = stores.events.append(vec![event("m_lost"), bad]).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
    assert!(!watch.has_changed().unwrap(), "a consumer would wait behind a number that comes again");
    let appended = stores.events.append(vec![event("m_1")]).await.unwrap();
    assert_eq!(ids(&stores).await, ["m_1"]);
    assert_eq!((all(&stores).await[0].seq, *watch.borrow()), (appended.last_seq, appended.last_seq));
}

async fn a_request_without_events_is_answered(stores: Stores) {
    let appended = stores.events.append(Vec::new()).await.unwrap();
    assert_eq!(appended, Appended { events: Vec::new(), last_seq: 0 });
}

async fn watch_wakes_when_the_event_is_there(stores: Stores) {
    let mut watch = stores.events.watch();
    assert_eq!((*watch.borrow_and_update(), stores.events.last()), (0, 0));
    let consumer = async {
        watch.changed().await.unwrap();
        *watch.borrow_and_update()
    };
    let (seen, appended) = join(consumer, stores.events.append(vec![event("m_1")])).await;
    assert_eq!(seen, appended.unwrap().last_seq);
    assert_eq!((all(&stores).await[0].seq, stores.events.last()), (seen, seen));
}

async fn page(stores: &Stores, after: u64, limit: usize, channel: Option<&str>) -> Vec<(u64, String)> {
    let query = Query { after, limit, channel_id: channel.map(str::to_owned), names: &[] };
    let events = stores.events.read(query).await.unwrap();
    events.into_iter().map(|event| (event.seq, event.id)).collect()
}

async fn pages_follow_each_other_without_gap_or_overlap(stores: Stores) {
    let expected: Vec<String> = (0..7).map(|n| format!("m_{n}")).collect();
    for id in &expected {
        stores.events.append(vec![event(id)]).await.unwrap();
    }
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let events = page(&stores, after, 3, None).await;
        assert!(events.len() <= 3);
        let Some((last, _)) = events.last() else { break };
        assert!(events.iter().is_sorted() && events[0].0 > after);
        after = *last;
        seen.extend(events.into_iter().map(|(_, id)| id));
    }
    assert_eq!(seen, expected);
    assert!(page(&stores, u64::MAX, 3, None).await.is_empty());
}

async fn a_channel_is_read_alone(stores: Stores) {
    let channels = ["a", "b", "a", "b", "a"];
    let events = channels.iter().enumerate().map(|(n, channel)| event_of(channel, &format!("m_{n}"))).collect();
    stores.events.append(events).await.unwrap();

    let first = page(&stores, 0, 2, Some("a")).await;
    assert_eq!(first.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>(), ["m_0", "m_2"]);
    let rest = page(&stores, first[1].0, 2, Some("a")).await;
    assert_eq!(rest.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>(), ["m_4"]);
    assert!(page(&stores, 0, 2, Some("c")).await.is_empty());
}

async fn names_are_read_alone(stores: Stores) {
    let of = |name: &'static str, id| NewEvent { name: name.into(), ..event(id) };
    let events = vec![of("message.read", "r_1"), event("m_1"), of("message.echo", "e_1"), of("message.read", "r_2")];
    stores.events.append(events).await.unwrap();
    let query = Query { limit: 10, names: &["message.read", "message.echo"], ..Query::default() };
    let ids = async |query| {
        let events = stores.events.read(query).await.unwrap();
        events.into_iter().map(|event| event.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(query.clone()).await, ["r_1", "e_1", "r_2"]);
    assert_eq!(ids(Query { after: 1, limit: 1, ..query.clone() }).await, ["e_1"]);
    assert_eq!(ids(Query { channel_id: Some("another channel".to_owned()), ..query }).await, [""; 0]);
}

async fn a_page_is_never_larger_than_the_greatest(stores: Stores) {
    let events = (0..=MAX_PAGE).map(|n| event(&format!("m_{n}"))).collect();
    assert_eq!(stores.events.append(events).await.unwrap().stored(), MAX_PAGE + 1);
    assert_eq!(page(&stores, 0, usize::MAX, None).await.len(), MAX_PAGE);
    assert!(page(&stores, 0, 0, None).await.is_empty());
}

async fn an_event_comes_back_as_it_went_in_with_its_id_in_front(stores: Stores) {
    let members = "\"n\":1.0e5,\n\"text\":\"\\u00e9 \u{1f600} \\u0000\" }";
    let plain = NewEvent { person: None, data: json(&format!("{{{members}")), ..event("m_1") };
    let tap = NewEvent { name: "facebook.postback".into(), kind: Some("message.postback".into()), ..event("p_1") };
    stores.events.append(vec![plain, tap]).await.unwrap();
    let events = all(&stores).await;
    assert_eq!((events[0].channel_id.as_str(), events[0].name.as_str()), (CHANNEL, "message.received"));
    assert_eq!((events[0].person.as_deref(), events[1].person.as_deref()), (None, Some(PERSON)));
    let age = Timestamp::now().duration_since(events[0].received_at);
    assert!(age.as_secs() < 60, "{age:?}");
    let shown = serde_json::to_string(&events[0]).unwrap();
    assert_eq!(shown, format!("{{\"seq\":1,\"event\":\"message.received\",\"data\":{{\"id\":\"m_1\",{members}}}"));
    let shown = serde_json::to_string(&events[1]).unwrap();
    let data = "{\"id\":\"p_1\",\"text\":\"canary-text\"}";
    let expected =
        format!("{{\"seq\":2,\"event\":\"facebook.postback\",\"kind\":\"message.postback\",\"data\":{data}}}");
    assert_eq!(shown, expected);
}

async fn of_which_message_an_event_is_a_copy_is_for_the_host_alone(stores: Stores) {
    let token = Some(Token::from_random([7; 16]));
    let copy = CopyOf { token, message_id: Some("m_7".to_owned()), ours: Some(true) };
    stores.events.append(vec![event("echo_1").with_copy(Some(copy.clone())), event("m_1")]).await.unwrap();
    let kept = all(&stores).await;
    assert_eq!([&kept[0].copy, &kept[1].copy], [&Some(copy), &None]);
    let shown = serde_json::to_string(&kept[0]).unwrap();
    assert!(!shown.contains("m_7") && !shown.contains("copy"), "{shown}");
}

async fn an_event_reads_the_same_whenever_it_is_read(stores: Stores) {
    stores.events.append(vec![event("m_1")]).await.unwrap();
    let read = async || serde_json::to_string(&all(&stores).await[0]).unwrap();
    let before = read().await;
    let answer = serde_json::from_str(r#"{"firstName":"Ana"}"#).unwrap();
    let profile = crate::store::Profile { answer: Ok(answer), expires_at: Timestamp::now(), version: 1 };
    stores.profiles.put(CHANNEL, PERSON, profile).await.unwrap();
    stores.events.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    assert_eq!(read().await, before);
}

async fn an_event_that_holds_its_id_is_left_alone(stores: Stores) {
    let data = r#"{"id":"m_1","text":"as earlier releases kept it"}"#;
    stores.events.append(vec![NewEvent { data: json(data), ..event("m_1") }]).await.unwrap();
    assert_eq!(all(&stores).await[0].data.get(), data);
}

/// An event without an id: what happened, what it is about, and the entry's time.
fn derived(what: u8, subject: Option<u8>, entry_time: Option<i64>) -> NewEvent {
    let identity = Identity::Derived {
        fingerprint: [what; 16],
        subject: subject.map(|subject| [subject; 16]),
        entry_time: entry_time.and_then(channel_api::Timestamp::from_millis),
    };
    NewEvent { identity, ..event("") }
}

fn id_of(what: u8) -> String {
    Identity::fingerprint([what; 16]).id()
}

async fn news(stores: &Stores, event: NewEvent) -> bool {
    stores.events.append(vec![event]).await.unwrap().events[0].new
}

async fn what_happens_again_is_another_event_with_a_number_behind_its_id(stores: Stores) {
    for time in 1..=11 {
        assert!(news(&stores, derived(1, None, Some(time))).await, "{time}");
        assert!(!news(&stores, derived(1, None, Some(time))).await, "{time}");
    }
    let numbered = (2..=11).map(|number| format!("{}-{number}", id_of(1)));
    let expected: Vec<String> = std::iter::once(id_of(1)).chain(numbered).collect();
    assert_eq!(ids(&stores).await, expected);
    let shown = all(&stores).await.pop().unwrap();
    assert!(shown.data.get().contains(&expected[10]), "{}", shown.data);
}

async fn a_redelivery_is_known_by_its_entry_time_wherever_it_comes(stores: Stores) {
    let (approved, paused) = (|time| derived(1, Some(9), Some(time)), |time| derived(2, Some(9), Some(time)));
    let first = stores.events.append(vec![approved(1), paused(2), approved(3)]).await.unwrap();
    assert_eq!(first.stored(), 3);
    let again = stores.events.append(vec![paused(2), approved(1), approved(3)]).await.unwrap();
    assert_eq!(again.stored(), 0);
    let stands = |index: usize| first.events[index].seq;
    assert_eq!(again.events.iter().map(|placed| placed.seq).collect::<Vec<_>>(), [stands(1), stands(0), stands(2)]);
    assert_eq!(ids(&stores).await, [id_of(1), id_of(2), format!("{}-2", id_of(1))]);
}

async fn what_was_last_said_of_a_subject_is_no_news(stores: Stores) {
    let said = |what, subject, time| derived(what, Some(subject), Some(time));
    assert!(news(&stores, said(1, 9, 1)).await);
    assert!(!news(&stores, said(1, 9, 2)).await, "said twice");
    assert!(news(&stores, said(3, 8, 3)).await, "of another subject");
    assert!(!news(&stores, said(1, 9, 4)).await, "said a third time");
    assert!(news(&stores, said(2, 9, 5)).await);
    assert!(!news(&stores, said(1, 9, 2)).await, "a repetition that is delivered again, after something else was said");
    assert!(news(&stores, said(1, 9, 6)).await);
    assert_eq!(ids(&stores).await, [id_of(1), id_of(3), id_of(2), format!("{}-2", id_of(1))]);
}

async fn what_has_a_time_of_its_own_is_known_by_it_alone(stores: Stores) {
    assert!(news(&stores, derived(1, None, None)).await);
    assert!(!news(&stores, derived(1, None, None)).await);
    assert_eq!(ids(&stores).await, [id_of(1)]);
}

async fn fingerprints_of_two_channels_are_two(stores: Stores) {
    let other = || NewEvent { channel_id: "other".into(), ..derived(1, Some(9), Some(1)) };
    assert!(news(&stores, derived(1, Some(9), Some(1))).await);
    assert!(news(&stores, other()).await);
    assert!(!news(&stores, other()).await);
    assert_eq!(ids(&stores).await, [id_of(1), id_of(1)]);
}

async fn a_log_that_is_well_says_so(stores: Stores) {
    stores.events.health().await.unwrap();
    stores.events.health().await.unwrap();
    assert_eq!(stores.events.last(), 0, "a proof is no event");
}
