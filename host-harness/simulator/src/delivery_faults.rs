//! What goes wrong with webhooks on their way: `POST /_sim/weather`. Meta promises neither once nor in order nor one by one.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::webhook::Webhook;

/// By default every webhook goes out alone, once, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct DeliveryFaults {
    /// How likely a webhook comes a second time, 0 to 1.
    pub(super) duplicate: f64,
    /// So many entries in one body.
    pub(super) batch: usize,
    /// Webhooks overtake each other.
    pub(super) reorder: bool,
    /// So many are held back before they go out together. `0`: as many as it takes.
    pub(super) hold: usize,
    /// What is held back goes out after this time all the same. `null`: only when enough have gathered, or on
    /// `POST /_sim/flush`, so that what goes out together does not depend on how fast a machine is.
    pub(super) linger_ms: Option<u64>,
}

/// Enough to overtake and to be overtaken.
const HOLD_TO_REORDER: usize = 8;
/// The most that Meta puts into one body.
const BATCH: usize = 1000;

impl Default for DeliveryFaults {
    fn default() -> Self {
        Self { duplicate: 0.0, batch: 1, reorder: false, hold: 0, linger_ms: Some(100) }
    }
}

impl DeliveryFaults {
    /// What is wrong with it; `None` if nothing is.
    pub(super) fn problem(&self) -> Option<&'static str> {
        match self {
            _ if !(0.0..=1.0).contains(&self.duplicate) => Some("duplicate is a probability, 0 to 1"),
            _ if !(1..=BATCH).contains(&self.batch) => Some("batch must be 1 to 1000"),
            _ if self.hold > 10_000 => Some("hold must be at most 10000"),
            _ => None,
        }
    }

    /// How many webhooks are gathered before any of them goes out.
    pub(super) fn gathers(&self) -> usize {
        let needed = if self.reorder { HOLD_TO_REORDER.max(self.batch) } else { self.batch };
        if self.hold == 0 { needed } else { self.hold }
    }

    /// What becomes of the webhooks that were gathered: bodies in the order of their delivery.
    pub(super) fn apply(&self, mut gathered: Vec<Webhook>, rng: &mut SeededRng) -> Vec<Vec<Webhook>> {
        if self.reorder {
            for last in (1..gathered.len()).rev() {
                gathered.swap(last, rng.below(last + 1));
            }
        }
        if self.duplicate > 0.0 {
            for at in (0..gathered.len()).rev() {
                if rng.fraction() < self.duplicate {
                    let again = at + 1 + rng.below(gathered.len() - at);
                    gathered.insert(again, gathered[at].clone());
                }
            }
        }
        gathered.chunks(self.batch.max(1)).map(<[Webhook]>::to_vec).collect()
    }
}

/// Numbers that are the same in every run with the same seed.
#[derive(Debug)]
pub(super) struct SeededRng {
    seed: u64,
    page_id: String,
    turn: u64,
}

impl SeededRng {
    /// Each Page has its own, so that the others' traffic changes nothing.
    pub(super) fn new(seed: u64, page_id: &str) -> Self {
        Self { seed, page_id: page_id.to_owned(), turn: 0 }
    }

    fn number(&mut self) -> u32 {
        let digest = Sha256::new()
            // Never renamed: what a seed gives depends on it.            .chain_update(b"weather")
            .chain_update(self.seed.to_be_bytes())
            .chain_update(self.turn.to_be_bytes())
            .chain_update(&self.page_id)
            .finalize();
        self.turn += 1;
        digest.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
    }

    /// 0 to just below 1.
    fn fraction(&mut self) -> f64 {
        f64::from(self.number()) / (f64::from(u32::MAX) + 1.0)
    }

    /// 0 to just below `end`, which is at most what is gathered.
    fn below(&mut self, end: usize) -> usize {
        self.number() as usize % end.max(1)
    }
}
