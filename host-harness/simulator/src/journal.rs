//! The webhooks that went out, for tests to look at and to be kept as a corpus.

use std::collections::VecDeque;

use bytes::Bytes;

/// Older webhooks are forgotten.
const WEBHOOKS: usize = 10_000;

/// One body, however often it was tried.
#[derive(Clone, Debug)]
pub struct PostedWebhook {
    /// Counts from 1.
    pub seq: u64,
    /// When it first went out, RFC 3339.
    pub at: String,
    /// Page id.
    pub page: String,
    /// The subscription fields of its entries; empty for a body that was made by hand.
    pub fields: Vec<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// What the host answered last; `None` while it has not.
    pub status: Option<u16>,
    /// The signature header as it was sent.
    pub signature: String,
    /// The exact bytes.
    pub body: Bytes,
}

#[derive(Debug, Default)]
pub(super) struct Journal {
    webhooks: VecDeque<PostedWebhook>,
    last: u64,
}

impl Journal {
    /// Keeps a body that is about to go out and gives it the next number, from 1.
    pub(super) fn add(&mut self, webhook: PostedWebhook) -> u64 {
        self.last += 1;
        self.webhooks.push_back(PostedWebhook { seq: self.last, ..webhook });
        if self.webhooks.len() > WEBHOOKS {
            self.webhooks.pop_front();
        }
        self.last
    }

    /// Notes an attempt.
    pub(super) fn tried(&mut self, seq: u64, status: Option<u16>) {
        if let Some(webhook) = self.webhooks.iter_mut().rev().find(|webhook| webhook.seq == seq) {
            webhook.attempts += 1;
            webhook.status = status;
        }
    }

    /// The webhooks after this number.
    pub(super) fn after(&self, seq: u64) -> Vec<PostedWebhook> {
        self.webhooks.iter().filter(|webhook| webhook.seq > seq).cloned().collect()
    }
}
