use futures::poll;
use proptest::prelude::*;
use tokio::time::advance;

use super::*;

fn key(words: &str) -> ImpliedKey {
    ImpliedKey::of("default", "message", words.as_bytes())
}

/// A request whose message is stored under this id if it is a new one.
async fn asked(repeats: &Repeats, words: &str, id: &str) -> (Arc<OpenRequest>, String) {
    match repeats.open(key(words)).await {
        (request, Opened::Repeated(id)) => (request, id),
        (request, Opened::New(storing)) => {
            storing.stored(id);
            (request, id.to_owned())
        }
    }
}

/// The id of the message that such a request is about now; it ends unanswered.
async fn message(repeats: &Repeats, words: &str, new: &str) -> String {
    asked(repeats, words, new).await.1
}

async fn settled(repeats: &Repeats) -> Vec<String> {
    repeats.settled().await.unwrap_or_default()
}

#[test]
fn a_key_is_of_who_asks_for_what_and_how() {
    let all = [
        ImpliedKey::of("default", "message", b"{}"),
        ImpliedKey::of("other", "message", b"{}"),
        ImpliedKey::of("default", "batch", b"{}"),
        ImpliedKey::of("default", "message", b"{ }"),
        ImpliedKey::of("defaultm", "essage", b"{}"),
        ImpliedKey::of("default", "message", b"{}").at(0),
        ImpliedKey::of("default", "message", b"{}").at(1),
    ];
    assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), all.len());
    assert_eq!(all[0], ImpliedKey::from(all[0].bytes()));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_answered_is_the_same_message_for_a_minute() {
    let repeats = Repeats::default();
    assert_eq!(message(&repeats, "hello", "m1").await, "m1");
    advance(Duration::from_secs(59)).await;
    assert_eq!(message(&repeats, "hello", "m2").await, "m1");
    assert_eq!(message(&repeats, "something else", "m3").await, "m3");
    // A minute after the last one.
    advance(Duration::from_secs(59)).await;
    assert_eq!(message(&repeats, "hello", "m4").await, "m1");
    assert_eq!(repeats.settled().await, None);
    advance(WINDOW).await;
    assert_eq!(message(&repeats, "hello", "m5").await, "m5");
    assert_eq!(settled(&repeats).await, ["m3", "m1"]);
}

#[tokio::test(start_paused = true)]
async fn who_got_an_answer_means_the_same_words_again() {
    let repeats = Repeats::default();
    let (request, _) = asked(&repeats, "hello", "m1").await;
    request.answered();
    // Nobody can be sure yet that they got it.
    let start = Instant::now();
    let (request, id) = asked(&repeats, "hello", "m2").await;
    assert_eq!((&*id, start.elapsed()), ("m2", DOUBT));
    assert_eq!(settled(&repeats).await, ["m1"]);
    request.answered();
    request.read();
    let start = Instant::now();
    assert_eq!(message(&repeats, "hello", "m3").await, "m3");
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(settled(&repeats).await, ["m2"]);
}

