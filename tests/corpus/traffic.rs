//! What a running Linktor said and did, given to the stand-in of its core: it has to come to the recorded verdicts.
//!
//! The recordings lie beside the project, in `../shared/linktor-traffic`, and are not part of it.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tests::linktor::{Core, Habits, MESSAGES, Message, Nats, Outcome, nats_server, outbound};
use tests::{ids, within};

use crate::block_on;

/// The tests, or one that says why there are none.
pub(crate) fn trials(traffic: &Path) -> Vec<Trial> {
    let skipped = |reason: String| vec![Trial::test(reason, || Ok(())).with_ignored_flag(true)];
    if !traffic.is_dir() {
        return skipped("skipped because ../shared/linktor-traffic is not beside this workspace".to_owned());
    }
    if let Err(reason) = nats_server() {
        return skipped(format!("skipped because there is no nats-server: {reason}"));
    }
    let all: [(_, Judge); 3] = [
        ("the core's stand-in takes and refuses what a core did", |traffic| block_on(verdicts(&traffic))),
        ("the core's stand-in writes statuses as a core did", |traffic| block_on(statuses(&traffic))),
        ("the core's stand-in publishes answers as a core did", |traffic| block_on(answers(&traffic))),
    ];
    let trial = |(name, test): (&str, Judge)| {
        let traffic = traffic.to_owned();
        Trial::test(name, move || match test(traffic).as_slice() {
            [] => Ok(()),
            found => Err(found.join("\n").into()),
        })
    };
    all.into_iter().map(trial).collect()
}

/// What is wrong.
type Judge = fn(PathBuf) -> Vec<String>;

fn lines(traffic: &Path, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(traffic.join(file)).expect("a recording can be read");
    let lines: Vec<_> = text.lines().map(|line| whole(serde_json::from_str(line).expect("a line of JSON"))).collect();
    assert!(!lines.is_empty(), "{file} holds nothing");
    lines
}

/// A text that was cut ends with "… (n)" and stands for n characters.
fn whole(value: Value) -> Value {
    let uncut = |text: &str| {
        let (start, length) = text.strip_suffix(')')?.rsplit_once("… (")?;
        Some(start.chars().cycle().take(length.parse().ok()?).collect::<String>())
    };
    match value {
        Value::String(text) => uncut(&text).unwrap_or(text).into(),
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(members) => members.into_iter().map(|(key, value)| (key, whole(value))).collect(),
        other => other,
    }
}

