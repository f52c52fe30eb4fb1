use std::sync::atomic::Ordering;

use channel_api::UserProfile;

use super::*;
use crate::scripted::Scripted;
use crate::store::{Query, StoredEvent, Stores};

const CHANNEL: &str = "ch_facebook_123";
const PERSON: &str = "7411002233445566";
const LONG: Duration = Duration::from_secs(20);

/// Everything that a test looks at.
struct Bench {
    stores: Stores,
    profiles: Profiles,
}

fn bench() -> Bench {
    over(Stores::in_memory())
}

fn profiles(stores: &Stores, stopping: CancellationToken) -> Profiles {
    Profiles::new(Arc::clone(&stores.profiles), Arc::clone(&stores.events), stopping)
}

fn over(stores: Stores) -> Bench {
    Bench { profiles: profiles(&stores, CancellationToken::new()), stores }
}

impl Bench {
    /// As after a restart: only the stores remember.
    fn restarted(self) -> Self {
        over(self.stores)
    }

    async fn name(&self, channel: &Arc<dyn ChannelAdapter>) -> Option<String> {
        self.profiles.name(channel, PERSON, LONG).await.and_then(|name| name.full())
    }

    async fn answer(&self) -> Result<JsonObject, Option<String>> {
        self.profiles.known(CHANNEL, PERSON).await.answer.clone()
    }

    /// A day passes: it is time to ask again.
    async fn next_day(self) -> Self {
        let kept = self.stores.profiles.get(CHANNEL, PERSON).await.unwrap().unwrap();
        let expired = Profile { expires_at: Timestamp::UNIX_EPOCH, ..kept };
        self.stores.profiles.put(CHANNEL, PERSON, expired).await.unwrap();
        self.restarted()
    }

    async fn looks_up(&self, channel: &Arc<dyn ChannelAdapter>) {
        self.profiles.prefetch(channel, PERSON).await;
        let key = (CHANNEL.to_owned(), PERSON.to_owned());
        if let Some(CacheEntry::Pending(_, mut ended)) = self.profiles.cache.get(&key).await {
            // An error is the end, too.
            let _ended = tokio::time::timeout(LONG, ended.changed()).await.unwrap();
        }
    }

    async fn updates(&self) -> Vec<StoredEvent> {
        self.stores.events.read(Query { limit: 100, ..Query::default() }).await.unwrap()
    }
}

fn person(first: &str, last: &str) -> UserProfile {
    let mut person = UserProfile::default();
    (person.first_name, person.last_name) = (Some(first.to_owned()), Some(last.to_owned()));
    person
}

fn ana() -> UserProfile {
    person(" Ana\nMaria ", "Lima")
}

fn channel(person: Result<UserProfile, ErrorKind>) -> (Arc<Scripted>, Arc<dyn ChannelAdapter>) {
    both(Scripted::new(CHANNEL).knowing(person))
}

fn both(stub: Scripted) -> (Arc<Scripted>, Arc<dyn ChannelAdapter>) {
    let stub = Arc::new(stub);
    (Arc::clone(&stub), stub)
}

#[tokio::test]
async fn a_name_is_looked_up_once() {
    let bench = bench();
    let (stub, channel) = channel(Ok(ana()));
    for _ in 0..2 {
        assert_eq!(bench.name(&channel).await.as_deref(), Some("Ana Maria Lima"));
    }
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
    let bench = bench.restarted();
    assert_eq!(bench.name(&channel).await.as_deref(), Some("Ana Maria Lima"));
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1, "the store remembers");
}

