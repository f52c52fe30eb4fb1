//! What agents answer in Linktor comes to the person: once, in order, and what breaks a rule comes back with its reasons.

use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer};
use futures::StreamExt as _;
use hyper::Method;
use serde_json::{Value, json};
use tests::linktor::{Answer, Core, Door, Habits, MESSAGES, Nats, Way, outbound};
use tests::webhook::{between, entries, entry};
use tests::{ChannelConfig, Graph, GraphRequest, HostConfig, HostProcess, ids, sign, within};
use tokio::time::interval;

/// A server, the core behind it, Meta, and the host's way to the server.
pub(crate) struct Around {
    pub(crate) nats: Nats,
    pub(crate) core: Core,
    pub(crate) graph: Graph,
    pub(crate) door: Door,
}

impl Around {
    /// `None` where there is no nats-server.
    pub(crate) async fn host() -> Option<Self> {
        let nats = Nats::start().await?;
        let core = Core::start(&nats, Habits::HASTY).await;
        let (graph, door) = (Graph::start().await, nats.door().await);
        Some(Self { nats, core, graph, door })
    }

    pub(crate) fn config(&self) -> HostConfig {
        self.config_with(json!({}))
    }

    pub(crate) fn config_with(&self, more: Value) -> HostConfig {
        HostConfig::with_graph(&self.graph).linktor(&self.door, more)
    }

    /// The words that Meta was asked to deliver, in order.
    pub(crate) fn said(&self) -> Vec<String> {
        let requests = self.graph.requests();
        requests.iter().filter(|request| request.is_message()).filter_map(words).collect()
    }

    pub(crate) async fn says(&self, text: &str) -> GraphRequest {
        self.graph.received(text, |request| words(request).as_deref() == Some(text)).await
    }

    async fn logged(&self, host: &HostProcess, words: &str) {
        let mut looks = interval(Duration::from_millis(50));
        within(words, async {
            while !host.log().contains(words) {
                looks.tick().await;
            }
        })
        .await;
    }

    /// Waits until no answer is left in the stream: all are acknowledged.
    pub(crate) async fn taken(&self) {
        let stream = self.core.jetstream().get_stream_no_info(MESSAGES).await.expect("a name");
        let mut looks = interval(Duration::from_millis(20));
        within("all answers to be acknowledged", async {
            loop {
                looks.tick().await;
                let subject = outbound("facebook");
                if stream.get_first_raw_message_by_subject(subject, 1).await.is_err() {
                    return;
                }
            }
        })
        .await;
    }
}

fn words(request: &GraphRequest) -> Option<String> {
    request.body["message"]["text"].as_str().map(str::to_owned)
}

async fn kept(host: &HostProcess, id: &str) -> Value {
    host.get(&format!("/api/v1/messages/{id}")).await.expect_status(200).json()
}

#[tokio::test]
async fn an_answer_arrives_once_however_often_it_is_published() {
    let Some(around) = Around::host().await else { return };
    let host = around.config().serve().await;
    let (id, body) = around.core.written(ids::PERSON, Answer::text("Which order?"));
    around.core.publish(&id, &body).await;
    let request = around.says("Which order?").await;
    assert_eq!(request.body["recipient"]["id"], ids::PERSON);
    // The server has forgotten the id of the first one: after a restart, or five minutes later.
    let again = around.core.try_publish(&outbound("facebook"), "another id", &body).await;
    assert!(again.is_some());
    around.core.answers(ids::PERSON, Answer::text("Or another?")).await;
    around.says("Or another?").await;
    around.taken().await;
    around.core.until_status(&id, "sent").await;
    assert_eq!(around.said(), ["Which order?", "Or another?"]);
    let kept = kept(&host, &id).await;
    assert_eq!((&kept["status"], &kept["channelId"]), (&json!("sent"), &json!(ids::CHANNEL)));
}

