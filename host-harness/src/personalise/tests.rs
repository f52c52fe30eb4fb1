use serde_json::json;

use super::*;

fn name(first: Option<&str>, last: Option<&str>) -> Name {
    Name { first: first.map(str::to_owned), last: last.map(str::to_owned) }
}

#[test]
fn names_are_filled_in() {
    let ana = name(Some("Ana"), Some("Lima"));
    let only_last = name(None, Some("Lima"));
    let strange = name(Some("{{user_last_name}}"), Some("Lima"));
    for (text, who, expected) in [
        ("Hi {{user_first_name}}!", &ana, "Hi Ana!"),
        ("{{ user_full_name }}, your order", &ana, "Ana Lima, your order"),
        ("{{user_first_name}} {{user_last_name}}", &ana, "Ana Lima"),
        ("{{user_first_name}}{{user_first_name}}", &ana, "AnaAna"),
        ("Dear {{user_full_name}}:", &only_last, "Dear Lima:"),
        // A name is somebody's words, and no placeholder.
        ("Hi {{user_first_name}}!", &strange, "Hi {{user_last_name}}!"),
    ] {
        let filled = fill(text, Some(who));
        assert_eq!((filled.text.as_str(), filled.missing, filled.misspelled), (expected, false, false), "{text}");
    }
}

#[test]
fn the_words_close_up_around_a_name_that_is_not_known() {
    for (text, expected) in [
        ("Hi {{user_first_name}}!", "Hi!"),
        ("Hi {{user_first_name}}, welcome", "Hi, welcome"),
        ("Hello, {{user_first_name}}!", "Hello!"),
        ("Hello, {{user_first_name}}", "Hello"),
        ("Hi {{user_first_name}} {{user_last_name}}!", "Hi!"),
        ("Hi {{user_first_name}} 👋", "Hi 👋"),
        ("Hi {{user_first_name}} and welcome", "Hi and welcome"),
        ("Thank you, {{user_first_name}}. It is on its way.", "Thank you. It is on its way."),
        ("{{user_first_name}}, your order has left", "your order has left"),
        ("{{user_first_name}} {{user_last_name}}: your order", "your order"),
        ("Good news!\n{{user_first_name}}, it is here", "Good news!\nit is here"),
        ("Hi {{user_first_name}}\nYour order", "Hi\nYour order"),
        ("你好，{{user_first_name}}！", "你好！"),
        ("{{user_first_name}}", ""),
    ] {
        let filled = fill(text, None);
        assert_eq!((filled.text.as_str(), filled.missing), (expected, true), "{text}");
    }
    let half = fill("Hi {{user_first_name}} {{user_last_name}}!", Some(&name(Some("Ana"), None)));
    assert_eq!((half.text.as_str(), half.missing), ("Hi Ana!", true));
}

#[test]
fn other_braces_stay() {
    for (text, misspelled) in [
        ("Use {{1}} here", false),
        ("{{user_frist_name}}!", true),
        ("{{ user_first_name", false),
        ("{{{{", false),
        ("}} {{", false),
        ("{{User_First_Name}}", false),
    ] {
        let filled = fill(text, Some(&name(Some("Ana"), None)));
        assert_eq!(filled.text, text);
        assert!(!filled.missing, "{text}");
        assert_eq!(filled.misspelled, misspelled, "{text}");
    }
    assert_eq!(fill("{{ {{user_first_name}}", Some(&name(Some("Ana"), None))).text, "{{ Ana");
}

#[test]
fn only_what_people_read_is_filled_in() {
    let hi = "{{user_first_name}}";
    let read = |message: &Value| {
        let mut message = message.clone();
        let mut places = Vec::new();
        each_text(&mut message, &mut |_, at| places.push(at.to_string()));
        places
    };
    assert_eq!(
        read(
            &json!({"to": hi, "content": {"type": "text", "text": hi, "quickReplies": [{"title": hi, "payload": hi}]}})
        ),
        ["/content/text"]
    );
    let buttons =
        json!([{"type": "postback", "title": hi, "payload": hi}, {"type": "web_url", "title": "x", "url": hi}]);
    let button =
        json!({"content": {"type": "template", "template": {"type": "button", "text": hi, "buttons": buttons}}});
    assert_eq!(read(&button), ["/content/template/text"]);
    let cards = json!([{"title": hi, "subtitle": hi, "imageUrl": hi, "buttons": buttons}, {"title": "x"}]);
    let generic = json!({"content": {"type": "template", "template": {"template_type": "generic", "elements": cards}}});
    assert_eq!(
        read(&generic),
        [
            "/content/template/elements/0/title",
            "/content/template/elements/0/subtitle",
            "/content/template/elements/1/title"
        ]
    );
    let utility = json!({"content": {"type": "template", "template": {"type": "utility", "text": hi, "title": hi}}});
    assert_eq!(read(&utility), Vec::<String>::new());
    for odd in [
        json!(null),
        json!({"content": 5}),
        json!({"content": {"template": [hi]}}),
        json!({"content": {"type": "text", "text": 5}}),
    ] {
        assert_eq!(read(&odd), Vec::<String>::new());
    }
}

#[test]
fn a_person_is_named_by_an_id() {
    for (to, expected) in [
        (json!("7411"), Some("7411")),
        (json!(7411), Some("7411")),
        (json!({"id": "7411"}), Some("7411")),
        (json!({"commentId": "c"}), None),
        (json!(""), None),
        (json!(null), None),
    ] {
        assert_eq!(person(&json!({ "to": to })).as_deref(), expected, "{to}");
    }
}
