use channel_api::describe;
use channel_api::{ChannelId, Registry};
use clap::Args;
use serde_json::{Value, json};

use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct Plugins {
    /// Print JSON, with capabilities and limits
    #[arg(long)]
    json: bool,
}

impl Plugins {
    pub(super) fn run(self) -> Result<(), Failure> {
        let registry = Registry::discover()?;
        if self.json {
            let plugins: Vec<Value> = registry
                .iter()
                .map(|plugin| {
                    let channel = (plugin.offline)(ChannelId::new("offline"), None);
                    json!({
                        "id": plugin.id,
                        "name": plugin.name,
                        "aliases": plugin.aliases,
                        "crate": plugin.crate_name,
                        "version": plugin.crate_version,
                        "apiVersion": plugin.api_version,
                        "capabilities": describe(&channel),
                    })
                })
                .collect();
            return output::pretty(&plugins);
        }
        output::text(&format!("{:<12} {:<22} {:<28} ALIASES", "TYPE", "NAME", "FROM"))?;
        for plugin in registry.iter() {
            let from = format!("{} {}", plugin.crate_name, plugin.crate_version);
            output::text(&format!("{:<12} {:<22} {from:<28} {}", plugin.id, plugin.name, plugin.aliases.join(", ")))?;
        }
        Ok(())
    }
}
