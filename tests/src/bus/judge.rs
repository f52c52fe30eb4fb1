//! What the records say together.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use super::Said;
use crate::faults::{Call, Kept};
use crate::linktor::{Database, Handled, Side};

/// How many examples are shown of what is wrong.
const SHOWN: usize = 3;

/// Everything that is known of a scenario.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// What people said.
    pub people: Vec<Said>,
    /// What agents said.
    pub agents: Vec<Said>,
    /// What the core has.
    pub database: Database,
    /// What the core was given, each time.
    pub handled: Vec<Handled>,
    /// What Meta's stand-in was asked, and did.
    pub calls: Vec<Call>,
    /// What the host says of its messages.
    pub kept: Vec<Kept>,
    /// How many calls can have been under way when the host was killed, all kills together.
    pub in_flight: usize,
    /// The status that every answer comes to which reaches its person.
    pub comes_to: &'static str,
}

/// What is found.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// How many messages of people the host took.
    pub people: usize,
    /// How many answers the stream took.
    pub answers: usize,
    /// Taken, and not at the other end: neither stored in the core, nor carried out or told to have failed.
    pub lost: Vec<String>,
    /// Carried out more than once.
    pub doubled_at_the_person: Vec<String>,
    /// Stored more than once.
    pub doubled_in_the_core: Vec<String>,
    /// How many came to the core once more, and were dropped there.
    pub came_again: usize,
    /// At the other end before an earlier one of the same person.
    pub out_of_order: Vec<String>,
    /// Told to have failed though nothing stood in the way.
    pub given_up: Vec<String>,
    /// Of which nobody will know whether the person has them.
    pub unknown: Vec<String>,
    /// How many may be unknown.
    pub may_be_unknown: usize,
    /// Answers whose last status in the core is not what became of them.
    pub misreported: Vec<String>,
    /// Statuses that led back.
    pub steps_back: Vec<String>,
}

impl Evidence {
    /// Judges.
    #[must_use]
    pub fn judge(&self) -> Verdict {
        let mut verdict = Verdict {
            people: self.people.iter().filter(|said| said.is_taken).count(),
            answers: self.agents.iter().filter(|said| said.is_taken).count(),
            ..Verdict::default()
        };
        self.inbound(&mut verdict);
        self.outbound(&mut verdict);
        verdict
    }

    fn inbound(&self, verdict: &mut Verdict) {
        let mut stored: HashMap<&str, usize> = HashMap::new();
        for message in self.database.messages().iter().filter(|message| message.side == Side::Person) {
            *stored.entry(&message.content).or_default() += 1;
        }
        let mut first: HashMap<&str, u64> = HashMap::new();
        let mut places: HashSet<(&str, u64)> = HashSet::new();
        for handled in &self.handled {
            let Some(id) = &handled.external_id else { continue };
            let sequence = first.entry(id).or_insert(handled.sequence);
            *sequence = handled.sequence.min(*sequence);
            places.insert((id, handled.sequence));
        }
        verdict.came_again = places.len() - first.len();
        let mut order: BTreeMap<&str, Vec<(u64, u64, &Said)>> = BTreeMap::new();
        for said in &self.people {
            match stored.get(said.text.as_str()) {
                None if said.is_taken => verdict.lost.push(said.text.clone()),
                None | Some(1) => {}
                Some(times) => verdict.doubled_in_the_core.push(format!("{} ({times} times)", said.text)),
            }
            if let Some(sequence) = first.get(said.id.as_str()) {
                order.entry(&said.person).or_default().push((said.number, *sequence, said));
            }
        }
        verdict.out_of_order.extend(overtaken(order));
        // The dashboard goes by the messages' times.
        for (person, said) in by_person(&self.people) {
            let texts: HashSet<&str> = said.iter().map(|said| said.text.as_str()).collect();
            let seen: Vec<_> = self.database.seen(person).into_iter().filter(|text| texts.contains(text)).collect();
            let numbers =
                seen.iter().filter_map(|text| said.iter().find(|said| said.text == **text)).map(|said| said.number);
            if !numbers.is_sorted() {
                verdict.out_of_order.push(format!("what {person} said, on the agent's screen"));
            }
        }
    }

