//! What the three records say together.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::{Call, Carried, Ended, Fault, Intent, Kept, Step, steps};

/// How many examples are shown of what is wrong.
const SHOWN: usize = 2;

/// Everything that is known of a scenario.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// What callers meant.
    pub intents: Vec<Intent>,
    /// What Meta's stand-in was asked, and did.
    pub calls: Vec<Call>,
    /// What the host says.
    pub kept: Vec<Kept>,
    /// What the host told of steps.
    pub steps: Vec<Step>,
    /// How many messages can have been under way when the host was killed, all kills together.
    pub in_flight: usize,
    /// Whether echoes came of what was carried out, or conversations could be looked at.
    pub echoes: bool,
}

/// What is found.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// How many messages were meant.
    pub meant: usize,
    /// How many times they were posted.
    pub posted: u64,
    /// How many were taken.
    pub accepted: usize,
    /// How many reached their person.
    pub sent: usize,
    /// Taken, and neither carried out nor said to have failed.
    pub lost: Vec<String>,
    /// Carried out more than once.
    pub doubled: Vec<String>,
    /// Carried out before an earlier one to the same person, of which more could have been known.
    pub out_of_order: Vec<String>,
    /// Of which nobody will know.
    pub unknown: Vec<String>,
    /// Of those the carried out, though their echoes came.
    pub unknown_in_spite_of_echo: Vec<String>,
    /// How many may be unknown.
    pub may_be_unknown: usize,
    /// Given up though nothing but passing refusals stood in the way.
    pub given_up: Vec<String>,
    /// Told to have become what they have not.
    pub misreported: Vec<String>,
    /// Steps that lead back or were told twice.
    pub wrong_steps: Vec<String>,
}

impl Evidence {
    /// Judges.
    #[must_use]
    pub fn judge(&self) -> Verdict {
        let mut calls: HashMap<&str, Vec<&Call>> = HashMap::new();
        for call in &self.calls {
            calls.entry(&call.text).or_default().push(call);
        }
        let mut kept: HashMap<&str, Vec<&Kept>> = HashMap::new();
        for message in &self.kept {
            kept.entry(&message.text).or_default().push(message);
        }
        let mut verdict = Verdict {
            meant: self.intents.len(),
            posted: self.intents.iter().map(|intent| intent.posted).sum(),
            may_be_unknown: self.in_flight,
            wrong_steps: steps::wrong(&self.steps),
            ..Verdict::default()
        };
        for intent in &self.intents {
            let calls = calls.get(intent.text.as_str()).map(Vec::as_slice).unwrap_or_default();
            let kept = kept.get(intent.text.as_str()).map(Vec::as_slice).unwrap_or_default();
            verdict.message(intent, calls, kept, self.echoes);
        }
        verdict.out_of_order = self.out_of_order(&calls);
        verdict
    }

    /// The messages that were carried out before an earlier one to the same person. One whose outcome was open holds nobody.
    fn out_of_order(&self, calls: &HashMap<&str, Vec<&Call>>) -> Vec<String> {
        let mut people: BTreeMap<&str, Vec<(&Intent, usize)>> = BTreeMap::new();
        for intent in &self.intents {
            let calls = calls.get(intent.text.as_str()).map(Vec::as_slice).unwrap_or_default();
            let known = calls.iter().all(|call| call.is_known());
            let first = calls.iter().filter_map(|call| call.carried.as_ref()).map(|carried| carried.order).min();
            if let (true, Some(order)) = (known, first) {
                people.entry(&intent.person).or_default().push((intent, order));
            }
        }
        let mut found = Vec::new();
        for (_, mut sent) in people {
            sent.sort_by_key(|(intent, _)| intent.number);
            let overtaken = sent.windows(2).filter(|pair| pair[0].1 > pair[1].1);
            let of = |intent: &Intent| {
                told(intent, calls.get(intent.text.as_str()).map(Vec::as_slice).unwrap_or_default(), &[])
            };
            found.extend(overtaken.map(|pair| {
                format!("{} ({}) before {} ({})", pair[1].0.text, of(pair[1].0), pair[0].0.text, of(pair[0].0))
            }));
        }
        found
    }
}

