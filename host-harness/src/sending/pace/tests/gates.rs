//! What stops a channel or slows it down, and what does neither.

use channel_api::calls::Unobserved;
use channel_api::{Exchange, Pressure};
use futures::FutureExt as _;
use http::Method;
use serde_json::{Value, json};

use super::*;

const MINUTE: Duration = Duration::from_mins(1);

fn error(kind: ErrorKind, after: Option<u64>) -> Error {
    let after = after.map(Duration::from_secs);
    Error::new(kind, "scripted.refused", "The provider refused it.").with_retry(Retry::Safe { after })
}

fn limit(scope: Scope, after: u64) -> Error {
    error(ErrorKind::RateLimited, Some(after)).with_scope(Some(scope))
}

fn usual() -> Pace {
    pace(limits(30, 10, 200))
}

/// How long each channel's next message waits. None goes out for it.
fn waits(pace: &Pace) -> [Option<u64>; 3] {
    let mut waits = [None; 3];
    for (wait, (id, _)) in waits.iter_mut().zip(CHANNELS) {
        let start = Instant::now();
        let open = tokio::time::timeout(Duration::from_hours(9), pace.open(id)).now_or_never();
        *wait = match open {
            Some(_) => Some(0),
            None => pace
                .gates()
                .shut(&pace.channels().list(), id, start)
                .and_then(|shut| shut.until)
                .map(|until| (until - start).as_secs()),
        };
    }
    waits
}

