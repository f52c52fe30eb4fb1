//! Webhooks on their way to the host: one task a Page, in order, tried again until answered 200.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>: success is 200
//! within 5 s, otherwise Meta tries again at once and then less and less often.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use tokio::sync::mpsc;

use super::cast::Page;
use super::happening::Happening;
use super::platform::Platform;
use super::webhook::{Webhook, signature};

/// As much of an answer as is kept; a challenge or `EVENT_RECEIVED` is far shorter.
const ANSWER_BYTES: usize = 64 * 1024;

/// How patiently webhooks are delivered.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryPolicy {
    /// Attempts in all before a webhook is dropped.
    pub attempts: u32,
    /// Wait before the second attempt; doubles from there.
    pub first_delay: Duration,
    /// No wait is longer than this.
    pub longest_delay: Duration,
    /// How long one answer may take.
    pub deadline: Duration,
}

impl Default for DeliveryPolicy {
    /// Ten attempts over about fifteen seconds: enough for a host to restart. Meta's 36 hours would help nobody here.
    fn default() -> Self {
        Self {
            attempts: 10,
            first_delay: Duration::from_millis(50),
            longest_delay: Duration::from_secs(4),
            deadline: Duration::from_secs(5),
        }
    }
}

/// Why a webhook address was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubscribeError {
    /// No such Page.
    #[error("no Page {0:?} is known to the simulator")]
    UnknownPage(String),
    /// The Page has no webhook address.
    #[error("Page {0:?} has no webhook URL: set one first")]
    NoWebhookUrl(String),
    /// No answer.
    #[error("the webhook address did not answer: {0}")]
    Unreachable(String),
    /// Another status than 200.
    #[error("the webhook address answered {0} instead of 200: does its verify token match?")]
    Refused(u16),
    /// 200 with another body than the challenge.
    #[error("the webhook address answered 200 but did not return the challenge as it was sent")]
    WrongChallenge,
}

impl Platform {
    /// Delivers a Page's webhooks until the simulator stops.
    pub(super) async fn deliver_all(self: Arc<Self>, page_id: String, mut outbox: mpsc::UnboundedReceiver<Webhook>) {
        while let Some(Some(webhook)) = self.stop.run_until_cancelled(outbox.recv()).await {
            if self.stop.run_until_cancelled(self.deliver(&page_id, webhook)).await.is_none() {
                return;
            }
            self.pending.send_modify(|pending| *pending -= 1);
        }
    }

    async fn deliver(&self, page_id: &str, webhook: Webhook) {
        let mut delay = self.policy.first_delay;
        for attempt in 1..=self.policy.attempts.max(1) {
            // Looked up each time: the address may change while the host restarts.
            let page = self.world().page(page_id).cloned();
            let answer = match &page {
                Some(page) => self.post(page, webhook.body.clone()).await,
                None => Err("the Page is gone".to_owned()),
            };
            let (page, field) = (page_id.to_owned(), webhook.field.to_owned());
            let reason = match answer {
                Ok((status @ 200, _)) => {
                    return self.tell(Happening::WebhookDelivered { page, field, status, attempt });
                }
                Ok((status, _)) => format!("the host answered {status}"),
                Err(reason) => reason,
            };
            let gave_up = attempt >= self.policy.attempts;
            self.tell(Happening::WebhookFailed { page, field, reason, attempt, gave_up });
            if gave_up {
                return;
            }
            tokio::time::sleep(delay).await;
            delay = (delay * 2).min(self.policy.longest_delay);
        }
    }

    /// Posts one signed body and returns status and answer.
    pub(super) async fn post(&self, page: &Page, body: Bytes) -> Result<(u16, String), String> {
        let url = page.webhook_url.as_deref().ok_or("the Page has no webhook URL")?;
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("x-hub-signature-256", signature(&page.app_secret, &body))
            .body(body);
        self.exchange(request).await
    }

    /// What an operator starts with "Verify and save": the handshake that a webhook address must pass.
    pub(super) async fn subscribe(&self, page_id: &str) -> Result<(), SubscribeError> {
        let page =
            self.world().page(page_id).cloned().ok_or_else(|| SubscribeError::UnknownPage(page_id.to_owned()))?;
        let url = page.webhook_url.as_deref().ok_or_else(|| SubscribeError::NoWebhookUrl(page_id.to_owned()))?;
        let mut url = reqwest::Url::parse(url).map_err(|error| SubscribeError::Unreachable(error.to_string()))?;
        let challenge = self.ids.challenge();
        url.query_pairs_mut()
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.verify_token", &page.verify_token)
            .append_pair("hub.challenge", &challenge);
        match self.exchange(self.http.get(url)).await.map_err(SubscribeError::Unreachable)? {
            (200, answer) if answer == challenge => {
                self.tell(Happening::WebhookVerified { page: page.id });
                Ok(())
            }
            (200, _) => Err(SubscribeError::WrongChallenge),
            (status, _) => Err(SubscribeError::Refused(status)),
        }
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<(u16, String), String> {
        let mut response = request.timeout(self.policy.deadline).send().await.map_err(|error| reason(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
            let room = ANSWER_BYTES - body.len();
            body.extend(chunk.iter().take(room));
            if chunk.len() >= room {
                break;
            }
        }
        Ok((response.status().as_u16(), String::from_utf8_lossy(&body).into_owned()))
    }
}

/// Says what went wrong without the address, which carries the verify token in a handshake.
fn reason(error: &reqwest::Error) -> String {
    let words = match error {
        _ if error.is_timeout() => "no answer in time",
        _ if error.is_connect() => "could not connect",
        _ => "the connection broke",
    };
    words.to_owned()
}
