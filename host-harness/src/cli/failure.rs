use std::error::Error as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::app::AppError;
#[cfg(feature = "demo")]
use crate::demo::DemoError;
use crate::store::StoreError;

/// Why a command ends with exit code 1: what is wrong, where, and what to do next.
#[derive(Debug)]
pub(super) enum Failure {
    /// Told on stderr.
    Told(String),
    /// Told on stdout already, as the command's data.
    Shown,
    /// The reader of stdout went away: no failure of anybody.
    Closed,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>, hint: Option<&str>) -> Self {
        let mut text = message.into();
        if let Some(hint) = hint {
            text.push_str("\nhint: ");
            text.push_str(hint);
        }
        Self::Told(text)
    }

    pub(super) fn show(self) -> ExitCode {
        match self {
            Self::Closed => ExitCode::SUCCESS,
            Self::Shown => ExitCode::FAILURE,
            Self::Told(text) => {
                // With stderr gone as well there is nobody left to tell.
                let _gone = writeln!(io::stderr(), "error: {text}");
                ExitCode::FAILURE
            }
        }
    }
}

impl From<channel_api::Error> for Failure {
    fn from(error: channel_api::Error) -> Self {
        let mut text = error.to_string();
        for issue in error.issues() {
            text = format!("{text}\n  {issue}");
        }
        if let Some(provider) = error.provider() {
            let numbers = [("code", &provider.code), ("subcode", &provider.subcode)];
            let mut facts: Vec<String> = numbers
                .iter()
                .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} {value}")))
                .collect();
            facts.extend(provider.trace_id.as_ref().map(|id| format!("trace id {id}")));
            // The hint may say no more than that the provider's own words do.
            for words in provider.words() {
                text = format!("{text}\n  the provider says: {words}");
            }
            if !facts.is_empty() {
                text = format!("{text}\n  the provider's {}", facts.join(", "));
            }
        }
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}\n  because: {cause}");
            source = cause.source();
        }
        Self::new(text, error.hint())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let cause = error.source().map(|cause| format!("\n  because: {cause}")).unwrap_or_default();
        Self::Told(format!("{error}{cause}"))
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Config(error) => error.into(),
            AppError::Store(error) => error.into(),
        }
    }
}

#[cfg(feature = "demo")]
impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::App(error) => error.into(),
            other => Self::Told(other.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Told(error.to_string()) }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}
