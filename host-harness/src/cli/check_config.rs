use std::path::PathBuf;

use channel_api::{Issue, Registry, Result, Timestamp};
use clap::Args;
use serde_json::json;

use super::denormalize::warn;
use super::{Failure, environment, output};
use crate::config::HostConfig;

#[derive(Debug, Args)]
pub(super) struct CheckConfig {
    /// The configuration file
    file: PathBuf,
    /// Print JSON: {"ok","issues","warnings"}
    #[arg(long)]
    json: bool,
}

impl CheckConfig {
    pub(super) fn run(self) -> Result<(), Failure> {
        let registry = Registry::discover()?;
        let checked = HostConfig::load(&self.file, &registry, environment).and_then(|config| {
            config.require_api_key()?;
            Ok(config)
        });
        match checked {
            Ok(config) if self.json => {
                let warnings = config.advice(&registry, Timestamp::now());
                let channels = config.channels.len();
                output::pretty(&json!({ "ok": true, "channels": channels, "issues": [], "warnings": warnings }))
            }
            Ok(config) => {
                output::text(&format!(
                    "{} is good: {} listening, {} channel(s)",
                    self.file.display(),
                    config.listen,
                    config.channels.len()
                ))?;
                warn(&config.advice(&registry, Timestamp::now()))?;
                config.channels.iter().try_for_each(|channel| {
                    output::text(&format!(
                        "  {} {}  webhook /api/v1/webhooks/{}/{}",
                        channel.channel_type, channel.id, channel.channel_type, channel.id
                    ))
                })
            }
            Err(error) if self.json && !error.issues().is_empty() => {
                let issues: &[Issue] = error.issues();
                output::pretty(&json!({ "ok": false, "issues": issues }))?;
                Err(Failure::Shown)
            }
            Err(error) => Err(error.into()),
        }
    }
}
