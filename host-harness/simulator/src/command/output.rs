use std::io::{self, Write as _};

use serde::Serialize;

/// JSON for people to read.
pub(super) fn pretty(value: &impl Serialize) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, value)?;
    writeln!(stdout)
}

/// A line of text.
pub(super) fn text(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// Something to know that is no data.
pub(super) fn note(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{text}")
}
