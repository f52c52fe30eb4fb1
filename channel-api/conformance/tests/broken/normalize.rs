//! Deliveries into events.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use channel_api::event::{Raw, UnknownReason};
use channel_api::message::Body;
use channel_api::{
    ChannelId, Direction, Error, ErrorKind, Event, EventBody, Identity, Received, Result, ThreadOwner, Timestamp,
    Verified,
};
use serde_json::value::RawValue;

use crate::kit::{BrokenAdapter, Defect, Inner};

macro_rules! defects {
    ($($name:ident: |$inner:ident, $delivery:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        impl Defect for $name {
            fn normalize(&self, $inner: &Inner, $delivery: &Verified<'_>) -> Result<Vec<Received>> {
                $body
            }
        })*
    };
}

/// The events of the reference adapter, each changed.
fn each(inner: &Inner, delivery: &Verified<'_>, change: impl Fn(&mut Event)) -> Result<Vec<Received>> {
    let mut events = inner.channel.normalize(delivery)?;
    for received in &mut events {
        change(&mut received.event);
    }
    Ok(events)
}

/// The events of the reference adapter, each known by something else.
fn known_by(inner: &Inner, delivery: &Verified<'_>, change: impl Fn(&mut Received)) -> Result<Vec<Received>> {
    let mut events = inner.channel.normalize(delivery)?;
    events.iter_mut().for_each(change);
    Ok(events)
}

fn is_unknown(event: &Event, why: UnknownReason) -> bool {
    matches!(&event.body, EventBody::Unknown { reason, .. } if *reason == why)
}

static AT_WORK: AtomicUsize = AtomicUsize::new(0);

