//! How a host finds its channels: [`AdapterFactory`], [`Registration`], [`Registry`], [`register_adapter!`](crate::register_adapter).

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use serde_json::Value;

use crate::config::{self, AdapterConfig, BuildContext};
use crate::{AccountLogin, ChannelAdapter, ChannelId, Error, ErrorKind, Issue, Result, Secret, Timestamp, schema};

/// The version of this contract. A registration made against another one is refused.
pub const API_VERSION: u32 = 2;

/// Makes channels of one type.
pub trait AdapterFactory: 'static {
    /// The channel type: lower-case letters, digits and dashes, as it stands in a webhook's address.
    const ID: &'static str;
    /// Other words for it that may stand in a webhook's address.
    const ALIASES: &'static [&'static str] = &[];
    /// Its name for people.
    const NAME: &'static str;
    /// The configuration of one channel.
    type Config: AdapterConfig;

    /// A configuration that is valid, with invented values.
    fn example() -> Value;

    /// Builds a channel from a configuration that is known to be good.
    ///
    /// # Errors
    /// When something outside the configuration is missing, such as the system's certificates.
    fn build(
        config: <Self::Config as AdapterConfig>::Validated,
        context: &BuildContext,
    ) -> Result<Arc<dyn ChannelAdapter>>;

    /// Builds a channel that translates but has no account: for command lines and recorded traffic. With a secret it also
    /// verifies signatures; without one it refuses every delivery, and it never sends.
    fn offline(channel_id: ChannelId, webhook_secret: Option<Secret>) -> Arc<dyn ChannelAdapter>;

    /// Builds a channel only to [check its connection](crate::facets::Connection::check), before it is saved: what the check does
    /// not need may be missing from the configuration.
    ///
    /// # Errors
    /// As for [`Registration::build`].
    fn trial(config: &Value, context: &BuildContext) -> Result<Arc<dyn ChannelAdapter>> {
        Self::build(config::parse::<Self::Config>(config)?, context)
    }

    /// What an operator should know of a configuration that is good: what of it will end, has ended or is not known. Pure but for
    /// `now`. The pointers lead into the configuration, and no issue holds a value that is a secret.
    fn advise(config: &<Self::Config as AdapterConfig>::Validated, now: Timestamp) -> Vec<Issue> {
        let _ = (config, now);
        Vec::new()
    }

    /// The provider's ids of the accounts that a body speaks of, each once. Nobody has verified it yet: it is a hint which
    /// channels could, and must bear any bytes. Empty where bodies name no account.
    fn accounts(body: &[u8]) -> Vec<String> {
        let _ = body;
        Vec::new()
    }

    /// Looks at the head of a webhook's request before its body is read: whether what it must carry is there and well-formed.
    ///
    /// # Errors
    /// [`Unauthenticated`](ErrorKind::Unauthenticated): the same that [`verify`](ChannelAdapter::verify) would answer.
    fn check_head(headers: &HeaderMap) -> Result<()> {
        let _ = headers;
        Ok(())
    }

    /// How an operator signs in at the provider instead of copying tokens, where that is possible.
    fn login() -> Option<&'static dyn AccountLogin> {
        None
    }
}

/// A channel type as data and function pointers, so that it can stand in a `static`.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Registration {
    /// The channel type.
    pub id: &'static str,
    /// Other words for it in a webhook's address.
    pub aliases: &'static [&'static str],
    /// Its name for people.
    pub name: &'static str,
    /// The contract's version that it was built against.
    pub api_version: u32,
    /// The crate that it comes from.
    pub crate_name: &'static str,
    /// That crate's version.
    pub crate_version: &'static str,
    /// The configuration's JSON Schema.
    pub schema: fn() -> Value,
    /// A valid configuration with invented values.
    pub example: fn() -> Value,
    /// Reads and validates a configuration, touching nothing.
    pub check: fn(&Value) -> Result<()>,
    /// What an operator should know of a configuration that is good, and nothing of one that is not; see
    /// [`AdapterFactory::advise`].
    pub advise: fn(&Value, Timestamp) -> Vec<Issue>,
    /// Reads, validates and builds.
    pub build: fn(&Value, &BuildContext) -> Result<Arc<dyn ChannelAdapter>>,
    /// Builds without an account; see [`AdapterFactory::offline`].
    pub offline: fn(ChannelId, Option<Secret>) -> Arc<dyn ChannelAdapter>,
    /// Builds to check a connection; see [`AdapterFactory::trial`].
    pub trial: fn(&Value, &BuildContext) -> Result<Arc<dyn ChannelAdapter>>,
    /// The accounts that a body speaks of; see [`AdapterFactory::accounts`].
    pub accounts: fn(&[u8]) -> Vec<String>,
    /// Looks at the head of a request; see [`AdapterFactory::check_head`].
    pub check_head: fn(&HeaderMap) -> Result<()>,
    /// How an operator signs in; see [`AdapterFactory::login`].
    pub login: fn() -> Option<&'static dyn AccountLogin>,
}