#[tokio::test]
async fn rich_content_media_and_long_words_go_as_the_host_sends_them() {
    let Some(around) = Around::host().await else { return };
    let _host = around.config().serve().await;
    let replies = json!({"content": {"quickReplies": [{"title": "Yes", "payload": "YES"}]}});
    around.core.answers(ids::PERSON, Answer::text("Sure?").with("rich", replies)).await;
    let request = around.says("Sure?").await;
    assert_eq!(request.body["message"]["quick_replies"][0]["payload"], "YES");
    around.core.answers(ids::PERSON, Answer::of("image", "https://cdn.example/a.png")).await;
    let is_image = |request: &GraphRequest| request.body["message"]["attachment"]["type"] == "image";
    let request = around.graph.received("a picture", is_image).await;
    assert_eq!(request.body["message"]["attachment"]["payload"]["url"], "https://cdn.example/a.png");
    let long = ["a".repeat(1_990), "b".repeat(100)];
    around.core.answers(ids::PERSON, Answer::text(&long.join(" "))).await;
    for part in &long {
        around.says(part).await;
    }
}

#[tokio::test]
async fn what_breaks_a_rule_has_failed_at_once_with_all_that_is_wrong() {
    let Some(around) = Around::host().await else { return };
    let host = around.config_with(json!({"max_age": "1h"})).serve().await;
    let template = around.core.answers("+5511999999999", Answer::of("template", "t")).await;
    let (old, mut body) = around.core.written(ids::PERSON, Answer::text("Good morning"));
    body["timestamp"] = "2026-01-01T08:00:00Z".into();
    around.core.publish(&old, &body).await;
    let (elsewhere, mut body) = around.core.written(ids::PERSON, Answer::text("Hi"));
    body["channel_id"] = "00000000-0000-4000-8000-000000000000".into();
    around.core.publish(&elsewhere, &body).await;
    around.taken().await;
    for (id, pointers) in
        [(&template, &["/recipient_id", "/metadata/rich"][..]), (&old, &["/timestamp"]), (&elsewhere, &["/channel_id"])]
    {
        let kept = kept(&host, id).await;
        assert_eq!(kept["status"], "failed", "{kept}");
        let issues = kept["failure"]["issues"].as_array().expect("what is wrong");
        let found: Vec<_> = issues.iter().filter_map(|issue| issue["pointer"].as_str()).collect();
        for pointer in pointers {
            assert!(found.contains(pointer), "{pointer} in {found:?}");
        }
    }
    let failed = around.core.until_status(&template, "failed").await;
    let reason = failed.error_message.expect("a reason");
    assert!(reason.contains("is a phone number") && reason.contains("must stand beside a message"), "{reason}");
    // The channel is none of this host's, so no channel of it tells.
    let failed = around.core.until_status(&elsewhere, "failed").await;
    let reason = failed.error_message.expect("a reason");
    assert!(reason.contains("is no channel of this host"), "{reason}");
    assert_eq!(around.said(), [""; 0]);
}

