//! `demo`: the whole way in one process, with no account anywhere. A simulated provider with a person on a phone, the host as
//! it serves a real Page, and a small bot that uses nothing but the host's API, or Linktor's core behind its bus.

mod bot;
mod colleague;
mod consumer;
mod linktor;
mod narrator;
mod replies;
mod script;
mod stage;

use std::io;
use std::net::SocketAddr;

use clap::Args;
use tokio::net::TcpListener;

pub use self::stage::DemoError;
use self::stage::Stage;
use crate::signals::stop_signal;
use crate::telemetry::{LogFormat, init_logging};

const HOST_ADDRESS: &str = "127.0.0.1:18080";
/// Where `simulate` looks for it; if the port is taken, another.
const SIMULATOR_ADDRESS: &str = "127.0.0.1:18081";

/// Show a conversation from end to end: host, bot and a person on a simulated phone, with no account anywhere
#[derive(Debug, Args)]
pub struct Demo {
    /// End after the conversation instead of staying up to be played with
    #[arg(long)]
    exit: bool,
    /// Through Linktor's bus: a nats-server (from the path, or `NATS_SERVER_BIN`) with a stand-in of Linktor's core behind it
    #[arg(long)]
    linktor: bool,
}

impl Demo {
    /// Runs it.
    ///
    /// # Errors
    /// When a part does not start, or the conversation gets stuck.
    pub async fn run(self) -> Result<(), DemoError> {
        init_logging(LogFormat::Text);
        let stop = stop_signal()?;
        if self.linktor {
            return linktor::run(self.exit, stop).await;
        }
        let stage = Stage::set(HOST_ADDRESS, SIMULATOR_ADDRESS, None).await?;
        let narrator = narrator::Narrator::new(&stage);
        narrator.open()?;
        let bot = stage.start_bot();
        let played = tokio::select! {
            played = script::play(&stage) => played,
            () = stop => {
                bot.abort();
                return stage.clear().await;
            }
        };
        if played.is_ok() && !self.exit {
            narrator.invite()?;
            let stop = stop_signal()?;
            tokio::select! {
                followed = narrator.follow() => followed?,
                () = stop => {}
            }
        }
        bot.abort();
        let cleared = stage.clear().await;
        played.and(cleared)
    }
}

/// The usual port if it is free, any other if not: a demo shall start, whatever else runs here.
async fn listen(address: &str) -> io::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await,
    }
}