defects! {
    AsciiOnly: |inner, delivery| each(inner, delivery, |event| {
        if let EventBody::Message { content } = &mut event.body
            && let Body::Text(text) = &mut content.body
        {
            text.retain(|c| c.is_ascii());
        }
    });
    ForgetsTheOwner: |inner, delivery| each(inner, delivery, |event| event.owner = None);
    OwnsWhatItHears: |inner, delivery| each(inner, delivery, |event| {
        if event.name == "message.received" && !event.observed {
            event.owner = Some(ThreadOwner::Us);
        }
    });
    DefaultChannel: |inner, delivery| each(inner, delivery, |event| {
        if event.name == "message.delivered" {
            event.channel_id = ChannelId::new("default");
        }
    });
    EmptiesRaw: |inner, delivery| each(inner, delivery, |event| {
        if let EventBody::Unknown { raw, .. } = &mut event.body {
            *raw = Some(Raw::new(&RawValue::from_string("{}".to_owned()).unwrap()));
        }
    });
    DropsUnknown: |inner, delivery| {
        let mut events = inner.channel.normalize(delivery)?;
        events.retain(|received| !is_unknown(&received.event, UnknownReason::UnknownKind));
        Ok(events)
    };
    DropsAnonymous: |inner, delivery| {
        let mut events = inner.channel.normalize(delivery)?;
        events.retain(|Received { event, .. }| event.from.is_some() || !matches!(event.body, EventBody::Message { .. }));
        Ok(events)
    };
    LosesTheBatch: |inner, delivery| {
        let events = inner.channel.normalize(delivery)?;
        if events.len() > 1 && events.iter().any(|received| is_unknown(&received.event, UnknownReason::UnexpectedShape)) {
            return Err(Error::new(ErrorKind::MalformedWebhook, "memory.no_webhook", "an event cannot be read"));
        }
        Ok(events)
    };
    SortsThem: |inner, delivery| {
        let mut events = inner.channel.normalize(delivery)?;
        if events.len() > 3 {
            events.sort_by(|one, other| one.event.name.cmp(&other.event.name));
        }
        Ok(events)
    };
    IdOfTheBody: |inner, delivery| known_by(inner, delivery, |received| {
        if received.event.name == "memory.postback" {
            received.identity = Identity::Own(format!("{}-{}", received.identity.id(), delivery.body().len()));
        }
    });
    TimeOfTheBody: |inner, delivery| known_by(inner, delivery, |received| {
        if let Identity::Derived { entry_time, .. } = &mut received.identity {
            *entry_time = Timestamp::from_millis(delivery.body().len().try_into().unwrap());
        }
    });
    SubjectOfTheBatch: |inner, delivery| {
        let mut events = inner.channel.normalize(delivery)?;
        let many = events.len() > 1;
        for received in &mut events {
            if let Identity::Derived { subject, .. } = &mut received.identity {
                *subject = many.then_some([7; 16]);
            }
        }
        Ok(events)
    };
    NoEntryTime: |inner, delivery| known_by(inner, delivery, |received| {
        if let Identity::Derived { entry_time, .. } = &mut received.identity {
            *entry_time = None;
        }
    });
    IdOfThePayload: |inner, delivery| known_by(inner, delivery, |received| {
        if let EventBody::Postback { payload, .. } = &received.event.body {
            received.identity = Identity::Own(format!("tap-{}", payload.as_deref().unwrap_or_default()));
        }
    });
    NeverMalformed: |inner, delivery| Ok(inner.channel.normalize(delivery).unwrap_or_default());
    AnswersForOthers: |inner, delivery| each(inner, delivery, |event| event.observed = false);
    EchoesComeIn: |inner, delivery| each(inner, delivery, |event| {
        if event.name == "message.echo" {
            event.direction = Some(Direction::Inbound);
        }
    });
    MissesNothing: |inner, delivery| each(inner, delivery, |event| event.missing.clear());
    PanicsOnNull: |inner, delivery| {
        assert!(!delivery.body().windows(4).any(|word| word == b"null"), "null is not a value");
        inner.channel.normalize(delivery)
    };
    SlowOnSpace: |inner, delivery| {
        // Begins anew again and again.
        let body = delivery.body();
        let spaces = |from: usize| body.iter().skip(from).filter(|byte| **byte == b' ').count();
        let again = if body.starts_with(b"  ") { body.len() / 256 } else { 0 };
        let seen: usize = (0..again).map(|_| spaces(0)).sum();
        if seen == usize::MAX { Ok(Vec::new()) } else { inner.channel.normalize(delivery) }
    };
    EachWithEach: |inner, delivery| {
        let mut events = inner.channel.normalize(delivery)?;
        let mut kept: Vec<Received> = Vec::new();
        for event in events.drain(..) {
            // Looks for it among all before it, by all that it says.
            let twins = kept.iter().filter(|other| format!("{:?}", other.event.body) == format!("{:?}", event.event.body)).count();
            if twins < 100_000 {
                kept.push(event);
            }
        }
        Ok(kept)
    };
    OneScratchForAll: |inner, delivery| {
        let others = AT_WORK.fetch_add(1, Ordering::SeqCst);
        let start = Instant::now();
        while others == 0 && start.elapsed() < Duration::from_micros(300) {
            std::thread::yield_now();
        }
        let events = inner.channel.normalize(delivery);
        AT_WORK.fetch_sub(1, Ordering::SeqCst);
        // What another thread is writing at the same time, this one reads.
        if others > 0 { Ok(Vec::new()) } else { events }
    };
    TellsItsSecret: |inner, delivery| {
        let secret = inner.secret("signing_secret").to_owned();
        inner.channel.normalize(delivery).map_err(|error| error.with_context("signed_with", secret))
    };
    SecretInMetadata: |inner, delivery| {
        let token = inner.secret("token").to_owned();
        each(inner, delivery, |event| event.metadata.insert("token", token.as_str()))
    };
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<AsciiOnly>("loses letters", "normalize.events_as_expected"),
        BrokenAdapter::code::<DefaultChannel>("forgets the channel", "normalize.carries_the_channel"),
        BrokenAdapter::code::<EmptiesRaw>("keeps unknown events without their JSON", "normalize.unheard_of_is_kept"),
        BrokenAdapter::code::<DropsUnknown>("drops unknown events", "normalize.unheard_of_is_kept")
            .also(&["normalize.changed_is_not_lost", "capabilities.receives_what_it_declares"]),
        BrokenAdapter::code::<DropsAnonymous>("drops what has no sender", "normalize.changed_is_not_lost"),
        BrokenAdapter::code::<LosesTheBatch>("loses the batch on one bad event", "normalize.one_bad_event"),
        BrokenAdapter::code::<SortsThem>("sorts events by kind", "normalize.order"),
        BrokenAdapter::code::<IdOfTheBody>("makes ids from the delivery", "normalize.ids_are_stable")
            .also(&["normalize.order", "normalize.happened_twice"]),
        BrokenAdapter::code::<TimeOfTheBody>("takes another time for the entry's", "normalize.ids_are_stable")
            .also(&["normalize.happened_twice"]),
        BrokenAdapter::code::<SubjectOfTheBatch>("finds a subject in what stands beside", "normalize.ids_are_stable"),
        BrokenAdapter::code::<NoEntryTime>("forgets when it was told", "normalize.happened_twice"),
        BrokenAdapter::code::<IdOfThePayload>("gives two taps one id", "normalize.ids_differ")
            .also(&["normalize.happened_twice"]),
        BrokenAdapter::code::<NeverMalformed>("takes anything for a webhook", "normalize.no_webhook"),
        BrokenAdapter::code::<AnswersForOthers>("takes what is another app's for its own", "normalize.observed")
            .also(&["window.openings"]),
        BrokenAdapter::code::<EchoesComeIn>("takes its own messages for a person's", "normalize.echoes")
            .also(&["window.openings"]),
        BrokenAdapter::code::<MissesNothing>("does not say what is missing", "normalize.missing"),
        BrokenAdapter::code::<ForgetsTheOwner>("forgets who answers", "normalize.thread_owner")
            .also(&["normalize.events_as_expected"]),
        BrokenAdapter::code::<OwnsWhatItHears>("takes whoever writes for its own", "normalize.no_thread_owner"),
        BrokenAdapter::code::<PanicsOnNull>("panics on a null", "robustness.normalize_never_panics"),
        BrokenAdapter::code::<SlowOnSpace>("scans again and again", "robustness.deep_and_wide"),
        BrokenAdapter::code::<EachWithEach>("compares each event with each", "robustness.growth"),
        BrokenAdapter::code::<OneScratchForAll>(
            "shares a scratch buffer between threads",
            "concurrency.from_many_threads",
        ),
        BrokenAdapter::code::<TellsItsSecret>("prints a secret in an error", "secrets.errors")
            .also(&["send.credentials_not_shown"]),
        BrokenAdapter::code::<SecretInMetadata>("hands its token on with events", "secrets.translations"),
    ]
}
