//! Whatever an event says, the core can hold what it is told.

use proptest::prelude::*;

use super::super::fit;
use super::*;

/// The core's checks, as its database makes them.
fn assert_holds(told: &Told, person: &str) {
    let json = match told {
        Told::Inbound(inbound) => {
            let fits =
                |text: &str, most: usize| assert!(text.chars().count() <= most, "{} characters", text.chars().count());
            assert!(fit::says_something(&inbound.content), "{:?}", inbound.content);
            assert!(fit::says_something(inbound.content.trim()));
            fits(&inbound.external_id, 255);
            assert!(!inbound.external_id.is_empty());
            assert_eq!(inbound.metadata["sender_id"], person);
            let name = inbound.metadata.get("sender_name");
            assert!(name.is_none_or(|name| fit::says_something(name)));
            fits(name.map_or("", String::as_str), 255);
            assert!(!inbound.metadata.contains_key("phone") && !inbound.metadata.contains_key("name"));
            for attachment in &inbound.attachments {
                fits(&attachment.url, 500);
                fits(attachment.filename.as_deref().unwrap_or_default(), 255);
                fits(attachment.mime_type.as_deref().unwrap_or_default(), 100);
                fits(&attachment.r#type, 50);
            }
            serde_json::to_string(inbound).unwrap()
        }
        Told::Happened { event, .. } => {
            let json = serde_json::to_string(event).unwrap();
            assert!(json.len() <= 1_048_576 - 10_000, "{} bytes", json.len());
            return;
        }
        Told::Nothing => return,
    };
    assert!(!json.contains("\\u0000"), "{json}");
    assert!(json.len() <= 1_048_576 - 10_000, "{} bytes", json.len());
}

/// JSON of any shape, with the words by which events are read among its names.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[ \u{0}\u{200b}\n]{0,4}",
        "(image|video|audio|file|text|sticker|location|link|template|contact)",
        "https://[a-z]{1,9}\\.example/.{0,600}",
        "m_.{0,400}",
        "(react|unreact|inbound|outbound)",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from)
    ];
    let name = prop_oneof![
        "(type|text|image|video|audio|file|sticker|location|link|template|attachments|url|title|latitude|longitude|payload)",
        "(mid|sender_id|sender_name|name|phone|emoji|action|filename|mimeType|x\u{0})",
        any::<String>(),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_data() -> impl Strategy<Value = Value> {
    let member = || prop_oneof![Just(None), any_json().prop_map(Some)];
    (member(), member(), member(), member(), member()).prop_map(|(content, metadata, text, emoji, timestamp)| {
        let mut data = json!({"from": PERSON, "direction": "inbound"});
        for (name, value) in
            [("content", content), ("metadata", metadata), ("text", text), ("emoji", emoji), ("timestamp", timestamp)]
        {
            if let Some(value) = value {
                data[name] = value;
            }
        }
        data
    })
}

proptest! {
    #[test]
    fn whatever_an_event_says_the_core_can_hold_it(
        data in any_data(),
        name in prop_oneof!["(message.received|message.reaction|message.echo|scripted.x)", any::<String>()],
        kind in prop::option::of("(message.postback|message.quick_reply)"),
        sender in prop::option::of(any::<String>()),
        person in "[0-9a-z]{1,255}",
        address in prop::option::of(".{0,600}"),
        media_in_content: bool,
    ) {
        let mut event = stored(&name, kind.as_deref(), &data);
        event.person = Some(person.clone());
        let rules = Rules { place: &place(), channel_type: "scripted", media_in_content, address: &|_| address.clone() };
        let told = told(&event, sender.as_deref(), &rules);
        assert_holds(&told, &person);
        if let Told::Happened { event, .. } = &told {
            prop_assert!(event.r#type.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)), "{}", event.r#type);
        }
    }

    #[test]
    fn what_is_cut_is_a_beginning_and_tears_no_character(text: String, most in 1_usize..40) {
        let cut = fit::cut(&text, most);
        let held = fit::held(&text);
        prop_assert!(held.starts_with(&cut) && cut.chars().count() <= most);
        prop_assert!(held.chars().count() > most || cut == held);
    }
}

/// As much of everything as anybody could write.
#[test]
fn the_largest_message_fits_on_the_bus() {
    let media: Vec<_> = (0..200)
        .map(|_| json!({"type": "file", "file": {"url": format!("https://{}", "\u{1}".repeat(490)), "filename": "\u{1}".repeat(600)}}))
        .collect();
    let metadata: serde_json::Map<_, _> = (0..100).map(|n| (format!("{n}"), "\u{1}".repeat(1_000).into())).collect();
    let data = json!({
        "direction": "inbound", "metadata": metadata,
        "content": {"type": "text", "text": "\u{1}".repeat(1_000_000) + "a", "attachments": media},
    });
    assert_holds(&told_of(&stored("message.received", None, &data)), PERSON);
    let data = json!({"text": "\u{1}".repeat(500_000)});
    let Told::Happened { event, .. } = told_of(&stored("message.edited", None, &data)) else { panic!("no event") };
    assert!(event.payload["data"]["omittedBytes"].is_number(), "{event:?}");
}

#[test]
fn characters_that_readers_see_are_not_torn() {
    for (text, most, cut) in [
        ("abc", 3, "abc"),
        ("abcd", 3, "abc"),
        ("ab👩‍👩‍👧", 3, "ab"),
        ("👩‍👩‍👧", 3, "👩\u{200d}👩"),
        ("e\u{301}e\u{301}", 3, "e\u{301}"),
        ("a\u{0}b", 3, "ab"),
    ] {
        assert_eq!(fit::cut(text, most), cut);
    }
}

#[test]
fn a_long_id_is_known_by_its_digest() {
    for id in ["m_1".to_owned(), "m".repeat(255), "é".repeat(255)] {
        assert_eq!(fit::external_id(&id), id);
    }
    for id in ["m".repeat(256), "m\u{0}".to_owned()] {
        let digest = fit::external_id(&id);
        assert_eq!(digest.len(), 64);
        assert_ne!(digest, fit::external_id(&format!("{id}x")));
    }
}
