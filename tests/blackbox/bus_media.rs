//! What a person sends, as an agent's browser opens it from Linktor.

use hyper::Method;
use serde_json::json;
use tests::ids;
use tests::linktor::{Core, Habits, Nats};

use crate::bus_inbound::soon;
use crate::stage::Stage;

const PUBLIC: &str = "https://channels.example.com";

#[tokio::test]
async fn a_picture_has_one_short_address_among_the_words_and_beside_them_and_it_opens() {
    let Some(nats) = Nats::start().await else { return };
    let core = Core::start(&nats, Habits::HASTY).await;
    let door = nats.door().await;
    let stage = Stage::with(|config| config.server("public_url", PUBLIC).linktor(&door, soon())).await;
    let file = json!({"name": "cat.jpg", "contentType": "image/jpeg", "text": "a picture of a cat"});
    let url = stage.sim.act("media", file).await["url"].as_str().expect("its address").to_owned();
    stage.sim.act("attach", json!({"type": "image", "url": url})).await;
    let message = core.until("the picture", |database| database.messages().first().cloned()).await;
    let address = message.content.strip_prefix("Picture: ").expect("words for it").to_owned();
    assert_eq!(message.attachments[0].url, address);
    assert!(address.len() < 120, "{address}");
    let path = address.strip_prefix(PUBLIC).expect("the host's own address");
    let shown = stage.host.request(Method::GET, path, &[], "").await.expect_status(200);
    assert_eq!((shown.text().as_str(), shown.header("content-type")), ("a picture of a cat", "image/jpeg"));
    let person = format!("people/{}", ids::PERSON);
    stage.host.channel(Method::DELETE, &person, "").await.expect_status(200);
    stage.host.request(Method::GET, path, &[], "").await.expect_status(410);
}
