use std::cell::Cell;

use channel_api::Registry;
use clap::Args;
use futures::{StreamExt as _, future, stream};
use serde_json::{Map, Value, json};

use super::desk::Desk;
use super::kept::Kept;
use super::which::{OPTIONS, Which};
use crate::cli::hint::hint;
use crate::cli::running_host::Answer;
use crate::cli::waiting::Interrupt;
use crate::cli::{Failure, output};
use crate::config::HostConfig;
use crate::http::Many;
use crate::store::OUTCOME_UNKNOWN;

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
        let closed = desk.close().await;
        done.and(closed)
    }

    async fn done(
        self,
        desk: &Desk<'_>,
        config: &HostConfig,
        what: Many,
        force: bool,
        as_json: bool,
    ) -> Result<(), Failure> {
        Kept::open(config)?.require(self.which.channel(), config).await?;
        let interrupt = &Interrupt::listen()?;
        if !self.dry_run {
            desk.start(what).await?;
        }
        if self.ids.is_empty() {
            return chosen(desk, what, &self, force, as_json, interrupt).await;
        }
        // Where one could not be asked for, or nobody waits any longer, the next one is not begun.
        let is_over = Cell::new(false);
        let next = stream::iter(&self.ids).take_while(|_| future::ready(!is_over.get() && !interrupt.has_come()));
        let done = next.map(async |id| {
            let done = match what {
                Many::Retry => desk.retry(id, force, interrupt).await,
                Many::Drop => desk.drop(id, interrupt).await.map(|answer| (answer, Ok(()))),
            };
            (id, done)
        });
        let mut done = done.buffered(AT_ONCE);
        let (mut all_good, mut count) = (true, 0);
        while let Some((id, done)) = done.next().await {
            count += 1;
            let (answer, watched) = match done {
                Ok((answer, watched)) => (Some(answer), watched),
                Err(failure) => (None, Err(failure)),
            };
            all_good &= answer.map(|answer| tell(id, &answer, what, as_json)).transpose()?.unwrap_or_default();
            match watched {
                Ok(()) => continue,
                Err(Failure::Told(text)) => output::note(&format!("{id}: {text}"))?,
                Err(Failure::Shown) => {}
                Err(Failure::Closed) => return Err(Failure::Closed),
            }
            all_good = false;
            is_over.set(true);
        }
        let left = &self.ids[count..];
        if !left.is_empty() {
            output::note(&format!("left as they were: {}", left.join(" ")))?;
        }
        if all_good { Ok(()) } else { Err(Failure::Shown) }
    }
}

/// Tells what was answered about a message. Answers whether that is good.
fn tell(id: &str, answer: &Answer, what: Many, as_json: bool) -> Result<bool, Failure> {
    let Answer { is_good, body, .. } = answer;
    // A problem document's `status` is HTTP's number.
    let status = body[if *is_good { "status" } else { "messageStatus" }].as_str().unwrap_or("left as it is");
    let why = if *is_good { &body["failure"] } else { body };
    let code = why["code"].as_str().unwrap_or_default();
    let word = match (what, is_good, code) {
        (Many::Drop, true, "dropped") => "dropped",
        (Many::Drop, true, OUTCOME_UNKNOWN) => "given up",
        (Many::Drop, true, _) => "had failed already",
        _ => status,
    };
    if as_json {
        output::line(body)?;
    } else {
        output::text(&format!("{id}  {word}"))?;
    }
    // That it was dropped is no news.
    let is_said = matches!(what, Many::Drop) && *is_good && code != OUTCOME_UNKNOWN;
    if let Some(message) = why["message"].as_str().filter(|_| !is_said) {
        let hint = hint(why).map(|hint| format!("\n  → {hint}")).unwrap_or_default();
        output::note(&format!("{id}: {message} ({code}){hint}"))?;
    }
    Ok(match what {
        Many::Retry => *is_good && ["sent", "delivered", "read"].contains(&status),
        Many::Drop => *is_good,
    })
}

/// Those that are chosen by what they are, one page after the other.
async fn chosen(
    desk: &Desk<'_>,
    what: Many,
    redrive: &Redrive,
    force: bool,
    as_json: bool,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let mut filter = redrive.which.filter();
    let may_have_gone = filter.get("status").is_some_and(|status| status == "unknown");
    filter.insert("limit".to_owned(), PAGE.into());
    filter.insert("dryRun".to_owned(), redrive.dry_run.into());
    if matches!(what, Many::Retry) {
        filter.insert("force".to_owned(), force.into());
    }
    let word = if matches!(what, Many::Retry) { "retried" } else { "dropped" };
    let (mut count, mut ids, mut left) = (0, Vec::new(), Map::new());
    let asked = loop {
        let (mut page, done) = match desk.many(what, &filter, interrupt).await {
            Ok(page) => page,
            Err(failure) => break Err(failure),
        };
        count += page[word].as_u64().unwrap_or_default();
        ids.extend(done);
        for reason in page["left"].as_array_mut().map(std::mem::take).into_iter().flatten() {
            add(&mut left, reason);
        }
        match page["pagination"]["nextCursor"].take() {
            Value::Null => break Ok(()),
            next => filter.insert("cursor".to_owned(), next),
        };
    };
    if asked.is_err() && count == 0 && left.is_empty() {
        return asked;
    }
    let left: Vec<Value> = left.into_iter().map(|(_, reason)| reason).collect();
    let waits = matches!(what, Many::Retry) && desk.is_own() && !redrive.dry_run;
    // Before they are waited for, which may take long.
    if !as_json {
        output::text(&summary(what, count, redrive.dry_run, waits, may_have_gone))?;
    }
    for reason in &left {
        let text = |name: &str| reason[name].as_str().unwrap_or_default();
        let hint = hint(reason).map(|hint| format!("\n  → {hint}")).unwrap_or_default();
        output::note(&format!("{} left: {} ({}){hint}", reason["count"], text("message"), text("code")))?;
    }
    let (sent, watched) = desk.sent(&ids, interrupt).await;
    if as_json {
        let mut told = json!({ word: count, "dryRun": redrive.dry_run, "left": left });
        if let Some(members) = told.as_object_mut().filter(|_| waits) {
            members.insert("sent".to_owned(), sent.into());
        }
        output::line(&told)?;
    } else if !ids.is_empty() && waits {
        output::text(&format!("{sent} of them sent"))?;
    }
    asked.and(watched)?;
    let all_sent = !waits || sent == ids.len();
    if left.is_empty() && all_sent { Ok(()) } else { Err(Failure::Shown) }
}

fn summary(what: Many, count: u64, dry_run: bool, is_waited_for: bool, may_have_gone: bool) -> String {
    let messages = if count == 1 { "1 message".to_owned() } else { format!("{count} messages") };
    let end = if may_have_gone { "given up, which may have been sent" } else { "dropped" };
    match (what, dry_run) {
        (Many::Retry, true) => format!("{messages} would be sent again"),
        (Many::Retry, false) if is_waited_for => format!("{messages} tried again"),
        (Many::Retry, false) => format!("{messages} in line again: `outbox list` shows how they come on"),
        (Many::Drop, true) => format!("{messages} would be {end}"),
        (Many::Drop, false) => format!("{messages} {end}"),
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