fn state(pace: &Pace, id: &str) -> Value {
    serde_json::to_value(pace.state(id)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_limit_stops_those_whose_it_is_for_as_long_as_was_asked() {
    for (scope, expected) in [
        (Scope::App, [Some(7), Some(7), Some(0)]),
        (Scope::Account, [Some(7), Some(0), Some(0)]),
        (Scope::Call, [Some(7), Some(0), Some(0)]),
        (Scope::Message, [Some(0); 3]),
    ] {
        let pace = usual();
        pace.ended("ch_1", Some(&limit(scope, 7)));
        assert_eq!(waits(&pace), expected, "{scope:?}");
        assert_eq!(
            [waited(&pace, "ch_1", ANSWER).await, waited(&pace, "ch_3", ANSWER).await].map(Some),
            [expected[0], Some(0)]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_stop_one_message_shows_whether_others_may_follow() {
    let pace = usual();
    pace.ended("ch_1", Some(&limit(Scope::App, 7)));
    assert_eq!(pace.at_once("ch_2", Class::Answer), 1);
    goes_out(&pace, "ch_2", ANSWER).await;
    let mut other = Box::pin(goes_out(&pace, "ch_1", ANSWER));
    assert!((&mut other).now_or_never().is_none(), "the app is tried by one");
    assert!(!pace.take("ch_1", &[ANSWER]).await);
    pace.ended("ch_2", None);
    other.await;
    assert_eq!((waits(&pace), pace.at_once("ch_2", Class::Answer)), ([Some(0); 3], 25));
    assert_eq!(state(&pace, "ch_1"), json!({"state": "open"}));
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_hold_a_channel_until_it_is_set_up_anew() {
    let pace = usual();
    pace.ended("ch_1", Some(&error(ErrorKind::Credentials, None)));
    assert_eq!(waits(&pace), [Some(300), Some(0), Some(0)]);
    assert_eq!(state(&pace, "ch_1")["state"], "held");
    let mut waiting = Box::pin(pace.open("ch_1"));
    assert!((&mut waiting).now_or_never().is_none());
    pace.channels().replace(channels());
    assert!(waiting.now_or_never().is_some(), "a channel that was set up anew has new credentials");
    assert_eq!(state(&pace, "ch_1"), json!({"state": "open"}));
    // Whoever resumes it has mended them at the provider, for all that is known.
    pace.ended("ch_1", Some(&error(ErrorKind::Credentials, None)));
    let waiting = Box::pin(pace.open("ch_1"));
    pace.resume("ch_1").await.unwrap();
    assert!(waiting.now_or_never().is_some(), "one message shows it");
    // A limit is none of the credentials'.
    pace.ended("ch_1", Some(&limit(Scope::Account, 7)));
    pace.channels().replace(channels());
    assert_eq!(waits(&pace)[0], Some(7));
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_open_a_breaker_and_an_account_that_is_stopped_does_so_at_once() {
    let pace = usual();
    for _ in 0..9 {
        pace.ended("ch_1", Some(&error(ErrorKind::Unreachable, None)));
    }
    assert_eq!(waits(&pace), [Some(0); 3]);
    pace.ended("ch_1", Some(&error(ErrorKind::ProviderFailed, None)));
    assert_eq!(waits(&pace), [Some(5), Some(0), Some(0)]);
    let told = state(&pace, "ch_1");
    assert_eq!(told["state"], "breaker");
    let reason = json!({"code": "scripted.refused", "message": "The provider refused it.", "action": "retry_later"});
    assert_eq!(told["reason"], reason);
    assert!(told["since"].is_string() && told["until"].is_string(), "{told}");
    pace.ended("ch_2", Some(&error(ErrorKind::Permission, None).with_scope(Some(Scope::Account))));
    assert_eq!(state(&pace, "ch_2")["state"], "breaker");
    pace.ended("ch_3", Some(&error(ErrorKind::Permission, None)));
    assert_eq!(state(&pace, "ch_3")["state"], "open", "one message was not allowed");
}

/// A reply that tells this of limits.
fn tell(pace: &Pace, channel_id: &str, pressure: &[Pressure]) {
    let call = Exchange::new(&Method::GET, "/somebody", Duration::ZERO);
    pace.listening(channel_id, Arc::new(Unobserved)).called(&call.with_answer(200.try_into().unwrap(), None, pressure));
}

#[tokio::test(start_paused = true)]
async fn the_nearer_a_limit_the_slower_go_those_whose_it_is() {
    for (stops, rates) in [(Scope::App, [6, 6, 25]), (Scope::Account, [6, 25, 25]), (Scope::Call, [25; 3])] {
        let pace = usual();
        tell(&pace, "ch_1", &[Pressure::new("limit", 95).with_stops(stops)]);
        assert_eq!(CHANNELS.map(|(id, _)| pace.at_once(id, Class::Answer)), rates, "{stops:?}");
    }
    let pace = usual();
    tell(&pace, "ch_1", &[Pressure::new("page", 95)]);
    let told = state(&pace, "ch_1");
    assert_eq!(
        (&told["state"], &told["reason"]["message"]),
        (&json!("slowed"), &json!("95 % of the limit `page` is used"))
    );
    let mut all = Vec::new();
    for _ in 0..7 {
        all.push(waited(&pace, "ch_1", ANSWER).await);
    }
    assert_eq!(all, [0, 0, 0, 0, 0, 0, 1]);
    tell(&pace, "ch_1", &[Pressure::new("page", 20)]);
    assert_eq!(state(&pace, "ch_1"), json!({"state": "open"}));
}

#[tokio::test(start_paused = true)]
async fn at_the_wall_nothing_goes_until_the_provider_allows_it_or_says_better() {
    let pace = usual();
    tell(&pace, "ch_1", &[Pressure::new("page", 100).with_wait(Some(19 * MINUTE))]);
    assert_eq!(state(&pace, "ch_1")["state"], "held");
    let mut waiting = Box::pin(goes_out(&pace, "ch_1", ANSWER));
    assert!((&mut waiting).now_or_never().is_none());
    // A look-up's reply.
    tell(&pace, "ch_1", &[Pressure::new("page", 50)]);
    assert!(waiting.now_or_never().is_some());
    tell(&pace, "ch_1", &[Pressure::new("page", 120)]);
    assert_eq!(waited(&pace, "ch_1", ANSWER).await, 60);
}

#[tokio::test(start_paused = true)]
async fn a_pause_lasts_until_it_is_resumed_and_over_a_restart() {
    let pace = usual();
    pace.pause("ch_1").await.unwrap();
    let before = state(&pace, "ch_1");
    assert_eq!((&before["state"], before.get("until")), (&json!("paused"), None));
    pace.pause("ch_1").await.unwrap();
    assert_eq!((state(&pace, "ch_1"), waits(&pace)), (before.clone(), [None, Some(0), Some(0)]));

    let again = Pace::new(pace.channels().clone(), pace.0.limits, Arc::clone(&pace.0.pauses));
    again.recall().await.unwrap();
    assert_eq!(state(&again, "ch_1"), before);
    let mut waiting = Box::pin(goes_out(&again, "ch_1", ANSWER));
    assert!((&mut waiting).now_or_never().is_none());
    for _ in 0..2 {
        again.resume("ch_1").await.unwrap();
    }
    assert!(waiting.now_or_never().is_some());
    let third = Pace::new(pace.channels().clone(), pace.0.limits, Arc::clone(&pace.0.pauses));
    third.recall().await.unwrap();
    assert_eq!(state(&third, "ch_1"), json!({"state": "open"}));
}

#[tokio::test(start_paused = true)]
async fn credentials_that_are_accepted_again_let_go_what_was_held_for_them_and_nothing_else() {
    for (kind, expected) in [(ErrorKind::Credentials, Some(0)), (ErrorKind::RateLimited, Some(5))] {
        let pace = usual();
        pace.ended("ch_1", Some(&error(kind, None)));
        let waiting = waited(&pace, "ch_1", ANSWER);
        tokio::pin!(waiting);
        assert!((&mut waiting).now_or_never().is_none());
        pace.accepted_credentials("ch_3");
        assert_ne!(waits(&pace)[0], Some(0), "another channel's");
        pace.accepted_credentials("ch_1");
        assert_eq!(waits(&pace)[0], expected, "{kind:?}");
        assert_eq!(Some(waiting.await), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn what_waits_says_why_and_until_when_where_that_is_known() {
    let pace = pace(limits(30, 10, 1));
    let wait = |person| serde_json::to_value(pace.wait("ch_1", person)).unwrap();
    let until = |told: &Value, seconds: i128| {
        let until: jiff::Timestamp = told["until"].as_str().unwrap().parse().unwrap();
        let left = until.as_millisecond() - jiff::Timestamp::now().as_millisecond();
        assert!((i128::from(left) - seconds * 1_000).abs() < 5_000, "{told}");
    };
    assert_eq!(wait(Some("ana")), Value::Null);
    assert!(pace.take("ch_1", &[Wanted { person: Some("ana"), ..ANSWER }]).await);
    assert_eq!((wait(Some("bo")), &wait(Some("ana"))["code"]), (Value::Null, &json!("person_limit")));
    until(&wait(Some("ana")), 3_600);
    pace.ended("ch_1", Some(&error(ErrorKind::RateLimited, Some(40)).with_hint("wait")));
    for person in [None, Some("ana"), Some("bo")] {
        let told = wait(person);
        assert_eq!(
            (&told["code"], &told["hint"], &told["action"]),
            (&json!("scripted.refused"), &json!("wait"), &json!("retry_later"))
        );
        until(&told, 40);
    }
    tokio::time::sleep(Duration::from_secs(40)).await;
    assert_eq!(wait(None)["until"], Value::Null, "it is tried with the next message");
    pace.pause("ch_1").await.unwrap();
    let told = wait(None);
    assert_eq!((&told["code"], &told["until"]), (&json!("channel_paused"), &Value::Null));
    assert!(told["hint"].as_str().unwrap().contains("resume"));
}
