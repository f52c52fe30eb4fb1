//! Features of the Graph API that are closed to new apps since 4 November 2026, and gone with v28.0: none of them is used.
//!
//! Source: <https://developers.facebook.com/blog/post/2026/11/04/introducing-graph-api-v27-and-marketing-api-v27/>

use channel_api::{Method, ProviderRequest};
use reqwest::Url;
use serde_json::{Value, json};

use super::super::{Page, UserProfiles};
use super::server::{PAGE, PSID, Server, Then, answer, call, client, message, within};
use crate::webhook_field::DEFAULT_FIELDS;

/// Parameters by which those features are asked for: another verb than the request's own, several objects in one call, formats of
/// time, a script as the answer, answers that come later.
const LEGACY: [&str; 8] =
    ["method", "ids", "date_format", "callback", "is_async", "async", "asynchronous", "batch_async"];

/// The verb, and every parameter's name of query and body.
fn read(request: &str) -> (String, Vec<String>) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut line = head.lines().next().unwrap().split(' ');
    let verb = line.next().unwrap().to_owned();
    let url = Url::parse(&format!("http://x{}", line.next().unwrap())).unwrap();
    let mut names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    if let Ok(Value::Object(body)) = serde_json::from_str(body) {
        names.extend(body.into_iter().map(|(name, _)| name));
    }
    assert!(!head.to_ascii_lowercase().contains("x-http-method-override"), "{head}");
    (verb, names)
}

fn assert_plain(server: &Server, verbs: &[&str]) {
    let read: Vec<_> = server.requests().iter().map(|request| read(request)).collect();
    assert_eq!(read.iter().map(|(verb, _)| verb.as_str()).collect::<Vec<_>>(), verbs);
    for (_, names) in read {
        for name in names {
            assert!(!LEGACY.contains(&name.as_str()) && !name.contains(".as("), "{name}");
        }
    }
}

#[tokio::test]
async fn a_verb_is_the_request_s_own() {
    let done = || answer("200 OK", json!({"success": true}));
    let none = answer("200 OK", json!({"data": []}));
    let server = Server::script(vec![done(), done(), none, done()]).await;
    let graph = client(&server.url);
    within(graph.unsubscribe(PAGE)).await.unwrap();
    let mut remove = ProviderRequest::get("/v26.0/me/personas", &[("id", "1")]);
    remove.method = Method::DELETE;
    call(&graph, &remove).await.unwrap();
    within(graph.subscribe(PAGE, Some("1"), DEFAULT_FIELDS)).await.unwrap();
    assert_plain(&server, &["DELETE", "DELETE", "GET", "POST"]);
}

#[tokio::test]
async fn a_batch_is_answered_at_once_and_asks_for_one_object_a_call() {
    let part = json!({"code": 200, "body": r#"{"recipient_id":"1","message_id":"m_1"}"#});
    let server = Server::start(answer("200 OK", json!([part, part, part]))).await;
    let outcomes = within(client(&server.url).send_batch(&[message(), message(), message()])).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_plain(&server, &["POST"]);
    let request = &server.requests()[0];
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    let outer: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(outer, ["batch", "include_headers"]);
    for item in body["batch"].as_array().unwrap() {
        let allowed = ["method", "relative_url", "body", "name", "omit_response_on_success", "depends_on"];
        for name in item.as_object().unwrap().keys() {
            assert!(allowed.contains(&name.as_str()), "{name}");
        }
        assert!(!item["relative_url"].as_str().unwrap().contains("ids="), "{item}");
    }
}

#[tokio::test]
async fn look_ups_ask_for_plain_fields() {
    let person = answer("200 OK", json!({"id": PSID, "first_name": "Ana"}));
    let apps: Then = answer("200 OK", json!({"data": [{"id": "1", "subscribed_fields": DEFAULT_FIELDS}]}));
    let server = Server::script(vec![person, apps]).await;
    let graph = client(&server.url);
    let page = Page { id: PAGE, graph: &graph, app: None };
    within(UserProfiles::default().look_up(page, PSID)).await.unwrap();
    within(graph.subscribed_apps(PAGE, None)).await.unwrap();
    assert_plain(&server, &["GET", "GET"]);
    for request in server.requests() {
        assert!(!request.lines().next().unwrap().contains(".as("), "an alias of a field: {request}");
    }
}
