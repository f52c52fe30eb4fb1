//! What an operator should know of a configuration that is good.

use std::collections::HashSet;
use std::sync::Arc;

use channel_api::{BuildContext, ChannelAdapter, ChannelId, Issue, Pointer, Registry, Timestamp};

use super::{ChannelConfig, HostConfig, WindowRule};

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
        let of_channels =
            of_channels.chain(self.of_no_use(registry)).chain(self.off_the_bus()).chain(self.no_public_url());
        of_channels.chain(self.between_channels(registry)).collect()
    }

    /// What is set and changes nothing: to refuse what comes too late where nothing can.
    fn of_no_use(&self, registry: &Registry) -> impl Iterator<Item = Issue> {
        let list = Pointer::ROOT.key("channels");
        let always_open = |channel: &ChannelConfig| {
            let id = ChannelId::new(channel.id.as_str());
            registry.get(&channel.channel_type).is_ok_and(|known| (known.offline)(id, None).window().is_none())
        };
        let refusing = self.channels.iter().enumerate().filter(|(_, channel)| channel.window == WindowRule::Refuse);
        refusing.filter(move |(_, channel)| always_open(channel)).map(move |(index, _)| {
            let message = "refuses nothing: to a channel of this type people may be written at any time";
            Issue::new(&list.index(index).key("window"), "no_window", message).with_hint("leave it out")
        })
    }

    /// Who is not heard of in Linktor: channels without a place there, or with one where no bus leads to it.
    fn off_the_bus(&self) -> impl Iterator<Item = Issue> {
        let list = Pointer::ROOT.key("channels");
        self.channels.iter().enumerate().filter_map(move |(index, channel)| {
            let at = list.index(index).key("linktor_channel_id").to_string();
            let (code, message, hint) = match (&self.linktor, &channel.linktor) {
                (Some(_), None) => (
                    "off_the_bus",
                    "is not set: Linktor hears nothing of this channel, and its answers go nowhere",
                    "set it to the channel's id in Linktor, or leave it out for a channel that is used by this host's API alone",
                ),
                (None, Some(_)) => (
                    "no_bus",
                    "is of no use without [linktor]: no bus leads there",
                    "add [linktor] with nats = \"nats://…\", or leave it out",
                ),
                _ => return None,
            };
            let mut issue = Issue::new(&Pointer::ROOT, code, message).with_hint(hint);
            issue.pointer = at;
            Some(issue)
        })
    }

    /// What people send has a provider's address in Linktor, where nobody knows this host's.
    fn no_public_url(&self) -> Option<Issue> {
        let is_used = self.linktor.is_some() && self.channels.iter().any(|channel| channel.linktor.is_some());
        (is_used && self.public_url.is_none()).then(|| {
            let message = "is not set: pictures and files stand in Linktor at their provider's addresses, which end, and those over 500 characters not at all";
            let hint = "set it to the address under which Linktor's agents reach this host: then each has a short one, {public_url}/media/…";
            Issue::new(&Pointer::ROOT.key("server").key("public_url"), "no_public_url", message).with_hint(hint)
        })
    }

    /// What two channels of a type have in common: an account, which is a copied block more often than not, or the secret that
    /// proves their deliveries, which belongs to one app with one callback address.
    fn between_channels(&self, registry: &Registry) -> Vec<Issue> {
        let list = Pointer::ROOT.key("channels");
        let mut issues = Vec::new();
        let mut earlier: Vec<(&str, Arc<dyn ChannelAdapter>)> = Vec::new();
        let mut told = HashSet::new();
        for (index, channel) in self.channels.iter().enumerate() {
            let context = BuildContext::new(ChannelId::new(channel.id.as_str()));
            let built =
                registry.get(&channel.channel_type).and_then(|known| (known.build)(&channel.config.0, &context));
            // What cannot be built is told elsewhere.
            let Ok(adapter) = built else { continue };
            let here = list.index(index);
            let at = here.key("config");
            let same_type = earlier.iter().filter(|(_, other)| other.channel_type() == adapter.channel_type());
            let shares = |other: &dyn ChannelAdapter| {
                adapter.accounts().iter().any(|account| other.accounts().contains(account))
            };
            if let Some((id, _)) = same_type.clone().find(|(_, other)| shares(&**other)) {
                let message =
                    format!("the channel {id} has this account too: what happens there becomes an event of each");
                let hint = "leave one of the two out, unless both shall have every event";
                issues.push(Issue::new(&at, "account_twice", message).with_hint(hint));
            } else if let Some((id, _)) = same_type.clone().find(|(_, other)| other.verifier() == adapter.verifier())
                && told.insert(adapter.verifier())
            {
                let message =
                    format!("the channel {id} is of the same app: its deliveries are proven by the same secret");
                let address = format!("/webhooks/{}", adapter.channel_type());
                let hint = format!("an app has one callback address: {address} serves all its channels");
                issues.push(Issue::new(&at, "app_shared", message).with_hint(hint));
            }
            earlier.push((&channel.id, adapter));
        }
        issues
    }
}
