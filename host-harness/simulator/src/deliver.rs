//! Webhooks on their way to the host: one task a Page, in order, tried again until answered 200.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>: success is 200
//! within 5 s, otherwise Meta tries again at once and then less and less often.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use tokio::sync::mpsc;

use super::delivery_faults::SeededRng;
use super::entities::Page;
use super::event::SimulatorEvent;
use super::journal::PostedWebhook;
use super::platform::Platform;
use super::thread::rfc3339;
use super::webhook::{Webhook, body, signature};

/// As much of an answer as is kept; a challenge or `EVENT_RECEIVED` is far shorter.
const ANSWER_BYTES: usize = 64 * 1024;

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

/// After failures for this long, Meta unsubscribes the app from the Page.
const UNSUBSCRIBED_AFTER_MS: i64 = 60 * 60 * 1000;

impl Platform {
    /// Delivers a Page's webhooks until the simulator stops.
    pub(super) async fn deliver_all(self: Arc<Self>, page_id: String, outbox: mpsc::UnboundedReceiver<Webhook>) {
        self.stop.run_until_cancelled(self.deliver_each(&page_id, outbox)).await;
    }

    async fn deliver_each(&self, page_id: &str, mut outbox: mpsc::UnboundedReceiver<Webhook>) {
        let mut rng = SeededRng::new(self.seed, page_id);
        while let Some(first) = outbox.recv().await {
            let gathered = self.gather(first, &mut outbox).await;
            let count = gathered.len();
            let deliveries = self.delivery_faults().apply(gathered, &mut rng);
            for webhooks in deliveries {
                self.deliver(page_id, &webhooks).await;
            }
            self.pending.send_modify(|pending| *pending -= count);
        }
    }

    /// As many webhooks as are held back, unless they may go earlier.
    async fn gather(&self, first: Webhook, outbox: &mut mpsc::UnboundedReceiver<Webhook>) -> Vec<Webhook> {
        let mut gathered = vec![first];
        let (enough, linger) = {
            let faults = self.delivery_faults();
            (faults.gathers(), faults.linger_ms.map(Duration::from_millis))
        };
        let mut flushes = self.flushes.subscribe();
        let patience = async {
            match linger {
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(patience);
        while gathered.len() < enough {
            let count = *flushes.borrow_and_update();
            if gathered.iter().any(|webhook| webhook.flushes < count) {
                // The first that was queued after the flush ends what goes with it.
                match outbox.try_recv() {
                    Ok(next) if next.flushes < count => gathered.push(next),
                    Ok(next) => {
                        gathered.push(next);
                        break;
                    }
                    Err(_) => break,
                }
                continue;
            }
            tokio::select! {
                next = outbox.recv() => match next {
                    Some(next) => gathered.push(next),
                    None => break,
                },
                changed = flushes.changed() => if changed.is_err() {
                    break;
                },
                () = &mut patience => break,
            }
        }
        gathered
    }

    async fn deliver(&self, page_id: &str, webhooks: &[Webhook]) {
        let body = body(webhooks);
        let fields: Vec<String> = webhooks.iter().map(|webhook| webhook.field.to_owned()).collect();
        let mut delay = self.policy.first_delay;
        let mut seq = None;
        for attempt in 1..=self.policy.attempts.max(1) {
            // Looked up each time: the address may change while the host restarts.
            let page = self.world().page(page_id).cloned();
            let answer = match &page {
                Some(page) => self.post(page, body.clone(), &fields, &mut seq).await,
                None => Err("the Page is gone".to_owned()),
            };
            let reason = match answer {
                Ok((200, _)) => {
                    self.world().state(page_id).failing_since = None;
                    for field in fields {
                        let page = page_id.to_owned();
                        self.emit(SimulatorEvent::WebhookDelivered { page, field, status: 200, attempt });
                    }
                    return;
                }
                Ok((status, _)) => format!("the host answered {status}"),
                Err(reason) => reason,
            };
            let gave_up = attempt >= self.policy.attempts;
            for field in &fields {
                let (page, field, reason) = (page_id.to_owned(), field.clone(), reason.clone());
                self.emit(SimulatorEvent::WebhookFailed { page, field, reason, attempt, gave_up });
            }
            self.failed(page_id);
            if gave_up {
                return;
            }
            tokio::time::sleep(delay).await;
            delay = (delay * 2).min(self.policy.longest_delay);
        }
    }

    /// Counts how long nothing was taken. Source: as above, "Webhooks Disabled".
    fn failed(&self, page_id: &str) {
        let now = self.clock.now_ms();
        let mut world = self.world();
        let since = *world.state(page_id).failing_since.get_or_insert(now);
        if now - since < UNSUBSCRIBED_AFTER_MS {
            return;
        }
        let Some(page) = world.pages.iter_mut().find(|page| page.id == page_id) else { return };
        if !page.subscribed_fields.is_empty() {
            page.subscribed_fields.clear();
            self.emit(SimulatorEvent::Unsubscribed { page: page_id.to_owned() });
        }
    }

    /// Posts one signed body and returns status and answer. `seq` is its number in the journal, once it has one.
    pub(super) async fn post(
        &self,
        page: &Page,
        body: Bytes,
        fields: &[String],
        seq: &mut Option<u64>,
    ) -> Result<(u16, String), String> {
        let url = page.webhook_url.as_deref().ok_or("the Page has no webhook URL")?;
        let signature = signature(&page.app_secret, &body);
        let seq = *seq.get_or_insert_with(|| {
            self.journal().add(PostedWebhook {
                seq: 0,
                at: rfc3339(self.clock.now_ms()),
                page: page.id.clone(),
                fields: fields.to_vec(),
                attempts: 0,
                status: None,
                signature: signature.clone(),
                body: body.clone(),
            })
        });
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("x-hub-signature-256", signature)
            .body(body);
        let answer = self.exchange(request).await;
        self.journal().tried(seq, answer.as_ref().ok().map(|(status, _)| *status));
        answer
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
                self.emit(SimulatorEvent::WebhookVerified { page: page.id });
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
