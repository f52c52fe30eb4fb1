//! What each kind of event is to the core.

use super::*;

/// The words, by what somebody said.
#[test]
fn an_agent_reads_all_that_was_said() {
    let picture = json!({"type": "image", "image": {"url": "https://cdn.example.org/1.jpg"}});
    let long = format!("https://cdn.example.org/{}", "a".repeat(500));
    for (content, words, kind) in [
        (json!({"type": "text", "text": "Hello"}), "Hello", "text"),
        (json!({"type": "text", "text": ""}), "A message without words", "text"),
        (json!({"type": "text", "text": "\u{200b}\u{feff} \n"}), "A message without words", "text"),
        (json!({"type": "text", "text": "a\u{0}b"}), "ab", "text"),
        (picture.clone(), "Picture: https://cdn.example.org/1.jpg", "image"),
        (
            json!({"type": "text", "text": "the receipt", "attachments": [picture]}),
            "the receipt\nPicture: https://cdn.example.org/1.jpg",
            "image",
        ),
        (
            json!({"type": "image", "image": {"url": "https://cdn.example.org/1.jpg"}, "attachments": [
                {"type": "image", "image": {"url": "https://cdn.example.org/1.jpg"}},
                {"type": "video", "video": {"url": "https://cdn.example.org/2.mp4"}},
            ]}),
            "Picture: https://cdn.example.org/1.jpg\nVideo: https://cdn.example.org/2.mp4",
            "image",
        ),
        (
            json!({"type": "audio", "audio": {"url": "https://cdn.example.org/a.m4a"}}),
            "Audio: https://cdn.example.org/a.m4a",
            "audio",
        ),
        (
            json!({"type": "file", "file": {"url": "https://cdn.example.org/a%20b.pdf?x=1"}}),
            "File: https://cdn.example.org/a%20b.pdf?x=1",
            "document",
        ),
        (json!({"type": "image", "image": {"attachmentId": "12"}}), "Picture", "image"),
        (
            json!({"type": "image", "image": {"url": long}}),
            "Picture: its address is longer than Linktor can hold. Set [server] public_url in the host's configuration, then it gets a short one",
            "image",
        ),
        (
            json!({"type": "location", "location": {"latitude": -23.5, "longitude": -46.6, "title": "Sé"}}),
            "Sé: https://www.google.com/maps?q=-23.5,-46.6",
            "location",
        ),
        (
            json!({"type": "location", "location": {"latitude": 1.0, "longitude": 2.0, "url": "https://maps.example.org/1"}}),
            "Location: https://maps.example.org/1",
            "location",
        ),
        (
            json!({"type": "sticker", "sticker": {"id": "369", "url": "https://cdn.example.org/s.png"}}),
            "Sticker",
            "text",
        ),
        (
            json!({"type": "link", "link": {"url": "https://example.org", "title": "A page"}}),
            "A page\nhttps://example.org",
            "text",
        ),
        (
            json!({"type": "text", "text": "look: https://example.org", "attachments": [
                {"type": "link", "link": {"url": "https://example.org"}},
            ]}),
            "look: https://example.org",
            "text",
        ),
        (
            json!({"type": "reel", "link": {"title": "Reel", "url": "https://example.org/r/9"}, "payload": {"title": "Reel"}}),
            "Reel: Reel\nhttps://example.org/r/9",
            "text",
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": "Ana", "phone": "+351 1"}]}),
            "Contact: Ana, +351 1",
            "contact",
        ),
        (json!({"type": "unsupported"}), "A message of a kind that cannot be shown here: Unsupported", "text"),
        (json!({"type": 7}), "A message of a kind that cannot be shown here: unknown", "text"),
        (
            json!({"type": "template", "template": {"type": "product", "elements": [{"title": "Mug"}]}, "payload": {"x": 1}}),
            "Template: Mug",
            "text",
        ),
    ] {
        let inbound = inbound(told_of(&message(&content)));
        assert_eq!((inbound.content.as_str(), inbound.content_type.as_str()), (words, kind), "{content}");
    }
}

