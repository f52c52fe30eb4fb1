//! A size: a number of bytes, or one with a unit behind it.

use serde_json::Value;

const UNITS: [(&str, u64); 3] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// The bytes of `8388608`, `"8MiB"` or `"20 GiB"`.
pub(super) fn bytes(given: &Value) -> Option<u64> {
    match given {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => {
            let (number, unit) = UNITS
                .into_iter()
                .find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, bytes)))
                .unwrap_or((text, 1));
            number.trim_end().parse::<u64>().ok()?.checked_mul(unit)
        }
        _ => None,
    }
}
