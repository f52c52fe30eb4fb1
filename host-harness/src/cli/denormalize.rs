use channel_api::json::Document;
use channel_api::{ChannelId, Error, ErrorKind, Issue, Registry};
use clap::Args;
use serde_json::json;

use super::{Failure, input, output};
use crate::sending::Draft;

#[derive(Debug, Args)]
pub(super) struct Denormalize {
    /// The channel type; `plugins` lists them
    channel_type: String,
}

impl Denormalize {
    pub(super) fn run(self) -> Result<(), Failure> {
        let registry = Registry::discover()?;
        let plugin = registry.get(&self.channel_type)?;
        let message = match read_message()? {
            Ok(message) => message,
            Err(error) => return refuse(&error),
        };
        let channel = (plugin.offline)(ChannelId::new("offline"), None);
        match Draft::read(message).translate(&*channel) {
            Ok(translated) => {
                warn(&translated.warnings)?;
                translated.requests.iter().try_for_each(output::line)
            }
            Err(error) if error.kind() == ErrorKind::InvalidMessage => refuse(&error),
            Err(error) => Err(error.into()),
        }
    }
}

/// A message from stdin, or why it is none.
pub(super) fn read_message() -> Result<Result<Document, Error>, Failure> {
    Ok(input::document(&input::stdin()?, "the message"))
}

pub(super) fn warn(warnings: &[Issue]) -> Result<(), Failure> {
    warnings.iter().try_for_each(|warning| output::note(&format!("warning: {warning}")))
}

/// Refusals are these commands' data.
pub(super) fn refuse(error: &Error) -> Result<(), Failure> {
    warn(error.warnings())?;
    output::line(&json!({ "issues": error.issues() }))?;
    Err(Failure::Shown)
}
