use channel_api::Registry;
use clap::Args;
use futures::{StreamExt as _, stream};
use serde_json::{Map, Value, json};

use super::desk::Desk;
use super::hint::hint;
use super::kept::Kept;
use super::which::{OPTIONS, Which};
use crate::cli::running_host::Answer;
use crate::cli::{Failure, output};
use crate::config::HostConfig;
use crate::http::Many;

/// How many messages are written down with one request.
const PAGE: usize = 500;
/// How many single messages are waited for at once.
const AT_ONCE: usize = 8;

/// Which messages are sent again or dropped.
#[derive(Debug, Args)]
pub(super) struct Redrive {
    /// The messages' ids; or choose by what they are
    #[arg(required_unless_present_any = OPTIONS, conflicts_with_all = OPTIONS)]
    ids: Vec<String>,
    #[command(flatten)]
    which: Which,
    /// Only print how many it would be
    #[arg(long, conflicts_with = "ids")]
    dry_run: bool,
}

impl Redrive {
    pub(super) async fn run(
        self,
        config: &HostConfig,
        registry: &Registry,
        what: Many,
        force: bool,
        as_json: bool,
    ) -> Result<(), Failure> {
        let desk = Desk::open(config, registry, what).await?;
        let done = self.done(&desk, config, what, force, as_json).await;
        desk.close().await?;
        done
    }

    async fn done(
        self,
        desk: &Desk<'_>,
        config: &HostConfig,
        what: Many,
        force: bool,
        as_json: bool,
    ) -> Result<(), Failure> {
        let kept = &Kept::open(config)?;
        kept.require(self.which.channel(), config).await?;
        if !self.dry_run {
            desk.start(what).await?;
        }
        if self.ids.is_empty() {
            return chosen(desk, what, &self, force, as_json).await;
        }
        let done = stream::iter(&self.ids).map(async |id| {
            match what {
                Many::Retry => (id, desk.retry(id, force).await, false),
                Many::Drop => {
                    // What has failed already is not dropped once more.
                    let had_failed = kept.show(id).await.is_ok_and(|told| told["status"] == "failed");
                    (id, desk.drop(id).await, had_failed)
                }
            }
        });
        let mut done = done.buffered(AT_ONCE);
        let mut all_good = true;
        while let Some((id, answer, had_failed)) = done.next().await {
            let Answer { is_good, body, .. } = answer?;
            // A problem document's `status` is HTTP's number.
            let status = body[if is_good { "status" } else { "messageStatus" }].as_str().unwrap_or("left as it is");
            all_good &= match what {
                Many::Retry => is_good && ["sent", "delivered", "read"].contains(&status),
                Many::Drop => is_good,
            };
            if as_json {
                output::line(&body)?;
            } else {
                let word = match what {
                    Many::Drop if had_failed => "had failed already",
                    Many::Drop if is_good => "dropped",
                    _ => status,
                };
                output::text(&format!("{id}  {word}"))?;
            }
            let why = if is_good { &body["failure"] } else { &body };
            if let (Some(message), false) = (why["message"].as_str(), is_good && matches!(what, Many::Drop)) {
                let hint = hint(why).map(|hint| format!("\n  → {hint}")).unwrap_or_default();
                let code = why["code"].as_str().unwrap_or_default();
                output::note(&format!("{id}: {message} ({code}){hint}"))?;
            }
        }
        if all_good { Ok(()) } else { Err(Failure::Shown) }
    }
}

/// Those that are chosen by what they are, one page after the other.
async fn chosen(desk: &Desk<'_>, what: Many, redrive: &Redrive, force: bool, as_json: bool) -> Result<(), Failure> {
    let mut filter = redrive.which.filter();
    filter.insert("limit".to_owned(), PAGE.into());
    filter.insert("dryRun".to_owned(), redrive.dry_run.into());
    if matches!(what, Many::Retry) {
        filter.insert("force".to_owned(), force.into());
    }
    let word = if matches!(what, Many::Retry) { "retried" } else { "dropped" };
    let (mut count, mut ids, mut left) = (0, Vec::new(), Map::new());
    loop {
        let (mut page, done) = desk.many(what, &filter).await?;
        count += page[word].as_u64().unwrap_or_default();
        ids.extend(done);
        for reason in page["left"].as_array_mut().map(std::mem::take).into_iter().flatten() {
            add(&mut left, reason);
        }
        match page["pagination"]["nextCursor"].take() {
            Value::Null => break,
            next => filter.insert("cursor".to_owned(), next),
        };
    }
    let waits = matches!(what, Many::Retry) && desk.is_own() && !redrive.dry_run;
    let sent = if waits { Some(desk.sent(&ids).await?) } else { None };
    let left: Vec<Value> = left.into_iter().map(|(_, reason)| reason).collect();
    if as_json {
        let mut told = json!({ word: count, "dryRun": redrive.dry_run, "left": left });
        if let (Some(sent), Some(members)) = (sent, told.as_object_mut()) {
            members.insert("sent".to_owned(), sent.into());
        }
        output::line(&told)?;
    } else {
        output::text(&summary(what, count, redrive.dry_run, sent))?;
    }
    for reason in &left {
        let text = |name: &str| reason[name].as_str().unwrap_or_default();
        let hint = hint(reason).map(|hint| format!("\n  → {hint}")).unwrap_or_default();
        output::note(&format!("{} left: {} ({}){hint}", reason["count"], text("message"), text("code")))?;
    }
    let all_sent = sent.is_none_or(|sent| sent == ids.len());
    if left.is_empty() && all_sent { Ok(()) } else { Err(Failure::Shown) }
}

fn summary(what: Many, count: u64, dry_run: bool, sent: Option<usize>) -> String {
    let messages = if count == 1 { "1 message".to_owned() } else { format!("{count} messages") };
    match (what, dry_run, sent) {
        (Many::Retry, true, _) => format!("{messages} would be sent again"),
        (Many::Drop, true, _) => format!("{messages} would be dropped"),
        (Many::Drop, false, _) => format!("{messages} dropped"),
        (Many::Retry, false, Some(sent)) => format!("{messages} tried again, {sent} of them sent"),
        (Many::Retry, false, None) => format!("{messages} in line again: `outbox list` shows how they come on"),
    }
}

/// Adds what was left on one page to what was left before it.
fn add(left: &mut Map<String, Value>, reason: Value) {
    let code = reason["code"].as_str().unwrap_or_default().to_owned();
    match left.get_mut(&code) {
        Some(known) => {
            let count = |of: &Value| of["count"].as_u64().unwrap_or_default();
            known["count"] = (count(known) + count(&reason)).into();
        }
        None => {
            left.insert(code, reason);
        }
    }
}
