use std::sync::atomic::Ordering;

use channel_api::connection::{Credentials, SubscriptionStatus};
use channel_api::{Action, Issue, Pointer};

use super::*;
use crate::scripted::Scripted;
use crate::store::Stores;
use crate::telemetry::Metrics;

mod mending;
mod unsubscribing;

fn broken() -> ConnectionStatus {
    let problem = Issue::new(&Pointer::ROOT, "token.invalid", "the token is not accepted").with_hint("make a new one");
    ConnectionStatus { problems: vec![problem], ..ConnectionStatus::default() }
}

fn warning() -> ConnectionStatus {
    let warning = Issue::new(&Pointer::ROOT, "token.expires", "the token ends in 3 days").with_hint("make a new one");
    ConnectionStatus { warnings: vec![warning], ..ConnectionStatus::default() }
}

fn unsubscribed() -> ConnectionStatus {
    let missing = vec!["messages".to_owned()];
    let subscription = SubscriptionStatus { missing, ..SubscriptionStatus::default() };
    ConnectionStatus { subscription: Some(subscription), ..broken() }
}

fn unreachable() -> Error {
    Error::new(ErrorKind::Unreachable, "network.connect", "the provider cannot be reached")
        .with_hint("look at the network")
        .with_retry(Retry::SAFE)
}

fn over(channel: &Arc<Scripted>) -> (Connections, ChannelId) {
    over_stores(&[channel], &Stores::in_memory())
}

/// The connections of these channels, and the id of the first.
fn over_stores(channels: &[&Arc<Scripted>], stores: &Stores) -> (Connections, ChannelId) {
    let adapters = channels.iter().map(|channel| -> Arc<dyn ChannelAdapter> { Arc::<Scripted>::clone(channel) });
    let list = Channels::new(adapters.collect::<ChannelList>());
    (Connections::new(list, None, Arc::clone(&stores.subscriptions), None), channels[0].channel_id().clone())
}

#[tokio::test]
async fn a_state_is_unknown_until_it_was_checked() {
    let channel = Scripted::new("ch_1").checks([Ok(ConnectionStatus::default()), Ok(warning()), Ok(broken())]);
    let (connections, id) = over(&channel);
    assert_eq!(connections.known(&id), Connection::default());
    for state in [State::Ok, State::Warning, State::Broken] {
        assert_eq!(connections.check(&id).await.state, state);
        assert_eq!(connections.known(&id).state, state);
    }
    assert!(connections.known(&id).checked_at.is_some());
}

#[tokio::test]
async fn a_check_that_cannot_be_made_breaks_nothing() {
    let channel = Scripted::new("ch_1").checks([Ok(warning()), Err(unreachable()), Ok(warning())]);
    let (connections, id) = over(&channel);
    let before = connections.check(&id).await;
    let after = connections.check(&id).await;
    assert_eq!(after.state, State::Unknown);
    assert_eq!((&after.status, after.checked_at), (&before.status, before.checked_at), "what was found stays");
    let reason = after.reason.unwrap();
    assert_eq!((reason.code.as_str(), reason.hint.as_deref()), ("network.connect", Some("look at the network")));
    assert_eq!(reason.action, Some(Action::RetryLater));
    let again = connections.check(&id).await;
    assert_eq!((again.state, again.reason), (State::Warning, None));
}

#[test]
fn credentials_are_accepted_where_the_provider_says_so_or_answers_them() {
    let credentials = |valid| Some(Credentials { valid, ..Credentials::default() });
    for (status, expected) in [
        (ConnectionStatus::default(), true),
        (warning(), true),
        (broken(), false),
        (ConnectionStatus { account_id: Some("1".to_owned()), ..unsubscribed() }, true),
        (ConnectionStatus { account_id: Some("1".to_owned()), credentials: credentials(false), ..warning() }, false),
        (ConnectionStatus { credentials: credentials(true), ..unsubscribed() }, true),
    ] {
        assert_eq!(accepts_credentials(&status), expected, "{status:?}");
    }
}

