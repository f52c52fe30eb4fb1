use std::io;

/// Why the command did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// Refused.
    #[error("{message}")]
    Refused {
        /// What is wrong.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// What was printed to stdout says it already.
    #[error("not every webhook was answered with 200")]
    NotTaken,
    /// The terminal, or a file.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl CommandError {
    pub(super) fn new(message: impl Into<String>, hint: Option<&str>) -> Self {
        Self::Refused { message: message.into(), hint: hint.map(str::to_owned) }
    }
}
