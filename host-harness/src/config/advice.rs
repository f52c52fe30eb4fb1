//! What an operator should know of a configuration that is good.

use channel_api::{Issue, Pointer, Registry, Timestamp};

use super::HostConfig;

impl HostConfig {
    /// What is good today but worth a look: what each channel's type says of its configuration at this moment. The pointers lead
    /// into the file.
    pub fn advice(&self, registry: &Registry, now: Timestamp) -> Vec<Issue> {
        let list = Pointer::ROOT.key("channels");
        let of_channels = self.channels.iter().enumerate().flat_map(|(index, channel)| {
            let told = registry.get(&channel.channel_type).map(|known| (known.advise)(&channel.config.0, now));
            let below = list.index(index).key("config").to_string();
            told.unwrap_or_default().into_iter().map(move |mut issue| {
                issue.pointer.insert_str(0, &below);
                issue
            })
        });
        of_channels.collect()
    }
}
