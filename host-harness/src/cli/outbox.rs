mod desk;
mod redrive;
mod show;
mod which;

use std::path::PathBuf;

use channel_api::Registry;
use clap::{Args, Subcommand};
use serde_json::Value;

use self::desk::Desk;
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
    #[arg(long, default_value_t = 50)]
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
        let (registry, as_json) = (Registry::discover()?, common.json);
        let config = HostConfig::load(&common.config, &registry, environment)?;
        let desk = Desk::open(&config, &registry)?;
        let done = match self.what {
            What::List(list) => list.run(&desk).await,
            What::Show(Show { id, .. }) => match desk.show(&id).await {
                Ok(told) if as_json => output::pretty(&told),
                Ok(told) => output::text(&show::message(&told)),
                Err(failure) => Err(failure),
            },
            What::Retry(Retry { redrive, force, .. }) => redrive.run(&desk, Many::Retry, force, as_json).await,
            What::Drop(Drop { redrive, .. }) => redrive.run(&desk, Many::Drop, false, as_json).await,
        };
        desk.close().await?;
        done
    }
}

impl List {
    async fn run(self, desk: &Desk<'_>) -> Result<(), Failure> {
        let Self { which, limit, common: Common { json: as_json, .. } } = self;
        let mut filter = which.filter();
        let (mut messages, mut more) = (Vec::new(), true);
        while more && messages.len() < limit {
            filter.insert("limit".to_owned(), (limit - messages.len()).min(PAGE).into());
            let mut page = desk.list(&filter).await?;
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
