//! JSON that somebody wrote for us: in UTF-8, well-formed, and without half characters.
//!
//! A half character is an emoji cut in two: `"\ud83d"` without its second half. Programs that count in UTF-16 write it when they
//! shorten a text, and a reader of JSON then refuses the whole document.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use crate::{Issue, Pointer};

/// The code of an issue about a half character.
pub const HALF_CHARACTER: &str = "half_character";

/// What stands for a half character, as Unicode asks for: U+FFFD, escaped.
const REPLACEMENT: &str = "\\ufffd";

/// A document that was read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// What it says. U+FFFD stands for each half character.
    pub value: Value,
    /// Where half characters stood: an issue for each text or name. Whoever takes the document all the same sends U+FFFD.
    pub halves: Vec<Issue>,
}

/// Why a document cannot be read. It tells the place and quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unreadable {
    /// It is in another encoding, or cut off.
    NotUtf8 {
        /// The first byte that no text has there, counted from 1.
        byte: usize,
    },
    /// It is not JSON.
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
}

impl Document {
    /// A document without half characters.
    pub const fn new(value: Value) -> Self {
        Self { value, halves: Vec::new() }
    }

    /// Adds where they stood.
    #[must_use]
    pub fn with_halves(self, halves: Vec<Issue>) -> Self {
        Self { halves, ..self }
    }
}

impl Unreadable {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "not_utf8",
            Self::NotJson { .. } => "not_json",
        }
    }

    /// What to do.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "write the JSON in UTF-8, not in Latin-1 or another encoding",
            Self::NotJson { .. } => {
                "mend it there: JSON has names and texts in double quotes, no comma after a last member and no comments"
            }
        }
    }
}

/// What follows the document's name: `the body` is not UTF-8 (byte 82).
impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { byte } => write!(f, "is not UTF-8 (byte {byte})"),
            Self::NotJson { line, column } => write!(f, "is not JSON (line {line}, column {column})"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Reads a document, and finds its half characters.
///
/// ```
/// let read = channel_api::json::parse(br#"{"content": {"text": "See you \ud83d"}}"#)?;
/// assert_eq!(read.halves[0].pointer, "/content/text");
/// # Ok::<(), channel_api::json::Unreadable>(())
/// ```
///
/// # Errors
/// [`Unreadable`] where there is nothing to be read.
pub fn parse(document: &[u8]) -> Result<Document, Unreadable> {
    // Said first: to a reader of JSON a letter in another encoding is a slip in the JSON.
    let text = std::str::from_utf8(document).map_err(|error| Unreadable::NotUtf8 { byte: error.valid_up_to() + 1 })?;
    let read = |text: &str| {
        serde_json::from_str(text).map_err(|error| Unreadable::NotJson { line: error.line(), column: error.column() })
    };
    let mark = match mended(text) {
        Cow::Borrowed(whole) => return read(whole).map(Document::new),
        Cow::Owned(_) => mark(text),
    };
    let mut value = read(&replaced(text, &escaped(mark)))?;
    let mut halves = Vec::new();
    unmark(&mut value, mark, &Pointer::ROOT, &mut halves);
    Ok(Document::new(value).with_halves(halves))
}

/// The JSON with every half character replaced by U+FFFD. Of the same length, so that a place in the one is a place in the other.
/// For what cannot be refused: otherwise nobody could read the words around it.
pub fn mended(json: &str) -> Cow<'_, str> {
    replaced(json, REPLACEMENT)
}

fn replaced<'a>(json: &'a str, replacement: &str) -> Cow<'a, str> {
    let mut repaired: Option<String> = None;
    let mut copied = 0;
    let mut escapes = json.match_indices('\\').peekable();
    while let Some((at, _)) = escapes.next() {
        match unit(json, at) {
            None => {
                // A two-character escape. Its second character may be a backslash, which then begins nothing.
                escapes.next_if(|(next, _)| *next == at + 1);
            }
            Some(0xd800..=0xdbff) if matches!(unit(json, at + 6), Some(0xdc00..=0xdfff)) => {
                escapes.next();
            }
            Some(0xd800..=0xdfff) => {
                let text = repaired.get_or_insert_with(|| String::with_capacity(json.len()));
                text.push_str(json.get(copied..at).unwrap_or_default());
                text.push_str(replacement);
                copied = at + 6;
            }
            Some(_) => {}
        }
    }
    match repaired {
        None => Cow::Borrowed(json),
        Some(mut text) => {
            text.push_str(json.get(copied..).unwrap_or_default());
            Cow::Owned(text)
        }
    }
}

