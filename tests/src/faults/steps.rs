//! The steps that the host tells of messages, as events `message.status`.

use std::collections::HashMap;

use crate::StoredEvent;

/// One step that was told.
#[derive(Clone, Debug)]
pub struct Step {
    /// The message's id.
    pub message: String,
    /// Which time it was tried anew.
    pub round: u64,
    /// How far it has come.
    pub status: String,
}

impl Step {
    /// The steps among these events.
    #[must_use]
    pub fn among(events: &[StoredEvent]) -> Vec<Self> {
        let of = |event: &StoredEvent| {
            let text = |name: &str| event.data[name].as_str().unwrap_or_default().to_owned();
            let round = event.data["round"].as_u64().unwrap_or_default();
            Self { message: text("sendId"), round, status: text("status") }
        };
        events.iter().filter(|event| event.event == "message.status").map(of).collect()
    }

    /// How far this is; a message never comes to less.
    fn rank(&self) -> u8 {
        match self.status.as_str() {
            "sent" => 2,
            "delivered" => 3,
            "read" => 4,
            // What may have been sent may still turn out to have been.
            _ => 1,
        }
    }
}

/// What is wrong with the steps that were told: each goes on, and is told once.
pub(super) fn wrong(steps: &[Step]) -> Vec<String> {
    let mut last: HashMap<&str, &Step> = HashMap::new();
    let mut wrong = Vec::new();
    for step in steps {
        if let Some(before) = last.insert(&step.message, step) {
            let goes_on = step.round > before.round
                || (step.round == before.round && step.rank() >= before.rank() && step.status != before.status);
            if !goes_on {
                wrong.push(format!("{}: {} after {}", step.message, step.status, before.status));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(statuses: &[&str]) -> usize {
        let step = |status: &&str| Step { message: "msg_1".to_owned(), round: 0, status: (*status).to_owned() };
        wrong(&statuses.iter().map(step).collect::<Vec<_>>()).len()
    }

    #[test]
    fn steps_go_on_and_are_told_once() {
        assert_eq!(told(&["sent", "delivered", "read"]), 0);
        assert_eq!(told(&["unknown", "failed", "sent", "read"]), 0);
        assert_eq!(told(&["sent", "read", "delivered"]), 1);
        assert_eq!(told(&["sent", "sent"]), 1);
    }
}
