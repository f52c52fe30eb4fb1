use bytes::Bytes;
use hyper::Method;
use serde_json::json;

use super::*;
use crate::http::{exchange, request};
use crate::ids::PERSON;
use crate::{Error, Reply};

async fn post(graph: &Graph) -> Result<Reply, Error> {
    let body = json!({"recipient": {"id": PERSON}, "message": {"text": "hello"}}).to_string();
    exchange(graph.address, request(Method::POST, "/v26.0/me/messages?appsecret_proof=00", &[], body)).await
}

#[tokio::test]
async fn answers_come_in_the_script_s_order_and_then_messages_are_accepted() {
    let graph = Graph::start().await;
    graph.messages().ok("m_1").error(10, 2_018_278, "outside of allowed window").reset();
    assert_eq!(post(&graph).await.unwrap().json()["message_id"], "m_1");
    let refused = post(&graph).await.unwrap().expect_status(400).json();
    assert_eq!(refused["error"]["error_subcode"], 2_018_278);
    assert!(post(&graph).await.is_err(), "a reset is no answer");
    let accepted = post(&graph).await.unwrap().expect_status(200).json();
    assert_eq!(accepted, json!({"recipient_id": PERSON, "message_id": "m_graph_1"}));
    assert_eq!(graph.sent().len(), 4);
    assert_eq!(graph.requests()[0].query, "appsecret_proof=00");
}

#[tokio::test]
async fn a_hang_lasts() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let moment = std::time::Duration::from_millis(50);
    assert!(tokio::time::timeout(moment, post(&graph)).await.is_err());
    graph.received("a message", GraphRequest::is_message).await;
}

#[tokio::test]
async fn only_known_people_have_a_profile() {
    let graph = Graph::start().await;
    let path = format!("/v26.0/{PERSON}?fields=first_name,last_name,profile_pic");
    let ask = || exchange(graph.address, request(Method::GET, &path, &[], Bytes::new()));
    assert_eq!(ask().await.unwrap().expect_status(400).json()["error"]["code"], 100);
    graph.person(PERSON, "Ana", "Lima", "https://cdn.example.org/ana.jpg");
    assert_eq!(ask().await.unwrap().expect_status(200).json()["first_name"], "Ana");
    assert!(graph.requests().iter().all(|request| request.is_profile_of(PERSON)));
}