#[tokio::test(start_paused = true)]
async fn a_store_is_told_once_it_is_sure_and_by_one_at_a_time() {
    let repeats = Repeats::default();
    assert!(!repeats.begin_telling(), "there is nothing to tell");
    asked(&repeats, "hello", "m1").await.0.answered();
    assert!(repeats.begin_telling());
    asked(&repeats, "bye", "m2").await.0.answered();
    assert!(!repeats.begin_telling(), "somebody does");
    let start = Instant::now();
    assert_eq!(repeats.settled().await.unwrap(), ["m1", "m2"]);
    assert_eq!(start.elapsed(), DOUBT);
    assert_eq!(repeats.settled().await, None);
    asked(&repeats, "hello", "m3").await.0.answered();
    assert!(repeats.begin_telling());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_has_read_is_none() {
    let repeats = Repeats::default();
    let (first, _) = asked(&repeats, "hello", "m1").await;
    first.answered();
    first.unread();
    assert_eq!(repeats.settled().await, None);
    let (second, id) = asked(&repeats, "hello", "m2").await;
    assert_eq!(id, "m1");
    second.answered();
    advance(DOUBT).await;
    assert_eq!(settled(&repeats).await, ["m1"]);
    second.unread();
    let (third, id) = asked(&repeats, "hello", "m3").await;
    assert_eq!(id, "m1", "better late than never");
    third.answered();
    let (fourth, id) = asked(&repeats, "hello", "m4").await;
    assert_eq!(id, "m4");
    third.unread();
    drop(fourth);
    assert_eq!(message(&repeats, "hello", "m5").await, "m4", "the words are another message by now");
}

#[tokio::test(start_paused = true)]
async fn while_an_equal_request_is_open_it_is_the_same_message_however_long() {
    let repeats = Repeats::default();
    let (first, _) = asked(&repeats, "hello", "m1").await;
    advance(WINDOW * 10).await;
    let (second, id) = asked(&repeats, "hello", "m2").await;
    assert_eq!(id, "m1");
    second.answered();
    drop(second);
    assert_eq!(message(&repeats, "hello", "m3").await, "m1", "the first is open");
    assert_eq!(repeats.settled().await, None, "and would be asked for again after a crash");
    first.answered();
    drop(first);
    assert_eq!(message(&repeats, "hello", "m4").await, "m4", "the last to end was answered");
}

#[tokio::test(start_paused = true)]
async fn who_comes_while_it_is_being_stored_waits_and_learns_which_message_it_is() {
    let repeats = Repeats::default();
    let (request, Opened::New(storing)) = repeats.open(key("hello")).await else { panic!("it is new") };
    let (mut second, mut third) = (Box::pin(repeats.open(key("hello"))), Box::pin(repeats.open(key("hello"))));
    assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
    assert_eq!(message(&repeats, "something else", "m2").await, "m2", "other words wait for nobody");
    // Whoever asked first goes away, and so does one that waits; the message is on its way for all that.
    drop((request, third));
    advance(WINDOW * 10).await;
    assert!(poll!(&mut second).is_pending());
    storing.stored("m1");
    assert!(matches!(second.await.1, Opened::Repeated(id) if id == "m1"));
}

#[tokio::test(start_paused = true)]
async fn what_failed_before_it_was_stored_is_the_next_one_s_to_store() {
    let repeats = Repeats::default();
    let (first, refused) = repeats.open(key("hello")).await;
    let mut second = Box::pin(repeats.open(key("hello")));
    assert!(poll!(&mut second).is_pending());
    drop(refused);
    let (second, Opened::New(storing)) = second.await else { panic!("nothing is stored") };
    first.answered();
    drop(first);
    storing.stored("m1");
    drop(second);
    assert_eq!(message(&repeats, "hello", "m2").await, "m1");
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_host_told_nobody_is_the_same_message_for_a_minute_from_the_start() {
    let left = || [("hello", "m1"), ("bye", "m2"), ("hello", "m3")].map(|(words, id)| (key(words), id.to_owned()));
    let repeats = Repeats::default();
    repeats.remember(left());
    assert_eq!(settled(&repeats).await, ["m1"], "the same words lead to the later one");
    advance(Duration::from_secs(59)).await;
    assert_eq!(message(&repeats, "hello", "m4").await, "m3");
    advance(Duration::from_secs(1)).await;
    assert_eq!(message(&repeats, "bye", "m5").await, "m5");
    assert_eq!(message(&repeats, "hello", "m6").await, "m3", "its last request has just ended");
}

#[tokio::test(start_paused = true)]
async fn no_more_is_remembered_than_there_is_room_for() {
    let left = |n: usize| (key(&n.to_string()), format!("m{n}"));
    let repeats = Repeats::default();
    repeats.remember((0..MAX_UNANSWERED).map(left));
    assert_eq!(message(&repeats, "one more", "m").await, "m");
    assert_eq!(settled(&repeats).await, ["m0"]);
    assert_eq!(repeats.lock().words.len(), MAX_UNANSWERED);
}

#[derive(Clone, Debug)]
enum Act {
    /// With the words of this number; refused before it is stored, or not.
    Ask {
        words: u8,
        refused: bool,
    },
    /// The open request at this place, around the end.
    End {
        place: usize,
        answered: bool,
    },
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0_u8..3, prop::bool::weighted(0.1)).prop_map(|(words, refused)| Act::Ask { words, refused }),
        3 => (0_usize..8, any::<bool>()).prop_map(|(place, answered)| Act::End { place, answered }),
        2 => (1_u64..50).prop_map(Act::Wait),
    ]
}

/// The rule, word for word: what is remembered of the requests with the same words.
#[derive(Default)]
struct Rule {
    open: usize,
    last_end: Option<(Instant, bool)>,
    message: Option<String>,
}

impl Rule {
    fn same_message(&self) -> Option<&String> {
        let repeated = |(at, answered): (Instant, bool)| !answered && at.elapsed() < WINDOW;
        self.message.as_ref().filter(|_| self.open > 0 || self.last_end.is_some_and(repeated))
    }
}

async fn follows_the_rule(acts: Vec<Act>) {
    let repeats = Repeats::default();
    let (mut rules, mut open) = ([(); 3].map(|()| Rule::default()), Vec::new());
    for (number, act) in acts.into_iter().enumerate() {
        match act {
            Act::Ask { words, refused } => {
                let rule = &mut rules[usize::from(words)];
                let (request, opened) = repeats.open(key(&words.to_string())).await;
                match (opened, rule.same_message()) {
                    (Opened::Repeated(id), expected) => assert_eq!(Some(&id), expected),
                    (Opened::New(storing), expected) => {
                        assert_eq!(expected, None);
                        rule.message = (!refused).then(|| format!("m{number}"));
                        if let Some(id) = &rule.message {
                            storing.stored(id);
                        }
                    }
                }
                rule.open += 1;
                open.push((words, request));
            }
            Act::End { place, answered } if !open.is_empty() => {
                let (words, request) = open.remove(place % open.len());
                if answered {
                    request.answered();
                }
                let rule = &mut rules[usize::from(words)];
                rule.open -= 1;
                rule.last_end = Some((Instant::now(), answered));
            }
            Act::End { .. } => {}
            Act::Wait(seconds) => advance(Duration::from_secs(seconds)).await,
        }
    }
    open.clear();
    advance(WINDOW).await;
    repeats.lock().forget(Instant::now());
    assert!(repeats.lock().words.is_empty(), "nothing is remembered for longer");
    let mut settled = settled(&repeats).await;
    let all = settled.len();
    settled.sort();
    settled.dedup();
    assert_eq!(settled.len(), all, "each is told once");
}

proptest! {
    #[test]
    fn whatever_comes_in_whichever_order(acts in prop::collection::vec(act(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(follows_the_rule(acts));
    }
}