#[tokio::test]
async fn a_name_is_not_waited_for_for_long_and_is_there_the_next_time() {
    let bench = bench();
    let (stub, channel) = both(Scripted::new(CHANNEL).knowing(Ok(ana())).slow());
    // Whoever asked goes away; the look-up does not.
    assert_eq!(bench.profiles.name(&channel, PERSON, Duration::from_millis(1)).await, None);
    stub.go_on();
    assert_eq!(bench.name(&channel).await.as_deref(), Some("Ana Maria Lima"));
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_look_up() {
    let bench = bench();
    let (stub, channel) = both(Scripted::new(CHANNEL).knowing(Ok(ana())).slow());
    let ask = async || bench.name(&channel).await;
    let go_on = async { stub.go_on() };
    let (first, second, third, ()) = tokio::join!(ask(), ask(), ask(), go_on);
    for name in [first, second, third] {
        assert_eq!(name.as_deref(), Some("Ana Maria Lima"));
    }
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn why_there_is_no_name_is_remembered_and_nobody_asks_again() {
    let mut bench = bench();
    let (stub, channel) = channel(Err(ErrorKind::Permission));
    for _ in 0..2 {
        assert_eq!(bench.name(&channel).await, None);
        assert_eq!(bench.answer().await, Err(Some("stub.permission".to_owned())));
        bench = bench.restarted();
    }
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
    assert!(bench.updates().await.is_empty(), "nothing was learnt");
}

#[tokio::test]
async fn that_nobody_may_be_looked_up_is_told_until_somebody_was() {
    let bench = bench();
    let (_, forbidden) = channel(Err(ErrorKind::Permission));
    let (_, allowed) = channel(Ok(ana()));
    assert_eq!(bench.name(&forbidden).await, None);
    assert!(bench.profiles.not_allowed(CHANNEL).is_some());
    assert_eq!(bench.profiles.not_allowed("another"), None);
    let name = bench.profiles.name(&allowed, "somebody else", LONG).await;
    assert!(name.is_some());
    assert_eq!(bench.profiles.not_allowed(CHANNEL), None);
}

#[tokio::test]
async fn a_dead_token_pauses_look_ups_and_says_nothing_about_the_person() {
    for kind in [ErrorKind::Credentials, ErrorKind::RateLimited] {
        let bench = bench();
        let (stub, channel) = channel(Err(kind));
        for person in [PERSON, "9000000000000001"] {
            assert_eq!(bench.profiles.name(&channel, person, LONG).await, None);
        }
        assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
        assert_eq!(bench.answer().await, Err(None));
    }
}

#[tokio::test]
async fn a_provider_that_fails_takes_no_name_away_and_is_left_alone_for_a_while() {
    let bench = bench();
    bench.looks_up(&channel(Ok(ana())).1).await;
    let bench = bench.next_day().await;
    let (stub, failing) = channel(Err(ErrorKind::Unreachable));
    for _ in 0..2 {
        bench.looks_up(&failing).await;
        assert_eq!(bench.answer().await.unwrap()["lastName"], "Lima");
    }
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
}

impl Bench {
    /// An hour passes.
    async fn next_hour(self) -> Self {
        let kept = self.stores.profiles.get(CHANNEL, PERSON).await.unwrap().unwrap();
        assert!(kept.expires_at <= Timestamp::now() + NEGATIVE_TTL, "an hour at most");
        self.next_day().await
    }
}

#[tokio::test]
async fn an_answer_without_a_name_is_asked_for_again_and_tells_what_it_has() {
    let bench = bench();
    let nameless = UserProfile { locale: Some("pt_BR".to_owned()), ..UserProfile::default() };
    let (stub, channel) = channel(Ok(nameless));
    for _ in 0..2 {
        bench.looks_up(&channel).await;
        assert_eq!(bench.answer().await.unwrap()["locale"], "pt_BR");
    }
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1, "not for every message");
    let bench = bench.next_hour().await;
    bench.looks_up(&channel).await;
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_name_that_comes_later_is_told_then() {
    let bench = bench();
    bench.looks_up(&channel(Ok(UserProfile::default())).1).await;
    assert_eq!((bench.answer().await, bench.updates().await.len()), (Ok(JsonObject::new()), 0));
    let bench = bench.next_hour().await;
    bench.looks_up(&channel(Ok(ana())).1).await;
    assert_eq!(bench.answer().await.unwrap()["lastName"], "Lima");
    assert_eq!(bench.updates().await.len(), 1);
}

#[tokio::test]
async fn an_answer_without_a_name_takes_none_away() {
    let bench = bench();
    bench.looks_up(&channel(Ok(ana())).1).await;
    let bench = bench.next_day().await;
    bench.looks_up(&channel(Ok(UserProfile::default())).1).await;
    assert_eq!(bench.answer().await.unwrap()["lastName"], "Lima");
    assert_eq!(bench.next_hour().await.updates().await.len(), 1, "nothing was learnt");
}

#[tokio::test]
async fn a_whole_name_is_a_name() {
    let bench = bench();
    let ana = UserProfile { name: Some("Ana Maria Lima".to_owned()), ..UserProfile::default() };
    let (stub, channel) = channel(Ok(ana));
    assert_eq!(bench.name(&channel).await.as_deref(), Some("Ana Maria Lima"));
    let bench = bench.restarted();
    assert_eq!(bench.name(&channel).await.as_deref(), Some("Ana Maria Lima"));
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_for_everybody() {
    for kind in [ErrorKind::Unreachable, ErrorKind::ProviderFailed] {
        let bench = bench();
        let (stub, channel) = channel(Err(kind));
        for person in 0..10 {
            assert_eq!(bench.profiles.name(&channel, &format!("90000000000000{person}"), LONG).await, None);
        }
        assert_eq!(stub.lookups.load(Ordering::SeqCst), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn who_waits_for_a_turn_when_the_provider_fails_does_not_ask_it_too() {
    let bench = bench();
    let (stub, channel) = both(Scripted::new(CHANNEL).knowing(Err(ErrorKind::ProviderFailed)).slow());
    let people: Vec<String> = (0..20).map(|number| format!("90000000000000{number}")).collect();
    let ask = |person: &String| {
        let (profiles, channel, person) = (bench.profiles.clone(), Arc::clone(&channel), person.clone());
        async move { profiles.name(&channel, &person, LONG).await }
    };
    let go_on = async {
        // Each lets one go on; those that run together are fewer.
        for _ in 0..200 {
            stub.go_on();
            tokio::task::yield_now().await;
        }
    };
    let (names, ()) = tokio::join!(futures::future::join_all(people.iter().map(ask)), go_on);
    assert!(names.iter().all(Option::is_none));
    assert!(stub.lookups.load(Ordering::SeqCst) <= MAX_LOOKUPS, "{:?}", stub.lookups);
}

#[tokio::test]
async fn a_channel_that_knows_nobody_is_not_asked() {
    let bench = bench();
    let (stub, channel) = both(Scripted::new(CHANNEL).without_people());
    assert_eq!(bench.name(&channel).await, None);
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_is_learnt_is_told_once_as_an_event_of_its_own() {
    let bench = bench();
    let known = channel(Ok(ana())).1;
    for _ in 0..2 {
        bench.looks_up(&known).await;
    }
    let updates = bench.updates().await;
    assert_eq!(updates.len(), 1);
    assert_eq!((updates[0].name.as_str(), updates[0].person.as_deref()), ("contact.updated", Some(PERSON)));
    let mut data: serde_json::Value = serde_json::from_str(updates[0].data.get()).unwrap();
    assert!(data["id"].take().as_str().unwrap().starts_with("contact_"));
    assert!(data["timestamp"].take().is_string());
    let expected = serde_json::json!({"id": null, "channelId": CHANNEL, "channelType": "scripted", "from": PERSON,
        "firstName": " Ana\nMaria ", "lastName": "Lima", "timestamp": null});
    assert_eq!(data, expected);
    let bench = bench.next_day().await;
    bench.looks_up(&known).await;
    assert_eq!(bench.updates().await.len(), 1, "nothing has changed");
}

#[tokio::test]
async fn each_change_is_told_also_one_back_to_what_was_before() {
    let mut bench = bench();
    for (first, count) in [("Ana", 1), ("Anna", 2), ("Anna", 2), ("Ana", 3)] {
        bench.looks_up(&channel(Ok(person(first, "Lima"))).1).await;
        assert_eq!(bench.updates().await.len(), count, "{first}");
        bench = bench.next_day().await;
    }
}

#[tokio::test]
async fn a_picture_s_address_that_is_signed_anew_is_kept_and_not_told() {
    let mut bench = bench();
    for (picture, told) in [("ana.jpg?sig=1", 1), ("ana.jpg?sig=2", 1), ("ana.jpg", 1), ("new.jpg?sig=3", 2)] {
        let picture = format!("https://cdn.example.org/{picture}");
        let mut ana = ana();
        ana.profile_pic = Some(picture.clone());
        bench.looks_up(&channel(Ok(ana)).1).await;
        assert_eq!(bench.updates().await.len(), told, "{picture}");
        assert_eq!(bench.answer().await.unwrap()["profilePic"], picture);
        bench = bench.next_day().await;
        assert_eq!(bench.answer().await.unwrap()["profilePic"], picture, "after a restart");
    }
}

#[tokio::test]
async fn what_was_told_before_a_crash_is_not_told_again_after_it() {
    let bench = bench();
    let known = channel(Ok(ana())).1;
    bench.looks_up(&known).await;
    // As if the process had died between the event and the profile.
    let crashed = Stores { profiles: Stores::in_memory().profiles, ..bench.stores };
    let bench = over(crashed);
    bench.looks_up(&known).await;
    assert_eq!(bench.updates().await.len(), 1);
    assert_eq!(bench.answer().await.unwrap()["lastName"], "Lima");
}

#[tokio::test]
async fn what_cannot_be_told_is_not_taken_as_told() {
    let closed = Stores::in_memory();
    closed.events.close().await.unwrap();
    let bench = over(Stores { events: closed.events, ..Stores::in_memory() });
    bench.looks_up(&channel(Ok(ana())).1).await;
    assert_eq!(bench.answer().await, Err(None));
    assert_eq!(bench.stores.profiles.get(CHANNEL, PERSON).await.unwrap(), None);
}

#[tokio::test]
async fn a_look_up_that_was_cut_off_is_made_again() {
    let stores = Stores::in_memory();
    let stopping = CancellationToken::new();
    let profiles = profiles(&stores, stopping.clone());
    let (stub, channel) = both(Scripted::new(CHANNEL).knowing(Ok(ana())).slow());
    profiles.prefetch(&channel, PERSON).await;
    stopping.cancel();
    let key = (CHANNEL.to_owned(), PERSON.to_owned());
    let Some(CacheEntry::Pending(_, mut ended)) = profiles.cache.get(&key).await else { panic!("nobody is asked") };
    assert!(tokio::time::timeout(LONG, ended.changed()).await.unwrap().is_err());

    let profiles = Profiles { stopping: CancellationToken::new(), ..profiles };
    stub.go_on();
    assert!(profiles.name(&channel, PERSON, LONG).await.is_some());
}

/// Takes for ever to write a profile down.
#[derive(Debug)]
struct NeverDone;

#[async_trait::async_trait]
impl store::Profiles for NeverDone {
    async fn get(&self, _: &str, _: &str) -> Result<Option<Profile>, StoreError> {
        Ok(None)
    }

    async fn put(&self, _: &str, _: &str, _: Profile) -> Result<(), StoreError> {
        std::future::pending().await
    }

    async fn expire(&self, _: Timestamp, _: usize) -> Result<usize, StoreError> {
        Ok(0)
    }

    async fn erase(&self, _: &str, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn who_hears_of_a_person_and_asks_finds_what_was_told() {
    let bench = over(Stores { profiles: Arc::new(NeverDone), ..Stores::in_memory() });
    let (_, channel) = channel(Ok(ana()));
    let mut stored = bench.stores.events.watch();
    bench.profiles.prefetch(&channel, PERSON).await;
    tokio::time::timeout(LONG, stored.changed()).await.unwrap().unwrap();
    let told: Value = serde_json::from_str(bench.updates().await[0].data.get()).unwrap();
    let known = bench.answer().await.unwrap();
    assert_eq!((&told["firstName"], &told["lastName"]), (&known["firstName"], &known["lastName"]));
}