/// A core that has the tenant and the channel of the recordings.
async fn core_of(traffic: &Path) -> (Nats, Core) {
    let nats = Nats::start().await.expect("a nats-server, which was looked for");
    let core = Core::start(&nats, Habits::HASTY).await;
    let of = &lines(traffic, "outbound.jsonl")[0]["body"];
    core.change(|database| database.add_channel(text(&of["tenant_id"]), text(&of["channel_id"])));
    (nats, core)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What went onto the stream: its place there, or that it was dropped as a duplicate.
async fn published(core: &Core, line: &Value) -> async_nats::jetstream::publish::PublishAck {
    let body = match &line["body"] {
        Value::String(no_json) => no_json.clone(),
        body => body.to_string(),
    };
    let mut message = async_nats::jetstream::message::PublishMessage::build().payload(body.into());
    if let Some(id) = line["headers"]["Nats-Msg-Id"].as_str() {
        message = message.message_id(id);
    }
    let publishing = core.jetstream().send_publish(text(&line["subject"]).to_owned(), message);
    within("the stream to take a recorded message", async { publishing.await.expect("a server").await })
        .await
        .expect("a stream of that subject")
}

async fn verdicts(traffic: &Path) -> Vec<String> {
    let (_nats, core) = core_of(traffic).await;
    let mut wrong = Vec::new();
    for line in lines(traffic, "inbound.jsonl") {
        let case = text(&line["case"]);
        let ack = published(&core, &line).await;
        if ack.duplicate != line["core"]["stream"].is_string() {
            wrong.push(format!("{case}: dropped as a duplicate: {}", ack.duplicate));
        }
        if ack.duplicate {
            continue;
        }
        let deliveries = line["core"]["deliveries"].as_i64().unwrap_or(1);
        let last = core.until_handled(ack.sequence, deliveries).await;
        if (last.outcome == Outcome::Taken) != (line["core"]["refused"] == false) {
            wrong.push(format!("{case}: {:?}", last.outcome));
        }
        let Some(stored) = line["core"].get("stored") else { continue };
        let database = core.database();
        let Some(message) = database.external(text(&line["body"]["external_id"])) else {
            wrong.push(format!("{case}: nothing was stored"));
            continue;
        };
        let contact = database.contact_of(&message.person).expect("every message has a contact");
        let contact = json!({"name": contact.name, "identifier": contact.identifier});
        let of = [
            (as_stored(message), stored),
            (files(message), &line["core"]["attachments"]),
            (contact, &line["core"]["contact"]),
        ];
        let differs = of.into_iter().filter(|(is, was)| !same(is, was));
        wrong.extend(differs.map(|(is, was)| format!("{case}: {is} where the core had {was}")));
    }
    wrong
}

fn as_stored(message: &Message) -> Value {
    let Message { content_type, content, metadata, created_at, .. } = message;
    json!({"content_type": content_type, "content": content, "metadata": metadata, "created_at": created_at.to_string()})
}

fn files(message: &Message) -> Value {
    let file = |of: &tests::linktor::Attachment| {
        let (name, mime) = (&of.filename, &of.mime_type);
        json!({"type": of.kind, "url": of.url, "filename": name, "mime_type": mime, "size_bytes": of.size_bytes})
    };
    message.attachments.iter().map(file).collect()
}

/// Moments are the same however they are written.
fn same(is: &Value, was: &Value) -> bool {
    let moment = |value: &Value| value["created_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
    let rest = |value: &Value| {
        let mut rest = value.clone();
        if let Some(members) = rest.as_object_mut() {
            members.remove("created_at");
        }
        rest
    };
    moment(is) == moment(was) && rest(is) == rest(was)
}

async fn statuses(traffic: &Path) -> Vec<String> {
    let (_nats, core) = core_of(traffic).await;
    for line in lines(traffic, "outbound.jsonl") {
        let body = &line["body"];
        let of = |key: &str| text(&body[key]);
        let answer = Message::answer(of("recipient_id"), of("content_type"), of("content"));
        let message = Message { id: of("id").to_owned(), ..answer };
        core.change(|database| database.add_answer(message));
    }
    let mut wrong = Vec::new();
    for line in lines(traffic, "status.jsonl") {
        let (of, id) = (&line["core"], text(&line["body"]["message_id"]));
        let ack = published(&core, &line).await;
        let last = core.until_handled(ack.sequence, of["deliveries"].as_i64().unwrap_or(1)).await;
        if (last.outcome == Outcome::Taken) != (of["refused"] == false) {
            wrong.push(format!("{}: {:?}", line["body"], last.outcome));
        }
        if let Some(message) = core.database().message(id) {
            let is = json!([message.status, message.error_message]);
            let was = json!([of["status_stored"], of["error_message_stored"]]);
            if is != was {
                wrong.push(format!("{}: {is} where the core had {was}", line["body"]));
            }
        }
    }
    wrong
}

async fn answers(traffic: &Path) -> Vec<String> {
    let (_nats, core) = core_of(traffic).await;
    let stream = core.jetstream().get_stream(MESSAGES).await.expect("the core's stream");
    let mut wrong = Vec::new();
    for line in lines(traffic, "outbound.jsonl") {
        let (request, mut was) = (&line["request"]["body"], line["body"].clone());
        let mut answer = tests::linktor::Answer::of(text(&request["content_type"]), text(&request["content"]));
        for (key, value) in request["metadata"].as_object().into_iter().flatten() {
            answer = answer.with(key, value.clone());
        }
        let id = core.answers(text(&was["recipient_id"]), answer).await;
        let last = stream.get_last_raw_message_by_subject(&outbound("facebook")).await.expect("a published answer");
        let is: Value = serde_json::from_slice(&last.payload).expect("JSON");
        let named = last.headers.get("Nats-Msg-Id").map(ToString::to_string);
        if named.as_deref() != Some(&id) || line["headers"]["Nats-Msg-Id"] != was["id"] {
            wrong.push(format!("{id} was published as {named:?}"));
        }
        // What is made anew for each, and what stands for the recorded tenant.
        for (key, own) in
            [("id", json!(id)), ("tenant_id", json!(ids::TENANT)), ("channel_id", json!(ids::LINKTOR_CHANNEL))]
        {
            was[key] = own;
        }
        for key in ["conversation_id", "contact_id", "timestamp"] {
            was[key] = is[key].clone();
        }
        if is != was {
            wrong.push(format!("{is} where the core had {was}"));
        }
    }
    wrong
}
