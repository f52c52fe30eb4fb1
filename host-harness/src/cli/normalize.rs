use std::io::{self, Read as _};

use channel_api::{ChannelId, Delivery, Event, Received, Registry, Secret, Verified};
use clap::Args;
use http::{HeaderMap, HeaderValue};

use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct Normalize {
    /// The channel type; `plugins` lists them
    channel_type: String,
    /// The channel's id, as it shall stand in the events
    #[arg(long, default_value = "offline")]
    channel_id: String,
    /// Print one array instead of one object a line
    #[arg(long)]
    array: bool,
    /// Check the signature first, with this app secret
    #[arg(long, requires = "signature")]
    app_secret: Option<Secret>,
    /// The signature to check: the value of X-Hub-Signature-256, sha256=HEX
    #[arg(long, requires = "app_secret")]
    signature: Option<String>,
}

impl Normalize {
    pub(super) fn run(self) -> Result<(), Failure> {
        let registry = Registry::discover()?;
        let plugin = registry.get(&self.channel_type)?;
        let mut body = Vec::new();
        io::stdin().lock().read_to_end(&mut body)?;
        let channel = (plugin.offline)(ChannelId::new(self.channel_id), self.app_secret);
        let mut headers = HeaderMap::new();
        let verified = match self.signature {
            Some(signature) => {
                let signature = HeaderValue::from_str(&signature).map_err(|_| {
                    Failure::new("the signature holds characters that no header has", Some("it is written sha256=HEX"))
                })?;
                headers.insert("x-hub-signature-256", signature);
                Delivery::new(&headers, &body).verify(&*channel)?
            }
            None => recorded(&body),
        };
        // Without a log there is no other of the same kind: the bare identity is the id.
        let events: Vec<Event> = channel.normalize(&verified)?.into_iter().map(Received::into_event).collect();
        if self.array { output::line(&events) } else { events.iter().try_for_each(output::line) }
    }
}

/// Whoever runs this command vouches for what they put into it.
#[expect(clippy::disallowed_methods, reason = "a file from a command line, not a request")]
fn recorded(body: &[u8]) -> Verified<'_> {
    Verified::recorded(body)
}
