use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use async_nats::{Event, ServerError};
use tokio::sync::watch;

/// Of so many missing permissions the names are kept.
const MOST_MISSING: usize = 32;

/// What the client says of its connection.
#[derive(Debug, Default)]
pub(super) struct Link {
    connected: watch::Sender<Connected>,
    /// Why it is not, as far as the client says.
    why: Mutex<Option<String>>,
    /// What this user may not do, in the server's words.
    missing: Mutex<BTreeSet<String>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Connected {
    now: bool,
    /// How often it was.
    number: u64,
}

impl Link {
    /// Takes what the client says.
    pub(super) fn heard(&self, event: Event) {
        match event {
            Event::Connected => {
                self.missing.lock().unwrap_or_else(PoisonError::into_inner).clear();
                self.connected
                    .send_modify(|connected| *connected = Connected { now: true, number: connected.number + 1 });
            }
            Event::Disconnected | Event::Closed => {
                self.because("the connection was lost".to_owned());
                self.connected.send_modify(|connected| connected.now = false);
            }
            Event::ServerError(ServerError::Other(text))
                if text.to_ascii_lowercase().contains("permissions violation") =>
            {
                self.may_not(&text);
            }
            Event::ServerError(error) => self.because(error.to_string()),
            Event::ClientError(error) => self.because(error.to_string()),
            Event::SlowConsumer(_) => tracing::warn!("what Linktor's bus sends is not taken fast enough"),
            Event::LameDuckMode | Event::Draining => {}
        }
    }

    fn because(&self, reason: String) {
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    fn may_not(&self, text: &str) {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        if missing.len() < MOST_MISSING && missing.insert(text.to_owned()) {
            tracing::error!(
                permission = text,
                "this user of NATS lacks a permission; the README lists those that the host needs"
            );
        }
    }

    /// Waits for a connection, and says which it is.
    pub(super) async fn made(&self) -> u64 {
        let mut connected = self.connected.subscribe();
        // The sender is this one's own, so it never ends.
        let made = connected.wait_for(|connected| connected.now).await;
        made.map_or(0, |connected| connected.number)
    }

    /// Waits until this connection is no more.
    pub(super) async fn lost(&self, number: u64) {
        let mut connected = self.connected.subscribe();
        let _lost = connected.wait_for(|connected| !connected.now || connected.number != number).await;
    }

    /// Why there is no connection.
    pub(super) fn why(&self) -> String {
        let why = self.why.lock().unwrap_or_else(PoisonError::into_inner).clone();
        why.unwrap_or_else(|| "no server answers".to_owned())
    }

    /// What this user may not do, in a sentence.
    pub(super) fn missing(&self) -> Option<String> {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        (!missing.is_empty()).then(|| missing.iter().map(String::as_str).collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_permission_is_named_once_and_forgotten_with_its_connection() {
        let link = Link::default();
        let violation = "Permissions Violation for Publish to \"$JS.API.STREAM.INFO.LINKTOR_MESSAGES\"";
        for _ in 0..2 {
            link.heard(Event::ServerError(ServerError::Other(violation.to_owned())));
        }
        assert_eq!(link.missing().as_deref(), Some(violation));
        link.heard(Event::Connected);
        assert_eq!(link.missing(), None);
    }
}
