//! Ids that look like Meta's and are the same in every run with the same seed.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Makes ids. Each kind counts for itself, so that a refused call does not shift the message ids after it.
#[derive(Debug)]
pub(super) struct Ids {
    seed: u64,
    mids: AtomicU64,
    traces: AtomicU64,
    attachments: AtomicU64,
    challenges: AtomicU64,
    objects: AtomicU64,
    tokens: AtomicU64,
    codes: AtomicU64,
    access_tokens: AtomicU64,
    links: AtomicU64,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        let zero = AtomicU64::default;
        Self {
            seed,
            mids: zero(),
            traces: zero(),
            attachments: zero(),
            challenges: zero(),
            objects: zero(),
            tokens: zero(),
            codes: zero(),
            access_tokens: zero(),
            links: zero(),
        }
    }

    /// A message id: `m_…`.
    pub(super) fn mid(&self) -> String {
        format!("m_{}", letters(&self.digest("mid", &self.mids)))
    }

    /// An `fbtrace_id`.
    pub(super) fn trace(&self) -> String {
        let digest = self.digest("trace", &self.traces);
        format!("A{}", letters(digest.get(..22).unwrap_or(&digest)))
    }

    /// An attachment id: 16 digits.
    pub(super) fn attachment(&self) -> String {
        sixteen_digits(&self.digest("attachment", &self.attachments))
    }

    /// The id of a persona, a template, a comment: 16 digits.
    pub(super) fn object(&self) -> String {
        sixteen_digits(&self.digest("object", &self.objects))
    }

    /// A token that a person has given.
    pub(super) fn token(&self) -> String {
        letters(&self.digest("token", &self.tokens))
    }

    /// A code of the log-in dialog.
    pub(super) fn code(&self) -> String {
        format!("AQ{}", letters(&self.digest("code", &self.codes)))
    }

    /// An access token of a person of the business, or one that ends with it.
    pub(super) fn access_token(&self) -> String {
        format!("EAA{}", letters(&self.digest("access_token", &self.access_tokens)))
    }

    /// An `account_linking_token`.
    pub(super) fn link(&self) -> String {
        format!("AR{}", letters(&self.digest("link", &self.links)))
    }

    /// A `hub.challenge`: digits.
    pub(super) fn challenge(&self) -> String {
        format!("{}", number(&self.digest("challenge", &self.challenges)) % 10_000_000_000)
    }

    fn digest(&self, kind: &str, counter: &AtomicU64) -> [u8; 32] {
        let turn = counter.fetch_add(1, Ordering::SeqCst);
        Sha256::new()
            .chain_update(self.seed.to_be_bytes())
            .chain_update(kind)
            .chain_update(turn.to_be_bytes())
            .finalize()
            .into()
    }
}

fn sixteen_digits(digest: &[u8; 32]) -> String {
    format!("{}", 1_000_000_000_000_000 + number(digest) % 9_000_000_000_000_000)
}

fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 63)])).collect()
}

fn number(digest: &[u8; 32]) -> u64 {
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
