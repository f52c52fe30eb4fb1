//! What the host says became of each message: `GET /api/v1/messages`.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, interval};

use crate::HostProcess;

/// How long between two looks at what is still open.
const LOOK: Duration = Duration::from_millis(100);

/// One message as the host tells of it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// How far it has come.
    pub status: String,
    /// The code of its failure, or an empty string.
    pub code: String,
    /// Its words.
    pub text: String,
}

impl Kept {
    /// Whether nobody will ever know what became of it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.status == "unknown" || (self.status == "failed" && self.code == "outcome_unknown")
    }
}

impl HostProcess {
    /// Every message that the host has.
    pub async fn kept(&self) -> Vec<Kept> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/api/v1/messages?limit=200{cursor}")).await.expect_status(200).json();
            all.extend(page["data"].as_array().into_iter().flatten().map(kept));
            match &page["pagination"]["nextCursor"] {
                Value::Null => return all,
                next => cursor = format!("&cursor={}", next.as_str().map_or_else(|| next.to_string(), str::to_owned)),
            }
        }
    }

    /// Waits until the host has nothing left to do or to find out, but not longer than this. Whether it has.
    pub async fn settled(&self, longest: Duration) -> bool {
        let until = Instant::now() + longest;
        let mut looks = interval(LOOK);
        while Instant::now() < until {
            looks.tick().await;
            if !self.has("pending").await && !self.has("unknown").await {
                return true;
            }
        }
        false
    }

    async fn has(&self, status: &str) -> bool {
        let page = self.get(&format!("/api/v1/messages?status={status}&limit=1")).await.expect_status(200).json();
        page["data"] != Value::Array(Vec::new())
    }
}

fn kept(message: &Value) -> Kept {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Kept {
        id: text(&message["id"]),
        status: text(&message["status"]),
        code: text(&message["failure"]["code"]),
        text: text(&message["content"]["text"]),
    }
}
