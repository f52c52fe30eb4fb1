//! Files that can really be fetched.

use serde_json::{Value, json};

use super::stage::{Stage, within};

#[tokio::test]
async fn a_file_is_served_at_the_address_that_it_got_and_counted() {
    let stage = Stage::new().await;
    let put = json!({"name": "cat.jpg", "contentType": "image/jpeg", "text": "not really a cat"});
    let url = stage.act("media", put).await["url"].clone();
    let url = url.as_str().unwrap();
    assert_eq!(url, format!("{}/_sim/media/cat.jpg", stage.sim.url()));
    for _ in 0..2 {
        let response = within(stage.http.get(url).send()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "image/jpeg");
        assert_eq!(within(response.text()).await.unwrap(), "not really a cat");
    }
    let part = async |range: &str| within(stage.http.get(url).header("range", range).send()).await.unwrap();
    for (range, told, text) in [
        ("bytes=4-9", "bytes 4-9/16", "really"),
        ("bytes=13-", "bytes 13-15/16", "cat"),
        ("bytes=13-99", "bytes 13-15/16", "cat"),
    ] {
        let response = part(range).await;
        assert_eq!((response.status().as_u16(), &response.headers()["content-range"]), (206, &told.parse().unwrap()));
        assert_eq!(within(response.text()).await.unwrap(), text, "{range}");
    }
    assert_eq!(part("bytes=16-").await.status().as_u16(), 416);
    let (_, listed) = stage.get("/_sim/media").await;
    assert_eq!((&listed["media"][0]["name"], &listed["media"][0]["fetched"]), (&json!("cat.jpg"), &json!(6)));
    assert_eq!(stage.get("/_sim/media/dog.jpg").await.1["error"]["code"], "no_such_media");
}

#[tokio::test]
async fn a_message_tells_where_its_file_is_now() {
    let stage = Stage::new().await;
    stage.act("settings", json!({"limits": {"conversationsASecond": 0}})).await;
    for kind in ["image", "video", "file"] {
        let put = json!({"name": "old", "movedTo": "new"});
        let url = stage.act("media", put).await["url"].as_str().unwrap().to_owned();
        let mid = stage.act("attach", json!({"type": kind, "url": url})).await["mid"].as_str().unwrap().to_owned();
        let path = format!("/v26.0/{mid}?fields=attachments{{image_data,video_data,file_url}},sticker");
        let (_, message) = stage.get(&path).await;
        let now = format!("{}/_sim/media/new", stage.sim.url());
        let attachment = match kind {
            "file" => json!({"file_url": now}),
            _ => json!({format!("{kind}_data"): {"url": now}}),
        };
        assert_eq!(message, json!({"id": mid, "attachments": {"data": [attachment]}}), "{kind}");
    }
}

#[tokio::test]
async fn it_can_be_large_elsewhere_endless_or_of_unknown_length() {
    let stage = Stage::new().await;
    let fetch = async |more: Value| {
        let mut file = json!({"name": "a"});
        file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let url = stage.act("media", file).await["url"].as_str().unwrap().to_owned();
        within(stage.http.get(url).send()).await.unwrap()
    };
    let large = fetch(json!({"bytes": 3_000_000})).await;
    assert_eq!(large.content_length(), Some(3_000_000));
    let open = fetch(json!({"bytes": 10, "withoutLength": true})).await;
    assert_eq!(open.content_length(), None);
    assert_eq!(within(open.bytes()).await.unwrap().len(), 10);
    let elsewhere = fetch(json!({"redirect": "http://127.0.0.1:1/secret"})).await;
    assert_eq!(
        (elsewhere.status().as_u16(), &elsewhere.headers()["location"]),
        (302, &"http://127.0.0.1:1/secret".parse().unwrap())
    );
    let gone = fetch(json!({"status": 404, "contentType": ""})).await;
    assert_eq!((gone.status().as_u16(), gone.headers().get("content-type")), (404, None));
    let mut endless = fetch(json!({"text": "begun", "hang": true})).await;
    assert_eq!(within(endless.chunk()).await.unwrap().unwrap(), "begun");
    let moment = std::time::Duration::from_millis(50);
    assert!(tokio::time::timeout(moment, endless.chunk()).await.is_err(), "it goes on");

    for wrong in [
        json!({"name": "../a"}),
        json!({"name": "a", "movedTo": "../b"}),
        json!({"name": "a", "bytes": 99_999_999}),
        json!({"name": "a", "status": 99}),
    ] {
        assert_eq!(stage.post("/_sim/media", &wrong).await.0, 422, "{wrong}");
    }
}
