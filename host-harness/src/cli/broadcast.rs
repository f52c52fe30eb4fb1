//! One message to a list of people, from the command line.

mod desk;
mod progress;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use channel_api::Registry;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::Value;

use self::desk::{Desk, Made};
use super::denormalize::refuse;
use super::{Failure, environment, input, output};
use crate::broadcasts::Wish;
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
    /// A file with the people, one id a line; lines that begin with # are comments
    #[arg(long, value_name = "FILE", required = true)]
    file: Option<PathBuf>,
    /// The channel's id. May be left out where the message names it
    #[arg(long, value_name = "ID")]
    channel: Option<String>,
    /// Not before this time, as in 2026-11-29T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = to_come)]
    at: Option<Timestamp>,
    /// Also if the same was asked for within the last ten minutes: everybody gets it once more
    #[arg(long)]
    again: bool,
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
            Some(Action::Pause(one)) => one.wish(Wish::Pause).await,
            Some(Action::Cancel(one)) => one.wish(Wish::Cancel).await,
            Some(Action::Resume(one)) => one.resume().await,
        }
    }
}

impl New {
    async fn run(self) -> Result<(), Failure> {
        let Self { file, channel, at, again, dry_run, common } = self;
        let People { list, repeated } = people(&file.unwrap_or_default())?;
        if repeated > 0 {
            output::note(&format!("{repeated} line(s) name somebody who stands there already: nobody gets it twice"))?;
        }
        let message = match input::parse(&input::stdin()?, "the message") {
            Ok(message) => message,
            Err(error) => return refuse(&error),
        };
        let Value::Object(mut body) = message else {
            return Err(Failure::new("the message is no object", Some("give {\"content\": {…}} on stdin")));
        };
        if body.insert("to".to_owned(), list.into()).is_some() {
            let hint = "the file names whom it is for: take `to` out of the message";
            return Err(Failure::new("the message names somebody itself", Some(hint)));
        }
        let named = body.get("channelId").or_else(|| body.get("channel_id"));
        match (named, channel) {
            (Some(named), Some(channel)) if named.as_str() != Some(&channel) => {
                let hint = "take it out of the message, or leave --channel out";
                return Err(Failure::new(format!("the message names another channel than {channel}"), Some(hint)));
            }
            (None, Some(channel)) => drop(body.insert("channelId".to_owned(), channel.into())),
            _ => {}
        }
        body.extend(at.map(|at| ("at".to_owned(), at.to_string().into())));
        let body = Value::from(body).to_string().into_bytes();
        let mut desk = common.desk("broadcast").await?;
        if dry_run {
            let windows = desk.windows(body).await;
            let closed = desk.close().await;
            return show_windows(&windows?, common.json).and(closed);
        }
        let key = again.then(new_key).transpose()?;
        let watched = match desk.create(body, key).await {
            Ok(made) => watch(&mut desk, &made).await,
            Err(failure) => Err(failure),
        };
        let closed = desk.close().await;
        end(&watched?, common.json).and(closed)
    }
}

async fn watch(desk: &mut Desk, made: &Made) -> Result<Value, Failure> {
    let Made { id, created_at, is_replayed } = made;
    if *is_replayed {
        output::note(&format!(
            "this is the broadcast {id} of {created_at}: nothing is sent once more. The same message to the same people within ten \
             minutes is the same broadcast; --again makes another one"
        ))?;
    }
    progress::watch(desk, id).await
}

/// A key that nobody has used.
fn new_key() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::new(format!("the system has no random numbers: {error}"), None))?;
    Ok(hex::encode(bytes))
}

impl One {
    async fn show(self) -> Result<(), Failure> {
        let report = desk::show(&self.common.config()?, &self.id).await?;
        show(&report, self.common.json)
    }

    async fn wish(self, wish: Wish) -> Result<(), Failure> {
        let mut desk = self.common.desk(&format!("broadcast {}", desk::word(wish))).await?;
        let report = match desk.wish(&self.id, wish).await {
            Ok(()) => desk.report(&self.id).await,
            Err(failure) => Err(failure),
        };
        let closed = desk.close().await;
        show(&report?, self.common.json).and(closed)
    }

