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

fn stdin() -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text)?;
    Ok(text)
}

/// Reads JSON. The refusal tells the place and quotes nothing.
pub(super) fn parse(text: &[u8], what: &str) -> Result<Value, Error> {
    serde_json::from_slice(text).map_err(|error| {
        let message = format!("{what} is not JSON (line {}, column {})", error.line(), error.column());
        let mut report = Report::default();
        report.refuse(Issue::new(&Pointer::ROOT, "not_json", message));
        Error::refused(ErrorKind::InvalidMessage, "invalid_input", what, report)
    })
}
