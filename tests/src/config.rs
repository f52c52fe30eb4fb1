//! The host's configuration file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::linktor::Door;
use crate::{Graph, ids};

/// One `[[channels]]` of the file.
#[derive(Clone, Debug)]
pub struct ChannelConfig {
    host: Map<String, Value>,
    config: Map<String, Value>,
}

impl ChannelConfig {
    /// The channel of [`ids`], complete and valid. Its Graph API is an address where nobody listens.
    #[must_use]
    pub fn facebook(id: &str) -> Self {
        let config = json!({
            "name": "Facebook Support",
            "page_id": ids::PAGE,
            "page_access_token": ids::PAGE_TOKEN,
            "app_secret": ids::APP_SECRET,
            "verify_token": ids::VERIFY_TOKEN,
            "graph_api_url": "http://127.0.0.1:9",
        });
        let Value::Object(config) = config else { unreachable!("an object was written") };
        let mut host = Map::new();
        host.insert("id".to_owned(), id.into());
        host.insert("type".to_owned(), "facebook".into());
        Self { host, config }
    }

    /// Sets a key of `[channels.config]`.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.config.insert(key.to_owned(), value.into());
        self
    }

    /// Leaves a key out.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.config.remove(key);
        self
    }

    fn to_value(&self) -> Value {
        let mut value = self.host.clone();
        value.insert("config".to_owned(), self.config.clone().into());
        value.into()
    }
}

/// What a test's host is configured with.
#[derive(Clone, Debug)]
pub struct HostConfig {
    server: Map<String, Value>,
    sections: Map<String, Value>,
    media_hosts: Vec<String>,
    rate: Map<String, Value>,
    channels: Vec<ChannelConfig>,
    env: Vec<(String, String)>,
    args: Vec<String>,
}

impl HostConfig {
    /// These channels, any free port, a data directory of its own.
    #[must_use]
    pub fn with_channels(channels: impl IntoIterator<Item = ChannelConfig>) -> Self {
        let mut server = Map::new();
        server.insert("listen".to_owned(), "127.0.0.1:0".into());
        server.insert("api_key".to_owned(), ids::API_KEY.into());
        let (sections, media_hosts, channels) = (Map::new(), Vec::new(), channels.into_iter().collect());
        Self { server, sections, media_hosts, rate: Map::new(), channels, env: Vec::new(), args: Vec::new() }
    }

    /// One channel, [`ids::CHANNEL`], whose Graph API nobody answers for.
    #[must_use]
    pub fn alone() -> Self {
        Self::with_channels([ChannelConfig::facebook(ids::CHANNEL)])
    }

    /// One channel, [`ids::CHANNEL`], whose Graph API is this stand-in.
    #[must_use]
    pub fn with_graph(graph: &Graph) -> Self {
        Self::alone().graph(graph)
    }

    /// Adds an entry to `allow_hosts` of `[media]`.
    #[must_use]
    pub fn allow_media(mut self, host: &str) -> Self {
        self.media_hosts.push(host.to_owned());
        self
    }

    /// Sets a key of `[rate]`.
    #[must_use]
    pub fn rate(mut self, key: &str, messages: u32) -> Self {
        self.rate.insert(key.to_owned(), messages.into());
        self
    }

    /// Points every channel at this stand-in.
    #[must_use]
    pub fn graph(mut self, graph: &Graph) -> Self {
        self.channels = self.channels.into_iter().map(|channel| channel.set("graph_api_url", graph.url())).collect();
        self
    }

    /// Sets a key of the first channel's `[channels.config]`.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.channels[0].config.insert(key.to_owned(), value.into());
        self
    }

    /// Sets a key of the first `[[channels]]` itself, which is the host's.
    #[must_use]
    pub fn channel(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.channels[0].host.insert(key.to_owned(), value.into());
        self
    }

    /// Leaves a key of the first channel's `[channels.config]` out.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.channels[0].config.remove(key);
        self
    }

    /// Puts the first channel on Linktor's bus behind this door, with more keys of `[linktor]`.
    #[must_use]
    pub fn linktor(self, door: &Door, more: Value) -> Self {
        let mut section = json!({"nats": door.url(), "tenant_id": ids::TENANT});
        if let (Value::Object(section), Value::Object(more)) = (&mut section, more) {
            section.extend(more);
        }
        self.section("linktor", section).channel("linktor_channel_id", ids::LINKTOR_CHANNEL)
    }

    /// Sets a key of `[server]`.
    #[must_use]
    pub fn server(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.server.insert(key.to_owned(), value.into());
        self
    }

    /// Adds a section of the file, such as `[retention]` or all of `[[api_keys]]`.
    #[must_use]
    pub fn section(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.sections.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a variable to the host's environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an argument to `serve`.
    #[must_use]
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    /// Writes the file, in a directory of its own that goes when the last user of it goes.
    #[must_use]
    pub fn write(&self) -> ConfigFile {
        let dir = TempDir::with_prefix("linktor-test-").expect("a temporary directory");
        let path = dir.path().join("linktor.toml");
        let mut server = self.server.clone();
        server.entry("data_dir").or_insert_with(|| dir.path().join("data").to_string_lossy().into());
        let channels: Vec<Value> = self.channels.iter().map(ChannelConfig::to_value).collect();
        let mut file = json!({"server": server, "channels": channels});
        for (name, section) in &self.sections {
            file[name] = section.clone();
        }
        if !self.media_hosts.is_empty() {
            file["media"] = json!({"allow_hosts": self.media_hosts});
        }
        if !self.rate.is_empty() {
            file["rate"] = self.rate.clone().into();
        }
        let text = toml::to_string(&file).expect("values that TOML has");
        fs::write(&path, text).expect("a file in a temporary directory");
        ConfigFile { dir: Arc::new(dir), path, env: self.env.clone(), args: self.args.clone() }
    }
}

/// A configuration file that was written, with the data directory that it names.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    dir: Arc<TempDir>,
    path: PathBuf,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) args: Vec<String>,
}

impl ConfigFile {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory that holds the file and the data.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Puts another text in place of the file's.
    pub fn overwrite(&self, text: &str) {
        fs::write(&self.path, text).expect("a file in a temporary directory");
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        fs::read_to_string(&self.path).expect("the file that was written")
    }
}
