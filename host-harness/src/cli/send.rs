use std::path::PathBuf;
use std::time::Duration;

use channel_api::{Error, ErrorKind, Issue, Registry};
use clap::Args;
use serde_json::{Map, Value, json};

use super::alone::Alone;
use super::denormalize::{refuse, warn};
use super::opened::{self, Opened};
use super::running_host::{self, Answer};
use super::waiting::{self, Interrupt, QUIET, Watch};
use super::{Failure, environment, input, output};
use crate::config::HostConfig;
use crate::http::{self, Shown};
use crate::sending::{Draft, Left, NotSent, Sender, Sent};
use crate::store::Status;

#[derive(Debug, Args)]
pub(super) struct Send {
    /// The configuration file with the channel
    #[arg(long, default_value = "linktor.toml")]
    config: PathBuf,
}

impl Send {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let registry = Registry::discover()?;
        let config = HostConfig::load(&self.config, &registry, environment)?;
        let text = input::stdin()?;
        match opened::open(&config, "send").await? {
            Opened::Own(stores) => {
                let alone = Alone::open(&config, &registry, stores).await?;
                let sent = send(&alone.sender, &text).await;
                let closed = alone.close().await;
                let (sent, watched) = sent?;
                // Before anything else: whoever does not know of it sends another one.
                let told = tell(sent);
                watched.and(told).and(closed)
            }
            // It alone writes there, and knows what this message may be to it.
            Opened::Running => {
                let interrupt = Interrupt::listen()?;
                let wait = QUIET.as_secs().to_string();
                let query = [("wait", &*wait)];
                let first = interrupt.or(running_host::post(&config, &["messages"], &query, text)).await?;
                let mut watch = Watch::new(&interrupt, running_host::BESIDE);
                let (answer, watched) =
                    first.settled(&mut watch, async |id: &str| running_host::look(&config, id).await).await;
                let told = told(answer);
                watched.and(told)
            }
        }
    }
}

/// A message that was accepted, and why it is not waited for any longer.
type Watched = (Sent, Result<(), Failure>);

async fn send(sender: &Sender, text: &[u8]) -> Result<Watched, Failure> {
    let draft = match input::document(text, "the message") {
        Ok(message) => Draft::read(message),
        Err(error) => return Err(refuse(&error).err().unwrap_or(Failure::Shown)),
    };
    sender.start().await?;
    settled(sender, draft).await
}

fn tell(sent: Sent) -> Result<(), Failure> {
    let Sent { id, channel_id, to, status, outcome, .. } = sent;
    if id.is_some() || !outcome.receipts.is_empty() {
        // Also when a later part failed: these have been sent.
        let told = Shown::of(status).as_str();
        output::line(
            &json!({ "id": id, "status": told, "channelId": channel_id, "to": to, "receipts": outcome.receipts }),
        )?;
    }
    match outcome.failure {
        Some(failure) if status == Status::Failed => Err(failure.into()),
        failure if !status.is_sent() && id.is_some() => Err(open(id.as_deref().unwrap_or_default(), failure.as_ref())),
        failure => failure.map_or(Ok(()), |error| Err(error.into())),
    }
}

/// Sends a message, and waits for what becomes of it, saying why that takes long.
async fn settled(sender: &Sender, draft: Draft) -> Result<Watched, Failure> {
    let interrupt = Interrupt::listen()?;
    let mut sent = match sender.send(draft, QUIET).await {
        Ok(sent) => sent,
        Err(NotSent::Refused(error)) if error.kind() == ErrorKind::InvalidMessage => {
            return Err(refuse(&error).err().unwrap_or(Failure::Shown));
        }
        Err(NotSent::Refused(error)) => return Err(error.into()),
        Err(reason) => return Err(Failure::new(reason.to_string(), reason.hint().as_deref())),
    };
    let mut watched = warn(&sent.outcome.warnings);
    if let Some(id) = sent.id.as_deref().filter(|_| Shown::of(sent.status) == Shown::Pending) {
        let mut watch = Watch::new(&interrupt, SETTLES);
        watched = watched.and(watch.settled(id, &mut Value::Null, async || look(sender, id).await).await);
        match sender.settled(id, Duration::ZERO).await {
            Ok(now) => (sent.status, sent.outcome) = (now.status, now.outcome.unwrap_or_default()),
            Err(reason) => watched = watched.and(Err(left(&reason))),
        }
    }
    Ok((sent, watched))
}

/// How a message stands, as the API tells it.
pub(super) async fn look(sender: &Sender, id: &str) -> Result<Value, Failure> {
    let message = sender.settled(id, Duration::ZERO).await.map_err(|reason| left(&reason))?;
    let wait = sender.wait(&message);
    Ok(http::told(message, wait))
}

fn left(reason: &Left) -> Failure {
    Failure::new(reason.to_string(), reason.hint())
}

/// Longer than all attempts together.
pub(super) const SETTLES: Duration = Duration::from_mins(20);

/// A message of which it is not known yet whether it is sent.
fn open(id: &str, failure: Option<&Error>) -> Failure {
    let why = failure.map(|failure| format!(": {failure}")).unwrap_or_default();
    let kept = waiting::kept(id);
    let hint = format!("{kept}. A host goes on with it, that serves with this store or is started with it");
    Failure::new(format!("message {id} is neither sent nor refused yet{why}"), Some(&hint))
}

/// What the running host answered, told as if it had been sent from here.
fn told(Answer { is_good, mut body, .. }: Answer) -> Result<(), Failure> {
    let list = |body: &mut Value, name: &str| -> Vec<Issue> {
        body.get_mut(name).and_then(|list| serde_json::from_value(list.take()).ok()).unwrap_or_default()
    };
    warn(&list(&mut body, "warnings"))?;
    let issues = list(&mut body, "issues");
    if !issues.is_empty() {
        output::line(&json!({ "issues": issues }))?;
        return Err(Failure::Shown);
    }
    // A problem document's `status` is HTTP's number.
    let status = body[if is_good { "status" } else { "messageStatus" }].as_str().unwrap_or_default().to_owned();
    if body.get("id").or(body.get("receipts")).is_some() {
        let mut told = Map::from_iter([("status".to_owned(), status.as_str().into())]);
        for name in ["id", "channelId", "to", "receipts"] {
            told.extend(body.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        output::line(&told)?;
    }
    if is_good && status != Shown::Failed.as_str() {
        let failure = body.get("failure").and_then(|failure| serde_json::from_value(failure.clone()).ok());
        let is_open = ["pending", "unknown"].contains(&&*status);
        return if is_open { Err(open(body["id"].as_str().unwrap_or_default(), failure.as_ref())) } else { Ok(()) };
    }
    // A problem document has all that an error has. So has the failure of a message.
    let failure = if is_good { body["failure"].take() } else { body };
    let error: Error = serde_json::from_value(failure)
        .unwrap_or_else(|_| Error::new(ErrorKind::Unexpected, "host.refused", "the running host refused it"));
    Err(error.into())
}