#[tokio::test]
async fn what_was_delivered_and_never_acknowledged_comes_before_what_is_newer() {
    let Some(around) = Around::host().await else { return };
    let config = Config {
        durable_name: Some("outbound-facebook".to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(3),
        max_deliver: 5,
        filter_subject: outbound("facebook"),
        ..Config::default()
    };
    let made = around.core.jetstream().create_consumer_on_stream(config, MESSAGES).await;
    let killed: PullConsumer = made.expect("a consumer");
    let texts = ["one", "two", "three", "four", "five"];
    for text in &texts[..3] {
        around.core.answers(ids::PERSON, Answer::text(text)).await;
    }
    // A host had them, and was killed.
    let had = killed.fetch().max_messages(3).messages().await.expect("a pull");
    assert_eq!(within("deliveries", had.count()).await, 3);
    for text in &texts[3..] {
        around.core.answers(ids::PERSON, Answer::text(text)).await;
    }
    let _host = around.config().serve().await;
    around.says("five").await;
    around.taken().await;
    assert_eq!(around.said(), texts);
}

#[tokio::test]
async fn a_kill_loses_and_doubles_nothing_and_keeps_the_order() {
    let Some(around) = Around::host().await else { return };
    let mut host = around.config().serve().await;
    let texts: Vec<_> = (0..30).map(|number| format!("number {number}")).collect();
    let mut ids = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        ids.push(around.core.answers(ids::PERSON, Answer::text(text)).await);
        if [7, 15, 22].contains(&number) {
            around.says(&texts[number - 4]).await;
            host = host.kill().await.restart().await;
        }
    }
    around.says(&texts[29]).await;
    around.taken().await;
    let said = around.said();
    let in_order: Vec<_> = texts.iter().filter(|text| said.contains(text)).cloned().collect();
    assert_eq!(said, in_order, "in order, and none twice");
    // A kill between what the host writes down and its call leaves what nobody can tell.
    for (id, text) in ids.iter().zip(&texts).filter(|(_, text)| !said.contains(text)) {
        assert_eq!(kept(&host, id).await["status"], "unknown", "{text}");
    }
    assert!(said.len() >= texts.len() - 3, "{said:?}");
}

#[tokio::test]
async fn a_host_starts_without_the_bus_and_takes_what_came_while_it_was_away() {
    let Some(mut around) = Around::host().await else { return };
    around.nats.stop().await;
    let host = around.config().serve().await;
    host.get("/ready").await.expect_status(200);
    around.nats.start_again().await;
    around.core.answers(ids::PERSON, Answer::text("Here again")).await;
    around.says("Here again").await;
    around.taken().await;
}

#[tokio::test]
async fn a_consumer_that_was_deleted_is_made_again() {
    let Some(around) = Around::host().await else { return };
    let host = around.config().serve().await;
    around.core.answers(ids::PERSON, Answer::text("first")).await;
    around.says("first").await;
    around.taken().await;
    let stream = around.core.jetstream().get_stream_no_info(MESSAGES).await.expect("a name");
    stream.delete_consumer("outbound-facebook").await.expect("a consumer to delete");
    around.core.answers(ids::PERSON, Answer::text("second")).await;
    around.says("second").await;
    assert!(host.log().contains("deleted by somebody"), "{}", host.log());
    assert_eq!(around.said(), ["first", "second"]);
}

