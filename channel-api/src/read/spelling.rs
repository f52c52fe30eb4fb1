//! The two spellings of a name: `quickReplies` and `quick_replies`.

use serde_json::Value;

use crate::{JsonObject, Report};

/// The field that a member's name means: the one that is called so, or else the one that is called so in the other spelling.
pub(super) fn field(fields: &[&'static str], name: &str) -> Option<&'static str> {
    let exact = fields.iter().find(|field| **field == name);
    exact.or_else(|| fields.iter().find(|field| same_name(field, name))).copied()
}

/// Whether two names are one name, in camelCase or in `snake_case`.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    one == other || ((one.contains('_') || other.contains('_')) && camel_case(one).eq(camel_case(other)))
}

/// The letters of a name in camelCase: `street_1` is `street1`.
fn camel_case(name: &str) -> impl Iterator<Item = u8> {
    let letters = name.as_bytes();
    let joins = |at: usize| {
        let next = letters.get(at + 1).is_some_and(|next| next.is_ascii_lowercase() || next.is_ascii_digit());
        at > 0 && letters.get(at) == Some(&b'_') && next
    };
    let letter = move |(at, letter): (usize, &u8)| match at.checked_sub(1) {
        _ if joins(at) => None,
        Some(before) if joins(before) => Some(letter.to_ascii_uppercase()),
        _ => Some(*letter),
    };
    letters.iter().enumerate().filter_map(letter)
}

/// Writes the places of all issues as the document's author spells them. Rules name fields as the contract does, and an author
/// who wrote `quick_replies` shall find `quick_replies`.
pub fn respell(report: &mut Report, json: &Value) {
    for issue in report.refusals.iter_mut().chain(&mut report.warnings) {
        let mut here = Some(json);
        let mut pointer = String::with_capacity(issue.pointer.len());
        for step in issue.pointer.split('/').skip(1) {
            let written = match here {
                Some(Value::Object(members)) => author_s_name(members, step),
                _ => step,
            };
            pointer.push('/');
            pointer.push_str(written);
            here = match here {
                Some(Value::Object(members)) => members.get(written),
                Some(Value::Array(elements)) => written.parse::<usize>().ok().and_then(|index| elements.get(index)),
                _ => None,
            };
        }
        issue.pointer = pointer;
    }
}

/// What the author calls the member of this name; the name itself where there is none.
fn author_s_name<'a>(members: &'a JsonObject, name: &'a str) -> &'a str {
    if members.contains_key(name) {
        return name;
    }
    let synonym = SYNONYMS.iter().find(|(field, _)| *field == name).map(|(_, synonym)| *synonym);
    members
        .keys()
        .find(|key| same_name(&key.replace('-', "_"), name) || Some(key.as_str()) == synonym)
        .map_or(name, String::as_str)
}

/// Words of the message model that mean a field of another name.
const SYNONYMS: [(&str, &str); 2] = [("file", "document"), ("type", "template_type")];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Issue, Pointer};

    #[test]
    fn two_spellings_are_one_name() {
        for (camel, snake) in [
            ("quickReplies", "quick_replies"),
            ("street1", "street_1"),
            ("addressLine1", "address_line_1"),
            ("aboveBarCodeImageUrl", "above_bar_code_image_url"),
            ("title", "title"),
        ] {
            assert!(same_name(camel, snake) && same_name(snake, camel), "{camel}");
        }
        for (one, other) in [("quickReplies", "quickreplies"), ("id", "_id"), ("a_b", "ab"), ("url", "Url"), ("a", "b")]
        {
            assert!(!same_name(one, other), "{one} {other}");
        }
    }

    #[test]
    fn an_author_finds_his_own_spelling() {
        let json = json!({"content": {"quick_replies": [{"image_url": 1}], "document": {}}});
        let mut report = Report::default();
        let content = Pointer::ROOT.key("content");
        report.refuse(Issue::new(&content.key("quickReplies").index(0).key("imageUrl"), "type", "x"));
        report.refuse(Issue::new(&content.key("quickReplies").index(1).key("imageUrl"), "type", "x"));
        report.warn(Issue::new(&content.key("file").key("url"), "required", "x"));
        respell(&mut report, &json);
        let places: Vec<_> =
            report.refusals.iter().chain(&report.warnings).map(|issue| issue.pointer.as_str()).collect();
        assert_eq!(
            places,
            ["/content/quick_replies/0/image_url", "/content/quick_replies/1/imageUrl", "/content/document/url"]
        );
    }
}
