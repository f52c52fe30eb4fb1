use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::ENTRIES;

/// A map of the most recent entries: one more than [`ENTRIES`], and the one that was put in first goes.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    entries: HashMap<K, (u64, V)>,
    /// The keys, by when they were put in.
    order: BTreeMap<u64, K>,
    puts: u64,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), order: BTreeMap::new(), puts: 0 }
    }
}

impl<K: Clone + Eq + Hash, V> Recent<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key).map(|(_, value)| value)
    }

    /// Puts a value in, in place of the one that the key had. What had to go for it is given back.
    pub(super) fn put(&mut self, key: K, value: V) -> Option<V> {
        self.remove(&key);
        self.puts += 1;
        self.order.insert(self.puts, key.clone());
        self.entries.insert(key, (self.puts, value));
        if self.entries.len() <= ENTRIES {
            return None;
        }
        let (_, oldest) = self.order.pop_first()?;
        self.entries.remove(&oldest).map(|(_, gone)| gone)
    }

    /// All values, the one that was put in last first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &V> {
        self.order.values().rev().filter_map(|key| self.get(key))
    }

    /// All values, in no order.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.values_mut().map(|(_, value)| value)
    }

    pub(super) fn remove(&mut self, key: &K) {
        if let Some((place, _)) = self.entries.remove(key) {
            self.order.remove(&place);
        }
    }

    /// Forgets at most so many of those that are done with, and tells how many those were.
    pub(super) fn forget(&mut self, limit: usize, is_done: impl Fn(&K, &V) -> bool) -> usize {
        let done = self.entries.iter().filter(|(key, (_, value))| is_done(key, value));
        let done: Vec<K> = done.map(|(key, _)| key.clone()).take(limit).collect();
        for key in &done {
            self.remove(key);
        }
        done.len()
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&K, &V) -> bool) {
        self.entries.retain(|key, (place, value)| {
            let kept = keep(key, value);
            if !kept {
                self.order.remove(place);
            }
            kept
        });
    }
}
