mod alone;
mod phone;
mod recording;

use clap::{Args, Subcommand};

use self::alone::Alone;
use self::phone::{Act, Phone};
use super::Failure;

/// Known to everybody; it guards nothing but a simulation. A host under test is given the same.
const APP_SECRET: &str = "simulated-app-secret";

#[derive(Debug, Args)]
#[command(
    after_help = "Without a command, the simulator runs alone until it is stopped. GET /_sim tells its HTTP surface."
)]
pub(super) struct Simulate {
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
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self.command {
            None => self.alone.run(self.webhook_url, self.app_secret).await,
            Some(Command::Act(act)) => self.phone.act(act).await,
            Some(Command::Record(record)) => record.run(&self.phone, &self.app_secret).await,
            Some(Command::Replay(replay)) => replay.run(self.webhook_url, &self.app_secret).await,
        }
    }
}
