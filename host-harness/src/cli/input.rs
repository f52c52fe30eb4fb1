use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;

use channel_api::json::{self, Document};
use channel_api::{Error, ErrorKind, Issue, Pointer, Report};
use serde_json::Value;

use super::Failure;

/// JSON from a file or stdin, or why it is none.
pub(super) fn json(file: Option<&Path>, what: &str) -> Result<Result<Value, Error>, Failure> {
    let text = match file {
        None => stdin()?,
        Some(file) => std::fs::read(file).map_err(|error| {
            Failure::new(
                format!("{} cannot be read: {error}", file.display()),
                Some("give a JSON file, or - for stdin"),
            )
        })?,
    };
    Ok(parse(&text, what))
}

/// All of stdin; nothing where a person sits at it and has not been asked.
pub(super) fn stdin_if_given() -> Result<Vec<u8>, Failure> {
    if io::stdin().is_terminal() { Ok(Vec::new()) } else { stdin() }
}

/// All of stdin.
pub(super) fn stdin() -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text)?;
    Ok(text)
}

/// Reads JSON without flaws. The refusal tells the place and quotes nothing.
pub(super) fn parse(text: &[u8], what: &str) -> Result<Value, Error> {
    let read = document(text, what)?;
    if read.flaws.is_empty() {
        return Ok(read.value);
    }
    Err(refused(read.flaws, what))
}

/// The same with its flaws.
pub(super) fn document(text: &[u8], what: &str) -> Result<Document, Error> {
    json::parse(text).map_err(|error| {
        let issue = Issue::new(&Pointer::ROOT, error.code(), format!("{what} {error}")).with_hint(error.hint());
        refused(vec![issue], what)
    })
}

fn refused(refusals: Vec<Issue>, what: &str) -> Error {
    let report = Report { refusals, ..Report::default() };
    Error::refused(ErrorKind::InvalidMessage, "invalid_input", what, report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_told_with_its_place_and_what_to_do_and_without_its_words() {
        let refused = parse(b"{\"secret\": 'words'}", "the input").unwrap_err();
        let [issue] = refused.issues() else { panic!("one issue") };
        assert_eq!(issue.message, "the input is not JSON (line 1, column 12)");
        assert!(issue.hint.as_deref().unwrap().contains("double quotes"), "{issue}");
        assert!(!issue.to_string().contains("words'"), "{issue}");
        let latin = parse(b"{\"greeting\": \"caf\xe9\"}", "the profile").unwrap_err();
        assert_eq!(latin.issues()[0].message, "the profile is not UTF-8 (byte 18)");
    }

    #[test]
    fn half_a_character_and_a_name_that_stands_twice_are_refused_where_they_stand() {
        let refused =
            parse(br#"{"greeting": [{"locale": "default", "text": "Hi \ud83d"}]}"#, "the profile").unwrap_err();
        let [issue] = refused.issues() else { panic!("one issue") };
        assert_eq!(issue.pointer, "/greeting/0/text");
        assert!(issue.message.contains("half a character"), "{issue}");
        let twice = parse(br#"{"name": "a", "name": "b"}"#, "the input").unwrap_err();
        assert_eq!((twice.issues()[0].pointer.as_str(), &*twice.issues()[0].code), ("/name", "repeated"));
    }
}
