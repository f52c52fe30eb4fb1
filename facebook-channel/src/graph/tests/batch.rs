//! Several calls in one request: what goes out, and what each answer means.

use std::time::Duration;

use channel_api::{Error, ErrorKind, Method, ProviderRequest, Receipt, Result, Retry};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use reqwest::Url;
use serde_json::{Value, json};

use super::server::{PAGE, Server, Then, answer, answer_with, client, message, within};

fn to(person: &str, text: &str) -> ProviderRequest {
    let body = json!({"recipient": {"id": person}, "messaging_type": "RESPONSE", "message": {"text": text}});
    ProviderRequest::post(format!("/v26.0/{PAGE}/messages"), body)
}

fn typing(person: &str) -> ProviderRequest {
    let body = json!({"recipient": {"id": person}, "sender_action": "typing_on"});
    ProviderRequest::post(format!("/v26.0/{PAGE}/messages"), body)
}

fn sent(mid: &str) -> Value {
    part(200, &json!({"recipient_id": "1", "message_id": mid}))
}

fn part(code: u16, body: &Value) -> Value {
    json!({"code": code, "headers": [{"name": "Content-Type", "value": "application/json"}], "body": body.to_string()})
}

fn error(code: i64, subcode: i64) -> Value {
    json!({"error": {"code": code, "error_subcode": subcode, "message": "m", "fbtrace_id": "AbC"}})
}

async fn batch(answers: &Value, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
    let server = Server::start(answer("200 OK", answers)).await;
    within(client(&server.url).send_batch(requests)).await
}

fn outcome_of(outcome: &Result<Receipt>) -> (String, Option<Retry>) {
    match outcome {
        Ok(receipt) => (receipt.message_id.clone().unwrap_or_else(|| "done".to_owned()), None),
        Err(error) => (error.code().to_owned(), Some(error.retry())),
    }
}

/// The batch of a request as Meta reads it.
fn items(request: &str) -> Vec<Value> {
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["include_headers"], true);
    body["batch"].as_array().unwrap().clone()
}

