use std::path::PathBuf;

use channel_api::Registry;
use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::opened::{self, Opened};
use super::{Failure, environment, output, running_host};
use crate::config::HostConfig;
use crate::store::{Erased, StoreError, Stores};

#[derive(Debug, Args)]
pub(super) struct Erase {
    /// The channel's id; it need not be configured any more
    channel: String,
    /// The person, by the provider's id
    person: String,
    /// The configuration file, which says where the store is
    #[arg(long, default_value = "linktor.toml")]
    config: PathBuf,
    /// Print JSON: {"channelId","person","erasedAt","events","messages"}
    #[arg(long)]
    json: bool,
}

impl Erase {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let config = HostConfig::load(&self.config, &Registry::discover()?, environment)?;
        let Self { channel, person, .. } = &self;
        let told = match opened::open(&config, "erase").await? {
            Opened::Own(stores) => {
                let at = Timestamp::now();
                let erased = erase(&stores, channel, person, at).await;
                stores.events.close().await?;
                let (Erased { events, messages }, at) = (erased?, at.to_string());
                if events + messages == 0 && config.channels.iter().all(|known| known.id != *channel) {
                    let hint = "nothing was kept under this name either: check it";
                    return Err(Failure::new("there is no such channel here", Some(hint)));
                }
                json!({
                    "channelId": channel, "person": person, "erasedAt": at, "events": events, "messages": messages
                })
            }
            // It alone writes there, and remembers them in other places too.
            Opened::Running => running_host::delete(&config, &["channels", channel, "people", person]).await?.good()?,
        };
        if self.json {
            return output::pretty(&told);
        }
        let count = |name: &str| told[name].as_u64().unwrap_or_default();
        let at = told["erasedAt"].as_str().unwrap_or_default();
        output::text(&format!(
            "{channel}: {person} is erased, with {} event(s) and {} message(s); what happened until {at} is not taken again",
            count("events"),
            count("messages")
        ))
    }
}

async fn erase(stores: &Stores, channel: &str, person: &str, at: Timestamp) -> Result<Erased, StoreError> {
    // What a host was sending when it came to a sudden end is being sent no longer.
    stores.outbox.recover().await?;
    stores.erase(channel, person, at).await
}
