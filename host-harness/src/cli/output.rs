use std::io::{self, Write as _};

use serde::Serialize;

use super::Failure;

/// One JSON object on a line of its own.
pub(super) fn line(value: &impl Serialize) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    serde_json::to_writer(&mut stdout, value)?;
    Ok(writeln!(stdout)?)
}

/// JSON for people to read.
pub(super) fn pretty(value: &impl Serialize) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, value)?;
    Ok(writeln!(stdout)?)
}

/// A line of text.
pub(super) fn text(text: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

/// Something to know that is no data.
pub(super) fn note(text: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stderr(), "{text}")?)
}

/// A time without its fraction of a second, which people do not read.
pub(super) fn second(time: &str) -> String {
    time.split_once('.').map_or_else(|| time.to_owned(), |(second, _)| format!("{second}Z"))
}
