use std::io::{self, Read as _};

use channel_api::{ChannelAdapterExt as _, ChannelId, ErrorKind, Issue, Pointer, Registry};
use clap::Args;
use serde_json::{Value, json};

use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct Denormalize {
    /// The channel type, such as facebook
    channel_type: String,
}

impl Denormalize {
    pub(super) fn run(self) -> Result<(), Failure> {
        let registry = Registry::discover()?;
        let plugin = registry.get(&self.channel_type)?;
        let message = match read_message()? {
            Ok(message) => message,
            Err(issue) => return refuse(&[issue]),
        };
        let channel = (plugin.offline)(ChannelId::new("offline"), None);
        match channel.denormalize_json(&message) {
            Ok(translated) => {
                for warning in &translated.warnings {
                    output::note(&format!("warning: {warning}"))?;
                }
                translated.requests.iter().try_for_each(output::line)
            }
            Err(error) if error.kind() == ErrorKind::InvalidMessage => {
                for warning in error.warnings() {
                    output::note(&format!("warning: {warning}"))?;
                }
                refuse(error.issues())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// A message from stdin, or why it is none.
pub(super) fn read_message() -> Result<Result<Value, Issue>, Failure> {
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text).map_err(|error| {
        let message = format!("the message is not JSON (line {}, column {})", error.line(), error.column());
        Issue::new(&Pointer::ROOT, "not_json", message)
    }))
}

/// Refusals are this command's data.
pub(super) fn refuse(issues: &[Issue]) -> Result<(), Failure> {
    output::line(&json!({ "issues": issues }))?;
    Err(Failure::Shown)
}
