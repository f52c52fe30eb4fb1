//! One message to a list of people, from the command line.

mod desk;
mod progress;

use std::path::{Path, PathBuf};

use channel_api::Registry;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::Value;

use self::desk::{Desk, Wished};
use super::denormalize::refuse;
use super::{Failure, environment, input, output};
use crate::config::HostConfig;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct BroadcastCommand {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    new: New,
}

/// A broadcast to be made of a message from stdin: {"content", "options"}.
#[derive(Debug, Args)]
struct New {
    /// A file with the people, one id a line
    #[arg(long, value_name = "FILE", required = true)]
    file: Option<PathBuf>,
    /// The channel's id. May be left out where the message names it
    #[arg(long, value_name = "ID")]
    channel: Option<String>,
    /// Not before this time, as in 2026-11-29T08:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Only count who may be written to now
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show what has become of it
    Show(One),
    /// Give nobody their turn until it is resumed
    Pause(One),
    /// Go on with it, and watch it
    Resume(One),
    /// End it: who still waits gets nothing
    Cancel(One),
}

#[derive(Debug, Args)]
struct One {
    /// The broadcast's id
    id: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// The configuration file with the channel
    #[arg(long, default_value = "linktor.toml", value_name = "FILE")]
    config: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl BroadcastCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self.action {
            None => self.new.run().await,
            Some(Action::Show(one)) => one.show().await,
            Some(Action::Pause(one)) => one.wish(Wished::Pause).await,
            Some(Action::Cancel(one)) => one.wish(Wished::Cancel).await,
            Some(Action::Resume(one)) => one.resume().await,
        }
    }
}

impl New {
    async fn run(self) -> Result<(), Failure> {
        let Self { file, channel, at, dry_run, common } = self;
        let people = people(&file.unwrap_or_default())?;
        let message = match input::parse(&input::stdin()?, "the message") {
            Ok(message) => message,
            Err(error) => return refuse(&error),
        };
        let Value::Object(mut body) = message else {
            return Err(Failure::new("the message is no object", Some("give {\"content\": {…}} on stdin")));
        };
        if body.insert("to".to_owned(), people.into()).is_some() {
            let hint = "the file names whom it is for: take `to` out of the message";
            return Err(Failure::new("the message names somebody itself", Some(hint)));
        }
        body.extend(channel.map(|channel| ("channelId".to_owned(), channel.into())));
        body.extend(at.map(|at| ("at".to_owned(), at.to_string().into())));
        let body = Value::from(body).to_string().into_bytes();
        let mut desk = common.desk().await?;
        if dry_run {
            let windows = desk.windows(body).await;
            desk.close().await?;
            return show_windows(&windows?, common.json);
        }
        let made = desk.create(body).await;
        let watched = match made {
            Ok(made) => progress::watch(&mut desk, made["id"].as_str().unwrap_or_default()).await,
            Err(failure) => Err(failure),
        };
        desk.close().await?;
        end(&watched?, common.json)
    }
}

impl One {
    async fn show(self) -> Result<(), Failure> {
        let mut desk = self.common.desk().await?;
        let report = desk.report(&self.id).await;
        desk.close().await?;
        show(&report?, self.common.json)
    }

    async fn wish(self, wished: Wished) -> Result<(), Failure> {
        let mut desk = self.common.desk().await?;
        let report = match desk.wish(&self.id, wished).await {
            Ok(()) => desk.report(&self.id).await,
            Err(failure) => Err(failure),
        };
        desk.close().await?;
        show(&report?, self.common.json)
    }

    async fn resume(self) -> Result<(), Failure> {
        let mut desk = self.common.desk().await?;
        let watched = match desk.wish(&self.id, Wished::Resume).await {
            Ok(()) => progress::watch(&mut desk, &self.id).await,
            Err(failure) => Err(failure),
        };
        desk.close().await?;
        end(&watched?, self.common.json)
    }
}

impl Common {
    async fn desk(&self) -> Result<Desk, Failure> {
        Desk::open(HostConfig::load(&self.config, &Registry::discover()?, environment)?).await
    }
}

/// The people of a file, one a line. Empty lines are nobody.
fn people(file: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let message = format!("{} cannot be read: {error}", file.display());
        Failure::new(message, Some("give a file in UTF-8 with one person's id a line"))
    })?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Tells how a broadcast ended that was watched. Good is one of which nothing was refused.
fn end(report: &Value, json: bool) -> Result<(), Failure> {
    show(report, json)?;
    let counts = &report["counts"];
    let none = |name: &str| counts[name].as_u64() == Some(0);
    let is_good = report["status"] == "done" && none("failed") && none("unknown");
    if is_good { Ok(()) } else { Err(Failure::Shown) }
}

fn show(report: &Value, json: bool) -> Result<(), Failure> {
    if json {
        return output::pretty(report);
    }
    output::text(&format!("{} is {}", word(&report["id"]), word(&report["status"])))?;
    let counts = &report["counts"];
    let mut rows: Vec<(String, u64)> = Vec::new();
    for name in ["total", "waiting", "pending", "sent", "delivered", "read", "failed", "unknown"] {
        rows.push((name.to_owned(), counts[name].as_u64().unwrap_or_default()));
    }
    for (list, what) in [(&counts["skipped"], "skipped"), (&report["failures"], "failed")] {
        for (why, count) in list.as_object().into_iter().flatten() {
            rows.push((format!("{what}: {why}"), count.as_u64().unwrap_or_default()));
        }
    }
    for (name, count) in rows.iter().filter(|(name, count)| *count > 0 || name == "total") {
        output::text(&format!("{count:>9}  {name}"))?;
    }
    Ok(())
}

fn show_windows(windows: &Value, json: bool) -> Result<(), Failure> {
    if json {
        return output::pretty(windows);
    }
    let named = [
        ("total", "people"),
        ("open", "may be written to now"),
        ("windowClosed", "whose window is closed"),
        ("windowUnknown", "of whom no window is known"),
        ("personUnavailable", "who cannot be reached"),
    ];
    for (name, told) in named {
        output::text(&format!("{:>9}  {told}", windows[name].as_u64().unwrap_or_default()))?;
    }
    Ok(())
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What a broadcast that is over was, or one that somebody else holds.
fn is_over(report: &Value) -> bool {
    !["gathering", "scheduled", "running"].contains(&word(&report["status"]))
}

/// How much of it is through.
fn through(report: &Value) -> (u64, u64) {
    let count = |name: &str| report["counts"][name].as_u64().unwrap_or_default();
    (count("total").saturating_sub(count("waiting") + count("pending")), count("total"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_has_a_person_a_line() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("people.txt");
        std::fs::write(&file, "1\n\n  2 \r\n3").unwrap();
        assert_eq!(people(&file).unwrap(), ["1", "2", "3"]);
        assert!(people(&dir.path().join("none")).is_err());
    }

    #[test]
    fn good_is_what_was_done_and_refused_by_nobody() {
        let report = |status: &str, failed: u64| json!({"id": "bc_1", "status": status, "counts": {"total": 2, "failed": failed, "unknown": 0}});
        assert!(end(&report("done", 0), true).is_ok());
        for bad in [report("done", 1), report("stopped", 0), report("paused", 0)] {
            assert!(end(&bad, true).is_err(), "{bad}");
        }
    }
}
