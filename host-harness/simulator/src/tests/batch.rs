//! Several calls in one.

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, SECRET, Stage, TOKEN, answer, codes, simulator};
use crate::Page;
use crate::webhook::signature;

/// A message as an item: its body is a form in a string.
fn item(text: &str) -> Value {
    let body = format!(
        "recipient=%7B%22id%22%3A%22{PSID}%22%7D&messaging_type=RESPONSE&message=%7B%22text%22%3A%22{text}%22%7D"
    );
    json!({"method": "POST", "relative_url": "me/messages", "body": body})
}

#[expect(clippy::needless_pass_by_value, reason = "the calls below read better")]
fn with(mut item: Value, more: Value) -> Value {
    item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    item
}

async fn batch(stage: &Stage, items: Value) -> (u16, Value) {
    stage.post("/v26.0/", &json!({"batch": items, "include_headers": false})).await
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn each_item_has_its_own_answer_in_the_order_asked() {
    let stage = Stage::in_conversation().await;
    let unknown = json!({"method": "GET", "relative_url": "999?fields=first_name"});
    let profile = json!({"method": "GET", "relative_url": format!("v26.0/{PSID}?fields=first_name")});
    let (status, answers) = batch(&stage, json!([item("one"), unknown, profile, item("two")])).await;
    assert_eq!((status, answers.as_array().unwrap().len()), (200, 4), "{answers}");
    assert_eq!((&answers[0]["code"], &answers[1]["code"]), (&json!(200), &json!(400)));
    assert_eq!(body(&answers[0])["recipient_id"], PSID);
    assert_eq!(body(&answers[1])["error"]["error_subcode"], 33);
    assert_eq!(body(&answers[2]), json!({"id": PSID, "first_name": "Ana"}));
    assert!(answers[0]["headers"].is_null());
    let texts: Vec<_> =
        stage.sim.transcript(PSID).unwrap().entries.into_iter().map(|entry| entry.shown.text.unwrap()).collect();
    assert_eq!(texts, ["hello", "one", "two"]);

    let (_, answers) = stage.post("/", &json!({"batch": [item("three")]})).await;
    assert_eq!(answers[0]["headers"][0]["name"], "content-type");
}

#[tokio::test]
async fn a_dependent_item_waits_and_is_left_out_when_that_failed() {
    let stage = Stage::in_conversation().await;
    let good = with(item("one"), json!({"name": "one"}));
    let after_good = with(item("two"), json!({"depends_on": "one"}));
    let bad = json!({"method": "GET", "relative_url": "999", "name": "bad"});
    let after_bad = with(item("three"), json!({"depends_on": ["bad"]}));
    let kept = with(item("four"), json!({"name": "four", "omit_response_on_success": false}));
    let after_kept = with(item("five"), json!({"depends_on": "four"}));
    let (_, answers) = batch(&stage, json!([good, after_good, bad, after_bad, kept, after_kept])).await;
    let codes: Vec<Option<i64>> = answers.as_array().unwrap().iter().map(|answer| answer["code"].as_i64()).collect();
    assert_eq!(codes, [None, Some(200), Some(400), None, Some(200), Some(200)]);
    assert_eq!(stage.sim.transcript(PSID).unwrap().entries.len(), 5, "hello, and four of the five");
}

#[tokio::test]
async fn fifty_items_are_the_most_and_each_counts_as_a_call() {
    let stage = Stage::in_conversation().await;
    let me = json!({"method": "GET", "relative_url": "me"});
    assert_eq!(batch(&stage, vec![me.clone(); 51].into()).await.1["error"]["code"], 100);
    stage.act("settings", json!({"limits": {"calls": 50}})).await;
    // The refused batch was a call as well.
    let (_, answers) = batch(&stage, vec![me; 50].into()).await;
    assert_eq!((&answers[48]["code"], &answers[49]["code"]), (&json!(200), &json!(400)));
    assert_eq!(body(&answers[49])["error"]["code"], 80_006);
    stage.act("settings", json!({"limits": {"calls": 0}})).await;
    for wrong in
        [json!([{"method": "GET"}]), json!([{"method": "DANCE", "relative_url": "me"}]), json!([]), json!("me")]
    {
        assert_eq!(codes(&batch(&stage, wrong.clone()).await).0, Some(100), "{wrong}");
    }
}

#[tokio::test]
async fn an_item_can_break_off_and_no_credential_is_kept() {
    let other = Page { id: "2".into(), access_token: "other-token".into(), ..super::stage::page() };
    let stage =
        Stage::with(simulator().page(Page { require_appsecret_proof: true, ..super::stage::page() }).page(other)).await;
    stage.sim.say(None, "hello").unwrap();
    let proof = signature(SECRET, TOKEN.as_bytes()).replace("sha256=", "");
    let other_proof = signature(SECRET, b"other-token").replace("sha256=", "");
    let own =
        json!({"method": "GET", "relative_url": format!("me?access_token=other-token&appsecret_proof={other_proof}")});
    stage.act("faults", json!({"path": "/messages", "reset": true})).await;
    let request = json!({"batch": [item("one"), own], "access_token": TOKEN, "appsecret_proof": proof});
    let send = async || answer(stage.http.post(format!("{}/v26.0/", stage.sim.url())).json(&request)).await;
    let (status, answers) = send().await;
    assert_eq!((status, &answers[0]), (200, &Value::Null), "whether it was sent stays unknown");
    assert_eq!(body(&answers[1])["id"], "2");
    let (_, answers) = send().await;
    assert_eq!(answers[0]["code"], 200, "{answers}");
    let (_, record) = stage.get("/_sim/requests").await;
    for secret in [TOKEN, "other-token", &proof, &other_proof] {
        assert!(!record.to_string().contains(secret), "{record}");
    }
    assert_eq!((&record["requests"][1]["batch"], &record["requests"][1]["fault"]), (&json!(1), &json!("reset")));

    // A fault for any call meets the batch as a whole.
    stage.act("faults", json!({"respond": {"status": 503, "body": {"error": {"code": 2}}}})).await;
    assert_eq!(send().await.0, 503);

    let anonymous = stage.http.post(format!("{}/v26.0/", stage.sim.url())).json(&json!({"batch": [item("two")]}));
    assert_eq!(codes(&answer(anonymous).await).0, Some(104));
    let list = serde_json::to_string(&json!([item("form")])).unwrap();
    let mut url = reqwest::Url::parse("http://x/").unwrap();
    url.query_pairs_mut()
        .append_pair("batch", &list)
        .append_pair("access_token", TOKEN)
        .append_pair("appsecret_proof", &proof);
    let form = stage
        .http
        .post(format!("{}/v26.0/", stage.sim.url()))
        .header("content-type", "application/x-www-form-urlencoded");
    let (status, answers) = answer(form.body(url.query().unwrap().to_owned())).await;
    assert_eq!((status, codes(&(200, body(&answers[0])))), (200, GOOD), "{answers}");
}
