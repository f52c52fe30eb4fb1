//! The host's configuration: one TOML file, with secrets in it, in the environment or in files of their own.

mod advice;
mod api_keys;
mod linktor;
mod media;
mod rate;
mod reference;
mod retention;
mod retry;
mod server;
mod size;
#[cfg(test)]
mod tests;
mod window;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use channel_api::{Error, ErrorKind, Issue, Pointer, Quote, Registry, Report, Result, Secret, read};
use serde::Deserialize;
use serde_json::Value;

pub use self::api_keys::ApiKeys;
pub use self::linktor::{Linktor, Login, Place, Watch};
pub use self::media::MediaHost;
pub use self::rate::RateLimits;
use self::reference::resolve;
pub use self::retention::Retention;
pub use self::retry::RetryPolicy;
pub use self::window::WindowRule;

/// Where `serve` listens unless the configuration says otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// Reads an environment variable. A parameter, so that tests need not change their own process's environment.
pub type Environment = fn(&str) -> Option<String>;

/// What the host runs with. Known to be complete but for [`HostConfig::api_keys`], which only `serve` needs.
#[derive(Debug)]
pub struct HostConfig {
    /// The address to listen on; port 0 takes any.
    pub listen: SocketAddr,
    /// The keys that the API asks for one of.
    pub api_keys: ApiKeys,
    /// Where the event store is.
    pub data_dir: PathBuf,
    /// How often each channel's connection is checked; `None` for never, not even at the start.
    pub check_connections: Option<Duration>,
    /// The address under which browsers and providers reach this host, if it is known.
    pub public_url: Option<String>,
    /// The largest body of a webhook, in bytes.
    pub max_body: usize,
    /// Where people's media may be fetched from beside the channels' own hosts: `[media] allow_hosts`.
    pub media_hosts: Vec<MediaHost>,
    /// How fast messages go out: `[rate]`.
    pub rate: RateLimits,
    /// When messages are tried again: `[retry]`.
    pub retry: RetryPolicy,
    /// How long what is stored is kept: `[retention]`.
    pub retention: Retention,
    /// The bus of Linktor's core: `[linktor]`.
    pub linktor: Option<Linktor>,
    /// The channels, in the file's order.
    pub channels: Vec<ChannelConfig>,
}

/// One channel of the file.
#[derive(Debug)]
pub struct ChannelConfig {
    /// Its id, which stands in the webhook's address.
    pub id: String,
    /// Its type.
    pub channel_type: String,
    /// Whether the JSON of accounts is kept that no channel has: `keep_other_accounts`.
    pub keep_other_accounts: bool,
    /// What becomes of a message that comes after the time in which its person may be written to: `window`.
    pub window: WindowRule,
    /// Where it stands in Linktor, if it does: `linktor_channel_id` and `linktor_tenant_id`.
    pub linktor: Option<Place>,
    /// The adapter's own configuration, references resolved. Holds secrets: never print it.
    pub(crate) config: SecretValue,
}

