//! A message that waits is watched: why it waits is said at once, and how to look at it later when nobody waits for it any more.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::hint::hint;
use super::{Failure, output};

/// So long a message may take without a word about it.
pub(super) const QUIET: Duration = Duration::from_secs(1);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Ctrl-C. From now on it ends the waiting, and no call.
#[derive(Clone, Debug)]
pub(super) struct Interrupt(CancellationToken);

impl Interrupt {
    pub(super) fn listen() -> io::Result<Self> {
        let (mut pressed, interrupted) = (signal(SignalKind::interrupt())?, CancellationToken::new());
        let interrupt = Self(interrupted.clone());
        tokio::spawn(async move {
            pressed.recv().await;
            interrupted.cancel();
        });
        Ok(interrupt)
    }

    pub(super) fn has_come(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits for what the running host is asked for.
    ///
    /// # Errors
    /// Its own, or after Ctrl-C that nobody knows what has become of it.
    pub(super) async fn or<T>(&self, asked: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let unknown = || {
            let hint =
                "it may do it all the same: `outbox list` tells. Asked for the same within a minute it does it once";
            Failure::new("the running host has not answered, and is not waited for any longer", Some(hint))
        };
        self.0.run_until_cancelled(asked).await.unwrap_or_else(|| Err(unknown()))
    }
}

/// Waits for messages.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    interrupt: &'a Interrupt,
    until: Instant,
    bound: Duration,
    /// What was said last.
    told: String,
}

impl<'a> Watch<'a> {
    /// Waits for so long at most.
    pub(super) fn new(interrupt: &'a Interrupt, bound: Duration) -> Self {
        Self { interrupt, until: Instant::now() + bound, bound, told: String::new() }
    }

    /// Waits until a message waits no longer, or for nothing that comes in time. Why it waits is said when that is another reason.
    /// `message` is how it stood last, as the API tells it.
    ///
    /// # Errors
    /// Why it is not waited for any longer: it could not be looked at, or somebody pressed Ctrl-C. It is kept all the same.
    pub(super) async fn settled(
        &mut self,
        id: &str,
        message: &mut Value,
        look: impl AsyncFn() -> Result<Value, Failure>,
    ) -> Result<(), Failure> {
        let mut pause = Duration::ZERO;
        loop {
            let looked = async {
                sleep(pause).await;
                look().await
            };
            *message = match self.interrupt.0.run_until_cancelled(looked).await {
                Some(Ok(message)) => message,
                Some(Err(failure)) => {
                    output::note(&format!("{id} was accepted; {}", kept(id)))?;
                    return Err(failure);
                }
                None => {
                    output::note(&format!("not waited for any longer; {}", kept(id)))?;
                    return Err(Failure::Shown);
                }
            };
            if message["status"] != "pending" {
                return Ok(());
            }
            let left = self.until.saturating_duration_since(Instant::now());
            let is_over = left.is_zero() || outlasts(message, left);
            let why = why(message);
            if why != self.told {
                output::note(&format!("{id} waits: {why}"))?;
                if !is_over && self.told.is_empty() {
                    let bound = self.bound.as_secs();
                    output::note(&format!("waiting for it, {bound} s at most; after Ctrl-C it is still kept"))?;
                }
                self.told = why;
            }
            if is_over {
                return Ok(());
            }
            pause = LOOK;
        }
    }
}

/// Whether a message waits for longer than that, or until somebody does something.
fn outlasts(message: &Value, left: Duration) -> bool {
    let next = message["nextAttemptAt"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
    let is_later =
        next.is_some_and(|at| Duration::try_from(at.duration_since(Timestamp::now())).is_ok_and(|wait| wait > left));
    let waiting = &message["waiting"];
    // Where credentials are refused, a try by itself is of little use.
    is_later || waiting["code"] == "channel_paused" || waiting["action"] == "reconnect"
}

fn why(message: &Value) -> String {
    let at =
        |time: &Value, word: &str| time.as_str().map(|at| format!("{word}{}", output::second(at))).unwrap_or_default();
    let (waiting, failure) = (&message["waiting"], &message["failure"]);
    if waiting.is_object() {
        return reason(waiting, &at(&waiting["until"], ", until "));
    }
    let next = at(&message["nextAttemptAt"], " at ");
    match (failure.is_object(), next.is_empty()) {
        (true, _) => format!("it is tried again{next}: {}", reason(failure, "")),
        (false, false) => format!("it is tried again{next}"),
        (false, true) => "its turn has not come yet, or its call is being made".to_owned(),
    }
}

/// What holds a message or went wrong with it, for how long, and what to do.
fn reason(told: &Value, until: &str) -> String {
    let text = |name: &str| told[name].as_str().unwrap_or_default();
    let hint = hint(told).map(|hint| format!(" → {hint}")).unwrap_or_default();
    format!("{} ({}){until}{hint}", text("message"), text("code"))
}

/// Where a message can be looked at that waits.
pub(super) fn kept(id: &str) -> String {
    format!("it is kept: `outbox show {id}` tells how it stands, `outbox drop {id}` ends it")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_says_what_a_message_waits_for() {
        let told = |message: Value| (why(&message), outlasts(&message, Duration::from_secs(30)));
        let waits = |waiting: Value| {
            told(
                json!({"nextAttemptAt": waiting["until"], "waiting": waiting, "failure": {"code": "it has failed before"}}),
            )
        };
        let paused = json!({"code": "channel_paused", "message": "somebody has paused it", "hint": "resume it"});
        let resume = "`POST /api/v1/channels/ID/resume` lets its messages go out";
        assert_eq!(waits(paused), (format!("somebody has paused it (channel_paused) → {resume}"), true));
        let refused =
            json!({"code": "token", "message": "the token is over", "hint": "enter a new one", "action": "reconnect"});
        assert_eq!(waits(refused), ("the token is over (token) → enter a new one".to_owned(), true));
        let enough = |until: &str| json!({"code": "person_limit", "message": "as many as may be", "hint": "it goes out by itself", "until": until});
        let told_of_them = "as many as may be (person_limit), until 2026-01-02T15:04:05Z → it goes out by itself";
        assert_eq!(waits(enough("2026-01-02T15:04:05.678Z")), (told_of_them.to_owned(), false));
        assert!(waits(enough("2999-01-02T15:04:05Z")).1, "nobody waits for it here");
        // The moment has come in which it is tried.
        assert!(!waits(json!({"code": "limit_used", "message": "100 % are used"})).1);

        assert!(told(json!({})).0.contains("its turn"));
        let failure = json!({"code": "down", "message": "it fails"});
        let later = json!({"nextAttemptAt": "2026-01-02T15:04:05.5Z", "failure": failure});
        assert_eq!(told(later), ("it is tried again at 2026-01-02T15:04:05Z: it fails (down)".to_owned(), false));
        assert_eq!(told(json!({"failure": failure})).0, "it is tried again: it fails (down)");
    }
}
