//! Texts that are too long for one message.

use proptest::prelude::*;
use serde_json::json;
use unicode_segmentation::UnicodeSegmentation;

use super::{bodies, long, saying, template, with_options};
use crate::limits;
use crate::split::parts;

#[test]
fn the_strongest_border_that_fits_is_taken() {
    for (text, most, expected) in [
        ("one two", 20, vec!["one two"]),
        ("First paragraph. Still it.\n\nSecond one.", 30, vec!["First paragraph. Still it.", "Second one."]),
        ("A line\n  \t\nand another", 15, vec!["A line", "and another"]),
        ("One sentence. Two of them. And", 27, vec!["One sentence. Two of them.", "And"]),
        ("Is it so? Yes it is so", 20, vec!["Is it so?", "Yes it is so"]),
        ("a line\nand the next line", 20, vec!["a line", "and the next line"]),
        ("words and words and words", 12, vec!["words and", "words and", "words"]),
        ("exactly ten and", 11, vec!["exactly ten", "and"]),
        ("日本語の文章です", 5, vec!["日本語の文", "章です"]),
        ("https://example.com/very/long", 12, vec!["https://", "example.com/", "very/long"]),
        ("aaaaaaaaaa", 4, vec!["aaaa", "aaaa", "aa"]),
        ("👨‍👩‍👧👨‍👩‍👧", 7, vec!["👨‍👩‍👧", "👨‍👩‍👧"]),
        ("👨‍👩‍👧", 2, vec!["👨\u{200d}", "👩\u{200d}", "👧"]),
        ("  padded  ", 3, vec!["pad", "ded"]),
        ("      ", 3, vec![]),
        ("a\r\n\r\nb", 2, vec!["a", "b"]),
    ] {
        assert_eq!(parts(text, most), expected, "{text:?} at {most}");
    }
}

#[test]
fn a_long_text_is_cut_in_time() {
    let started = std::time::Instant::now();
    for text in ["a".repeat(100_000), "a ".repeat(50_000), "\u{301}".repeat(50_000), "A b. ".repeat(20_000)] {
        assert!(parts(&text, limits::TEXT.max).len() >= 25);
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn answers_stand_below_the_last_part_and_the_reply_above_the_first() {
    let content = json!({
        "type": "text", "text": format!("{}\n\n{}", long(1500), long(1500)),
        "quickReplies": [{"title": "ok", "payload": "OK"}]
    });
    let options = json!({
        "split": true, "replyTo": "m_1", "metadata": "out-17", "notificationType": "NO_PUSH",
        "threadControl": {"controlType": "pass"}
    });
    let bodies = bodies(&with_options(content, options));
    assert_eq!(bodies.len(), 2);
    let has = |pointer: &str| bodies.iter().map(|body| body.pointer(pointer).is_some()).collect::<Vec<_>>();
    assert_eq!(has("/message/quick_replies"), [false, true]);
    assert_eq!(has("/reply_to"), [true, false]);
    assert_eq!(has("/thread_control"), [false, true]);
    for everywhere in ["/message/metadata", "/notification_type", "/messaging_type", "/recipient/id"] {
        assert_eq!(has(everywhere), [true, true], "{everywhere}");
    }
}

#[test]
fn buttons_stand_below_the_last_part_of_their_text() {
    let text = format!("{} {}", long(600), long(600));
    let buttons = template(json!({"type": "button", "text": text, "buttons": [{"title": "Go", "payload": "GO"}]}));
    let bodies = bodies(&with_options(buttons, json!({"split": true})));
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0]["message"]["text"], long(600));
    assert_eq!(bodies[1].pointer("/message/attachment/payload/text").unwrap(), &json!(long(600)));
}

#[test]
fn a_text_that_fits_is_left_as_it_is() {
    let content = json!({"type": "text", "text": "  Hi\n\nthere  "});
    assert_eq!(bodies(&with_options(content.clone(), json!({"split": true}))), bodies(&saying(content)));
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #[test]
    fn parts_are_short_full_and_lose_only_white_space(
        text in "(\\PC|[ \\n\\r\\t]|[a-z]{1,9}[.!?]? |\u{1F468}\u{200d}\u{1F469}|e\u{301}){0,120}",
        most in 1_usize..40,
    ) {
        let parts = parts(&text, most);
        for part in &parts {
            prop_assert!(part.chars().count() <= most, "{part:?}");
            prop_assert!(!part.trim().is_empty(), "{parts:?}");
        }
        prop_assert_eq!(visible(&parts.concat()), visible(&text));
        // The parts stand in the text in their order, with white space between them.
        let mut rest = text.as_str();
        for part in &parts {
            let (skipped, after) = rest.split_once(part).unwrap();
            prop_assert!(skipped.trim().is_empty());
            rest = after;
        }
    }

    #[test]
    fn no_visible_character_is_cut(text in "(\\PC|[ \\n]|e\u{301}|\u{1F468}\u{200d}\u{1F469}){0,80}", most in 8_usize..40) {
        let longest = text.graphemes(true).map(|seen| seen.chars().count()).max().unwrap_or(0);
        prop_assume!(longest <= most);
        let borders: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
        for part in parts(&text, most) {
            let start = part.as_ptr().addr() - text.as_ptr().addr();
            prop_assert!(borders.contains(&start), "{part:?}");
            prop_assert!(borders.contains(&(start + part.len())), "{part:?}");
        }
    }
}
