//! JSON that somebody wrote for us: in UTF-8, well-formed, without half characters, and with each name once in an object.
//!
//! A half character is an emoji cut in two: `"\ud83d"` without its second half. Programs that count in UTF-16 write it when they
//! shorten a text, and a reader of JSON then refuses the whole document. Of a name that stands twice a reader of JSON keeps one,
//! and drops the other's words in silence.

mod halves;
mod reader;

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

pub use self::halves::mended;
use self::halves::{escaped, mark, replaced};
pub use self::reader::{HALF_CHARACTER, REPEATED};
use crate::Issue;

/// A document that was read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// What it says. U+FFFD stands for each half character, and of a name that stands twice the last is kept.
    pub value: Value,
    /// Where half characters stood (code [`HALF_CHARACTER`]: an issue for each text or name), and names that were there already
    /// ([`REPEATED`]). Whoever takes the document all the same sends other words than were written. After the first 50, one issue
    /// about the whole document says how many more there are.
    pub flaws: Vec<Issue>,
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
    /// A document without flaws.
    pub const fn new(value: Value) -> Self {
        Self { value, flaws: Vec::new() }
    }

    /// Adds where they stand.
    #[must_use]
    pub fn with_flaws(self, flaws: Vec<Issue>) -> Self {
        Self { flaws, ..self }
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

/// Reads a document, and finds its half characters and the names that stand twice.
///
/// ```
/// let read = channel_api::json::parse(br#"{"content": {"text": "See you \ud83d"}}"#)?;
/// assert_eq!(read.flaws[0].pointer, "/content/text");
/// # Ok::<(), channel_api::json::Unreadable>(())
/// ```
///
/// # Errors
/// [`Unreadable`] where there is nothing to be read.
pub fn parse(document: &[u8]) -> Result<Document, Unreadable> {
    // Said first: to a reader of JSON a letter in another encoding is a slip in the JSON.
    let text = std::str::from_utf8(document).map_err(|error| Unreadable::NotUtf8 { byte: error.valid_up_to() + 1 })?;
    let marked = match mended(text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(_) => Some(mark(text)),
    };
    let read = match marked {
        None => reader::read(text, None),
        Some(mark) => reader::read(&replaced(text, &escaped(mark)), Some(mark)),
    };
    let (value, flaws) = read.map_err(|error| Unreadable::NotJson { line: error.line(), column: error.column() })?;
    Ok(Document::new(value).with_flaws(flaws))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(document: &str) -> Vec<String> {
        parse(document.as_bytes()).unwrap().flaws.into_iter().map(|issue| issue.pointer).collect()
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

    #[test]
    fn a_name_that_stands_twice_is_told_where_it_stands() {
        for (document, expected) in [
            (r#"{"to": "1", "content": {"text": "a", "text": "b"}, "to": "2"}"#, &["/content/text", "/to"][..]),
            // Once for each time that it stands there again, and in what is dropped as well.
            (r#"{"a": {"b": 1, "b": 2}, "a": 3, "a": 4}"#, &["/a/b", "/a", "/a"]),
            (r#"{"list": [{"a": 1}, {"a": 2, "\u0061": 3}]}"#, &["/list/1/a"]),
            (r#"{"a/b": null, "a/b": null}"#, &["/a~1b"]),
            // The same name in other objects, and names that are not the same.
            (r#"{"a": {"a": 1}, "A": [{"a": 1}, {"a": 1}], "b": "a"}"#, &[]),
        ] {
            let flaws = parse(document.as_bytes()).unwrap().flaws;
            assert_eq!(flaws.iter().map(|issue| &*issue.pointer).collect::<Vec<_>>(), expected, "{document}");
            assert!(flaws.iter().all(|issue| issue.code == REPEATED), "{flaws:?}");
        }
        let read = parse(br#"{"a": 1, "b": "\ud83d", "a": 2}"#).unwrap();
        assert_eq!(read.value, json!({"a": 2, "b": "\u{fffd}"}));
        assert_eq!(read.flaws.iter().map(|issue| &*issue.code).collect::<Vec<_>>(), [HALF_CHARACTER, REPEATED]);
    }

    #[test]
    fn of_very_many_flaws_the_first_are_told_and_the_rest_are_counted() {
        let of = |flaws: usize| parse(format!("[{}]", vec![r#""\ud83d""#; flaws].join(",")).as_bytes()).unwrap().flaws;
        assert_eq!(of(50).len(), 50);
        let many = of(90_000);
        assert_eq!(many.len(), 51);
        assert_eq!((many[49].pointer.as_str(), many[50].pointer.as_str()), ("/49", ""));
        assert!(many[50].message.contains("89950"), "{}", many[50]);
        // Neither does a long name stand in the answer again and again.
        let long = parse(format!(r#"{{"{}": ["\ud83d", "\ud83d"]}}"#, "x".repeat(100_000)).as_bytes()).unwrap().flaws;
        assert_eq!((long.len(), long[1].pointer.as_str()), (2, ""));
    }
}
