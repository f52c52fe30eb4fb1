//! An emoji cut in two by a program that counts in UTF-16, and a name that stands twice: told where they stand, and costing nobody
//! else anything.

use hyper::Method;
use serde_json::{Value, json};
use tests::{Reply, Run, ids};

use crate::stage::Stage;

/// The issue about it, in a refusal.
#[track_caller]
fn cut(refused: &Value) -> &str {
    let issues = refused["issues"].as_array().expect("issues");
    let half = issues.iter().find(|issue| issue["code"] == "half_character").unwrap_or_else(|| panic!("{refused:#}"));
    assert!(half["message"].to_string().contains("half a character"), "{half}");
    half["pointer"].as_str().expect("a pointer")
}

async fn call(stage: &Stage, method: Method, path: &str, body: &str) -> Reply {
    stage.host.call(method, &format!("/api/v1/{path}"), body.to_owned()).await
}

/// A message whose text is this JSON.
fn message(text: &str) -> String {
    format!(
        r#"{{"channelId": "{}", "to": "{}", "content": {{"type": "text", "text": {text}}}}}"#,
        ids::CHANNEL,
        ids::PERSON
    )
}

#[tokio::test]
async fn it_is_told_where_it_stands_in_everything_that_a_caller_writes() {
    let stage = Stage::in_conversation().await;
    let channel = format!("channels/{}", ids::CHANNEL);
    let menu =
        r#"[{"locale": "default", "callToActions": [{"type": "postback", "title": "A \ude00", "payload": "A"}]}]"#;
    for (method, path, body, place) in [
        (Method::POST, "messages".to_owned(), message(r#""See you \ud83d""#), "/content/text"),
        (
            Method::POST,
            format!("{channel}/operations/createPersona"),
            r#"{"name": "Ana \uD83D", "profilePictureUrl": "https://cdn.example.org/a.jpg"}"#.to_owned(),
            "/name",
        ),
        (
            Method::PUT,
            format!("{channel}/profile"),
            r#"{"greeting": [{"locale": "default", "text": "\udc00 Hi"}]}"#.to_owned(),
            "/greeting/0/text",
        ),
        (Method::PUT, format!("{channel}/profile/persistent_menu"), menu.to_owned(), "/0/callToActions/0/title"),
        (
            Method::POST,
            "channels/test-facebook".to_owned(),
            r#"{"page_access_token": "\ud83d"}"#.to_owned(),
            "/page_access_token",
        ),
    ] {
        let refused = call(&stage, method, &path, &body).await.expect_status(422).json();
        assert_eq!(cut(&refused), place, "{path}");
    }
    assert_eq!(stage.sim.calls("/messages").await, Vec::<Value>::new());
    // Whole characters are nobody's concern, however they are written.
    call(&stage, Method::POST, "messages", &message(r#""\ud83d\ude00 and \ufffd""#)).await.expect_status(200);
    assert_eq!(stage.sim.screen().await.last().unwrap()["text"], "😀 and \u{fffd}");
}

#[tokio::test]
async fn one_that_was_cut_costs_its_neighbours_nothing() {
    let stage = Stage::in_conversation().await;
    let messages = [message("\"one\""), message(r#""two \ud83d""#), message("\"three\"")].join(",");
    let body = format!(r#"{{"messages": [{messages}]}}"#);
    let reply = call(&stage, Method::POST, "messages/batch", &body).await.expect_status(200).json();
    let results = reply["results"].as_array().unwrap();
    assert!(results[0]["receipts"].is_array() && results[2]["receipts"].is_array(), "{reply:#}");
    assert_eq!(cut(&results[1]), "/content/text");
    let texts: Vec<Value> = stage.sim.screen().await.into_iter().map(|entry| entry["text"].clone()).collect();
    assert_eq!(texts, ["hello", "one", "three"]);
}

#[tokio::test]
async fn it_is_told_beside_everything_else_that_is_wrong() {
    let stage = Stage::in_conversation().await;
    let body = format!(
        r#"{{"channelId": "{}", "content": {{"type": "text", "text": "\ud83d", "quickReplies": [{{"title": "A"}}]}}}}"#,
        ids::CHANNEL
    );
    let refused = call(&stage, Method::POST, "messages", &body).await.expect_status(422).json();
    let mut places: Vec<_> = refused["issues"].as_array().unwrap().iter().map(|issue| &issue["pointer"]).collect();
    places.sort_by_key(ToString::to_string);
    assert_eq!(places, [&json!("/content/quickReplies/0/payload"), &json!("/content/text"), &json!("/to")]);
}

#[tokio::test]
async fn the_commands_tell_it_as_well() {
    for (args, input, place) in [
        (&["denormalize", "facebook"][..], message(r#""Hi \ud83d""#), "/content/text"),
        (&["call", "facebook", "createPersona", "--input", r#"{"name": "\ud83d"}"#], String::new(), "/name"),
    ] {
        let run = Run::new(args.iter().copied()).stdin(input).run().await.expect_code(1);
        assert_eq!(cut(&run.json()), place, "{args:?}");
    }
    let latin = [b"{\"channelId\": \"caf".as_slice(), b"\xe9\"}"].concat();
    let run = Run::new(["denormalize", "facebook"]).stdin(latin).run().await.expect_code(1);
    assert_eq!(run.json()["issues"][0]["message"], "the message is not UTF-8 (byte 19)");
}

#[tokio::test]
async fn a_text_that_stands_twice_is_refused_and_neither_is_sent() {
    let stage = Stage::in_conversation().await;
    let twice = message(r#""first", "text": "second""#);
    let refused = call(&stage, Method::POST, "messages", &twice).await.expect_status(422).json();
    let told = |answer: &Value| json!([answer["issues"][0]["pointer"], answer["issues"][0]["code"]]);
    assert_eq!(told(&refused), json!(["/content/text", "repeated"]));
    let profile = r#"{"getStarted": "A", "getStarted": "B"}"#;
    let path = format!("channels/{}/profile", ids::CHANNEL);
    let refused = call(&stage, Method::PUT, &path, profile).await.expect_status(422).json();
    assert_eq!(told(&refused), json!(["/getStarted", "repeated"]));
    assert_eq!(stage.sim.calls("/messages").await, Vec::<Value>::new());

    let body = format!(r#"{{"messages": [{}, {twice}]}}"#, message("\"one\""));
    let reply = call(&stage, Method::POST, "messages/batch", &body).await.expect_status(200).json();
    assert!(reply["results"][0]["receipts"].is_array(), "{reply:#}");
    assert_eq!(told(&reply["results"][1]), json!(["/content/text", "repeated"]));
    let run = Run::new(["denormalize", "facebook"]).stdin(twice).run().await.expect_code(1);
    assert_eq!(told(&run.json()), json!(["/content/text", "repeated"]));
}
