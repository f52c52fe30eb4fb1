//! Faults played instead of an answer.

use serde_json::json;

use super::stage::{PSID, Stage, TOKEN, until, within};
use crate::SimulatorEvent;

fn send(stage: &Stage) -> reqwest::RequestBuilder {
    let body = json!({"recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": {"text": "Hi"}});
    stage.http.post(format!("{}/v26.0/me/messages", stage.sim.url())).bearer_auth(TOKEN).json(&body)
}

#[tokio::test]
async fn the_next_calls_get_this_answer_and_then_all_is_well() {
    let stage = Stage::in_conversation().await;
    let respond =
        json!({"status": 500, "headers": {"x-app-usage": "{\"call_count\":99}"}, "body": {"error": {"code": 2}}});
    let order = json!({"next": 2, "path": "/messages", "respond": respond});
    assert_eq!(stage.post("/_sim/faults", &order).await, (200, json!({"pendingFaults": 2})));
    assert_eq!(stage.get("/v26.0/me").await.0, 200, "another path is not touched");
    for _ in 0..2 {
        let response = within(send(&stage).send()).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()["x-app-usage"], "{\"call_count\":99}");
        assert_eq!(response.json::<serde_json::Value>().await.unwrap(), json!({"error": {"code": 2}}));
    }
    assert_eq!(within(send(&stage).send()).await.unwrap().status(), 200);
    assert_eq!(stage.sim.transcript(PSID).unwrap().entries.len(), 2, "hello, and one message");
}

#[tokio::test]
async fn a_fault_can_wait_for_a_verb_and_for_its_turn() {
    let stage = Stage::in_conversation().await;
    let order = json!({"path": "/me", "method": "get", "after": 1, "respond": {"status": 500}});
    stage.act("faults", order).await;
    assert_eq!(stage.delete("/v26.0/me", &json!({})).await.0, 400, "another verb is not meant");
    assert_eq!(stage.get("/v26.0/me").await.0, 200, "the first passes");
    let url = format!("{}/v26.0/me", stage.sim.url());
    assert_eq!(within(stage.http.get(url).bearer_auth(TOKEN).send()).await.unwrap().status(), 500);
    assert_eq!(stage.get("/v26.0/me").await.0, 200);
}

#[tokio::test]
async fn a_reset_closes_the_connection_without_an_answer() {
    let stage = Stage::in_conversation().await;
    assert_eq!(stage.post("/_sim/faults", &json!({"reset": true})).await.0, 200);
    let error = within(send(&stage).send()).await.unwrap_err();
    assert!(error.is_request() && !error.is_timeout() && error.status().is_none(), "{error:?}");
    assert_eq!(stage.sim.transcript(PSID).unwrap().entries.len(), 1, "nothing was carried out");

    assert_eq!(stage.post("/_sim/faults", &json!({"reset": true, "carryOut": true})).await.0, 200);
    within(send(&stage).send()).await.unwrap_err();
    assert_eq!(stage.sim.transcript(PSID).unwrap().entries.len(), 2, "sent, and only the answer was lost");
    let (_, record) = stage.get("/_sim/requests").await;
    assert_eq!(record["requests"][1]["fault"], "reset");
    assert_eq!(within(send(&stage).send()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_reset_is_a_tcp_reset_before_the_first_byte() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let stage = Stage::new().await;
    assert_eq!(stage.post("/_sim/faults", &json!({"reset": true})).await.0, 200);
    let mut socket = tokio::net::TcpStream::connect(stage.sim.addr()).await.unwrap();
    socket.write_all(b"GET /v26.0/me HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut heard = Vec::new();
    let error = within(socket.read_to_end(&mut heard)).await.unwrap_err();
    assert_eq!((error.kind(), heard.as_slice()), (std::io::ErrorKind::ConnectionReset, &b""[..]));
}

#[tokio::test]
async fn a_hanging_call_ends_with_the_simulator_at_the_latest() {
    let stage = Stage::in_conversation().await;
    assert_eq!(stage.post("/_sim/faults", &json!({"hang": true})).await.0, 200);
    let mut events = stage.sim.events();
    let call = tokio::spawn(send(&stage).send());
    let fault = until(&mut events, |event| match event {
        SimulatorEvent::FaultPlayed { fault, .. } => Some(fault.clone()),
        _ => None,
    })
    .await;
    assert_eq!(fault, "hang");
    assert!(!call.is_finished());
    within(stage.sim.shutdown()).await;
    within(call).await.unwrap().unwrap_err();
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused() {
    let stage = Stage::new().await;
    for order in [
        json!({"next": 1}),
        json!({"hang": true, "reset": true}),
        json!({"respond": {"status": 99}}),
        json!({"nxt": 1}),
    ] {
        assert_eq!(stage.post("/_sim/faults", &order).await.0, 422, "{order}");
    }
    assert_eq!(stage.post("/_sim/faults", &json!({"next": 3, "hang": true})).await.1, json!({"pendingFaults": 3}));
    assert_eq!(stage.post("/_sim/faults", &json!({"next": 0})).await.1, json!({"pendingFaults": 0}));
}
