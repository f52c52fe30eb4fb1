//! Faults to play instead of an answer: `POST /_sim/faults`.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::Value;

/// What happens to a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fault {
    /// This answer. A string body is sent as it stands, anything else as JSON.
    Respond { status: u16, headers: Vec<(String, String)>, body: Value },
    /// No answer, with the connection held open until the caller or the simulator ends it.
    Hang,
    /// The connection is reset without an answer.
    Reset,
}

impl Fault {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Respond { .. } => "respond",
            Self::Hang => "hang",
            Self::Reset => "reset",
        }
    }
}

/// A fault as it is given.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FaultOrder {
    #[serde(default = "one")]
    next: u32,
    /// Only calls whose path ends so.
    path: Option<String>,
    /// Only calls with this method.
    method: Option<String>,
    /// So many of these calls pass first.
    #[serde(default)]
    after: u32,
    /// The call is carried out and only its answer is lost: the case where sending again sends twice.
    #[serde(default)]
    carry_out: bool,
    respond: Option<Answer>,
    #[serde(default)]
    hang: bool,
    #[serde(default)]
    reset: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    status: u16,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    body: Value,
}

fn one() -> u32 {
    1
}

#[derive(Debug)]
struct Pending {
    left: u32,
    path: Option<String>,
    method: Option<String>,
    after: u32,
    carry_out: bool,
    fault: Fault,
}

#[derive(Debug, Default)]
pub(super) struct Faults(VecDeque<Pending>);

impl Faults {
    /// Takes an order; `{"next":0}` clears what is pending.
    pub(super) fn order(&mut self, mut order: FaultOrder) -> Result<(), &'static str> {
        if order.next == 0 {
            self.0.clear();
            return Ok(());
        }
        let fault = match (order.respond.take(), order.hang, order.reset) {
            (Some(answer), false, false) if (200..=599).contains(&answer.status) => Fault::Respond {
                status: answer.status,
                headers: answer.headers.into_iter().collect(),
                body: answer.body,
            },
            (Some(_), false, false) => return Err("respond.status must be 200 to 599"),
            (None, true, false) => Fault::Hang,
            (None, false, true) => Fault::Reset,
            _ => return Err("give exactly one of respond, hang, reset"),
        };
        let FaultOrder { next, path, method, after, carry_out, .. } = order;
        self.0.push_back(Pending { left: next, path, method, after, carry_out, fault });
        Ok(())
    }

    /// The fault for this call, and whether the call is carried out all the same.
    pub(super) fn next_for(&mut self, method: &str, path: &str) -> Option<(Fault, bool)> {
        let is_meant = |fault: &Pending| {
            fault.path.as_deref().is_none_or(|end| path.ends_with(end))
                && fault.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
        };
        let index = self.0.iter().position(is_meant)?;
        let pending = self.0.get_mut(index)?;
        if pending.after > 0 {
            pending.after -= 1;
            return None;
        }
        let found = (pending.fault.clone(), pending.carry_out);
        pending.left -= 1;
        if pending.left == 0 {
            self.0.remove(index);
        }
        Some(found)
    }

    /// How many calls will meet a fault.
    pub(super) fn pending(&self) -> u64 {
        self.0.iter().map(|fault| u64::from(fault.left)).sum()
    }
}