    async fn resume(self) -> Result<(), Failure> {
        let mut desk = self.common.desk("broadcast resume").await?;
        let watched = match desk.wish(&self.id, Wish::Resume).await {
            Ok(()) => progress::watch(&mut desk, &self.id).await,
            Err(failure) => Err(failure),
        };
        let closed = desk.close().await;
        end(&watched?, self.common.json).and(closed)
    }
}

impl Common {
    async fn desk(&self, command: &str) -> Result<Desk, Failure> {
        Desk::open(self.config()?, command).await
    }

    fn config(&self) -> Result<HostConfig, Failure> {
        Ok(HostConfig::load(&self.config, &Registry::discover()?, environment)?)
    }
}

/// Whom a file names.
#[derive(Debug, PartialEq)]
struct People {
    /// Each once, in their order.
    list: Vec<String>,
    /// How many lines name somebody once more.
    repeated: usize,
}

/// The people of a file, one a line. Empty lines are nobody, and so is what begins with #.
fn people(file: &Path) -> Result<People, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let message = format!("{} cannot be read: {error}", file.display());
        Failure::new(message, Some("give a file in UTF-8 with one person's id a line"))
    })?;
    // Some editors begin a file with this mark.
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let (mut list, mut seen, mut repeated) = (Vec::new(), HashSet::new(), 0);
    for person in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if seen.insert(person) {
            list.push(person.to_owned());
        } else {
            repeated += 1;
        }
    }
    if list.is_empty() {
        return Err(Failure::new(format!("{} names nobody", file.display()), Some("write one person's id a line")));
    }
    Ok(People { list, repeated })
}

/// A time that has not come yet.
fn to_come(given: &str) -> Result<Timestamp, String> {
    let at: Timestamp = given.parse().map_err(|_| "must be a time such as 2026-11-29T08:00:00Z")?;
    let now = Timestamp::now();
    if at > now {
        return Ok(at);
    }
    Err(format!(
        "{at} is over: it is {} now; leave --at out to begin at once",
        now.round(jiff::Unit::Second).unwrap_or(now)
    ))
}

/// Tells how a broadcast ended that was watched. Good is one of which nothing was refused, and one whose time is to come.
fn end(report: &Value, json: bool) -> Result<(), Failure> {
    show(report, json)?;
    let counts = &report["counts"];
    let none = |name: &str| counts[name].as_u64() == Some(0);
    let is_done = report["status"] == "done" && none("failed") && none("unknown");
    let is_good = is_done || report["status"] == "scheduled";
    if is_good { Ok(()) } else { Err(Failure::Shown) }
}

fn show(report: &Value, json: bool) -> Result<(), Failure> {
    if json {
        return output::pretty(report);
    }
    output::text(&format!("{} is {}", word(&report["id"]), word(&report["status"])))?;
    let counts = &report["counts"];
    let mut rows: Vec<(String, u64)> = Vec::new();
    for name in ["total", "waiting", "pending", "sent", "delivered", "read", "failed", "unknown", "gone"] {
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
        std::fs::write(&file, "\u{feff}# whom we know\n1\n\n  2 \r\n3\n#4\n1").unwrap();
        let list = ["1", "2", "3"].map(str::to_owned).to_vec();
        assert_eq!(people(&file).unwrap(), People { list, repeated: 1 });
        assert!(people(&dir.path().join("none")).is_err());
        std::fs::write(&file, "# nobody\n\n").unwrap();
        assert!(people(&file).is_err());
    }

    #[test]
    fn a_time_is_to_come() {
        assert!(to_come("2999-01-01T00:00:00Z").is_ok());
        let over = to_come("2001-01-01T00:00:00Z").unwrap_err();
        assert!(over.starts_with("2001-01-01T00:00:00Z is over: it is 2"), "{over}");
        assert!(to_come("tomorrow").unwrap_err().starts_with("must be a time"));
    }

    #[test]
    fn good_is_what_was_done_and_refused_by_nobody() {
        let report = |status: &str, failed: u64| json!({"id": "bc_1", "status": status, "counts": {"total": 2, "failed": failed, "unknown": 0}});
        assert!(end(&report("done", 0), true).is_ok());
        assert!(end(&report("scheduled", 0), true).is_ok());
        for bad in [report("done", 1), report("stopped", 0), report("paused", 0)] {
            assert!(end(&bad, true).is_err(), "{bad}");
        }
    }
}
