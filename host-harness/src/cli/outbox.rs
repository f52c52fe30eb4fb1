mod desk;
mod kept;
mod redrive;
mod show;
mod which;

use std::path::PathBuf;

use channel_api::Registry;
use clap::{Args, Subcommand};
use serde_json::Value;

use self::kept::Kept;
use self::redrive::Redrive;
use self::which::Which;
use super::{Failure, environment, output};
use crate::config::HostConfig;
use crate::http::Many;

/// How many messages are asked for at once.
const PAGE: usize = 200;

#[derive(Debug, Args)]
pub(super) struct OutboxCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List messages, the newest first
    List(List),
    /// Show a message, how it came on, and each attempt with its request and answer
    Show(Show),
    /// Send messages again that have failed, behind all that wait, and wait until that is decided
    Retry(Retry),
    /// Do not send messages that wait, or give up finding out whether they were sent
    Drop(Drop),
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    which: Which,
    /// At most so many messages
    #[arg(long, default_value_t = 50, value_parser = at_least_one)]
    limit: usize,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Show {
    /// The message's id
    id: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Retry {
    #[command(flatten)]
    redrive: Redrive,
    /// Also those that may have been sent already: a person may get them twice
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Drop {
    #[command(flatten)]
    redrive: Redrive,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// The configuration file, which says where the store is
    #[arg(long, default_value = "linktor.toml")]
    config: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl OutboxCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let (What::List(List { common, .. })
        | What::Show(Show { common, .. })
        | What::Retry(Retry { common, .. })
        | What::Drop(Drop { common, .. })) = &self.what;
        let registry = Registry::discover()?;
        let config = HostConfig::load(&common.config, &registry, environment)?;
        match self.what {
            What::List(list) => {
                let kept = Kept::open(&config)?;
                kept.require(list.which.channel(), &config).await?;
                list.run(&kept).await
            }
            What::Show(Show { id, common }) => {
                let told = Kept::open(&config)?.show(&id).await?;
                if common.json { output::pretty(&told) } else { output::text(&show::message(&told)) }
            }
            What::Retry(Retry { redrive, force, common }) => {
                redrive.run(&config, &registry, Many::Retry, force, common.json).await
            }
            What::Drop(Drop { redrive, common }) => {
                redrive.run(&config, &registry, Many::Drop, false, common.json).await
            }
        }
    }
}

impl List {
    async fn run(self, kept: &Kept<'_>) -> Result<(), Failure> {
        let Self { which, limit, common: Common { json: as_json, .. } } = self;
        let mut filter = which.filter();
        let (mut messages, mut more) = (Vec::new(), true);
        while more && messages.len() < limit {
            filter.insert("limit".to_owned(), (limit - messages.len()).min(PAGE).into());
            let mut page = kept.list(&filter).await?;
            let cursor = page["pagination"]["nextCursor"].take();
            more = !cursor.is_null();
            filter.insert("cursor".to_owned(), cursor);
            if let Value::Array(data) = page["data"].take() {
                messages.extend(data);
            }
        }
        if as_json {
            messages.iter().try_for_each(output::line)?;
        } else {
            show::table(&messages).iter().try_for_each(|line| output::text(line))?;
        }
        if more {
            output::note(&format!("these are the newest {limit}: --limit shows more"))?;
        }
        Ok(())
    }
}

/// As clap reads it. To list nothing is a mistake.
pub(super) fn at_least_one(given: &str) -> Result<usize, &'static str> {
    given.parse().ok().filter(|limit| *limit > 0).ok_or("must be a whole number, 1 or more")
}
