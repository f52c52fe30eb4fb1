//! The simulator as a program of its own, for the tests of any project.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use clap::{Args, ValueEnum};
use tokio::sync::broadcast::error::RecvError;

use super::{CommandError, output};
use crate::{Clock, ExpiredVersions, Page, Person, Simulator, StartError};

/// Everything that a host subscribes to.
const FIELDS: &str = "messages,messaging_postbacks,messaging_optins,messaging_referrals,messaging_handovers,\
                      message_deliveries,message_reads,message_echoes,message_edits,message_reactions,standby";

#[derive(Debug, Args)]
#[command(next_help_heading = "Running alone")]
pub(super) struct Alone {
    /// The address to listen on, loopback only; port 0 for any
    #[arg(long, default_value = "127.0.0.1:18081")]
    listen: SocketAddr,
    /// The same seed gives the same ids and the same delivery faults
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The time to begin at, like 2026-11-22T12:00:00Z, instead of this machine's
    #[arg(long)]
    now: Option<jiff::Timestamp>,
    /// The Page's id
    #[arg(long, default_value = "1098765432100001")]
    page_id: String,
    /// The Page's name
    #[arg(long, default_value = "Simulated Page")]
    page_name: String,
    /// The app's id
    #[arg(long, default_value = "2233445566778899")]
    app_id: String,
    /// The Page's access token, which Graph calls carry
    #[arg(long, env = "SIMULATOR_PAGE_TOKEN", hide_env_values = true, default_value = "simulated-page-token")]
    page_token: String,
    /// Sent in the handshake with the webhook's address
    #[arg(long, default_value = "simulated-verify-token")]
    verify_token: String,
    /// The webhook fields that the Page is subscribed to
    #[arg(long, value_delimiter = ',', default_value = FIELDS)]
    fields: Vec<String>,
    /// The person's id
    #[arg(long, default_value = "7411002233445566")]
    psid: String,
    /// The person's name
    #[arg(long, default_value = "Ana Lima")]
    person: String,
    /// Refuse calls without `appsecret_proof`
    #[arg(long)]
    require_appsecret_proof: bool,
    /// What is done with calls to a Graph version that has ended
    #[arg(long, value_enum, default_value_t = OnExpired::Refuse)]
    expired_versions: OnExpired,
    /// Tell on stderr what happens
    #[arg(long)]
    narrate: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OnExpired {
    /// Refuse them with code 2635
    Refuse,
    /// Serve them with the oldest version that is left
    Serve,
}

impl Alone {
    pub(super) async fn run<S: Future<Output = ()>>(
        self,
        webhook_url: Option<String>,
        app_secret: String,
        stop: impl FnOnce() -> io::Result<S>,
    ) -> Result<(), CommandError> {
        let (first_name, last_name) = self.person.split_once(' ').unwrap_or((&self.person, ""));
        let person = Person {
            psid: self.psid,
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            ..Person::default()
        };
        let page = Page {
            id: self.page_id,
            name: self.page_name,
            app_id: self.app_id,
            app_secret,
            access_token: self.page_token,
            webhook_url,
            verify_token: self.verify_token,
            subscribed_fields: self.fields,
            require_appsecret_proof: self.require_appsecret_proof,
        };
        let clock = self.now.map_or_else(Clock::system, |now| Clock::starting_at(now.as_millisecond()));
        let expired = match self.expired_versions {
            OnExpired::Refuse => ExpiredVersions::Refuse,
            OnExpired::Serve => ExpiredVersions::Serve,
        };
        let simulator = Simulator::new().listen(self.listen).seed(self.seed).clock(clock).expired_versions(expired);
        let simulator = simulator.page(page).person(person).start().await.map_err(|error| {
            let hint = matches!(error, StartError::Listen { .. })
                .then_some("stop what uses the port, or choose another with --listen");
            CommandError::new(error.to_string(), hint)
        })?;
        // Before the line that says it listens: whoever waits for it may stop it at once.
        let stop = stop()?;
        let mut events = simulator.events();
        output::text(&format!("listening on {}", simulator.url()))?;
        let narrate = async {
            loop {
                match events.recv().await {
                    Ok(event) if self.narrate => output::note(&event.to_string())?,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Ok::<(), CommandError>(()),
                }
            }
        };
        let narrated = tokio::select! {
            narrated = narrate => narrated,
            () = stop => Ok(()),
        };
        simulator.shutdown().await;
        narrated
    }
}