    fn outbound(&self, verdict: &mut Verdict) {
        let mut calls: HashMap<&str, Vec<&Call>> = HashMap::new();
        for call in &self.calls {
            calls.entry(&call.text).or_default().push(call);
        }
        let kept: HashMap<&str, &Kept> = self.kept.iter().map(|kept| (kept.id.as_str(), kept)).collect();
        verdict.may_be_unknown = self.in_flight;
        let mut order: BTreeMap<&str, Vec<(u64, u64, &Said)>> = BTreeMap::new();
        for said in self.agents.iter().filter(|said| said.is_taken) {
            let calls = calls.get(said.text.as_str()).map(Vec::as_slice).unwrap_or_default();
            let carried: Vec<_> = calls.iter().filter_map(|call| call.carried.as_ref()).collect();
            let status = self.database.message(&said.id).map(|message| message.status.as_str()).unwrap_or_default();
            let kept = kept.get(said.id.as_str());
            let is_unknown = kept.is_some_and(|kept| kept.is_unknown());
            let told =
                || format!("{} ({status}; host {:?}; {} calls)", said.text, kept.map(|kept| &kept.status), calls.len());
            if carried.len() > 1 {
                verdict.doubled_at_the_person.push(told());
            }
            match (carried.is_empty(), is_unknown) {
                (_, true) => verdict.unknown.push(told()),
                (true, false) if status == "failed" => verdict.given_up.push(told()),
                (true, false) => verdict.lost.push(told()),
                (false, false) if status != self.comes_to => verdict.misreported.push(told()),
                (false, false) => {}
            }
            if is_unknown && status != "failed" {
                verdict.misreported.push(told());
            }
            if let (Some(first), true) = (carried.first(), calls.iter().all(|call| call.is_known())) {
                let place = u64::try_from(first.order).unwrap_or(u64::MAX);
                order.entry(&said.person).or_default().push((said.number, place, said));
            }
            let steps = self.database.steps(&said.id);
            if !steps.iter().map(|step| rank(step)).is_sorted() {
                verdict.steps_back.push(format!("{}: {steps:?}", said.text));
            }
        }
        verdict.out_of_order.extend(overtaken(order));
    }
}

fn by_person(said: &[Said]) -> BTreeMap<&str, Vec<&Said>> {
    let mut people: BTreeMap<&str, Vec<&Said>> = BTreeMap::new();
    for said in said {
        people.entry(&said.person).or_default().push(said);
    }
    people
}

/// Of each person's: number, place at the other end, and the message itself.
fn overtaken(people: BTreeMap<&str, Vec<(u64, u64, &Said)>>) -> Vec<String> {
    let mut found = Vec::new();
    for (_, mut said) in people {
        said.sort_by_key(|(number, ..)| *number);
        let overtaken = said.windows(2).filter(|pair| pair[0].1 > pair[1].1);
        found.extend(overtaken.map(|pair| format!("{} before {}", pair[1].2.text, pair[0].2.text)));
    }
    found
}

/// What may have been sent may still turn out to have been.
fn rank(status: &str) -> u8 {
    match status {
        "sent" => 2,
        "delivered" => 3,
        "read" => 4,
        _ => 1,
    }
}

impl Verdict {
    /// What is not as it has to be.
    #[must_use]
    pub fn broken(&self) -> Vec<String> {
        let lists = [
            ("lost", &self.lost),
            ("doubled at the person", &self.doubled_at_the_person),
            ("doubled in the core", &self.doubled_in_the_core),
            ("out of order", &self.out_of_order),
            ("given up", &self.given_up),
            ("misreported", &self.misreported),
            ("steps back", &self.steps_back),
        ];
        let mut broken: Vec<_> = lists.iter().filter(|(_, list)| !list.is_empty()).map(shown).collect();
        if self.unknown.len() > self.may_be_unknown {
            broken.push(format!("{}; {} may be", shown(&("unknown", &self.unknown)), self.may_be_unknown));
        }
        if self.people == 0 || self.answers == 0 {
            broken.push("nothing was said: this shows nothing".to_owned());
        }
        broken
    }

    /// What stands above the rows.
    pub const HEAD: &str = " inbound outbound  lost  2x person  2x core  again out of order given up unknown at last";
}

fn shown((what, list): &(&str, &Vec<String>)) -> String {
    let more = if list.len() > SHOWN { ", …" } else { "" };
    format!("{} {what}: {}{more}", list.len(), list.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", "))
}

/// The row of the table.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { people, answers, came_again, .. } = self;
        let (lost, person, core) = (self.lost.len(), self.doubled_at_the_person.len(), self.doubled_in_the_core.len());
        let (order, given_up) = (self.out_of_order.len(), self.given_up.len());
        let unknown = format!("{} of {}", self.unknown.len(), self.may_be_unknown);
        write!(
            f,
            "{people:>8} {answers:>8} {lost:>5} {person:>10} {core:>8} {came_again:>6} {order:>12} {given_up:>8} {unknown:>15}"
        )
    }
}

#[cfg(test)]
mod tests;