#[tokio::test]
async fn who_asks_at_once_shares_one_answer() {
    let channel = Scripted::new("ch_1").checks([]);
    channel.gate.forget_permits(Semaphore::MAX_PERMITS);
    let (connections, id) = over(&channel);
    let both = async { tokio::join!(connections.check(&id), connections.check(&id), connections.check(&id)) };
    let open = async { channel.gate.add_permits(10) };
    let ((first, second, third), ()) = tokio::join!(both, open);
    assert_eq!((first.state, second.state, third.state), (State::Ok, State::Ok, State::Ok));
    // The first was on its way when the others asked; they share one that began after they did.
    assert_eq!(*channel.checked.borrow(), 2);
}

#[tokio::test]
async fn a_repair_subscribes_where_something_is_missing_and_looks_again() {
    let channel = Scripted::new("ch_1").checks([Ok(unsubscribed()), Ok(ConnectionStatus::default())]);
    let (connections, id) = over(&channel);
    let done = connections.repair(&id).await.unwrap();
    assert!(done.repaired);
    assert_eq!(done.connection.state, State::Ok);
    assert_eq!(channel.subscribed.load(Ordering::SeqCst), 1);

    let done = connections.repair(&id).await.unwrap();
    assert!(!done.repaired, "there is nothing to repair");
    assert_eq!(channel.subscribed.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nothing_is_repaired_unseen() {
    let channel = Scripted::new("ch_1").checks([Err(unreachable()), Err(unreachable())]);
    let (connections, id) = over(&channel);
    let refused = connections.repair(&id).await.unwrap_err();
    assert!(matches!(&refused, ConnectionError::Channel(error) if error.code() == "network.connect"), "{refused:?}");
    assert_eq!(connections.known(&id).state, State::Unknown);
    assert_eq!(channel.subscribed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_schedule_checks_at_once_and_again_until_it_is_stopped() {
    let channel = Scripted::new("ch_1").checks([]);
    let (connections, id) = over(&channel);
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    connections.watch(Duration::from_millis(1), &stopping, &tasks);
    channel.has_checked(3).await;
    assert_eq!(connections.known(&id).state, State::Ok);
    stopping.cancel();
    tasks.close();
    tokio::time::timeout(Duration::from_secs(10), tasks.wait()).await.expect("the schedule ends");
}

#[tokio::test]
async fn a_check_that_hangs_holds_up_no_stop() {
    let channel = Scripted::new("ch_1").checks([]);
    channel.gate.forget_permits(Semaphore::MAX_PERMITS);
    let (connections, _) = over(&channel);
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    connections.watch(Duration::from_millis(1), &stopping, &tasks);
    tokio::task::yield_now().await;
    stopping.cancel();
    tasks.close();
    tokio::time::timeout(Duration::from_secs(10), tasks.wait()).await.expect("the schedule ends");
}

#[test]
fn times_between_checks_spread_by_a_tenth() {
    let every = Duration::from_secs(1000);
    for _ in 0..100 {
        assert!((Duration::from_secs(899)..=Duration::from_secs(1101)).contains(&spread(every)));
    }
}

#[tokio::test]
async fn metrics_show_the_state_and_how_long_credentials_last() {
    let ends = Timestamp::from_millis(Timestamp::now().as_millis() + 3_600_000);
    let credentials = Credentials { valid: true, expires_at: ends, ..Credentials::default() };
    let status = ConnectionStatus { credentials: Some(credentials), ..warning() };
    let channel = Scripted::new("ch_1").checks([Ok(status)]);
    let (connections, id) = over(&channel);
    let mut metrics = Metrics::new();
    metrics.watch(connections.clone());
    let store = crate::store::LogStats::default();
    let before = metrics.render(store);
    assert!(before.contains("linktor_channel_connection{channel_id=\"ch_1\",state=\"unknown\"} 1\n"), "{before}");
    assert!(!before.contains("credentials_expire_seconds"), "{before}");

    connections.check(&id).await;
    let after = metrics.render(store);
    assert!(after.contains("linktor_channel_connection{channel_id=\"ch_1\",state=\"unknown\"} 0\n"), "{after}");
    assert!(after.contains("linktor_channel_connection{channel_id=\"ch_1\",state=\"warning\"} 1\n"), "{after}");
    let line = after.lines().find(|line| line.starts_with("linktor_channel_credentials_expire_seconds{")).unwrap();
    let left: i64 = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert!((3_590..=3_600).contains(&left), "{line}");
}
