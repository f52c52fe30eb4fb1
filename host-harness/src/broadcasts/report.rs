//! What has become of a broadcast, as it is told.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::run::Run;
use crate::store::{Broadcast, CastState, Counts};

/// What has become of a broadcast.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) id: String,
    pub(crate) status: &'static str,
    channel_id: String,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    created_at: String,
    updated_at: String,
    content: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    options: Value,
    pub(crate) counts: Told,
    /// How many failed, by code.
    failures: BTreeMap<String, u64>,
    /// How many have come to an end in a second since it was last started, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<f64>,
    /// When it will be through if it goes on like this.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta: Option<String>,
}

/// Everybody on the list: each is waiting, taken or skipped; each who was taken is counted by how far their message has come, or as gone
/// where it is kept no longer.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    total: u64,
    waiting: u64,
    taken: u64,
    pending: u64,
    sent: u64,
    delivered: u64,
    read: u64,
    failed: u64,
    unknown: u64,
    /// Their messages were erased with them, or are too old to be kept.
    gone: u64,
    /// By why.
    skipped: BTreeMap<String, u64>,
}

impl Report {
    pub(super) fn new(broadcast: &Broadcast, counts: &Counts, run: Option<&Run>, now: Timestamp) -> Self {
        let Broadcast { id, channel_id, json, reference, state, at, created_at, changed_at, total, .. } = broadcast;
        let of = |status: &str| counts.statuses.get(status).copied().unwrap_or_default();
        let skipped = counts.skipped.values().sum::<u64>();
        let told = Told {
            total: *total,
            waiting: total.saturating_sub(counts.taken + skipped),
            taken: counts.taken,
            pending: of("accepted") + of("begun"),
            sent: of("sent"),
            delivered: of("delivered"),
            read: of("read"),
            failed: of("failed"),
            unknown: of("unknown"),
            gone: counts.taken.saturating_sub(counts.statuses.values().sum()),
            skipped: counts.skipped.clone(),
        };
        let rate = run.filter(|_| *state == CastState::Running).map(Run::rate);
        let left = told.waiting + told.pending;
        let eta = rate.filter(|rate| *rate > 0.0).and_then(|rate| {
            let left = f64::from(u32::try_from(left).unwrap_or(u32::MAX));
            now.checked_add(Duration::try_from_secs_f64(left / rate).ok()?).ok()
        });
        let mut json: Value = serde_json::from_str(json.get()).unwrap_or_default();
        Self {
            id: id.clone(),
            status: state.as_str(),
            channel_id: channel_id.clone(),
            reference: reference.clone(),
            at: at.map(|at| at.to_string()),
            created_at: created_at.to_string(),
            updated_at: changed_at.to_string(),
            content: json["content"].take(),
            options: json["options"].take(),
            counts: told,
            failures: counts.failures.clone(),
            rate: rate.map(|rate| (rate * 10.0).round() / 10.0),
            eta: eta.and_then(|eta| eta.round(jiff::Unit::Second).ok()).map(|eta| eta.to_string()),
        }
    }
}
