//! A message that waits is watched: why it waits is said at once, and how to look at it later when nobody waits for it any more.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep};

use super::{Failure, output};

/// So long a message may take without a word about it.
pub(super) const QUIET: Duration = Duration::from_secs(1);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// What is known of a message that waits.
pub(super) struct Look {
    /// As the API tells it.
    pub(super) message: Value,
    /// Whether its channel sends, as the API tells that.
    pub(super) sending: Value,
}

/// Waits for messages, until somebody presses Ctrl-C.
pub(super) struct Watch {
    interrupt: Signal,
    until: Instant,
    bound: Duration,
    /// What was said last.
    told: String,
}

impl Watch {
    /// From now on Ctrl-C ends the waiting and no call. It waits for so long at most.
    pub(super) fn begin(bound: Duration) -> io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, until: Instant::now() + bound, bound, told: String::new() })
    }

    /// Waits until a message waits no longer, or for nothing that comes in time. Why it waits is said when that is another reason.
    ///
    /// # Errors
    /// [`Failure::Shown`] after Ctrl-C.
    pub(super) async fn settled(
        &mut self,
        id: &str,
        look: impl AsyncFn() -> Result<Look, Failure>,
    ) -> Result<(), Failure> {
        loop {
            let look = look().await?;
            if look.message["status"] != "pending" {
                return Ok(());
            }
            let left = self.until.saturating_duration_since(Instant::now());
            let is_over = left.is_zero() || look.outlasts(left);
            let why = look.why();
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
            tokio::select! {
                () = sleep(LOOK) => {}
                _ = self.interrupt.recv() => {
                    output::note(&format!("not waited for any longer; {}", kept(id)))?;
                    return Err(Failure::Shown);
                }
            }
        }
    }
}

impl Look {
    /// Whether it waits for longer than that, or until somebody does something.
    fn outlasts(&self, left: Duration) -> bool {
        let is_later = |at: &Value| {
            let at = at.as_str().and_then(|at| at.parse::<Timestamp>().ok());
            at.is_some_and(|at| Duration::try_from(at.duration_since(Timestamp::now())).is_ok_and(|wait| wait > left))
        };
        // Where credentials are refused, a try by itself is of little use.
        self.sending["state"] == "paused"
            || self.message["failure"]["kind"] == "credentials"
            || is_later(&self.sending["until"])
            || is_later(&self.message["nextAttemptAt"])
    }

    fn why(&self) -> String {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let channel = text(&self.message["channelId"]).unwrap_or_default();
        let sending = &self.sending;
        let since = text(&sending["since"]).map(|since| format!(" since {since}")).unwrap_or_default();
        let reason = reason(&sending["reason"]);
        let until = text(&sending["until"]).map(|until| format!("; it is tried again at {until}")).unwrap_or_default();
        match sending["state"].as_str().unwrap_or_default() {
            "paused" => {
                format!("sending on {channel} is paused{since}; POST /api/v1/channels/{channel}/resume lets it go on")
            }
            "held" => format!("sending on {channel} is held{since}{reason}{until}"),
            "breaker" => format!("sending on {channel} is stopped{since}{reason}{until}"),
            _ => match (text(&self.message["nextAttemptAt"]), &self.message["failure"]) {
                (Some(at), failure) => format!("it is tried again at {at}{}", self::reason(failure)),
                (None, Value::Null) => "its turn has not come yet".to_owned(),
                (None, failure) => format!("it is tried again{}", self::reason(failure)),
            },
        }
    }
}

/// A reason or a failure, behind what it explains.
fn reason(told: &Value) -> String {
    let Some(message) = told["message"].as_str() else { return String::new() };
    let hint = told["hint"].as_str().map(|hint| format!(" → {hint}")).unwrap_or_default();
    format!(": {message} ({}){hint}", told["code"].as_str().unwrap_or_default())
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
        let why = |message: Value, sending: Value| {
            let look = Look { message, sending };
            (look.why(), look.outlasts(Duration::from_secs(30)))
        };
        let message = json!({"channelId": "ch_1"});
        let refused =
            json!({"code": "token", "message": "the token is over", "hint": "enter a new one", "kind": "credentials"});
        let (paused, waits_long) = why(message.clone(), json!({"state": "paused", "since": "2026-01-02T15:04:05Z"}));
        assert!(
            paused.contains("paused since 2026-01-02T15:04:05Z") && paused.contains("/channels/ch_1/resume"),
            "{paused}"
        );
        assert!(waits_long);
        let held = json!({"state": "held", "until": "2026-01-02T15:04:05Z", "reason": refused});
        let told = "sending on ch_1 is held: the token is over (token) → enter a new one; it is tried again at 2026-01-02T15:04:05Z";
        assert_eq!(why(message.clone(), held.clone()), (told.to_owned(), false));
        assert!(why(json!({"channelId": "ch_1", "failure": refused}), held).1);
        let open = json!({"state": "open"});
        let far = json!({"state": "breaker", "until": "2999-01-02T15:04:05Z"});
        assert!(why(message.clone(), far).1, "nobody waits for it here");
        assert!(why(message, open.clone()).0.contains("its turn"));
        let later =
            json!({"nextAttemptAt": "2026-01-02T15:04:05Z", "failure": {"code": "down", "message": "it fails"}});
        assert_eq!(why(later, open).0, "it is tried again at 2026-01-02T15:04:05Z: it fails (down)");
    }
}