#[test]
fn a_tap_says_its_words_and_carries_its_payload() {
    let data = |rest: Value| {
        let mut data = json!({"direction": "inbound", "from": PERSON, "metadata": {"mid": "m_6"}});
        data.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        data
    };
    for (kind, rest, words, payload) in [
        (
            "message.postback",
            json!({"payload": "AGENT", "title": "Talk to a person"}),
            "Talk to a person",
            Some("AGENT"),
        ),
        ("message.postback", json!({"payload": "GET_STARTED"}), "GET_STARTED", Some("GET_STARTED")),
        ("message.postback", json!({}), "Tapped a button", None),
        ("message.quick_reply", json!({"payload": "S", "text": "Small"}), "Small", Some("S")),
        (
            "message.quick_reply",
            json!({"payload": "S", "text": "Small", "content": {"type": "text", "text": "1"}}),
            "Small",
            Some("S"),
        ),
        (
            "message.quick_reply",
            json!({"payload": "S", "text": "Small", "content": {"type": "text", "text": "Small", "attachments": [
                {"type": "image", "image": {"url": "https://cdn.example.org/1.jpg"}},
            ]}}),
            "Small\nPicture: https://cdn.example.org/1.jpg",
            Some("S"),
        ),
    ] {
        let inbound = inbound(told_of(&stored("scripted.tap", Some(kind), &data(rest))));
        let told = (inbound.content.as_str(), inbound.metadata.get("payload").map(String::as_str));
        assert_eq!(told, (words, payload));
        assert_eq!((inbound.content_type.as_str(), inbound.external_id.as_str()), ("interactive", "m_6"));
    }
}

