//! A channel that is built only to check its connection.

use channel_api::{BuildContext, ChannelId, Delivery, ErrorKind, Registry, Subscription};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use crate::graph::tests::server::{APP_SECRET, PAGE, Server, TOKEN, answer, within};

fn trial(config: &Value) -> channel_api::Result<std::sync::Arc<dyn channel_api::ChannelAdapter>> {
    let registry = Registry::discover().unwrap();
    (registry.get("facebook").unwrap().trial)(config, &BuildContext::new(ChannelId::new("ch_trial")))
}

#[tokio::test]
async fn it_asks_without_a_proof() {
    let server = Server::start(answer("200 OK", json!({"id": PAGE, "name": "Acme"}))).await;
    let channel = trial(&json!({"page_id": PAGE, "page_access_token": TOKEN, "graph_api_url": server.url})).unwrap();
    let status = within(channel.connection().unwrap().check(None)).await.unwrap();
    assert_eq!(status.account_name.as_deref(), Some("Acme"));
    assert!(status.warnings.iter().any(|warning| warning.pointer == "/app_id"), "{:?}", status.warnings);
    for request in server.requests() {
        assert!(!request.contains("appsecret_proof") && request.contains(TOKEN), "{request}");
    }
}

#[test]
fn it_refuses_every_delivery_and_every_handshake() {
    // With secrets as without: it is no channel yet.
    let least = json!({"page_id": PAGE, "page_access_token": TOKEN});
    let most = json!({"page_id": PAGE, "page_access_token": TOKEN, "app_secret": APP_SECRET, "verify_token": "v"});
    for config in [least, most] {
        let channel = trial(&config).unwrap();
        for token in ["v", "", " "] {
            let pairs = [("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.verify_token", token)];
            let query = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let error = channel.handshake().unwrap().challenge(&Subscription::new(query.into())).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{token:?}");
        }
        // The signature of "{}" without a key, and with the app secret.
        for digest in [
            "22f8eea909400af98adf3681a9f31923ef6b7fcba4abb553d92823a3e9d5c25e",
            "4f14ab40875021a4acf2306c59838ee29f30a60e9174052ae53aee008965a615",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-hub-signature-256", HeaderValue::try_from(format!("sha256={digest}")).unwrap());
            let error = Delivery::new(&headers, b"{}").verify(&*channel).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        }
        let shown = format!("{channel:?} {channel:#?}");
        assert!(!shown.contains(TOKEN) && !shown.contains(APP_SECRET), "{shown}");
    }
}
