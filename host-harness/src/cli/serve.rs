use std::net::SocketAddr;
use std::path::PathBuf;

use channel_api::Registry;
use clap::Args;
use tokio::net::TcpListener;

use super::{Failure, environment, output};
use crate::app::{App, Storage};
use crate::config::HostConfig;
use crate::signals::stop_signal;
use crate::telemetry::{LogFormat, init_logging};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration file
    #[arg(long, default_value = "linktor.toml")]
    config: PathBuf,
    /// The address to listen on, instead of the configuration's
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// How log lines on stderr look
    #[arg(long, value_enum, default_value_t)]
    log_format: LogFormat,
    /// Acknowledge webhooks without storing them. Loses every event: only to measure what storage costs
    #[arg(long, hide = true)]
    discard_events: bool,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        init_logging(self.log_format);
        let registry = Registry::discover()?;
        let config = HostConfig::load(&self.config, &registry, environment)?;
        let storage = if self.discard_events {
            tracing::warn!("--discard-events: every event is acknowledged and lost; only for measurements");
            Storage::Memory
        } else {
            Storage::Durable(&config.data_dir)
        };
        let app = App::build(&config, storage, &registry, environment)?;
        let address = self.listen.unwrap_or(config.listen);
        let listener = TcpListener::bind(address).await.map_err(|error| {
            Failure::new(
                format!("cannot listen on {address}: {error}"),
                Some("stop what uses the port, or choose another with --listen"),
            )
        })?;
        // Before the line that says we listen: whoever waits for it may stop us at once.
        let stop = stop_signal()?;
        output::text(&format!("listening on http://{}", listener.local_addr()?))?;
        Box::pin(app.serve(listener, stop)).await?;
        tracing::info!("stopped");
        Ok(())
    }
}