impl Verdict {
    fn message(&mut self, intent: &Intent, calls: &[&Call], kept: &[&Kept], echoes: bool) {
        let text = || format!("{} ({})", intent.text, told(intent, calls, kept));
        let carried = calls.iter().filter(|call| call.carried.is_some()).count();
        let is_unknown = kept.iter().any(|kept| kept.is_unknown());
        self.sent += usize::from(carried > 0);
        if carried > 1 {
            self.doubled.push(text());
        }
        // Without echoes nobody hears of what was carried out either.
        if (carried == 0 || !echoes) && calls.iter().any(|call| !call.is_known()) {
            self.may_be_unknown += 1;
        }
        if is_unknown {
            self.unknown.push(text());
            if carried > 0 && echoes {
                self.unknown_in_spite_of_echo.push(text());
            }
        }
        let ids: Vec<_> = kept.iter().map(|kept| kept.id.as_str()).collect();
        match &intent.ended {
            Ended::Accepted(id) => {
                self.accepted += 1;
                let failed = kept.iter().any(|kept| kept.status == "failed");
                if !ids.contains(&id.as_str()) || (carried == 0 && !failed && !is_unknown) {
                    self.lost.push(text());
                }
            }
            Ended::Refused(_) if carried > 0 && !kept.iter().any(|kept| is_sent(kept)) => self.misreported.push(text()),
            Ended::Refused(_) => {}
            Ended::Open => self.lost.push(text()),
        }
        for message in kept.iter().filter(|message| !message.is_unknown()) {
            if (message.status == "failed") == (carried > 0) || is_sent(message) != (carried > 0) {
                self.misreported.push(text());
            }
            let refused = calls.iter().any(|call| call.fault == Some(Fault::ErrorInside));
            if message.status == "failed" && !refused {
                self.given_up.push(text());
            }
        }
    }

    /// What is not as it has to be.
    #[must_use]
    pub fn broken(&self) -> Vec<String> {
        let lists = [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("out of order", &self.out_of_order),
            ("unknown in spite of its echo", &self.unknown_in_spite_of_echo),
            ("given up", &self.given_up),
            ("misreported", &self.misreported),
            ("wrong steps", &self.wrong_steps),
        ];
        let mut broken: Vec<_> = lists.iter().filter(|(_, list)| !list.is_empty()).map(shown).collect();
        if self.unknown.len() > self.may_be_unknown {
            broken.push(format!("{}; {} may be", shown(&("unknown", &self.unknown)), self.may_be_unknown));
        }
        if self.sent == 0 {
            broken.push("nothing was sent: this shows nothing".to_owned());
        }
        broken
    }
}

fn is_sent(kept: &Kept) -> bool {
    matches!(kept.status.as_str(), "sent" | "delivered" | "read")
}

fn shown((what, list): &(&str, &Vec<String>)) -> String {
    let more = if list.len() > SHOWN { ", …" } else { "" };
    format!("{} {what}: {}{more}", list.len(), list.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", "))
}

/// What each of the three says of a message.
fn told(intent: &Intent, calls: &[&Call], kept: &[&Kept]) -> String {
    let call = |call: &&Call| {
        let carried = call.carried.as_ref().map_or("-", |Carried { mid, .. }| mid);
        format!("{}/{carried}", call.fault.map_or_else(|| "ok".to_owned(), |fault| format!("{fault:?}")))
    };
    let calls: Vec<_> = calls.iter().map(call).collect();
    let kept: Vec<_> = kept.iter().map(|kept| format!("{} {} {}", kept.id, kept.status, kept.code)).collect();
    format!("posted {}, {:?}; calls {calls:?}; kept {kept:?}", intent.posted, intent.ended)
}

/// The row of the table.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, sent, posted, may_be_unknown, .. } = self;
        let (lost, doubled, order, unknown) =
            (self.lost.len(), self.doubled.len(), self.out_of_order.len(), self.unknown.len());
        write!(
            f,
            "{posted:>8} {accepted:>8} {sent:>8} {lost:>5} {doubled:>8} {order:>12} {:>16}",
            format!("{unknown} of {may_be_unknown}")
        )
    }
}

impl Verdict {
    /// What stands above the rows.
    pub const HEAD: &str = "  posted accepted     sent  lost  doubled out of order unknown at last";
}

#[cfg(test)]
mod tests;
