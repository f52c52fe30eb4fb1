//! The host's spelling and Meta's: `imageUrl` and `image_url`.

use serde_json::Value;

/// `street1` → `street_1`, `addressLine1` → `address_line_1`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut before: Option<char> = None;
    for character in name.chars() {
        let begins = character.is_ascii_uppercase()
            || (character.is_ascii_digit() && before.is_some_and(|before| before.is_ascii_alphabetic()));
        if begins && before.is_some_and(|before| before != '_') {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
        before = Some(character);
    }
    snake
}

/// The same JSON with every member's name in Meta's spelling.
pub(crate) fn snake(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (snake_case(name), snake(value))).collect(),
        Value::Array(elements) => elements.iter().map(snake).collect(),
        other => other.clone(),
    }
}

/// Where a place of a host's message stands in the body that it becomes.
pub(crate) fn wire_pointer(pointer: &str) -> String {
    let moved = [
        ("/content/template", "/message/attachment/payload"),
        ("/content/quickReplies", "/message/quick_replies"),
        ("/content/text", "/message/text"),
        ("/content/attachments", "/message/attachments"),
        ("/options/metadata", "/message/metadata"),
    ];
    let found = moved.iter().find_map(|(from, to)| pointer.strip_prefix(from).map(|rest| format!("{to}{rest}")));
    snake_case(&found.unwrap_or_else(|| panic!("{pointer} has no place in a body")))
}

#[test]
fn names_and_places_become_meta_s() {
    for (host, meta) in [
        ("street1", "street_1"),
        ("addressLine1", "address_line_1"),
        ("aboveBarCodeImageUrl", "above_bar_code_image_url"),
    ] {
        assert_eq!(snake_case(host), meta);
        assert_eq!(snake_case(meta), meta);
    }
    assert_eq!(
        wire_pointer("/content/template/elements/0/imageUrl"),
        "/message/attachment/payload/elements/0/image_url"
    );
}
