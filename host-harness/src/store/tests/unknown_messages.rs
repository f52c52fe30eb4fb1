//! What comes before its message says so, and nothing else does.

use channel_api::{Concern, Event};
use serde_json::{Value, json};

use super::*;

promises!(
    what_is_about_a_message_that_is_not_told_says_so,
    once_it_is_told_by_any_of_its_events_there_is_nothing_to_say,
    a_message_counts_from_where_it_stands_in_a_request,
    another_channel_s_message_is_not_told_here,
    of_several_messages_those_are_named_that_are_not_told,
    a_redelivery_says_what_the_first_said,
    the_rest_of_the_data_stays_as_it_is,
    no_more_are_looked_up_than_the_bound,
);

fn concern(message: &str) -> Concern {
    Concern::new(message, vec![format!("msg_{message}"), format!("echo_{message}")])
}

/// An event about these messages.
fn about(id: &str, messages: &[&str]) -> NewEvent {
    event(id).with_concerns(messages.iter().map(|message| concern(message)).collect())
}

/// What each event says that it does not know.
async fn unknown(stores: &Stores) -> Vec<(String, Value)> {
    let said = |event: StoredEvent| {
        let mut data: Value = serde_json::from_str(event.data.get()).unwrap();
        (event.id, data["unknownMessages"].take())
    };
    all(stores).await.into_iter().map(said).collect()
}

fn expected(said: &[(&str, Value)]) -> Vec<(String, Value)> {
    said.iter().map(|(id, messages)| ((*id).to_owned(), messages.clone())).collect()
}

async fn what_is_about_a_message_that_is_not_told_says_so(stores: Stores) {
    for new in
        [about("edit_1", &["1"]), event("msg_2"), about("edit_2", &["2"]), event("msg_1"), about("again_1", &["1"])]
    {
        stores.events.append(vec![new]).await.unwrap();
    }
    let said = [
        ("edit_1", json!(["1"])),
        ("msg_2", json!(null)),
        ("edit_2", json!(null)),
        ("msg_1", json!(null)),
        ("again_1", json!(null)),
    ];
    assert_eq!(unknown(&stores).await, expected(&said));
}

async fn once_it_is_told_by_any_of_its_events_there_is_nothing_to_say(stores: Stores) {
    stores.events.append(vec![event("echo_1"), event("msg_2"), event("msg_33")]).await.unwrap();
    stores.events.append(vec![about("a", &["1"]), about("b", &["2"]), about("c", &["3"])]).await.unwrap();
    let said = unknown(&stores).await.split_off(3);
    assert_eq!(said, expected(&[("a", json!(null)), ("b", json!(null)), ("c", json!(["3"]))]));
}

async fn a_message_counts_from_where_it_stands_in_a_request(stores: Stores) {
    stores.events.append(vec![about("a", &["1"]), event("msg_1"), about("b", &["1"])]).await.unwrap();
    assert_eq!(unknown(&stores).await, expected(&[("a", json!(["1"])), ("msg_1", json!(null)), ("b", json!(null))]));
}

async fn another_channel_s_message_is_not_told_here(stores: Stores) {
    stores.events.append(vec![event_of("other", "msg_1"), about("a", &["1"])]).await.unwrap();
    assert_eq!(unknown(&stores).await, expected(&[("msg_1", json!(null)), ("a", json!(["1"]))]));
}

async fn of_several_messages_those_are_named_that_are_not_told(stores: Stores) {
    stores
        .events
        .append(vec![event("echo_2"), about("r", &["1", "2", "3\"\u{1f600}"]), about("none", &[])])
        .await
        .unwrap();
    let said = [("echo_2", json!(null)), ("r", json!(["1", "3\"\u{1f600}"])), ("none", json!(null))];
    assert_eq!(unknown(&stores).await, expected(&said));
}

async fn a_redelivery_says_what_the_first_said(stores: Stores) {
    for new in [about("a", &["1"]), event("msg_1"), about("a", &["1"])] {
        stores.events.append(vec![new]).await.unwrap();
    }
    assert_eq!(unknown(&stores).await, expected(&[("a", json!(["1"])), ("msg_1", json!(null))]));
}

async fn the_rest_of_the_data_stays_as_it_is(stores: Stores) {
    for (id, data) in [("a", "{}"), ("b", "{ }"), ("c", r#"{"n": 1.0e5, "t": "}"} "#), ("d", "[1]")] {
        stores.events.append(vec![NewEvent { data: json(data), ..about(id, &["1"]) }]).await.unwrap();
    }
    let shown: Vec<String> = all(&stores).await.into_iter().map(|event| event.data.get().to_owned()).collect();
    assert_eq!(
        shown,
        [
            r#"{"id":"a","unknownMessages":["1"]}"#,
            r#"{"id":"b", "unknownMessages":["1"]}"#,
            r#"{"id":"c","n": 1.0e5, "t": "}","unknownMessages":["1"]}"#,
            "[1]",
        ]
    );
    let event = format!(
        r#"{{"event":"x.edit","data":{{"channelId":"c","channelType":"x",{}}}"#,
        shown[0].trim_start_matches('{')
    );
    assert_eq!(serde_json::from_str::<Event>(&event).unwrap().unknown_messages, ["1"]);
}

async fn no_more_are_looked_up_than_the_bound(stores: Stores) {
    let many: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    stores.events.append(vec![about("r", &many)]).await.unwrap();
    assert_eq!(unknown(&stores).await[0].1.as_array().unwrap().len(), 50);
}
