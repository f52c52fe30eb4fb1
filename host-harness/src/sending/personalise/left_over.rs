//! Placeholders that nobody fills in: another tool's variables, which people would read as they are.

use std::collections::HashSet;

use channel_api::message::Content;
use channel_api::{Issue, JsonObject, Pointer};
use serde_json::Value;

use super::{KNOWN, braces, each_text};

/// Longer than this, and it is no variable's name.
const LONGEST_NAME: usize = 60;

/// So many variables of a text are told by their names.
const MOST_NAMES: usize = 10;

/// The placeholders that are filled in, where a person reads a text.
const FILLED: [&str; 3] = ["user_first_name", "user_last_name", "user_full_name"];

/// A warning for each text of the author's in which a placeholder stays. `told` has what was said of placeholders already.
pub(super) fn left_over(content: &Content, told: &[Issue]) -> Vec<Issue> {
    let mut found = Vec::new();
    if let Ok(Value::Object(members)) = serde_json::to_value(content) {
        of_members(&members, &Pointer::ROOT.key("content"), &mut found);
    }
    if found.is_empty() {
        return Vec::new();
    }
    let mut filled = HashSet::new();
    each_text(&mut content.clone(), &mut |_, at| {
        filled.insert(at.to_string());
    });
    let told: HashSet<&str> = told.iter().map(|issue| issue.pointer.as_str()).collect();
    let left = found.into_iter().filter_map(|(place, mut names)| {
        let is_filled = filled.contains(&place);
        let is_told = told.contains(place.as_str());
        names.retain(|name| !(is_filled && FILLED.contains(&name.as_str()) || is_told && name.starts_with("user_")));
        (!names.is_empty()).then(|| warning(place, names))
    });
    left.collect()
}

fn warning(place: String, mut names: Vec<String>) -> Issue {
    let more = names.len().saturating_sub(MOST_NAMES);
    names.truncate(MOST_NAMES);
    let mut shown: Vec<_> = names.iter().map(|name| format!("{{{{{name}}}}}")).collect();
    shown.extend((more > 0).then(|| format!("and {more} more")));
    let message = format!("holds {}, which nobody fills in: people read it as it is", shown.join(", "));
    let mut issue = Issue::new(&Pointer::ROOT, "text.placeholder", message).with_hint(KNOWN).with_arg("names", names);
    issue.pointer = place;
    issue
}

fn of_members(members: &JsonObject, at: &Pointer<'_>, found: &mut Vec<(String, Vec<String>)>) {
    for (name, value) in members.iter().filter(|(name, _)| is_read(name)) {
        of(value, &at.key(name), found);
    }
}

fn of(value: &Value, at: &Pointer<'_>, found: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::String(text) => {
            let names = names(text);
            if !names.is_empty() {
                found.push((at.to_string(), names));
            }
        }
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, element)| of(element, &at.index(index), found));
        }
        Value::Object(members) => of_members(members, at, found),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether people read what stands under this name. Programs read payloads, addresses and ids, and may put braces there.
fn is_read(member: &str) -> bool {
    let member = member.to_ascii_lowercase();
    !["payload", "url", "id", "type"].iter().any(|word| member.ends_with(word))
}

/// The variables of a text, each once.
fn names(text: &str) -> Vec<String> {
    let (mut names, mut known) = (Vec::new(), HashSet::new());
    let mut rest = text;
    while let Some((_, inner, tail)) = braces::first(rest) {
        rest = tail;
        let name = inner.trim();
        let is_name = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.contains('\n');
        if is_name && known.insert(name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use channel_api::OutboundMessage;
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_are_found_however_they_are_written() {
        for (text, expected) in [
            ("Hi {{first_name}}, order {{ order.id }} of {{first_name}}", &["first_name", "order.id"][..]),
            ("{{{raw}}} {{contact.name | there}}", &["raw", "contact.name | there"]),
            ("{{1}}", &["1"]),
            ("{{ {{inner}} }}", &["inner"]),
            ("{name} {{}} {{ }} }} {{ {{open", &[]),
            ("fn main() {{\n}}", &[]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn only_what_people_read_and_nobody_fills_in_is_warned_of() {
        let mark = "{{name}}";
        let button = json!({"type": "postback", "title": mark, "payload": mark});
        let own = json!({"type": "coupon", "title": mark, "couponUrl": mark, "payload": mark});
        for (content, expected) in [
            (json!({"type": "text", "text": "{{user_first_name}} {{user_last_name}}"}), &[][..]),
            (json!({"type": "text", "text": mark}), &["/content/text"]),
            (
                json!({"type": "text", "text": "a", "quickReplies": [{"title": mark, "payload": mark}]}),
                &["/content/quickReplies/0/title"],
            ),
            (
                json!({"type": "template", "template": {"type": "button", "text": mark, "buttons": [button]}}),
                &["/content/template/text", "/content/template/buttons/0/title"],
            ),
            (json!({"type": "template", "template": own}), &["/content/template/title"]),
            // A name is filled in where a text is, and nowhere else.
            (
                json!({"type": "template", "template": {"type": "coupon", "title": "{{user_first_name}}"}}),
                &["/content/template/title"],
            ),
            (
                json!({"type": "image", "image": {"url": mark, "caption": mark}, "text": "{{user_full_name}}"}),
                &["/content/attachments/0/image/caption"],
            ),
        ] {
            let (message, _) = OutboundMessage::read(&json!({"channelId": "c", "to": "p", "content": content}));
            let mut told: Vec<_> = left_over(&message.content, &[]).into_iter().map(|issue| issue.pointer).collect();
            told.sort_by_key(|place| expected.iter().position(|known| known == place));
            assert_eq!(told, expected, "{content}");
        }
    }

    /// Each compared with all before it, these would take minutes.
    #[test]
    fn of_very_many_variables_the_first_are_told() {
        let variables: Vec<_> = (0..200_000).map(|number| format!("{{{{a{number}}}}}")).collect();
        let text = variables.concat();
        assert_eq!(names(&text).len(), 200_000);
        let (message, _) =
            OutboundMessage::read(&json!({"channelId": "c", "to": "p", "content": {"type": "text", "text": text}}));
        let [warning] = &*left_over(&message.content, &[]) else { panic!("one warning") };
        assert_eq!(warning.args["names"].as_array().unwrap().len(), MOST_NAMES);
        assert!(warning.message.contains("{{a0}}, ") && warning.message.contains(", and 199990 more"), "{warning}");
    }
}
