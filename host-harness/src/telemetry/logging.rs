use std::io::{self, IsTerminal as _};

use channel_api::{ChannelAdapter, Error};
use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// Sends logs to stderr. `RUST_LOG` chooses what; without it, warnings and the host's own news. A second call does nothing.
pub fn init(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,host_harness=info"));
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|word| word.is_empty());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours);
    let installed = match format {
        LogFormat::Text => builder.finish().try_init(),
        LogFormat::Json => builder.json().finish().try_init(),
    };
    if installed.is_err() {
        tracing::debug!("logging was set up before");
    }
}

/// Notes a failure with everything that helps an operator or the provider's support, and nobody's words.
pub(crate) fn failed(adapter: &dyn ChannelAdapter, error: &Error, what: &'static str) {
    message_failed(adapter, error, what, "");
}

/// The same of a message, with its id: what was said to whoever sent it, who may be gone.
pub(crate) fn message_failed(adapter: &dyn ChannelAdapter, error: &Error, what: &'static str, id: &str) {
    let provider = error.provider().cloned().unwrap_or_default();
    tracing::warn!(
        channel_id = %adapter.channel_id(),
        id = Some(id).filter(|id| !id.is_empty()),
        code = error.code(),
        kind = error.kind().as_str(),
        operation = error.operation(),
        provider.code = provider.code.map(tracing::field::display),
        provider.subcode = provider.subcode.map(tracing::field::display),
        provider.trace_id,
        context = ?error.context(),
        reason = %error,
        hint = error.hint(),
        "{what}"
    );
}
