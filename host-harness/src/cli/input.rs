use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;

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

/// Reads JSON. The refusal tells the place and quotes nothing.
pub(super) fn parse(text: &[u8], what: &str) -> Result<Value, Error> {
    serde_json::from_slice(text).map_err(|error| {
        let message = format!("{what} is not JSON (line {}, column {})", error.line(), error.column());
        let mut report = Report::default();
        let hint =
            "mend it there: JSON has names and texts in double quotes, no comma after a last member and no comments";
        report.refuse(Issue::new(&Pointer::ROOT, "not_json", message).with_hint(hint));
        Error::refused(ErrorKind::InvalidMessage, "invalid_input", what, report)
    })
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
    }
}