fn fields(body: &str) -> Vec<(String, String)> {
    Url::parse(&format!("https://x/?{body}")).unwrap().query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_batch_is_what_meta_documents() {
    let server =
        Server::start(answer("200 OK", json!([sent("m_1"), part(200, &json!({"recipient_id": "2"})), sent("m_3")])))
            .await;
    let outcomes =
        within(client(&server.url).send_batch(&[to("1", "Grüße & <mehr>"), typing("2"), to("1", "b")])).await;
    assert_eq!(
        outcomes.iter().map(outcome_of).map(|(code_or_id, _)| code_or_id).collect::<Vec<_>>(),
        ["m_1", "done", "m_3"]
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].starts_with("POST /v26.0/?appsecret_proof="), "{}", requests[0]);
    let items = items(&requests[0]);
    for item in &items {
        assert_eq!((&item["method"], &item["relative_url"]), (&json!("POST"), &json!(format!("{PAGE}/messages"))));
    }
    let body = fields(items[0]["body"].as_str().unwrap());
    let field = |name: &str| body.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(field("messaging_type"), Some("RESPONSE"), "text stands as it is");
    assert_eq!(field("recipient"), Some(r#"{"id":"1"}"#), "the rest is JSON");
    assert_eq!(field("message"), Some(r#"{"text":"Grüße & <mehr>"}"#));
    // In order to one person, side by side to others.
    assert_eq!((&items[0]["name"], &items[0]["omit_response_on_success"]), (&json!("call-0"), &json!(false)));
    assert_eq!(items[2]["depends_on"], "call-0");
    for (index, absent) in
        [(0, "depends_on"), (1, "depends_on"), (1, "name"), (2, "name"), (2, "omit_response_on_success")]
    {
        assert!(items[index].get(absent).is_none(), "{index} {absent}");
    }
}

#[tokio::test]
async fn other_calls_may_stand_in_a_batch() {
    let mut remove = ProviderRequest::get("/v26.0/me/personas", &[("id", "a b")]);
    remove.method = Method::DELETE;
    let read = ProviderRequest::get("/v25.0/me", &[("fields", "id,name")]);
    let server =
        Server::start(answer("200 OK", json!([part(200, &json!({"success": true})), part(200, &json!({}))]))).await;
    let outcomes = within(client(&server.url).send_batch(&[remove, read])).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let items = items(&server.requests()[0]);
    assert_eq!(items[0], json!({"method": "DELETE", "relative_url": "me/personas?id=a+b"}));
    assert_eq!(items[1], json!({"method": "GET", "relative_url": "v25.0/me?fields=id%2Cname"}));
}

#[tokio::test]
async fn each_answer_counts_on_its_own() {
    let busy = r#"{"1":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":2}]}"#;
    let mut limited = part(400, &error(613, 0));
    limited["headers"] =
        json!([{"name": "X-Business-Use-Case-Usage", "value": busy}, {"name": "bad name", "value": 7}]);
    let rows = [
        (sent("m_1"), "m_1", None),
        // An error is an error under any status.
        (part(200, &error(10, 2_018_278)), "facebook.window_closed", Some(Retry::Never)),
        (part(400, &error(190, 463)), "facebook.token_expired", Some(Retry::Never)),
        (limited, "facebook.rate_limited", Some(Retry::Safe { after: Some(Duration::from_mins(2)) })),
        (part(400, &error(1, 1_357_046)), "facebook.sent_with_error", Some(Retry::IF_IDEMPOTENT)),
        (part(500, &json!("<html>")), "facebook.provider_failed", Some(Retry::IF_IDEMPOTENT)),
        (Value::Null, "facebook.not_completed", Some(Retry::IF_IDEMPOTENT)),
        (part(200, &json!({"recipient_id": "1"})), "facebook.no_message_id", Some(Retry::IF_IDEMPOTENT)),
        (json!({"code": 200, "body": "no json"}), "facebook.unreadable_reply", Some(Retry::IF_IDEMPOTENT)),
        (json!({"code": 200}), "facebook.unreadable_reply", Some(Retry::IF_IDEMPOTENT)),
        (json!({"code": 99, "body": "{}"}), "facebook.unreadable_reply", Some(Retry::IF_IDEMPOTENT)),
        (json!({"body": "{}"}), "facebook.unreadable_reply", Some(Retry::IF_IDEMPOTENT)),
        (json!("text"), "facebook.unreadable_reply", Some(Retry::IF_IDEMPOTENT)),
        (json!({"code": "200", "body": {"message_id": "m_2"}}), "m_2", None),
    ];
    let requests: Vec<_> = (0..rows.len()).map(|person| to(&person.to_string(), "canary words")).collect();
    let answers: Value = rows.iter().map(|(answer, ..)| answer.clone()).collect();
    for (outcome, (answer, name, retry)) in batch(&answers, &requests).await.iter().zip(&rows) {
        assert_eq!(outcome_of(outcome), ((*name).to_owned(), *retry), "{answer}");
        if let Err(error) = outcome {
            assert_eq!(error.operation(), "send", "{answer}");
            assert!(error.hint().is_some() && !format!("{error:?}").contains("canary words"));
        }
    }
}

#[tokio::test]
async fn a_person_s_first_failure_ends_that_person_s_calls() {
    let requests = [to("1", "a"), to("2", "x"), to("1", "b"), to("1", "c")];
    let safe = Some(Retry::SAFE);
    let not_sent = ("facebook.not_sent".to_owned(), safe);
    for (first, code) in
        [(error(551, 0), "facebook.person_unavailable"), (error(10, 2_018_278), "facebook.window_closed")]
    {
        let outcomes = batch(&json!([part(400, &first), sent("m_2"), null, null]), &requests).await;
        assert_eq!(outcome_of(&outcomes[0]), (code.to_owned(), Some(Retry::Never)));
        assert_eq!(outcome_of(&outcomes[1]), ("m_2".to_owned(), None), "another person's goes out");
        assert_eq!([outcome_of(&outcomes[2]), outcome_of(&outcomes[3])], [not_sent.clone(), not_sent.clone()]);
        let (failed, waited) = (outcomes[0].as_ref().unwrap_err(), outcomes[2].as_ref().unwrap_err());
        assert_eq!(waited.kind(), failed.kind());
        assert!(waited.to_string().starts_with("Nothing was sent"), "{waited}");
    }
    // A status of its own says the same.
    let outcomes =
        batch(&json!([part(400, &error(551, 0)), sent("m_2"), part(424, &json!({})), null]), &requests).await;
    assert_eq!([outcome_of(&outcomes[2]), outcome_of(&outcomes[3])], [not_sent.clone(), not_sent]);
    // Where the first one's outcome is open, so are those of the others.
    for open in [Value::Null, part(400, &error(1, 1_357_046))] {
        let outcomes = batch(&json!([open, sent("m_2"), null, null]), &requests).await;
        for outcome in [&outcomes[2], &outcomes[3]] {
            assert_eq!(outcome_of(outcome), ("facebook.not_completed".to_owned(), Some(Retry::IF_IDEMPOTENT)));
        }
    }
    // Should Meta go on all the same, its answer counts.
    let outcomes = batch(&json!([part(400, &error(551, 0)), null, sent("m_3"), sent("m_4")]), &requests).await;
    assert_eq!([outcome_of(&outcomes[2]).0, outcome_of(&outcomes[3]).0], ["m_3", "m_4"]);
}

#[tokio::test]
async fn a_request_that_leads_elsewhere_is_not_put_into_a_batch() {
    let mut with_token = to("1", "a");
    with_token.body["access_token"] = "other".into();
    let mut in_query = to("4", "a");
    in_query.query.push(("Appsecret_Proof".to_owned(), "x".to_owned()));
    let elsewhere = ProviderRequest::get("https://evil.example/v26.0/me", &[]);
    let server = Server::start(answer("200 OK", json!([sent("m_2")]))).await;
    let outcomes =
        within(client(&server.url).send_batch(&[with_token, to("2", "x"), to("1", "b"), in_query, elsewhere])).await;
    let codes: Vec<_> = outcomes.iter().map(|outcome| outcome_of(outcome).0).collect();
    let refused = "facebook.invalid_request";
    assert_eq!(codes, [refused, "m_2", "facebook.not_sent", refused, refused]);
    assert_eq!(items(&server.requests()[0]).len(), 1);
    let server = Server::start(answer("200 OK", json!([]))).await;
    let nowhere = ProviderRequest::get("/v26.0//me", &[]);
    assert!(within(client(&server.url).send_batch(&[nowhere.clone(), nowhere])).await.iter().all(Result::is_err));
    assert!(within(client(&server.url).send_batch(&[])).await.is_empty());
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn more_than_fifty_calls_are_several_batches() {
    let requests: Vec<_> = (0..120).map(|index| to(&(index % 60).to_string(), "a")).collect();
    let fifty: Value = (0..50).map(|index| sent(&format!("m_{index}"))).collect();
    let mut half = fifty.clone();
    half[0] = part(400, &error(551, 0));
    let twenty: Value = (0..20).map(|index| sent(&format!("n_{index}"))).collect();
    // The first call to person 0 fails in the first batch; the second would stand in the second.
    let mut rest = twenty.as_array().unwrap().clone();
    rest.pop();
    let script = [&half, &fifty, &Value::from(rest)].map(|list| answer("200 OK", list));
    let server = Server::script(script.to_vec()).await;
    let outcomes = within(client(&server.url).send_batch(&requests)).await;
    assert_eq!(outcomes.len(), 120);
    let failed: Vec<_> =
        outcomes.iter().enumerate().filter(|(_, outcome)| outcome.is_err()).map(|(index, _)| index).collect();
    assert_eq!(failed, [0, 60]);
    assert_eq!(outcome_of(&outcomes[60]), ("facebook.not_sent".to_owned(), Some(Retry::SAFE)));
    let sizes: Vec<_> = server.requests().iter().map(|request| items(request).len()).collect();
    assert_eq!(sizes, [50, 50, 19]);
    // A call waits for another one of its own batch only.
    let last = items(&server.requests()[1]);
    assert!(last.iter().take(10).all(|item| item.get("depends_on").is_none()));
}

#[tokio::test]
async fn what_fails_as_a_whole_is_every_call_s_failure() {
    let requests: Vec<_> = (0..60).map(|index| to(&index.to_string(), "a")).collect();
    let busy = "x-business-use-case-usage: {\"1\":[{\"estimated_time_to_regain_access\":3}]}\r\n";
    let list = |count: usize| Value::from(vec![sent("m_1"); count]);
    let wait = Retry::Safe { after: Some(Duration::from_mins(3)) };
    for (what, then, code, retry) in [
        ("a dead token", answer("400 Bad Request", error(190, 463)), "facebook.token_expired", Retry::Never),
        ("a limit", answer_with("400 Bad Request", busy, error(4, 0)), "facebook.rate_limited", wait),
        ("a quirk", answer("400 Bad Request", error(1, 1_357_046)), "facebook.sent_with_error", Retry::IF_IDEMPOTENT),
        ("a gateway", answer("502 Bad Gateway", "<html>"), "facebook.provider_failed", Retry::IF_IDEMPOTENT),
        ("no answer", Then::Reset, "network.no_answer", Retry::IF_IDEMPOTENT),
        ("no list", answer("200 OK", json!({"success": true})), "facebook.unreadable_reply", Retry::IF_IDEMPOTENT),
        ("no JSON", answer("200 OK", "<html>"), "facebook.unreadable_reply", Retry::IF_IDEMPOTENT),
        ("one too few", answer("200 OK", list(49)), "facebook.unreadable_reply", Retry::IF_IDEMPOTENT),
        ("one too many", answer("200 OK", list(51)), "facebook.unreadable_reply", Retry::IF_IDEMPOTENT),
    ] {
        let server = Server::start(then).await;
        let outcomes = within(client(&server.url).send_batch(&requests)).await;
        assert_eq!(outcomes.len(), 60);
        for outcome in &outcomes[..50] {
            assert_eq!(outcome_of(outcome), (code.to_owned(), Some(retry)), "{what}");
            let error = outcome.as_ref().unwrap_err();
            assert_eq!(error.operation(), "send");
            let call = error.context().iter().find(|(name, _)| name == "call");
            assert_eq!(call.unwrap().1, "POST /v26.0/{id}/messages", "{what}");
        }
        for outcome in &outcomes[50..] {
            let (code, retry) = outcome_of(outcome);
            assert_eq!(
                (code.as_str(), matches!(retry, Some(Retry::Safe { .. }))),
                ("facebook.not_sent", true),
                "{what}"
            );
        }
        assert_eq!(server.requests().len(), 1, "{what}: a call is made once");
    }
    let refused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let outcomes = within(client(&format!("http://{refused}")).send_batch(&requests)).await;
    let error: &Error = outcomes[0].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Unreachable, Retry::SAFE));
    assert!(std::error::Error::source(error).is_some());
}

#[tokio::test]
async fn one_call_needs_no_batch() {
    let server = Server::start(answer("200 OK", json!({"message_id": "m_1"}))).await;
    let outcomes = within(client(&server.url).send_batch(&[message()])).await;
    assert_eq!(outcome_of(&outcomes[0]).0, "m_1");
    assert!(server.requests()[0].starts_with(&format!("POST /v26.0/{PAGE}/messages?")));
}

fn any_part() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(sent("m_1")),
        (100_u16..700, any::<i64>(), any::<i64>())
            .prop_map(|(status, code, subcode)| part(status, &error(code, subcode))),
        (any::<u64>(), any::<String>()).prop_map(|(code, body)| json!({"code": code, "body": body, "headers": body})),
        any::<Vec<u8>>()
            .prop_map(|bytes| json!({"code": 200, "body": bytes, "headers": [{"name": bytes, "value": 1}]})),
    ]
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_answer_gives_one_outcome_for_each_request(
        answers in prop::collection::vec(any_part(), 0..8),
        persons in prop::collection::vec(0_u8..3, 2..8),
    ) {
        let requests: Vec<_> = persons.iter().map(|person| to(&person.to_string(), "a")).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcomes = runtime.block_on(batch(&Value::from(answers.clone()), &requests));
        assert_eq!(outcomes.len(), requests.len());
        if answers.len() != requests.len() {
            assert!(outcomes.iter().all(|outcome| outcome_of(outcome).1 == Some(Retry::IF_IDEMPOTENT)));
        }
        // Only a call whose predecessor has failed for certain may be called unsent.
        for (index, outcome) in outcomes.iter().enumerate() {
            if outcome_of(outcome).0 == "facebook.not_sent" {
                let before = (0..index).rev().find(|before| persons[*before] == persons[index]).unwrap();
                assert_ne!(outcome_of(&outcomes[before]).1.unwrap(), Retry::IF_IDEMPOTENT);
            }
        }
    }
}
