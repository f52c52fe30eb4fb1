use serde_json::json;

use super::*;
use crate::scripted::Scripted;

fn document(json: Value) -> DesiredProfile {
    let Value::Object(members) = json else { panic!("an object") };
    DesiredProfile::Document(Profile(members))
}

fn set(channel: &Scripted, json: Value) {
    let Value::Object(members) = json else { panic!("an object") };
    *channel.profile.lock().unwrap() = Profile(members);
}

#[test]
fn a_property_is_named_in_any_spelling() {
    for given in ["persistent_menu", "persistentMenu", "persistent-menu", "PersistentMenu"] {
        assert_eq!(property_name(given).as_deref(), Some("persistent_menu"), "{given}");
    }
    assert_eq!(property_name("accountLinkingURL").as_deref(), Some("account_linking_u_r_l"));
    for wrong in ["", "a b", "a/b", "ménu", "a.b", &"x".repeat(65)] {
        assert_eq!(property_name(wrong), None, "{wrong:?}");
    }
}

#[tokio::test]
async fn only_the_difference_is_done() {
    let channel = Scripted::new("ch_1");
    set(&channel, json!({"greeting": "Hi", "menu": [1]}));
    let desired = document(json!({"greeting": "Hi", "menu": null, "commands": ["a"]}));
    let planned = plan(&channel, &desired).await.unwrap();
    assert_eq!(planned.requests.len(), 2);
    let done = apply(&channel, planned).await;
    assert!(done.failure.is_none());
    assert_eq!(done.properties, ["commands", "menu"]);
    assert_eq!(json!(*channel.profile.lock().unwrap()), json!({"greeting": "Hi", "commands": ["a"]}));
    assert!(plan(&channel, &desired).await.unwrap().changes.is_empty());
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_the_profile_is_read() {
    let channel = Scripted::new("ch_1");
    for _ in 0..3 {
        let error = plan(&channel, &document(json!({"jingle": "la", "greeting": "Hi"}))).await.unwrap_err();
        assert_eq!(error.issues()[0].pointer, "/jingle/tune");
    }
    assert_eq!(channel.profile_reads.load(std::sync::atomic::Ordering::SeqCst), 0);
    plan(&channel, &document(json!({"greeting": "Hi"}))).await.unwrap();
    assert_eq!(channel.profile_reads.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn clearing_without_names_takes_all_that_is_there() {
    let channel = Scripted::new("ch_1");
    set(&channel, json!({"greeting": "Hi", "menu": [1]}));
    let one = plan(&channel, &DesiredProfile::without(["menu".to_owned()])).await.unwrap();
    assert_eq!(one.changes.len(), 1);
    let all = plan(&channel, &DesiredProfile::without([])).await.unwrap();
    apply(&channel, all).await;
    assert_eq!(json!(*channel.profile.lock().unwrap()), json!({}));
}

#[tokio::test]
async fn a_failure_half_way_tells_both_halves() {
    let channel = Scripted::new("ch_1").failing_at("c");
    let planned = plan(&channel, &document(json!({"a": 1, "b": 2, "c": 3, "d": 4}))).await.unwrap();
    let done = apply(&channel, planned).await;
    assert_eq!(
        (done.properties.as_slice(), done.not_applied()),
        (&["a".to_owned(), "b".to_owned()][..], vec!["c", "d"])
    );
    let error = done.failure.unwrap();
    assert!(advice(&error).contains("send the same document again"), "{}", advice(&error));
}

#[tokio::test]
async fn an_operation_s_issues_stand_in_its_input_and_what_it_asked_for_twice_is_there() {
    let (channel, locks) = (Scripted::new("ch_1"), ProfileLocks::default());
    let refused = perform(&channel, &locks, "setUp", &json!({"jingle": 5})).await.unwrap_err();
    assert_eq!((refused.code(), refused.issues()[0].pointer.as_str()), ("invalid_input", "/tune"));
    let both = perform(&channel, &locks, "setUp", &json!({"jingle": 5, "a": 1})).await.unwrap_err();
    assert_eq!(both.issues()[0].pointer, "/jingle/tune", "which of the two is meant stays to be seen");
    for _ in 0..2 {
        let performed = perform(&channel, &locks, "setUp", &json!({"a": 1})).await.unwrap();
        assert_eq!(performed.output, json!({"applied": ["a"]}));
    }
    let unknown = perform(&channel, &locks, "fly", &json!({})).await.unwrap_err();
    assert_eq!(unknown.code(), "operation.unknown");
}

#[tokio::test]
async fn two_writers_wait_for_each_other() {
    let (channel, locks) = (Arc::new(Scripted::new("ch_1")), Arc::new(ProfileLocks::default()));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (channel, locks) = (Arc::clone(&channel), Arc::clone(&locks));
        writers.spawn(async move {
            let wanted = json!({"a": writer, "b": writer, "c": writer});
            if writer % 2 == 0 {
                let performed = perform(&*channel, &locks, "setUp", &wanted).await.unwrap();
                assert_eq!(performed.output, json!({"applied": ["a", "b", "c"]}));
                return;
            }
            let lock = locks.of(channel.channel_id());
            let _alone = lock.lock().await;
            let planned = plan(&*channel, &document(wanted)).await.unwrap();
            assert!(apply(&*channel, planned).await.failure.is_none());
        });
    }
    writers.join_all().await;
    let profile = json!(*channel.profile.lock().unwrap());
    assert!(profile["a"] == profile["b"] && profile["b"] == profile["c"], "one writer's work is whole: {profile}");
}

#[tokio::test]
async fn a_lock_lasts_as_long_as_somebody_has_it() {
    let locks = ProfileLocks::default();
    let (first, second) = (ChannelId::new("ch_1"), ChannelId::new("ch_2"));
    let writing = locks.of(&first);
    let queued = locks.of(&first);
    assert!(Arc::ptr_eq(&writing, &queued), "two writers to one channel have one lock");
    drop((writing, queued));
    let _writing = locks.of(&second);
    let kept: Vec<_> = locks.0.lock().unwrap().keys().cloned().collect();
    assert_eq!(kept, [second], "nothing is kept of a channel that nobody writes to");
}