#[test]
fn a_reaction_is_words_until_it_is_taken_back() {
    let reaction = |action: &str, emoji: Option<&str>| {
        let data = json!({"from": PERSON, "mid": "m_9", "action": action, "emoji": emoji});
        told_of(&stored("message.reaction", None, &data))
    };
    let told = inbound(reaction("react", Some("❤️")));
    assert_eq!((told.content.as_str(), told.external_id.as_str()), ("Reacted with ❤️", "msg_1"));
    assert_eq!(told.metadata["reaction_to"], "m_9");
    let Told::Happened { event, .. } = reaction("unreact", None) else { panic!("no event") };
    assert_eq!(event.r#type, "scripted.message_reaction");
}

#[test]
fn what_is_no_message_of_a_person_is_told_as_an_event() {
    let text = json!({"type": "text", "text": "hi"});
    for (name, data) in [
        ("message.edited", json!({"from": PERSON, "mid": "m_1", "text": "hello"})),
        ("message.deleted", json!({"from": PERSON, "mid": "m_1"})),
        ("scripted.referral", json!({"from": PERSON, "ref": "summer"})),
        ("scripted.pass_thread_control", json!({"from": PERSON})),
        ("message.echo", json!({"direction": "outbound", "to": PERSON, "content": text})),
        ("message.received", json!({"direction": "inbound", "from": PERSON, "observed": true, "content": text})),
        ("contact.updated", json!({"from": PERSON, "firstName": "Ana"})),
    ] {
        let Told::Happened { id, event } = told_of(&stored(name, None, &data)) else { panic!("{name}") };
        assert_eq!(event.r#type, format!("scripted.{}", name.replace('.', "_")));
        assert_eq!(event.payload["data"], data);
        assert_eq!((&event.payload["event"], &event.payload["sender_id"]), (&json!(name), &json!(PERSON)));
        assert_eq!(id, inbound(told_of(&message(&text))).id, "by the event's id");
    }
}

#[test]
fn nothing_is_told_of_what_the_core_knows_or_must_not_answer() {
    for name in ["message.delivered", "message.read", "message.sent", "message.failed", "message.status"] {
        assert_eq!(told_of(&stored(name, None, &json!({"from": PERSON}))), Told::Nothing, "{name}");
    }
    let text = json!({"type": "text", "text": "hi"});
    let data = json!({"direction": "inbound", "from": PERSON, "imported": true, "content": text});
    assert_eq!(told_of(&stored("message.received", None, &data)), Told::Nothing);
    let mut echo = stored("message.echo", None, &json!({"direction": "outbound", "to": PERSON, "content": text}));
    echo.copy = Some(CopyOf { ours: Some(true), ..CopyOf::default() });
    assert_eq!(told_of(&echo), Told::Nothing);
}

#[test]
fn who_says_it_stands_beside_it() {
    let data = json!({
        "direction": "inbound", "from": PERSON, "content": {"type": "text", "text": "hi"},
        "metadata": {
            "mid": "m_1", "sender_id": "another", "sender_name": "Ana L.", "senderName": "Ana L.", "name": "x", "phone": "+1",
            "seq": 5, "replyTo": {"mid": "m_0"}, "nothing": null, "profilePic": "https://x.example.org/p",
        },
    });
    let event = stored("message.received", None, &data);
    let rules = Rules { place: &place(), channel_type: "scripted", media_in_content: true, address: &|_| None };
    let beside = |name| serde_json::to_value(inbound(told(&event, name, &rules)).metadata).unwrap();
    let mut expected = json!({
        "mid": "m_1", "sender_id": PERSON, "sender_name": "Ana Lima", "seq": "5", "replyTo": "{\"mid\":\"m_0\"}",
        "profilePic": "https://x.example.org/p",
    });
    assert_eq!(beside(Some("Ana Lima")), expected);
    expected["sender_name"] = "Ana L.".into();
    assert_eq!(beside(None), expected);
}

#[test]
fn nobody_has_an_empty_name() {
    let event = message(&json!({"type": "text", "text": "hi"}));
    let rules = Rules { place: &place(), channel_type: "scripted", media_in_content: true, address: &|_| None };
    for name in [None, Some(""), Some("  "), Some("\u{0}")] {
        let told = inbound(told(&event, name, &rules));
        assert!(!told.metadata.contains_key("sender_name"), "{name:?}");
    }
}

#[test]
fn media_have_the_host_s_address_and_words_only_where_they_are_wanted() {
    let picture = json!({"type": "image", "image": {"url": format!("https://cdn.example.org/{}", "a".repeat(600))}});
    let (alone, captioned) =
        (message(&picture.clone()), message(&json!({"type": "text", "text": "look", "attachments": [picture]})));
    let short = |index: usize| Some(format!("https://host.example.org/media/{index}"));
    let told = |event, media_in_content| {
        inbound(told(
            event,
            None,
            &Rules { place: &place(), channel_type: "scripted", media_in_content, address: &short },
        ))
    };
    for (event, in_content, words) in [
        (&alone, true, "Picture: https://host.example.org/media/0"),
        (&alone, false, "Picture"),
        (&captioned, true, "look\nPicture: https://host.example.org/media/0"),
        (&captioned, false, "look"),
    ] {
        let told = told(event, in_content);
        assert_eq!(told.content, words);
        assert_eq!(told.attachments[0].url, "https://host.example.org/media/0");
    }
}

#[test]
fn a_file_has_its_name() {
    for (url, name) in [
        ("https://cdn.example.org/v/a%20b%2Bc+d.pdf?x=1", Some("a b+c+d.pdf")),
        ("https://cdn.example.org/v/download", None),
        ("https://cdn.example.org/", None),
        ("not an address", None),
    ] {
        let told = inbound(told_of(&message(&json!({"type": "file", "file": {"url": url}}))));
        assert_eq!(told.attachments[0].filename.as_deref(), name, "{url}");
        assert_eq!(told.attachments[0].r#type, "document");
    }
}

#[test]
fn it_was_said_when_the_person_said_it() {
    for (at, told_at) in [
        (json!("2026-11-27T08:00:00Z"), "2026-11-27T08:00:00Z"),
        (json!("-000044-03-15T12:00:00Z"), "2026-11-28T11:55:04Z"),
        (json!("soon"), "2026-11-28T11:55:04Z"),
        (Value::Null, "2026-11-28T11:55:04Z"),
    ] {
        let data =
            json!({"direction": "inbound", "from": PERSON, "content": {"type": "text", "text": "hi"}, "timestamp": at});
        assert_eq!(inbound(told_of(&stored("message.received", None, &data))).timestamp.to_string(), told_at, "{at}");
    }
}

#[test]
fn nobody_s_message_makes_no_contact() {
    let mut event = message(&json!({"type": "text", "text": "hi"}));
    for person in [None, Some(String::new()), Some("a\u{0}b".to_owned()), Some("9".repeat(256))] {
        event.person = person;
        assert!(matches!(told_of(&event), Told::Happened { .. }), "{:?}", event.person);
    }
}

#[test]
fn the_core_s_json() {
    let mut list = [
        message(&json!({"type": "text", "text": "the receipt", "attachments": [
            {"type": "image", "image": {"url": "https://cdn.example.org/1.jpg"}},
            {"type": "file", "file": {"url": "https://cdn.example.org/a.pdf"}},
        ]})),
        message(&json!({"type": "location", "location": {"latitude": -23.5, "longitude": -46.6, "title": "Sé"}})),
        stored(
            "scripted.postback",
            Some("message.postback"),
            &json!({
                "direction": "inbound", "from": PERSON, "payload": "AGENT", "title": "Talk to a person",
                "timestamp": "2026-11-28T11:55:03.409Z", "metadata": {"mid": "m_6"},
            }),
        ),
        stored(
            "message.reaction",
            None,
            &json!({
                "from": PERSON, "mid": "m_1", "action": "react", "emoji": "❤️", "timestamp": "2026-11-28T11:55:03Z",
            }),
        ),
        stored("message.edited", None, &json!({"from": PERSON, "mid": "m_1", "text": "hello"})),
    ];
    list[4].kind = Some("scripted.kind".to_owned());
    let told: Vec<_> = list
        .iter()
        .map(|event| match told_of(event) {
            Told::Inbound(inbound) => serde_json::to_value(inbound).unwrap(),
            Told::Happened { id, event } => json!({"Nats-Msg-Id": id, "body": event}),
            Told::Nothing => Value::Null,
        })
        .collect();
    insta::assert_json_snapshot!(told);
}
