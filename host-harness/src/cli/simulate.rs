use messenger_simulator::{CommandError, Simulate};

use super::Failure;
use crate::signals::stop_signal;
use crate::telemetry::{LogFormat, init_logging};

/// The simulator's own command, with this program's log and signals.
pub(super) async fn run(command: Simulate) -> Result<(), Failure> {
    init_logging(LogFormat::Text);
    Ok(command.run(stop_signal).await?)
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused { message, hint } => Self::new(message, hint.as_deref()),
            CommandError::NotTaken => Self::Shown,
            CommandError::Io(error) => error.into(),
            other => Self::Told(other.to_string()),
        }
    }
}
