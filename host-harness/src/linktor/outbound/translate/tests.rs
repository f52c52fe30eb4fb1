use serde_json::json;

use super::*;

fn answer(given: &Value) -> OutboundMessage {
    let mut all = json!({"id": "1", "recipient_id": "p1", "content_type": "text"});
    for (name, value) in given.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

fn content_of(given: &Value) -> Value {
    let Document { mut value, flaws, .. } = translate(&answer(given), "ch_1");
    assert_eq!(flaws, [], "{given}");
    value["content"].take()
}

fn flaws_of(given: &Value) -> Vec<String> {
    let Document { flaws, .. } = translate(&answer(given), "ch_1");
    flaws.into_iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect()
}

#[test]
fn words_go_to_whom_they_are_for_and_are_a_person_s_unless_an_ai_wrote_them() {
    let message = |metadata: Value| translate(&answer(&json!({"content": "Hi", "metadata": metadata})), "ch_1").value;
    let of = |sender| {
        json!({
            "channelId": "ch_1", "to": "p1", "content": {"type": "text", "text": "Hi"},
            "options": {"sender": sender, "split": true},
        })
    };
    assert_eq!(message(json!(null)), of("human"));
    assert_eq!(message(json!({"bot_id": "1"})), of("human"));
    assert_eq!(message(json!({"ai_model": ""})), of("bot"));
    assert_eq!(message(json!({"ai_model": "m"})), of("bot"));
}

#[test]
fn each_content_becomes_what_the_host_sends() {
    let url = "https://cdn.example/a.png";
    let image = json!({"type": "image", "image": {"url": url}});
    let file = json!({"type": "file", "file": {"url": "https://cdn.example/b.pdf"}});
    let attached = json!([{"type": "image", "url": url}, {"type": "document", "url": "https://cdn.example/b.pdf"}]);
    for (given, expected) in [
        (json!({"content": "Hi"}), json!({"type": "text", "text": "Hi"})),
        (json!({"content_type": "location", "content": "Here"}), json!({"type": "text", "text": "Here"})),
        (json!({"content_type": "image", "content": url}), image.clone()),
        (json!({"content_type": "image", "content": format!(" {url}\n")}), image.clone()),
        (json!({"content_type": "image", "content": url, "metadata": {"media_url": url}}), image.clone()),
        (json!({"content_type": "image", "metadata": {"media_url": url}}), image.clone()),
        (
            json!({"content_type": "image", "content": "Look", "metadata": {"media_url": url}}),
            json!({"type": "image", "image": {"url": url}, "text": "Look"}),
        ),
        (
            json!({"content_type": "document", "content": "HTTPS://cdn.example/b.pdf"}),
            json!({"type": "file", "file": {"url": "HTTPS://cdn.example/b.pdf"}}),
        ),
        (json!({"attachments": [{"type": "image", "url": url}]}), image.clone()),
        (json!({"content": url, "attachments": [{"type": "image", "url": url}]}), image.clone()),
        (json!({"attachments": [{"type": "", "url": url, "mime_type": "image/png"}]}), image.clone()),
        (
            json!({"content": "Both", "attachments": attached}),
            json!({"type": "text", "text": "Both", "attachments": [image, file]}),
        ),
        (
            json!({"attachments": attached}),
            json!({"type": "image", "image": {"url": url}, "attachments": [image, file]}),
        ),
    ] {
        assert_eq!(content_of(&given), expected, "{given}");
    }
}

#[test]
fn both_shapes_of_choices_become_quick_replies() {
    let replies = json!([
        {"contentType": "text", "title": "Yes", "payload": "y"}, {"contentType": "text", "title": "No", "payload": "No"},
    ]);
    let button = json!({
        "type": "button", "body": {"text": "Sure?"}, "action": {"buttons": [
            {"type": "reply", "reply": {"id": "y", "title": "Yes"}}, {"type": "reply", "reply": {"title": "No"}},
        ]},
    });
    let list = json!({
        "type": "list", "header": {"type": "text", "text": "One question"}, "action": {"button": "Options", "sections": [
            {"title": "A", "rows": [{"id": "y", "title": "Yes", "description": "of course"}]},
            {"rows": [{"id": "No", "title": "No"}]},
        ]},
    });
    for (interactive, text) in [(button, "Sure?"), (list, "One question\n\nPick")] {
        let given = json!({
            "content_type": "interactive", "content": "Pick", "metadata": {"interactive": interactive.to_string()},
        });
        assert_eq!(content_of(&given), json!({"type": "text", "text": text, "quickReplies": replies}));
        let options = &translate(&answer(&given), "ch_1").value["options"];
        assert_eq!(options["fallback"], true, "what is too much to tap is numbered");
    }
}

#[test]
fn rich_content_is_as_its_author_wrote_it() {
    let of = |content: &str, rich: Value| {
        let given = json!({"content_type": "template", "content": content, "metadata": {"rich": rich.to_string()}});
        let Document { value, flaws, .. } = translate(&answer(&given), "ch_1");
        assert_eq!(flaws, []);
        (value["content"].clone(), value["options"].clone())
    };
    let template = json!({"type": "template", "template": {"type": "button", "text": "Hi", "buttons": []}});
    let usual = json!({"sender": "human", "split": true});
    assert_eq!(of("Hi", json!({"content": template})), (template, usual.clone()));
    let replies = json!([{"title": "Yes", "payload": "YES"}]);
    let picked = json!({"type": "text", "text": "Pick", "quickReplies": replies});
    assert_eq!(of("Pick", json!({"content": {"quickReplies": replies}})), (picked, usual));
    let (content, options) = of("Hi", json!({"options": {"tag": "NEWS", "split": false}}));
    assert_eq!(content, json!({"type": "text", "text": "Hi"}));
    assert_eq!(options, json!({"sender": "human", "split": false, "tag": "NEWS"}));
}

#[test]
fn what_is_attached_to_rich_content_goes_with_it() {
    let given = json!({
        "content": "Pick", "metadata": {"rich": r#"{"content": {"quickReplies": []}}"#},
        "attachments": [{"type": "image", "url": "https://cdn.example/a.png"}],
    });
    let attached = json!([{"type": "image", "image": {"url": "https://cdn.example/a.png"}}]);
    assert_eq!(
        content_of(&given),
        json!({"type": "text", "text": "Pick", "quickReplies": [], "attachments": attached})
    );
}

#[test]
fn what_cannot_be_understood_is_placed_and_holds_nothing_that_could_be_sent() {
    let rich = |text: &str| json!({"content": "t", "metadata": {"rich": text}});
    let interactive = |text: &str| json!({"content": "t", "metadata": {"interactive": text}});
    for (given, found) in [
        (json!({"content_type": "template", "content": "t"}), &["/metadata/rich required"][..]),
        (json!({"content_type": "interactive", "content": "choose"}), &["/metadata/rich required"]),
        (json!({"content_type": "image", "content": "a.png"}), &["/content url"]),
        (json!({"content_type": "image"}), &["/content url"]),
        (
            json!({"content": "x", "attachments": [{"type": "image", "url": ""}, {"type": "file"}]}),
            &["/attachments/0/url required", "/attachments/1/url required"],
        ),
        (rich("{"), &["/metadata/rich not_json"]),
        (rich("[]"), &["/metadata/rich type"]),
        (rich(r#"{"text": "x"}"#), &["/metadata/rich/text unknown_field"]),
        (rich(r#"{"content": 1, "options": 2}"#), &["/metadata/rich/options type", "/metadata/rich/content type"]),
        (interactive("x"), &["/metadata/interactive not_json"]),
        (interactive(r#"{"type": "flow"}"#), &["/metadata/interactive choice"]),
        (interactive(r#"{"type": "button", "action": {"buttons": []}}"#), &["/metadata/interactive required"]),
    ] {
        assert_eq!(flaws_of(&given), found, "{given}");
        let content = translate(&answer(&given), "ch_1").value["content"].clone();
        let says = |name| content.get(name).is_some();
        assert!(!["text", "image", "attachments", "quickReplies"].into_iter().any(says), "{given}: {content}");
    }
}
