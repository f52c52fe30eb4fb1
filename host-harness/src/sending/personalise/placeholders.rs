use super::braces;
use crate::people::Name;

/// Ends a clause; a gap before it closes without a space.
const ENDS: &[char] = &['!', '?', '.', ',', ':', ';', '…', '。', '，', '！', '？', '、', '：', '；'];
/// Leads to a name; it goes with the name.
const COMMAS: &[char] = &[',', '，', '、'];
const BLANKS: &[char] = &[' ', '\t', '\u{a0}'];
/// No text has a wider gap between two of its words.
const MOST_BLANKS: usize = 100;

/// A text with the names filled in.
pub(super) struct Filled {
    pub(super) text: String,
    /// A name was asked for that is not known.
    pub(super) missing: bool,
    /// It looks like a placeholder of a person, but is none.
    pub(super) misspelled: bool,
}

/// Fills a text in. What a name says is never read again for placeholders: it is somebody's own words.
pub(super) fn fill(text: &str, name: Option<&Name>) -> Filled {
    let mut filled = Filled { text: String::with_capacity(text.len()), missing: false, misspelled: false };
    let mut rest = text;
    while let Some((before, inner, tail)) = braces::first(rest) {
        filled.text.push_str(before);
        let part = match inner.trim() {
            "user_first_name" => name.and_then(|name| name.first.clone()),
            "user_last_name" => name.and_then(|name| name.last.clone()),
            "user_full_name" => name.and_then(Name::full),
            other => {
                filled.misspelled |= other.starts_with("user_");
                for part in ["{{", inner, "}}"] {
                    filled.text.push_str(part);
                }
                rest = tail;
                continue;
            }
        };
        if let Some(part) = part {
            filled.text.push_str(&part);
            rest = tail;
        } else {
            filled.missing = true;
            rest = close_up(&mut filled.text, tail);
        }
    }
    filled.text.push_str(rest);
    filled
}

/// Leaves no gap where a name would have stood. Returns what is left of `tail`.
fn close_up<'a>(before: &mut String, tail: &'a str) -> &'a str {
    // Blanks may stay, and are looked at again for each name after them.
    let blanks: usize =
        before.chars().rev().take(MOST_BLANKS).take_while(|c| BLANKS.contains(c)).map(char::len_utf8).sum();
    let trimmed = before.len() - blanks;
    let after = tail.trim_start_matches(BLANKS);
    let line_begins = trimmed == 0 || before.as_bytes().get(trimmed - 1) == Some(&b'\n');
    if line_begins {
        // "{{user_first_name}}, your order" → "your order"
        return after.trim_start_matches(ENDS).trim_start_matches(BLANKS);
    }
    if after.is_empty() || after.starts_with(ENDS) || after.starts_with('\n') {
        // "Hello, {{user_first_name}}!" → "Hello!"
        before.truncate(trimmed);
        before.truncate(before.trim_end_matches(COMMAS).len());
        return after;
    }
    if before.len() > trimmed { after } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(first: Option<&str>, last: Option<&str>) -> Name {
        Name { first: first.map(str::to_owned), last: last.map(str::to_owned), whole: None }
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
        for (text, expected) in [("{{ {{user_first_name}}", "{{ Ana"), ("{{{user_first_name}}}", "{Ana}")] {
            assert_eq!(fill(text, Some(&name(Some("Ana"), None))).text, expected, "{text}");
        }
    }

    /// These would take minutes if all that was filled in already were looked at for each.
    #[test]
    fn a_text_of_any_length_is_filled_in() {
        let blanks = " ".repeat(400_000);
        let text = blanks.clone() + &"{{user_first_name}}".repeat(50_000) + "x";
        assert_eq!(fill(&text, None).text, blanks + "x");
    }
}
