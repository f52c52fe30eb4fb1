//! The README's NATS user: what it lists is enough for all that the host does, and what is missing of it is named.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tests::linktor::{Answer, Core, Habits, Nats};
use tests::{HostProcess, ids, within};

use crate::bus_inbound::soon;
use crate::stage::Stage;

/// The users of the README, and the core as whoever does not say who they are.
fn users(change: impl FnOnce(String) -> String) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).expect("the README");
    let (_, rest) = readme.split_once("# nats-server.conf\n").expect("the permissions");
    let (users, _) = rest.split_once("```").expect("the end of them");
    let users = change(users.replace("$FACEBOOK_PASSWORD", "\"s3cret\""));
    let users = users.replacen("users = [", "users = [\n{user: core, password: \"c0re\"}", 1);
    format!("{users}\nno_auth_user: core\n")
}

fn as_user(mut more: Value) -> Value {
    (more["user"], more["password"]) = (json!("facebook"), json!("s3cret"));
    more
}

async fn reasons(host: &HostProcess) -> String {
    let channel = host.get(&format!("/api/v1/channels/{}", ids::CHANNEL)).await.expect_status(200).json();
    channel["linktor"]["reasons"].to_string()
}

#[tokio::test]
async fn what_the_readme_lists_is_enough_for_all_that_the_host_does() {
    // The first time the host finds no streams, and makes them.
    for core_first in [false, true] {
        let Some(nats) = Nats::with(&users(|users| users)).await else { return };
        let core = if core_first { Some(Core::start(&nats, Habits::HASTY).await) } else { None };
        let door = nats.door().await;
        let stage = Stage::with(|config| config.linktor(&door, as_user(soon()))).await;
        let is_open = async { while reasons(&stage.host).await != "[]" {} };
        within("the bus to be there", is_open).await;
        let core = match core {
            Some(core) => core,
            None => Core::start(&nats, Habits::HASTY).await,
        };
        stage.says("hello").await;
        core.until("what was said", |database| (database.messages().len() == 1).then_some(())).await;
        let answer = core.answers(ids::PERSON, Answer::text("How can I help?")).await;
        core.until_status(&answer, "read").await;
        core.reacts(&answer, "❤").await;
        within("the reaction", async {
            while stage.sim.screen().await.last().is_none_or(|last| last["reaction"] != "❤") {}
        })
        .await;
        core.database_answers(false);
        stage.says("is it on its way?").await;
        let is_given_up =
            || core.handled().iter().any(|handled| handled.external_id.is_some() && handled.delivery == 5);
        within("the core to give it up", async {
            while !is_given_up() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        core.database_answers(true);
        stage.says("hello?").await;
        core.until("it is there after all", |database| (database.seen(ids::PERSON).len() == 3).then_some(())).await;
        let log = stage.host.log();
        assert!(!log.to_lowercase().contains("permission"), "{log}");
    }
}

#[tokio::test]
async fn a_permission_that_is_missing_is_named() {
    for missing in ["$JS.API.STREAM.INFO.LINKTOR_EVENTS", "$JS.API.CONSUMER.INFO.LINKTOR_MESSAGES.outbound-facebook"] {
        let less = |users: String| users.replace(&format!("\"{missing}\""), "\"nothing\"");
        let Some(nats) = Nats::with(&users(less)).await else { return };
        let _core = Core::start(&nats, Habits::HASTY).await;
        let door = nats.door().await;
        let stage = Stage::with(|config| config.linktor(&door, as_user(soon()))).await;
        within("the reason", async { while !reasons(&stage.host).await.contains(missing) {} }).await;
        assert!(stage.host.log().contains(missing), "{}", stage.host.log());
    }
}
