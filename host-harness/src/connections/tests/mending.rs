//! What a check on schedule mends by itself, and what it leaves.

use channel_api::connection::WebhookStatus;

use super::*;
use crate::store::Subscription;

const WELL: fn() -> Result<ConnectionStatus> = || Ok(ConnectionStatus::default());

/// Watches until so many checks were made, and gives the connections.
async fn watched(channel: &Arc<Scripted>, stores: &Stores, checks: usize) -> (Connections, ChannelId) {
    let (connections, id) = over_stores(&[channel], stores);
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    connections.watch(Duration::from_millis(1), &stopping, &tasks);
    channel.has_checked(checks).await;
    stopping.cancel();
    tasks.close();
    tokio::time::timeout(Duration::from_secs(10), tasks.wait()).await.expect("the schedule ends");
    (connections, id)
}

fn elsewhere(is_here: Option<bool>) -> ConnectionStatus {
    let webhook = Some(WebhookStatus { url: Some("https://other.example/hook".to_owned()), is_here });
    ConnectionStatus { webhook, ..unsubscribed() }
}

async fn kept(stores: &Stores, id: &ChannelId) -> Subscription {
    stores.subscriptions.get(id.as_str()).await.unwrap()
}

#[tokio::test]
async fn what_is_lost_is_subscribed_again_within_the_check_that_finds_it() {
    for lost in [unsubscribed(), elsewhere(None), elsewhere(Some(true))] {
        let (channel, stores) = (Scripted::new("ch_1").checks([Ok(lost), WELL()]), Stores::in_memory());
        let (connections, id) = watched(&channel, &stores, 3).await;
        assert_eq!((channel.subscribed.load(Ordering::SeqCst), connections.known(&id).state), (1, State::Ok));
        assert!(kept(&stores, &id).await.mended_at.is_some());
        let mut metrics = Metrics::new();
        metrics.watch(connections);
        let shown = metrics.render(crate::store::LogStats::default());
        assert!(shown.contains("linktor_channel_subscription_repairs_total{channel_id=\"ch_1\"} 1\n"), "{shown}");
    }
}

#[tokio::test]
async fn it_is_not_done_more_often_than_once_an_hour_restarts_included() {
    let stores = Stores::in_memory();
    for (age, mended) in [(59, 0), (61, 1), (0, 0), (-61, 1), (-59, 0)] {
        let at = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(age);
        stores.subscriptions.put("ch_1", Subscription { mended_at: Some(at), ended_at: None }).await.unwrap();
        let channel = Scripted::new("ch_1").checks(std::iter::repeat_with(|| Ok(unsubscribed())).take(20));
        watched(&channel, &stores, 4).await;
        assert_eq!(channel.subscribed.load(Ordering::SeqCst), mended, "{age} minutes ago");
    }
}

#[tokio::test]
async fn what_goes_to_another_host_and_what_somebody_ended_is_left() {
    let stores = Stores::in_memory();
    let channel = Scripted::new("ch_1").checks(std::iter::repeat_with(|| Ok(elsewhere(Some(false)))).take(20));
    watched(&channel, &stores, 3).await;
    assert_eq!(channel.subscribed.load(Ordering::SeqCst), 0);

    let ended = Subscription { ended_at: Some(jiff::Timestamp::now()), mended_at: None };
    stores.subscriptions.put("ch_1", ended).await.unwrap();
    let channel = Scripted::new("ch_1").checks(std::iter::repeat_with(|| Ok(unsubscribed())).take(20));
    let (connections, id) = watched(&channel, &stores, 3).await;
    assert_eq!(channel.subscribed.load(Ordering::SeqCst), 0);
    let known = connections.known(&id);
    assert!(known.unsubscribed_at.is_some() && known.state == State::Broken, "{known:?}");
}

#[tokio::test]
async fn what_the_provider_does_not_take_is_not_asked_for_again() {
    let stores = Stores::in_memory();
    let nothing = Subscribed { warnings: vec![Issue::new(&Pointer::ROOT, "no", "no")], ..Subscribed::default() };
    let channel = Scripted::new("ch_1").taking(nothing);
    let channel = channel.checks(std::iter::repeat_with(|| Ok(unsubscribed())).take(20));
    let (connections, id) = watched(&channel, &stores, 3).await;
    // An hour passes.
    let record = Subscription::default();
    stores.subscriptions.put(id.as_str(), record).await.unwrap();
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    connections.watch(Duration::from_millis(1), &stopping, &tasks);
    channel.has_checked(7).await;
    stopping.cancel();
    assert_eq!(channel.subscribed.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_was_left_for_a_reason_that_passes_is_asked_for_again() {
    let stores = Stores::in_memory();
    let later = Issue::new(&Pointer::ROOT, "later", "later").with_action(Action::RetryLater);
    let part = Subscribed { warnings: vec![later], ..Subscribed::to(["message_reads"]) };
    let channel = Scripted::new("ch_1").taking(part);
    let channel = channel.checks(std::iter::repeat_with(|| Ok(unsubscribed())).take(20));
    let (connections, id) = watched(&channel, &stores, 3).await;
    // An hour passes.
    stores.subscriptions.put(id.as_str(), Subscription::default()).await.unwrap();
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    connections.watch(Duration::from_millis(1), &stopping, &tasks);
    channel.has_checked(7).await;
    stopping.cancel();
    assert_eq!(channel.subscribed.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_repair_that_was_refused_does_not_advise_another() {
    let incomplete = || {
        let issue = Issue::new(&Pointer::ROOT, "incomplete", "feed is missing").with_hint("repair the connection");
        let warnings = vec![issue.with_action(Action::RepairConnection)];
        ConnectionStatus { problems: Vec::new(), warnings, ..unsubscribed() }
    };
    for (action, advises) in [(Action::CheckPermissions, false), (Action::RetryLater, true)] {
        let refused = Issue::new(&Pointer::ROOT, "refused", "feed is refused").with_action(action);
        let told = Subscribed { warnings: vec![refused], ..Subscribed::default() };
        let channel = Scripted::new("ch_1").taking(told).checks([Ok(incomplete()), Ok(incomplete())]);
        let (connections, id) = over_stores(&[&channel], &Stores::in_memory());
        let repaired = connections.repair(&id).await.unwrap();
        assert_eq!(repaired.connection.state, State::Warning);
        let warning = &repaired.connection.status.unwrap().warnings[0];
        assert_eq!(warning.action == Some(Action::RepairConnection), advises, "{warning:?}");
        assert_eq!(warning.hint.as_deref() == Some("repair the connection"), advises, "{warning:?}");
    }
}

#[tokio::test]
async fn who_asks_for_a_check_gets_one_and_nothing_is_changed() {
    let (channel, stores) = (Scripted::new("ch_1").checks([Ok(unsubscribed())]), Stores::in_memory());
    let (connections, id) = over_stores(&[&channel], &stores);
    assert_eq!(connections.check(&id).await.state, State::Broken);
    assert_eq!(channel.subscribed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn where_nothing_can_be_remembered_nothing_is_mended() {
    let stores = Stores::in_memory();
    stores.events.close().await.unwrap();
    let channel = Scripted::new("ch_1").checks(std::iter::repeat_with(|| Ok(unsubscribed())).take(20));
    watched(&channel, &stores, 3).await;
    assert_eq!(channel.subscribed.load(Ordering::SeqCst), 0);
}
