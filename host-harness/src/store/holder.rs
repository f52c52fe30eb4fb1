//! [`Holder`]: who writes into a store, so that others can say whom they wait for.

use std::fmt;

/// A process that writes into a store. `Display` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    command: String,
    process: u32,
}

impl Holder {
    /// The command of a host: it stays, and others ask it.
    pub(crate) const HOST: &str = "serve";

    /// This process, which does this.
    pub(crate) fn this(command: &str) -> Self {
        Self { command: command.to_owned(), process: std::process::id() }
    }

    /// As [`line`](Self::line) wrote it.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let (process, command) = line.trim().split_once(' ')?;
        Some(Self { command: command.to_owned(), process: process.parse().ok()? })
    }

    /// In a line.
    pub(crate) fn line(&self) -> String {
        format!("{} {}\n", self.process, self.command)
    }

    /// Whether it is a host, which can be asked, and not a command that ends by itself.
    #[must_use]
    pub fn is_host(&self) -> bool {
        self.command == Self::HOST
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (process {})", self.command, self.process)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_a_store_is_read_as_it_was_written() {
        let holder = Holder::this("outbox retry");
        assert_eq!(Holder::read(&holder.line()), Some(holder.clone()));
        assert_eq!(holder.to_string(), format!("`outbox retry` (process {})", std::process::id()));
        assert!(!holder.is_host() && Holder::this(Holder::HOST).is_host());
        for torn in ["", "12", "outbox retry", "-1 serve"] {
            assert_eq!(Holder::read(torn), None, "{torn:?}");
        }
    }
}