impl Registration {
    /// The registration of a factory. [`register_adapter!`](crate::register_adapter) calls it with the adapter's own crate
    /// name and version.
    pub const fn of<F: AdapterFactory>(crate_name: &'static str, crate_version: &'static str) -> Self {
        Self {
            id: F::ID,
            aliases: F::ALIASES,
            name: F::NAME,
            api_version: API_VERSION,
            crate_name,
            crate_version,
            schema: schema::of::<F::Config>,
            example: F::example,
            check: |json| config::parse::<F::Config>(json).map(drop),
            advise: |json, now| config::parse::<F::Config>(json).map(|good| F::advise(&good, now)).unwrap_or_default(),
            build: |json, context| F::build(config::parse::<F::Config>(json)?, context),
            offline: F::offline,
            trial: F::trial,
            accounts: F::accounts,
            check_head: F::check_head,
            login: F::login,
        }
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("id", &self.id)
            .field("api_version", &self.api_version)
            .field("crate", &format_args!("{} {}", self.crate_name, self.crate_version))
            .finish_non_exhaustive()
    }
}

inventory::collect!(Registration);

/// Registers an adapter's factory, in the adapter's crate: `register_adapter!(FacebookFactory);`.
///
/// A host must name the adapter's crate somewhere in its library (`use facebook_channel as _;`), or the linker leaves the
/// crate out and the registration with it.
#[macro_export]
macro_rules! register_adapter {
    ($factory:ty) => {
        $crate::__inventory::submit! {
            $crate::Registration::of::<$factory>(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        }
    };
}

/// The channel types that this program has.
#[derive(Clone, Debug)]
pub struct Registry {
    registrations: Vec<Registration>,
}

impl Registry {
    /// Finds every adapter that is linked into this program.
    ///
    /// # Errors
    /// See [`Registry::new`].
    pub fn discover() -> Result<Self> {
        Self::new(inventory::iter::<Registration>.into_iter().copied())
    }

    /// A registry of these types, for programs in which registration by linking does not work.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there is none, when two share an id or alias, when an id is not lower-case letters, digits
    /// and dashes, and when one was built against another version of the contract.
    pub fn new(registrations: impl IntoIterator<Item = Registration>) -> Result<Self> {
        let mut registrations: Vec<Registration> = registrations.into_iter().collect();
        registrations.sort_by_key(|registration| (registration.id, registration.crate_name));
        if registrations.is_empty() {
            return Err(Error::new(
                ErrorKind::Config,
                "registry.empty",
                "no channel adapter is linked into this program",
            )
            .with_hint("name each adapter's crate in the host's library: `use facebook_channel as _;`"));
        }
        let mut taken: Vec<(&str, &Registration)> = Vec::new();
        for registration in &registrations {
            if registration.api_version != API_VERSION {
                return Err(Error::new(
                    ErrorKind::Config,
                    "registry.api_version",
                    format!(
                        "adapter `{}` was built against version {} of the channel contract; this host speaks version {API_VERSION}",
                        registration.id, registration.api_version
                    ),
                )
                .with_hint("build both against the same channel-api"));
            }
            for id in std::iter::once(&registration.id).chain(registration.aliases) {
                let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                if id.is_empty() || !id.chars().all(allowed) {
                    return Err(Error::new(
                        ErrorKind::Config,
                        "registry.bad_id",
                        format!("`{id}` of crate {} is no channel type", registration.crate_name),
                    )
                    .with_hint("use lower-case letters, digits and dashes"));
                }
                if let Some((_, other)) = taken.iter().find(|(known, _)| known == id) {
                    return Err(Error::new(
                        ErrorKind::Config,
                        "registry.duplicate",
                        format!(
                            "channel type `{id}` is registered twice: by {} {} and by {} {}",
                            other.crate_name, other.crate_version, registration.crate_name, registration.crate_version
                        ),
                    )
                    .with_hint("link one of them only, in one version"));
                }
                taken.push((id, registration));
            }
        }
        Ok(Self { registrations })
    }

    /// All types, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Registration> {
        self.registrations.iter()
    }

    /// The type of this id or alias.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the types that there are.
    pub fn get(&self, id: &str) -> Result<&Registration> {
        let found = self.iter().find(|registration| registration.id == id || registration.aliases.contains(&id));
        found.ok_or_else(|| {
            let known: Vec<&str> = self.iter().map(|registration| registration.id).collect();
            Error::new(ErrorKind::Config, "registry.unknown_type", format!("there is no channel type `{id}`"))
                .with_hint(format!("this program has: {}", known.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests;
