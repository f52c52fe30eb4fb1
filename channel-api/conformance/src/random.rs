//! A generator of numbers that gives the same ones every time, and what is made of them.

use serde_json::{Map, Value, json};

/// The generator `SplitMix64`: small, and good enough to be wrong in many ways.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    pub(super) const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 for an `end` of 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    pub(super) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// A word of small letters.
    pub(super) fn word(&mut self) -> String {
        (0..8 + self.below(8)).map(|_| char::from(b'a' + self.next().to_le_bytes()[0] % 26)).collect()
    }

    /// Any JSON, at most `depth` deep.
    pub(super) fn json(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 7 } else { 10 }) {
            0 => Value::Null,
            1 => json!(self.next().is_multiple_of(2)),
            2 => json!(self.next().cast_signed()),
            3 => json!(-1.5e300),
            4 => json!(""),
            5 => json!("\u{0}\u{feff}\u{202e}💥\u{10ffff}"),
            6 => json!(self.word()),
            7 | 8 => (0..self.below(4)).map(|_| self.json(depth - 1)).collect(),
            _ => Value::Object((0..self.below(4)).map(|_| (self.word(), self.json(depth - 1))).collect::<Map<_, _>>()),
        }
    }

    /// Bytes with a few of them flipped, taken out, doubled, or cut off at the end.
    pub(super) fn damaged(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut damaged = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(damaged.len());
            match self.below(5) {
                0 => damaged.truncate(at),
                1 if at < damaged.len() => drop(damaged.remove(at)),
                2 => damaged.splice(at..at, self.bytes(3)).for_each(drop),
                3 => damaged.splice(at..at, *b"null").for_each(drop),
                _ => {
                    let flipped = self.next().to_le_bytes()[0];
                    if let Some(byte) = damaged.get_mut(at) {
                        *byte ^= flipped;
                    }
                }
            }
        }
        damaged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_damage() {
        let damage = |seed| {
            let mut random = Random::seeded(seed);
            (random.damaged(b"{\"a\":1}"), random.json(3), random.word())
        };
        assert_eq!(damage(7), damage(7));
        assert_ne!(damage(7), damage(8));
    }
}
