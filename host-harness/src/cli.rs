//! The command line. Data goes to stdout, everything else to stderr; exit 0 is good, 1 a clear refusal, 2 wrong usage.

mod alone;
mod broadcast;
mod call;
mod channel;
mod check_config;
mod compact;
#[cfg(feature = "conformance")]
mod conformance;
mod connection;
mod denormalize;
mod erase;
mod events;
mod failure;
mod hint;
mod input;
mod linktor;
mod normalize;
mod opened;
mod outbox;
mod output;
mod plugins;
mod profile;
mod running_host;
mod schema;
mod send;
mod serve;
#[cfg(feature = "simulator")]
mod simulate;
mod waiting;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::failure::Failure;
#[cfg(feature = "demo")]
use crate::demo;

/// Hosts channel adapters: webhooks in, messages out, events kept.
#[derive(Debug, Parser)]
#[command(name = "host-harness", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[cfg(feature = "demo")]
    Demo(demo::Demo),
    /// Serve the channels of a configuration file: webhooks, API, event stream
    Serve(serve::Serve),
    /// List the channel types that this program has
    Plugins(plugins::Plugins),
    /// Print the JSON Schema of a channel's configuration, to draw a form from
    Schema(schema::Schema),
    /// Check a configuration file, touching nothing
    CheckConfig(check_config::CheckConfig),
    /// Translate a webhook body from stdin into events, one JSON object a line
    Normalize(normalize::Normalize),
    /// Translate a message from stdin into the provider's requests, one JSON object a line
    Denormalize(denormalize::Denormalize),
    /// Send a message from stdin through a configured channel
    Send(send::Send),
    /// Send one message to a list of people, and watch, pause, resume or cancel that
    Broadcast(broadcast::BroadcastCommand),
    /// List and show messages that were sent or wait; send failed ones again, or drop them
    Outbox(outbox::OutboxCommand),
    /// Show, plan and set the channel's profile: greeting, get-started button, menu
    Profile(profile::ProfileCommand),
    /// Call what a channel can do beyond messages, or list it
    Call(call::Call),
    /// Check whether a channel can work, and repair its webhooks
    Connection(connection::ConnectionCommand),
    /// Measure the adapters against the written contract
    #[cfg(feature = "conformance")]
    Conformance(conformance::Conformance),
    /// Publish on Linktor's bus what its core has given up, or what happened before
    Linktor(linktor::LinktorCommand),
    /// Print stored events, one JSON object a line
    Events(events::Events),
    /// Erase all that is kept of a person, also by the host that runs with the store
    Erase(erase::Erase),
    /// Write the store anew without the room that it does not use, while no host runs with it
    Compact(compact::Compact),
    #[cfg(feature = "simulator")]
    Simulate(messenger_simulator::Simulate),
}

/// Runs the program.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no failures: clap prints them to stdout and says 0.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return if error.print().is_ok() { ExitCode::from(code) } else { ExitCode::FAILURE };
        }
    };
    let done = match cli.command {
        #[cfg(feature = "demo")]
        Command::Demo(command) => command.run().await.map_err(Failure::from),
        Command::Serve(command) => command.run().await,
        Command::Plugins(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::CheckConfig(command) => command.run(),
        Command::Normalize(command) => command.run(),
        Command::Denormalize(command) => command.run(),
        Command::Send(command) => command.run().await,
        Command::Broadcast(command) => command.run().await,
        Command::Outbox(command) => command.run().await,
        Command::Profile(command) => command.run().await,
        Command::Call(command) => command.run().await,
        Command::Connection(command) => command.run().await,
        #[cfg(feature = "conformance")]
        Command::Conformance(command) => command.run(),
        Command::Linktor(command) => command.run().await,
        Command::Events(command) => command.run().await,
        Command::Erase(command) => command.run().await,
        Command::Compact(command) => command.run(),
        #[cfg(feature = "simulator")]
        Command::Simulate(command) => simulate::run(command).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.show(),
    }
}

/// The process's environment.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