/// JSON that may hold secrets.
pub(crate) struct SecretValue(pub(crate) Value);

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    server: Server,
    api_keys: Vec<api_keys::Entry>,
    media: media::Section,
    rate: rate::Section,
    retry: retry::Section,
    retention: retention::Section,
    linktor: Option<linktor::Section>,
    channels: Vec<Channel>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Server {
    listen: Option<String>,
    api_key: Secret,
    data_dir: Option<PathBuf>,
    check_connections: Option<String>,
    public_url: Option<String>,
    max_body: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Channel {
    id: String,
    r#type: String,
    keep_other_accounts: bool,
    window: Option<String>,
    linktor_channel_id: Option<String>,
    linktor_tenant_id: Option<String>,
    config: Value,
}

impl HostConfig {
    /// Reads a file and checks everything in it, each channel by its adapter.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] with every problem at once; the pointers lead into the file, and no value is quoted.
    pub fn load(path: &Path, registry: &Registry, environment: Environment) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::Config, "config.unreadable", format!("{} cannot be read", path.display()))
                .with_hint("the README shows a configuration to start from")
                .with_source(error)
        })?;
        let directory = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, directory, registry, environment)
    }

    /// Checks a configuration's text. Paths in it are taken from `directory`.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn parse(text: &str, directory: &Path, registry: &Registry, environment: Environment) -> Result<Self> {
        let mut json = to_json(text)?;
        let mut report = Report::default();
        let root = Pointer::ROOT;
        resolve_references(&mut json, directory, environment, &mut report);

        let mut shape = Report::default();
        let file: File = read(&json, &root, Quote::Nothing, &mut shape);
        shape.refuse_unknown_fields();
        report.absorb(shape);

        let at = root.key("server");
        let settings = &file.server;
        let listen = server::listen(settings.listen.as_deref(), &at.key("listen"), &mut report);
        let every = settings.check_connections.as_deref();
        let check_connections = server::check_connections(every, &at.key("check_connections"), &mut report);
        let public_url = server::public_url(settings.public_url.as_deref(), &at.key("public_url"), &mut report);
        let max_body = server::max_body(settings.max_body.as_ref(), &at.key("max_body"), &mut report);
        let media_hosts = file.media.hosts(&root.key("media"), &mut report);
        let rate = file.rate.limits(&root.key("rate"), &mut report);
        let retry = file.retry.policy(&root.key("retry"), &mut report);
        let retention = file.retention.retention(&root.key("retention"), &mut report);
        let api_keys = api_keys::keys(file.server.api_key, file.api_keys, &root.key("api_keys"), &mut report);
        let (linktor, tenant) = file
            .linktor
            .map(|section| section.linktor(directory, &root.key("linktor"), &mut report))
            .unwrap_or_default();
        let channels = file.channels;
        if channels.is_empty() && report.refusals.is_empty() {
            let hint = "add a [[channels]] section; the README shows one";
            report.refuse(Issue::new(&root.key("channels"), "required", "there is no channel").with_hint(hint));
        }
        check_channels(&channels, registry, &mut report);
        let list = root.key("channels");
        let mut rule = |index, channel: &Channel| {
            window::rule(channel.window.as_deref(), &list.index(index).key("window"), &mut report)
        };
        let windows: Vec<WindowRule> = channels.iter().enumerate().map(|(at, channel)| rule(at, channel)).collect();
        let places = channels.iter().map(|channel| linktor::Given {
            channel_id: channel.linktor_channel_id.as_deref(),
            tenant_id: channel.linktor_tenant_id.as_deref(),
        });
        let places = linktor::places(places, tenant.as_deref(), &list, &mut report);
        match listen {
            Some(listen) if report.refusals.is_empty() => Ok(Self {
                listen,
                api_keys,
                data_dir: directory.join(file.server.data_dir.unwrap_or_else(|| PathBuf::from("data"))),
                check_connections,
                public_url,
                max_body,
                media_hosts,
                rate,
                retry,
                retention,
                linktor,
                channels: channels
                    .into_iter()
                    .zip(windows.into_iter().zip(places))
                    .map(|(channel, (window, linktor))| ChannelConfig {
                        id: channel.id,
                        channel_type: channel.r#type,
                        keep_other_accounts: channel.keep_other_accounts,
                        window,
                        linktor,
                        config: SecretValue(channel.config),
                    })
                    .collect(),
            }),
            _ => Err(Error::refused(ErrorKind::Config, "invalid_config", "the configuration", report)),
        }
    }

    /// Refuses to go on without an API key: an API that anybody can call sends messages in the Page's name.
    ///
    /// # Errors
    /// [`ErrorKind::Config`].
    pub fn require_api_key(&self) -> Result<()> {
        self.api_keys.require()
    }
}

fn to_json(text: &str) -> Result<Value> {
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        // The parser's own message shows the line, which may hold a secret.
        let line = error.span().map(|span| text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!(" (line {line})"));
        Error::new(ErrorKind::Config, "config.not_toml", format!("the configuration is not TOML{place}")).with_hint(
            "texts stand in quotes; each channel begins with [[channels]] and its settings with [channels.config]",
        )
    })?;
    serde_json::to_value(table).map_err(|_| {
        Error::new(ErrorKind::Config, "config.not_json", "the configuration holds a number that is not finite")
    })
}

fn resolve_references(json: &mut Value, directory: &Path, environment: Environment, report: &mut Report) {
    let root = Pointer::ROOT;
    if let Some(server) = json.get_mut("server") {
        resolve(server, &root.key("server"), directory, environment, report);
    }
    if let Some(keys) = json.get_mut("api_keys") {
        resolve(keys, &root.key("api_keys"), directory, environment, report);
    }
    if let Some(linktor) = json.get_mut("linktor") {
        resolve(linktor, &root.key("linktor"), directory, environment, report);
    }
    if let Some(Value::Array(channels)) = json.get_mut("channels") {
        let list = root.key("channels");
        for (index, channel) in channels.iter_mut().enumerate() {
            if let Some(config) = channel.get_mut("config") {
                resolve(config, &list.index(index).key("config"), directory, environment, report);
            }
        }
    }
}

fn check_channels(channels: &[Channel], registry: &Registry, report: &mut Report) {
    let list = Pointer::ROOT.key("channels");
    for (index, channel) in channels.iter().enumerate() {
        let at = list.index(index);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if channel.id.is_empty() || !channel.id.chars().all(fits) {
            let message = "names the channel in its webhook's address: letters, digits, - and _";
            report.refuse(Issue::new(&at.key("id"), "id", message));
        } else if channels.iter().take(index).any(|earlier| earlier.id == channel.id) {
            report.refuse(Issue::new(&at.key("id"), "duplicate", "another channel has this id"));
        }
        match registry.get(&channel.r#type) {
            Err(error) => {
                let mut issue = Issue::new(&at.key("type"), "unknown_type", error.to_string());
                issue.hint = error.hint().map(str::to_owned);
                report.refuse(issue);
            }
            Ok(registration) => {
                let Err(error) = (registration.check)(&channel.config) else { continue };
                let below = at.key("config").to_string();
                let mut inner = error.into_report();
                for issue in &mut inner.refusals {
                    issue.pointer.insert_str(0, &below);
                }
                report.absorb(inner);
            }
        }
    }
}
