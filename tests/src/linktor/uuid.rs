//! The core's ids.

use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;

/// One that nothing else has.
pub(super) fn fresh() -> String {
    let half = || RandomState::new().hash_one(0);
    let bits = (u128::from(half()) << 64) | u128::from(half());
    let hex = format!("{bits:032x}");
    let part = |range: Range<usize>| hex.get(range).unwrap_or_default();
    format!("{}-{}-4{}-8{}-{}", part(0..8), part(8..12), part(13..16), part(17..20), part(20..32))
}

pub(super) fn is_uuid(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let lengths: Vec<_> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| part.chars().all(|digit| digit.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_the_form_that_the_core_reads_and_never_the_same() {
        let (one, another) = (fresh(), fresh());
        assert!(is_uuid(&one) && is_uuid(&another), "{one} {another}");
        assert_ne!(one, another);
        for no_id in ["105105105105105", "", "7a0c2f64-1d5e-4b1c-9a53-0c8f6f2e4d0x", "7a0c2f641d5e4b1c9a530c8f6f2e4d01"]
        {
            assert!(!is_uuid(no_id), "{no_id}");
        }
    }
}
