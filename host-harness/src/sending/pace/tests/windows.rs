//! No window holds more than it may, and who waits waits for nobody else's.

use futures::future::{join, join_all};
use proptest::prelude::*;

use super::*;

#[tokio::test(start_paused = true)]
async fn who_comes_too_soon_waits_in_order_and_another_channel_does_not() {
    let pace = pace(limits(3, 3, 100));
    let all = join_all((0..7).map(|_| waited(&pace, "ch_1", ANSWER)));
    assert_eq!(join(all, waited(&pace, "ch_2", ANSWER)).await, (vec![0, 0, 0, 1, 1, 1, 2], 0));
}

#[tokio::test(start_paused = true)]
async fn who_has_had_enough_in_this_hour_keeps_nobody_else_waiting() {
    let pace = pace(limits(30, 30, 2));
    let to = |person| waited(&pace, "ch_1", Wanted { person: Some(person), ..ANSWER });
    let (ana, bo) = join(join_all(["ana"; 5].map(to)), join_all(["bo"; 2].map(to))).await;
    assert_eq!((ana, bo), (vec![0, 0, 3600, 3600, 7200], vec![0, 0]));
    let full = |channel_id, person, calls| {
        let until = pace.full_until(channel_id, Wanted { person: Some(person), calls, ..ANSWER });
        until.map(|until| (until - Instant::now()).as_secs())
    };
    assert_eq!((full("ch_1", "ana", 1), full("ch_1", "ana", 2)), (None, Some(3600)));
    assert_eq!((full("ch_1", "bo", 2), full("ch_2", "ana", 2)), (None, None));
}

