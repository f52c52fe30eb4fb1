//! Who is next: one event of a person at a time, in the order of the log, and of many people at once.

use std::collections::{BTreeSet, HashMap, VecDeque};

/// Waiting and unfinished pieces of work, each by its number in the log.
#[derive(Debug)]
pub(super) struct Lanes<T> {
    /// What waits, by person. Whoever is being worked for has a lane, if an empty one.
    queues: HashMap<String, VecDeque<(u64, T)>>,
    /// Whose turn it is, in order.
    turns: VecDeque<String>,
    /// The numbers of all that is not finished.
    unfinished: BTreeSet<u64>,
}

/// Something to do for somebody.
#[derive(Debug)]
pub(super) struct Turn<T> {
    pub(super) person: String,
    pub(super) number: u64,
    pub(super) work: T,
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self { queues: HashMap::new(), turns: VecDeque::new(), unfinished: BTreeSet::new() }
    }
}

impl<T> Lanes<T> {
    /// Puts something in line. Numbers rise.
    pub(super) fn push(&mut self, person: String, number: u64, work: T) {
        self.unfinished.insert(number);
        if let Some(lane) = self.queues.get_mut(&person) {
            lane.push_back((number, work));
            return;
        }
        self.queues.insert(person.clone(), VecDeque::from([(number, work)]));
        self.turns.push_back(person);
    }

    /// What may be begun now.
    pub(super) fn next(&mut self) -> Option<Turn<T>> {
        let person = self.turns.pop_front()?;
        let (number, work) = self.queues.get_mut(&person)?.pop_front()?;
        Some(Turn { person, number, work })
    }

    /// What was begun is finished.
    pub(super) fn finish(&mut self, person: String, number: u64) {
        self.unfinished.remove(&number);
        match self.queues.get(&person) {
            Some(lane) if lane.is_empty() => drop(self.queues.remove(&person)),
            Some(_) => self.turns.push_back(person),
            None => {}
        }
    }

    /// The lowest number that is not finished.
    pub(super) fn first(&self) -> Option<u64> {
        self.unfinished.first().copied()
    }

    /// How much is not finished.
    pub(super) fn len(&self) -> usize {
        self.unfinished.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_person_s_come_in_order_and_one_at_a_time(people in prop::collection::vec(0_u8..4, 0..40), picks: Vec<prop::sample::Index>) {
            let mut lanes = Lanes::default();
            for (number, person) in (1..).zip(&people) {
                lanes.push(person.to_string(), number, ());
            }
            let (mut picks, mut begun, mut finished) = (picks.into_iter(), Vec::<Turn<()>>::new(), Vec::new());
            loop {
                while let Some(turn) = lanes.next() {
                    prop_assert!(begun.iter().all(|other| other.person != turn.person));
                    begun.push(turn);
                }
                let lowest = (1..).zip(&people).map(|(number, _)| number).find(|number| !finished.contains(number));
                prop_assert_eq!(lanes.first(), lowest);
                prop_assert_eq!(lanes.len(), people.len() - finished.len());
                if begun.is_empty() {
                    break;
                }
                let Turn { person, number, .. } = begun.remove(picks.next().map_or(0, |pick| pick.index(begun.len())));
                let earlier = |other: &u64| people[usize::try_from(*other).unwrap() - 1].to_string() == person;
                prop_assert!(finished.iter().filter(|other| earlier(other)).all(|other| *other < number));
                finished.push(number);
                lanes.finish(person, number);
            }
            prop_assert_eq!(finished.len(), people.len());
        }
    }
}