/// The UTF-16 unit that is written here as `\uXXXX`.
fn unit(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}

/// A character to find the halves by once the document is read: one that Unicode gives to nobody, and that it does not hold.
fn mark(text: &str) -> char {
    let lower = text.to_ascii_lowercase();
    let is_free = |mark: &char| !lower.contains(*mark) && !lower.contains(&escaped(*mark));
    // Who writes all 32 of them is told of half characters where there are none.
    ('\u{fdd0}'..='\u{fdef}').find(is_free).unwrap_or('\u{fffd}')
}

fn escaped(mark: char) -> String {
    format!("\\u{:04x}", u32::from(mark))
}

/// Puts U+FFFD in the mark's place, and notes where.
fn unmark(value: &mut Value, mark: char, at: &Pointer<'_>, halves: &mut Vec<Issue>) {
    match value {
        Value::String(text) => {
            if text.contains(mark) {
                *text = text.replace(mark, "\u{fffd}");
                halves.push(half(at));
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter_mut().enumerate() {
                unmark(element, mark, &at.index(index), halves);
            }
        }
        Value::Object(members) => {
            for (name, mut member) in std::mem::take(members) {
                let whole = name.replace(mark, "\u{fffd}");
                let here = at.key(&whole);
                if whole != name {
                    halves.push(half(&here));
                }
                unmark(&mut member, mark, &here, halves);
                members.insert(whole, member);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn half(at: &Pointer<'_>) -> Issue {
    Issue::new(at, HALF_CHARACTER, "holds half a character: it was cut in the middle of an emoji")
        .with_hint("shorten texts between characters, not between UTF-16 units; the emoji's other half is missing")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn halves_are_replaced_and_nothing_else() {
        for (given, repaired) in [
            (r#""plain ä""#, r#""plain ä""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ud83d!""#, r#""\ufffd!""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\n\u00e4""#, r#""\n\u00e4""#),
            (r#""\ud83"#, r#""\ud83"#),
        ] {
            assert_eq!(mended(given), repaired, "{given}");
        }
    }

    fn places(document: &str) -> Vec<String> {
        parse(document.as_bytes()).unwrap().halves.into_iter().map(|issue| issue.pointer).collect()
    }

    #[test]
    fn every_half_is_told_where_it_stands() {
        for (document, expected) in [
            (r#"{"a": "\uD83D", "b": ["ok", "x\udE00y\ud83d"], "c": "\ud83d\ude00"}"#, &["/a", "/b/1"][..]),
            (r#"{"quick_replies": [{"title": "\ud83c"}], "a/b": "\udfff"}"#, &["/quick_replies/0/title", "/a~1b"]),
            (r#""\ud800""#, &[""]),
            (r#"{"\ud83d": {"a": 1}}"#, &["/\u{fffd}"]),
            // What looks like the mark is its author's own.
            ("{\"a\": \"\u{fdd0}\", \"b\": \"\\ufDD1\", \"c\": \"\\ud83d\"}", &["/c"]),
            // U+FFFD itself is a character like any other.
            (r#"{"a": "\ufffd", "b": "\ud83d"}"#, &["/b"]),
        ] {
            let mut told = places(document);
            told.sort_by_key(|place| expected.iter().position(|known| known == place));
            assert_eq!(told, expected, "{document}");
        }
    }

    #[test]
    fn what_was_whole_is_as_it_was() {
        let read = parse(br#"{"z": 1, "text": "See you \ud83d", "a": [null, true, 1.5]}"#).unwrap();
        assert_eq!(read.value, json!({"z": 1, "text": "See you \u{fffd}", "a": [null, true, 1.5]}));
        let names: Vec<_> = read.value.as_object().unwrap().keys().map(String::as_str).collect();
        let plain: Value = serde_json::from_str(r#"{"z": 1, "text": "", "a": 1}"#).unwrap();
        assert_eq!(names, plain.as_object().unwrap().keys().collect::<Vec<_>>());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        for (document, told) in [
            (&b"{\"a\": \"caf\xe9\"}"[..], "is not UTF-8 (byte 11)"),
            (b"\xff", "is not UTF-8 (byte 1)"),
            (b"{\"a\": 1,}", "is not JSON (line 1, column 9)"),
            // A half character before the slip does not move it.
            (b"{\"a\": \"\\ud83d\",}", "is not JSON (line 1, column 16)"),
            (b"\"\\ud83\"", "is not JSON (line 1, column 7)"),
        ] {
            assert_eq!(parse(document).unwrap_err().to_string(), told);
        }
    }
}