#[tokio::test(start_paused = true)]
async fn audio_and_video_wait_for_their_own_and_keep_no_text_waiting() {
    let pace = pace(limits(30, 2, 100));
    let media = Wanted { media: true, ..ANSWER };
    let all = [media, media, media, ANSWER, media, ANSWER].map(|wanted| waited(&pace, "ch_1", wanted));
    assert_eq!(join_all(all).await, [0, 0, 1, 0, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn answers_go_before_broadcasts_which_get_half_the_rate() {
    let pace = pace(limits(4, 4, 100));
    let broadcasts = join_all((0..6).map(|_| waited(&pace, "ch_1", BROADCAST)));
    let answers = join_all((0..6).map(|_| waited(&pace, "ch_1", ANSWER)));
    // The first two went before any answer came.
    assert_eq!(join(broadcasts, answers).await, (vec![0, 0, 2, 2, 3, 3], vec![0, 0, 1, 1, 1, 1]));
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_waits_until_no_answer_does() {
    let pace = pace(limits(2, 2, 100));
    let first = join_all([ANSWER; 6].map(|wanted| waited(&pace, "ch_1", wanted)));
    let (answers, broadcast) = join(first, waited(&pace, "ch_1", BROADCAST)).await;
    assert_eq!((answers, broadcast), (vec![0, 0, 1, 1, 2, 2], 3));
}

#[tokio::test(start_paused = true)]
async fn answers_go_before_broadcasts_in_the_window_of_audio_and_video_too() {
    let pace = pace(limits(30, 1, 100));
    let media = |wanted| waited(&pace, "ch_1", Wanted { media: true, ..wanted });
    let late = async |wanted, after| {
        tokio::time::sleep(after).await;
        waited(&pace, "ch_1", Wanted { media: true, ..wanted }).await
    };
    let broadcasts = join_all([BROADCAST; 4].map(media));
    let answers = join_all([SECOND / 2, SECOND / 2, SECOND * 2].map(|after| late(ANSWER, after)));
    // Brought after 0.5, 0.5 and 2 seconds, they go out after 1, 2 and 3.
    assert_eq!(join(broadcasts, answers).await, (vec![0, 4, 5, 6], vec![0, 1, 1]));
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_s_video_that_waits_behind_answers_holds_up_no_answer_s() {
    let pace = pace(limits(2, 1, 100));
    let media = |wanted| Wanted { media: true, ..wanted };
    let first = join_all([ANSWER; 4].map(|wanted| waited(&pace, "ch_1", wanted)));
    let video = waited(&pace, "ch_1", media(BROADCAST));
    let answer = waited(&pace, "ch_1", media(ANSWER));
    assert_eq!(join(first, join(video, answer)).await, (vec![0, 0, 1, 1], (3, 2)));
    assert_eq!(pace.lane("ch_1").waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_goes_out_together_is_no_more_than_there_is_room_for() {
    assert_eq!(pace(limits(30, 10, 200)).at_once("ch_1", Class::Answer), 25);
    assert_eq!(pace(limits(30, 10, 200)).at_once("ch_1", Class::Broadcast), 15);
    assert_eq!(pace(limits(1, 1, 1)).at_once("ch_1", Class::Broadcast), 1);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_keeps_nobody_waiting() {
    let pace = pace(limits(1, 1, 100));
    assert!(pace.take("ch_1", &[ANSWER]).await);
    for wanted in [ANSWER, BROADCAST, Wanted { media: true, ..ANSWER }] {
        assert!(tokio::time::timeout(SECOND / 4, pace.take("ch_1", &[wanted])).await.is_err());
    }
    assert_eq!(join(waited(&pace, "ch_1", BROADCAST), waited(&pace, "ch_1", ANSWER)).await, (1, 0));
}

#[tokio::test(start_paused = true)]
async fn people_are_forgotten_when_their_hour_is_over() {
    let pace = pace(limits(1_000, 1, 2));
    for person in 0..500 {
        assert!(pace.take("ch_1", &[Wanted { person: Some(&person.to_string()), ..ANSWER }]).await);
    }
    assert_eq!(pace.lane("ch_1").known_people(), 500);
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(pace.take("ch_1", &[Wanted { person: Some("ana"), ..ANSWER }]).await);
    assert_eq!(pace.lane("ch_1").known_people(), 1);
}

#[derive(Clone, Debug)]
struct Brought {
    after: u64,
    person: Option<&'static str>,
    calls: usize,
    media: bool,
    class: Class,
}

fn brought() -> impl Strategy<Value = Brought> {
    let person = prop::sample::select(vec![None, Some("ana"), Some("bo")]);
    let class = prop::sample::select(vec![Class::Answer, Class::Broadcast]);
    (0_u64..3_000, person, 1_usize..3, any::<bool>(), class).prop_map(|(after, person, calls, media, class)| Brought {
        after,
        person,
        calls,
        media,
        class,
    })
}

/// How many calls the fullest span of this length holds.
fn fullest(times: impl Iterator<Item = (u128, usize)>, span: Duration) -> usize {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    let within = |first: u128| times.iter().filter(move |(at, _)| (first..first + span.as_millis()).contains(at));
    times.iter().map(|(first, _)| within(*first).map(|(_, calls)| calls).sum()).max().unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_window_ever_holds_more(messages in prop::collection::vec(brought(), 1..50)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let went: Vec<u128> = runtime.block_on(async {
            let (pace, start) = (pace(limits(6, 2, 9)), Instant::now());
            join_all(messages.iter().map(|message| {
                let Brought { after, person, calls, media, class } = message.clone();
                let pace = pace.clone();
                async move {
                    tokio::time::sleep(Duration::from_millis(after)).await;
                    assert!(pace.take("ch_1", &[Wanted { person, calls, media, class }]).await);
                    start.elapsed().as_millis()
                }
            })).await
        });
        let calls = |of: &dyn Fn(&Brought) -> bool, span| {
            let those = messages.iter().zip(&went).filter(|(message, _)| of(message));
            fullest(those.map(|(message, at)| (*at, message.calls)), span)
        };
        prop_assert!(calls(&|_| true, SECOND) <= 6);
        prop_assert!(calls(&|message| message.media, SECOND) <= 2);
        prop_assert!(calls(&|message| message.class == Class::Broadcast, SECOND) <= 3);
        for person in ["ana", "bo"] {
            prop_assert!(calls(&|message| message.person == Some(person), Duration::from_hours(1)) <= 9);
        }
    }
}