#[tokio::test]
async fn another_channel_s_consumer_of_the_same_answers_is_told_as_what_it_is() {
    let Some(around) = Around::host().await else { return };
    let config = Config {
        durable_name: Some("somebody-else".to_owned()),
        ack_policy: AckPolicy::Explicit,
        filter_subject: outbound(">"),
        ..Config::default()
    };
    let made = around.core.jetstream().create_consumer_on_stream(config, MESSAGES).await;
    let _other: PullConsumer = made.expect("a consumer");
    let host = around.config().serve().await;
    let mut looks = interval(Duration::from_millis(50));
    within("the clash to be told", async {
        loop {
            looks.tick().await;
            let channels = host.get("/api/v1/channels").await.expect_status(200).json();
            if channels["channels"][0]["linktor"]["reasons"]
                .to_string()
                .contains("another consumer of LINKTOR_MESSAGES")
            {
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn answers_are_held_while_the_store_cannot_take_them() {
    let Some(around) = Around::host().await else { return };
    let host = around.config().serve().await;
    around.core.answers(ids::PERSON, Answer::text("before")).await;
    around.says("before").await;
    around.taken().await;
    let database = host.config().dir().join("data/events.sqlite3");
    let database = rusqlite::Connection::open(database).expect("the host's database");
    database.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    for text in ["one", "two", "three"] {
        around.core.answers(ids::PERSON, Answer::text(text)).await;
    }
    around.logged(&host, "is held, and nothing more is asked for").await;
    database.execute_batch("ROLLBACK").expect("a transaction to end");
    around.says("three").await;
    around.taken().await;
    assert_eq!(around.said(), ["before", "one", "two", "three"]);
    let consumer: PullConsumer =
        around.core.jetstream().get_consumer_from_stream("outbound-facebook", MESSAGES).await.expect("the consumer");
    assert_eq!(consumer.cached_info().num_redelivered, 0, "nothing was sent back");
}

#[tokio::test]
async fn answers_flow_again_after_a_network_that_swallowed_everything() {
    let Some(around) = Around::host().await else { return };
    let host = around.config().serve().await;
    around.core.answers(ids::PERSON, Answer::text("before")).await;
    around.says("before").await;
    around.door.set(Way::Silent);
    around.core.answers(ids::PERSON, Answer::text("while it is cut off")).await;
    let mut looks = interval(Duration::from_millis(100));
    within("the host to notice", async {
        while host.get("/metrics").await.text().contains("linktor_bus_connected 1") {
            looks.tick().await;
        }
    })
    .await;
    around.door.set(Way::Open);
    let back = Instant::now();
    around.says("while it is cut off").await;
    assert!(back.elapsed() < Duration::from_secs(10), "{:?}", back.elapsed());
    around.core.answers(ids::PERSON, Answer::text("after")).await;
    around.says("after").await;
    assert_eq!(around.said(), ["before", "while it is cut off", "after"]);
}

/// What the README lists, for who is not to make streams.
const PERMISSIONS: &str = r#"
authorization {
  users = [
    { user: core, password: core }
    { user: host, password: "canary-password", permissions: {
      publish: [
        "$JS.API.STREAM.INFO.LINKTOR_MESSAGES", "$JS.API.STREAM.INFO.LINKTOR_EVENTS",
        "$JS.API.STREAM.MSG.GET.LINKTOR_MESSAGES", "$JS.API.STREAM.MSG.DELETE.LINKTOR_MESSAGES",
        "$JS.API.CONSUMER.INFO.LINKTOR_MESSAGES.*", "$JS.API.CONSUMER.INFO.LINKTOR_EVENTS.*",
        "$JS.API.CONSUMER.CREATE.LINKTOR_MESSAGES.outbound-facebook.>",
        "$JS.API.CONSUMER.CREATE.LINKTOR_EVENTS.facebook-events",
        "$JS.API.CONSUMER.MSG.NEXT.LINKTOR_MESSAGES.outbound-facebook",
        "$JS.API.CONSUMER.MSG.NEXT.LINKTOR_EVENTS.facebook-events",
        "$JS.ACK.>", "linktor.messages.status.facebook"
      ]
      subscribe: ["_INBOX.>"]
    } }
  ]
}
"#;

#[tokio::test]
async fn a_user_needs_no_more_than_what_is_listed_and_hears_by_name_what_it_lacks() {
    for (lacks, is_enough) in [("", true), ("\"$JS.API.STREAM.MSG.GET.LINKTOR_MESSAGES\",", false)] {
        let Some(nats) = Nats::with(&PERMISSIONS.replace(lacks, "")).await else { return };
        let options = async_nats::ConnectOptions::with_user_and_password("core".to_owned(), "core".to_owned());
        let core = Core::connect(&nats, options, Habits::HASTY).await;
        let (graph, door) = (Graph::start().await, nats.door().await);
        let around = Around { nats, core, graph, door };
        let host = around.config_with(json!({"user": "host", "password": "canary-password"})).serve().await;
        around.core.answers(ids::PERSON, Answer::text("Hi")).await;
        if is_enough {
            around.says("Hi").await;
            around.taken().await;
            assert!(!host.log().contains("lacks a permission"), "{}", host.log());
            continue;
        }
        // The first host has read nothing back, since nothing was delivered before.
        around.says("Hi").await;
        let host = host.kill().await.restart().await;
        around.logged(&host, "lacks a permission").await;
        around.logged(&host, "STREAM.MSG.GET.LINKTOR_MESSAGES").await;
        assert!(!host.log().contains("canary"), "{}", host.log());
    }
}

#[tokio::test]
async fn another_process_on_the_same_consumer_is_warned_of_loudly() {
    let Some(around) = Around::host().await else { return };
    let host = around.config().serve().await;
    around.core.answers(ids::PERSON, Answer::text("mine")).await;
    around.says("mine").await;
    around.taken().await;
    let consumer: PullConsumer =
        around.core.jetstream().get_consumer_from_stream("outbound-facebook", MESSAGES).await.expect("the consumer");
    let mut pull =
        consumer.batch().max_messages(100).expires(Duration::from_secs(30)).messages().await.expect("a pull");
    let sharing = async {
        while let Some(Ok(stolen)) = pull.next().await {
            stolen.ack().await.expect("a connection");
        }
    };
    let answering = async {
        for number in 0..20 {
            around.core.answers(ids::PERSON, Answer::text(&format!("number {number}"))).await;
        }
        around.logged(&host, "ANOTHER PROCESS TAKES FROM THIS CONSUMER").await;
    };
    tokio::select! {
        () = answering => {}
        () = sharing => panic!("the pull stands longer than this"),
    }
}

#[tokio::test]
async fn what_the_server_delivers_no_more_is_read_back_all_the_same() {
    let Some(around) = Around::host().await else { return };
    let config = Config {
        durable_name: Some("outbound-facebook".to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_millis(100),
        max_deliver: 1,
        filter_subject: outbound("facebook"),
        ..Config::default()
    };
    let made = around.core.jetstream().create_consumer_on_stream(config, MESSAGES).await;
    let mut killed: PullConsumer = made.expect("a consumer");
    let advisories = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.LINKTOR_MESSAGES.outbound-facebook";
    let mut given_up = around.core.client().subscribe(advisories).await.expect("a connection");
    around.core.answers(ids::PERSON, Answer::text("given up")).await;
    let had = killed.fetch().max_messages(1).messages().await.expect("a pull");
    assert_eq!(within("a delivery", had.count()).await, 1);
    // Somebody has to ask before the server finds that it was delivered often enough.
    let none = killed.batch().max_messages(1).expires(Duration::from_secs(2)).messages().await.expect("a pull");
    within("the server to give it up", given_up.next()).await.expect("an advisory");
    drop(none);
    let open = killed.info().await.expect("the consumer").num_ack_pending;
    assert_eq!(open, 0, "the server has forgotten it");
    let _host = around.config().serve().await;
    around.says("given up").await;
    around.core.answers(ids::PERSON, Answer::text("newer")).await;
    around.says("newer").await;
    around.taken().await;
    assert_eq!(around.said(), ["given up", "newer"]);
}

#[tokio::test]
async fn a_person_of_another_page_is_not_written_to() {
    let Some(around) = Around::host().await else { return };
    let other = ChannelConfig::facebook("ch_other").set("page_id", ids::OTHER_PAGE);
    let config = HostConfig::with_channels([ChannelConfig::facebook(ids::CHANNEL), other]);
    let host = config.graph(&around.graph).linktor(&around.door, json!({})).serve().await;
    let theirs =
        entry(ids::OTHER_PAGE, [between(ids::PERSON, ids::OTHER_PAGE, "message", json!({"mid": "m_1", "text": "Hi"}))]);
    let path = "/api/v1/webhooks/facebook/ch_other";
    let body = entries([theirs]);
    let signature = sign(ids::APP_SECRET, &body);
    host.request(Method::POST, path, &[("x-hub-signature-256", &signature)], body).await.expect_status(200);
    let id = around.core.answers(ids::PERSON, Answer::text("Hello")).await;
    let failed = around.core.until_status(&id, "failed").await;
    assert!(failed.error_message.expect("a reason").contains("is one of the channel ch_other"));
    assert_eq!(around.said(), [""; 0]);
}
