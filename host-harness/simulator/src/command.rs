//! The simulator as a command: alone for the tests of any project, or as the person on the phone of one that runs.
//!
//! It is a [`clap::Args`], for a program to take in under a name of its choice.

mod alone;
mod error;
mod output;
mod phone;
mod recording;

use std::future::Future;
use std::io;

use clap::{Args, Subcommand};

use self::alone::Alone;
pub use self::error::CommandError;
use self::phone::{Act, Phone};

/// Where [`Simulate`] listens and where it looks for a simulator, unless it is told otherwise.
pub const DEFAULT_URL: &str = "http://127.0.0.1:18081";

/// Known to everybody; it guards nothing but a simulation. A host under test is given the same.
const APP_SECRET: &str = "simulated-app-secret";

/// Run the simulated Messenger alone, or be the person on the phone in a running demo
#[derive(Debug, Args)]
#[command(
    after_help = "Without a command, the simulator runs alone until it is stopped. GET /_sim tells its HTTP surface."
)]
pub struct Simulate {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    phone: Phone,
    /// Where webhooks go
    #[arg(long, global = true)]
    webhook_url: Option<String>,
    /// The app's secret, which signs webhooks. Give a real one only to test a host that runs with it
    #[arg(long, global = true, env = "SIMULATOR_APP_SECRET", hide_env_values = true, default_value = APP_SECRET)]
    app_secret: String,
    #[command(flatten)]
    alone: Box<Alone>,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Act(Act),
    /// Keep the webhooks of a running simulator as a corpus: bodies and signatures
    Record(recording::Record),
    /// Post the webhooks of a corpus to an address again
    Replay(recording::Replay),
}

impl Simulate {
    /// Does what the arguments say. Data goes to stdout, everything else to stderr.
    ///
    /// `stop` is called when the simulator runs alone, before it says that it listens; it ends when the future does.
    ///
    /// # Errors
    /// What was refused, with what to do about it; or what the terminal refused.
    pub async fn run<S: Future<Output = ()>>(self, stop: impl FnOnce() -> io::Result<S>) -> Result<(), CommandError> {
        match self.command {
            None => self.alone.run(self.webhook_url, self.app_secret, stop).await,
            Some(Command::Act(act)) => self.phone.act(act).await,
            Some(Command::Record(record)) => record.run(&self.phone, &self.app_secret).await,
            Some(Command::Replay(replay)) => replay.run(self.webhook_url, &self.app_secret).await,
        }
    }
}
