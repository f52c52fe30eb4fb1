mod show;

use std::path::{Path, PathBuf};

use channel_api::facets::required;
use channel_api::profile::Profile;
use channel_api::{Error, ErrorKind, Issue, Pointer, Report};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::channel::ChannelChoice;
use super::denormalize::{refuse, warn};
use super::{Failure, input, output};
use crate::profile::{self, DesiredProfile};

#[derive(Debug, Args)]
#[command(after_help = "\
The profile is one document: a member for each property, null for what shall go, nothing for what shall stay as it is.

Examples:
  host-harness profile show > profile.json
  host-harness profile plan profile.json
  host-harness profile apply profile.json
  echo '{\"greeting\": null}' | host-harness profile apply
  host-harness profile clear persistent-menu --channel ch_facebook_123")]
pub(super) struct ProfileCommand {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Print the profile as the provider has it: a document to start from
    Show {
        #[command(flatten)]
        channel: ChannelChoice,
        /// Print it on one line
        #[arg(long)]
        json: bool,
    },
    /// Print what `apply` would change, and change nothing
    Plan(Given),
    /// Make the profile as the document says
    Apply(Given),
    /// Take properties away; without names all of them
    Clear {
        #[arg(
            value_name = "PROPERTY",
            help = "The properties, such as persistent_menu, persistentMenu or persistent-menu"
        )]
        properties: Vec<String>,
        #[command(flatten)]
        channel: ChannelChoice,
        /// Print JSON: {"changes","requests","warnings","applied"}
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct Given {
    /// The document, a JSON file; `-` or nothing for stdin
    file: Option<PathBuf>,
    #[command(flatten)]
    channel: ChannelChoice,
    /// Print JSON: {"changes","requests","warnings"}, after apply also what was "applied"
    #[arg(long)]
    json: bool,
}

impl ProfileCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self.step {
            Step::Show { channel, json } => {
                let profile = required(channel.open()?.profile(), "profile_read")?.read().await?;
                if json { output::line(&profile) } else { output::pretty(&profile) }
            }
            Step::Plan(given) => {
                let desired = match given.desired()? {
                    Ok(desired) => desired,
                    Err(error) => return refuse(&error),
                };
                let adapter = given.channel.open()?;
                match profile::plan(&*adapter, &desired).await {
                    Ok(plan) if given.json => output::pretty(&plan),
                    Ok(plan) => {
                        warn(&plan.warnings)?;
                        output::text(&show::plan(&plan))
                    }
                    Err(error) => refused(error),
                }
            }
            Step::Apply(given) => {
                let desired = match given.desired()? {
                    Ok(desired) => desired,
                    Err(error) => return refuse(&error),
                };
                carry_out(&given.channel, &desired, given.json).await
            }
            Step::Clear { properties, channel, json } => {
                let names: Result<Vec<String>, Failure> = properties.iter().map(|given| name(given)).collect();
                carry_out(&channel, &DesiredProfile::without(names?), json).await
            }
        }
    }
}

impl Given {
    /// What the document says, or why it is none.
    fn desired(&self) -> Result<Result<DesiredProfile, Error>, Failure> {
        let from = self.file.as_deref().filter(|file| *file != Path::new("-"));
        Ok(input::json(from, "the profile")?.and_then(|document| {
            if let Value::Object(document) = document {
                return Ok(DesiredProfile::Document(Profile(document)));
            }
            let mut report = Report::default();
            let message = "must be an object with a member for each property, such as {\"greeting\": …}";
            report.refuse(Issue::new(&Pointer::ROOT, "type", message));
            Err(Error::refused(ErrorKind::InvalidMessage, "invalid_profile", "the profile", report))
        }))
    }
}

fn name(given: &str) -> Result<String, Failure> {
    profile::property_name(given).ok_or_else(|| {
        Failure::new(
            format!("{given:?} cannot be the name of a property"),
            Some("name it as `profile show` does: letters, digits and underscores"),
        )
    })
}

/// A document that breaks rules is answered as data; anything else is a failure.
fn refused(error: Error) -> Result<(), Failure> {
    if error.issues().is_empty() { Err(error.into()) } else { refuse(&error) }
}

async fn carry_out(channel: &ChannelChoice, desired: &DesiredProfile, as_json: bool) -> Result<(), Failure> {
    let adapter = channel.open()?;
    let plan = match profile::plan(&*adapter, desired).await {
        Ok(plan) => plan,
        Err(error) => return refused(error),
    };
    if !as_json {
        warn(&plan.warnings)?;
        output::text(&show::plan(&plan))?;
    }
    let done = profile::apply(&*adapter, plan).await;
    if as_json {
        let mut document = json!({
            "changes": done.plan.changes,
            "requests": done.plan.requests,
            "warnings": done.plan.warnings,
            "applied": done.properties,
        });
        if done.failure.is_some() {
            document["notApplied"] = json!(done.not_applied());
        }
        output::pretty(&document)?;
    }
    let not_applied = done.not_applied().join(", ");
    match done.failure {
        None if as_json || done.plan.changes.is_empty() => Ok(()),
        None => output::text(&format!("applied: {}", done.properties.join(", "))),
        Some(error) => {
            let applied = if done.properties.is_empty() { "nothing".to_owned() } else { done.properties.join(", ") };
            output::note(&format!("applied: {applied}; not applied: {not_applied}"))?;
            let advice = profile::advice(&error);
            Err(error.with_hint(advice).into())
        }
    }
}
