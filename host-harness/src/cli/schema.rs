use channel_api::Registry;
use clap::Args;

use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// The channel type; `plugins` lists them
    channel_type: String,
    /// Print the UI schema instead: order, groups, placeholders, widgets
    #[arg(long)]
    ui: bool,
}

impl Schema {
    pub(super) fn run(self) -> Result<(), Failure> {
        let registry = Registry::discover()?;
        let schema = (registry.get(&self.channel_type)?.schema)();
        if self.ui { output::pretty(&channel_api::schema::ui(&schema)) } else { output::pretty(&schema) }
    }
}
