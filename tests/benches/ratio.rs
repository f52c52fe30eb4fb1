//! What criterion measured, as ratios.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Where criterion keeps its measurements.
fn criterion_home() -> PathBuf {
    let target = || {
        env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from)
    };
    env::var_os("CRITERION_HOME").map_or_else(|| target().join("criterion"), PathBuf::from)
}

/// The median of the newest run, in nanoseconds.
pub(crate) fn median(group: &str, function: &str) -> Option<f64> {
    let file = criterion_home().join(group).join(function).join("new/estimates.json");
    let estimates: Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

/// How many times as long as `baseline` the other function takes; `None` when they were not measured.
pub(crate) fn ratio(group: &str, baseline: &str, function: &str) -> Option<f64> {
    Some(median(group, function)? / median(group, baseline)?)
}
