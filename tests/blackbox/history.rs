//! What Meta gives no id is stored once each time it happens, however its deliveries are batched and repeated.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tests::ids::{NOW_MS, PAGE};
use tests::{HostConfig, HostProcess};

/// Something that is in one of three states, or tells none.
#[derive(Clone, Copy, Debug)]
enum Thing {
    Template,
    Label,
    Comment,
    /// An edit says that a post has changed, and not into what.
    EditedPost,
    /// A field that Meta has added since.
    New,
    /// Which fields have changed, for whoever subscribed without values.
    NoValues,
}

const THINGS: [Thing; 6] =
    [Thing::Template, Thing::Label, Thing::Comment, Thing::EditedPost, Thing::New, Thing::NoValues];

impl Thing {
    fn says_its_state(self) -> bool {
        matches!(self, Self::Template | Self::Label | Self::Comment)
    }

    /// One entry in which the thing with this number changes to this state.
    fn entry(self, number: usize, state: usize, time: u64) -> Value {
        let of_three = |words: [&'static str; 3]| words[state];
        let (field, value) = match self {
            Self::Template => (
                "message_template_status_update",
                json!({"event": of_three(["APPROVED", "PAUSED", "REJECTED"]), "message_template_id": number}),
            ),
            Self::Label => (
                "inbox_labels",
                json!({"action": of_three(["add", "remove", "add"]), "user": {"id": "7411002233445566"},
                    "label": {"id": format!("2{number}"), "page_label_name": "vip"}}),
            ),
            Self::Comment => (
                "feed",
                json!({"item": "comment", "verb": of_three(["add", "hide", "unhide"]), "created_time": 1_763_712_000,
                    "comment_id": format!("9_{number}"), "post_id": "9"}),
            ),
            Self::EditedPost => (
                "feed",
                json!({"item": "status", "verb": "edited", "created_time": 1_763_712_000, "post_id": format!("8_{number}")}),
            ),
            Self::New => ("something_new", json!({"number": number, "state": state})),
            Self::NoValues => return json!({"id": PAGE, "time": time, "changed_fields": [format!("feed{number}")]}),
        };
        json!({"id": PAGE, "time": time, "changes": [{"field": field, "value": value}]})
    }
}

/// What happens, in order, and how it is delivered: each body brings the next of it and some of what came before.
#[derive(Debug)]
struct History {
    happens: Vec<(Thing, usize, usize)>,
    bodies: Vec<(usize, Vec<Index>)>,
}

fn histories() -> impl Strategy<Value = History> {
    let happening = (prop::sample::select(THINGS.to_vec()), 0..2_usize, 0..3_usize);
    let body = (1..4_usize, prop::collection::vec(any::<Index>(), 0..3));
    let parts = (prop::collection::vec(happening, 8..24), prop::collection::vec(body, 24));
    parts.prop_map(|(happens, bodies)| History { happens, bodies })
}

impl History {
    /// Each entry, and whether it is news.
    fn entries(&self, round: usize) -> Vec<(Value, bool)> {
        let mut states = HashMap::new();
        let entries = self.happens.iter().zip(0_u64..).map(|((thing, number, state), index)| {
            let (number, time) = (number + 10 * round + 1, NOW_MS + 60_000 * index);
            // A label is there or it is not.
            let seen = if matches!(thing, Thing::Label) { state % 2 } else { *state };
            let before = states.insert((format!("{thing:?}"), number), seen);
            (thing.entry(number, *state, time), before != Some(seen) || !thing.says_its_state())
        });
        entries.collect()
    }

    fn bodies(&self, entries: &[(Value, bool)]) -> Vec<Value> {
        let entries: Vec<&Value> = entries.iter().map(|(entry, _)| entry).collect();
        let mut known = 0;
        let bodies = self.bodies.iter().map_while(|(new, again)| {
            let first = known;
            known = (first + new).min(entries.len());
            let mut body: Vec<&Value> = entries[first..known].to_vec();
            for place in again {
                body.insert(place.index(body.len() + 1), entries[place.index(known)]);
            }
            (first < entries.len()).then(|| json!({"object": "page", "entry": body}))
        });
        bodies.collect()
    }
}

/// What is stored after a cursor, in a form that can be compared: the state that each event tells.
async fn stored(host: &HostProcess) -> usize {
    host.events().await.len()
}

#[tokio::test]
async fn what_happened_is_stored_once_each_and_nothing_else() {
    let mut runner = TestRunner::deterministic();
    let mut host = HostConfig::alone().serve().await;
    for round in 0..24 {
        let history = histories().new_tree(&mut runner).expect("a history").current();
        let entries = history.entries(round);
        let before = stored(&host).await;
        let bodies = history.bodies(&entries);
        for (index, body) in bodies.iter().enumerate() {
            host.deliver(body.to_string()).await.expect_status(200);
            if round % 8 == 0 && index == bodies.len() / 2 {
                host = host.kill().await.restart().await;
            }
        }
        // All of it once more, as after an outage.
        for body in &bodies {
            host.deliver(body.to_string()).await.expect_status(200);
        }
        let news = entries.iter().filter(|(_, news)| *news).count();
        assert_eq!(stored(&host).await - before, news, "round {round}: {history:#?}");
    }
    let events = host.events().await;
    let mut ids: Vec<_> = events.iter().map(|event| event.data["id"].to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), events.len(), "two events have one id");
}
