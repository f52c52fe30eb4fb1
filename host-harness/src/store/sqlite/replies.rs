//! The HTTP replies that the first edition kept of what it had sent, as outcomes.

use channel_api::{Error, ErrorKind, Receipt, Retry};
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::store::{Outcome, StoreError};

/// Makes outcomes of the replies that were taken over into the outbox.
pub(super) fn to_outcomes(connection: &Connection) -> Result<(), StoreError> {
    let failed = StoreError::storage("understand the replies of an earlier release");
    let mut replies =
        connection.prepare("SELECT channel_id, key, outcome FROM outbox WHERE outcome IS NOT NULL").map_err(&failed)?;
    let mut change =
        connection.prepare("UPDATE outbox SET outcome = ?3 WHERE channel_id = ?1 AND key = ?2").map_err(&failed)?;
    // All of them first: a table is not changed while it is read.
    let rows = replies.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(&failed)?;
    let rows: Vec<(String, String, String)> = rows.collect::<rusqlite::Result<_>>().map_err(&failed)?;
    for (channel_id, key, reply) in rows {
        let outcome = serde_json::to_string(&outcome(&reply)).map_err(|_| StoreError::CorruptOutcome)?;
        change.execute(params![channel_id, key, outcome]).map_err(&failed)?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Kept {
    reply: Reply,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reply {
    receipts: Vec<Receipt>,
    warnings: Vec<channel_api::Issue>,
    error: Option<Map<String, Value>>,
}

fn outcome(reply: &str) -> Outcome {
    let Ok(Kept { reply: Reply { receipts, warnings, error } }) = serde_json::from_str(reply) else {
        let unread =
            Error::new(ErrorKind::Unexpected, "outbox.unread", "the reply of an earlier release cannot be read");
        let failure =
            unread.with_retry(Retry::IF_IDEMPOTENT).with_hint("the message may have been sent; look for its echo");
        return Outcome { failure: Some(failure), ..Outcome::default() };
    };
    let Some(error) = error else {
        let parts = receipts.len();
        return Outcome { receipts, parts, warnings, failure: None };
    };
    let (parts, failure) = partly_sent(error, receipts.len());
    Outcome { receipts, parts, warnings, failure: Some(failure) }
}

/// The failure of a message of which some parts had gone: its sentence, code and hint told of the message as a whole.
fn partly_sent(mut error: Map<String, Value>, sent: usize) -> (usize, Error) {
    let mut parts = sent + 1;
    if let Some((of, own)) =
        error.get("message").and_then(Value::as_str).and_then(|text| text.split_once(" parts were sent, then: "))
    {
        parts = of.rsplit(' ').next().and_then(|parts| parts.parse().ok()).unwrap_or(parts);
        let own = Value::from(own);
        error.insert("message".to_owned(), own);
        error.remove("hint");
        error.remove("retry");
    }
    if let Some(cause) = error.remove("cause") {
        error.insert("code".to_owned(), cause);
    }
    let failure = serde_json::from_value(Value::Object(error)).unwrap_or_else(|_| {
        Error::new(ErrorKind::Unexpected, "outbox.unread", "the failure that an earlier release kept cannot be read")
            .with_retry(Retry::IF_IDEMPOTENT)
    });
    (parts, failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_may_have_been_sent() {
        for reply in ["{}", "5", r#"{"status":200}"#] {
            let outcome = outcome(reply);
            assert_eq!(outcome.failure.unwrap().retry(), Retry::IF_IDEMPOTENT, "{reply}");
        }
        let odd = outcome(r#"{"status":502,"reply":{"error":{"kind":5},"receipts":[{"messageId":"m_1"}]}}"#);
        assert_eq!((odd.receipts.len(), odd.parts), (1, 2));
        assert_eq!(odd.failure.unwrap().kind(), ErrorKind::Unexpected);
    }
}
