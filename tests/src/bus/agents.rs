//! Agents who answer: one for each person, one answer after the other, as soon as the core knows the person.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Said;
use crate::faults::Dice;
use crate::graph::locked;
use crate::linktor::{Answer, Core};
use crate::within;

/// So many answers to a person may be under way before the agent waits for the first of them.
const UNDER_WAY: usize = 3;
/// How long between two looks whether it is no longer under way.
const LOOK: Duration = Duration::from_millis(50);

/// Agents at work.
#[derive(Debug)]
pub struct Agents {
    tasks: JoinSet<()>,
    record: Arc<Record>,
    stop: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Record {
    said: Mutex<Vec<Said>>,
    taken: watch::Sender<usize>,
}

impl Agents {
    /// One for each of these people.
    #[must_use]
    pub fn start(core: &Arc<Core>, people: &[String], pause: Duration, dice: &mut Dice) -> Self {
        let record = Arc::new(Record::default());
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for person in people {
            let (core, person) = (Arc::clone(core), person.clone());
            tasks.spawn(answer(core, person, Arc::clone(&record), stopped.clone(), pause, dice.fork()));
        }
        Self { tasks, record, stop }
    }

    /// Waits until the stream has taken so many more answers.
    pub async fn taken(&self, more: usize) {
        let mut count = self.record.taken.subscribe();
        let goal = *count.borrow() + more;
        within("the stream to take answers", count.wait_for(|count| *count >= goal))
            .await
            .expect("the record lives on");
    }

    /// What was said so far.
    #[must_use]
    pub fn said(&self) -> Vec<Said> {
        locked(&self.record.said).clone()
    }

    /// Each says no more than what it is about to say.
    pub async fn end(mut self) -> Vec<Said> {
        self.stop.send_replace(true);
        within("agents to end", async { while self.tasks.join_next().await.is_some() {} }).await;
        self.said()
    }
}

async fn answer(
    core: Arc<Core>,
    person: String,
    record: Arc<Record>,
    stopped: watch::Receiver<bool>,
    pause: Duration,
    mut dice: Dice,
) {
    let mut own: Vec<String> = Vec::new();
    for number in 0.. {
        while !*stopped.borrow() && !may_answer(&core, &person, &own) {
            sleep(LOOK).await;
        }
        if *stopped.borrow() {
            return;
        }
        let text = format!("to {person}: {number}");
        let (id, body) = core.written(&person, Answer::text(&text));
        own.push(id.clone());
        let place = {
            let (person, id) = (person.clone(), id.clone());
            let mut said = locked(&record.said);
            said.push(Said { person, number, id, text, is_taken: false });
            said.len() - 1
        };
        core.publish(&id, &body).await;
        locked(&record.said)[place].is_taken = true;
        record.taken.send_modify(|taken| *taken += 1);
        let pause = dice.below(u64::try_from(pause.as_micros()).unwrap_or(u64::MAX));
        sleep(Duration::from_micros(pause)).await;
    }
}

/// The core knows the person, and what was said before has not piled up.
fn may_answer(core: &Core, person: &str, own: &[String]) -> bool {
    let before = own.len().checked_sub(UNDER_WAY).map(|place| own[place].as_str());
    core.look(|database| {
        let is_pending = |id: &str| database.message(id).is_some_and(|message| message.status == "pending");
        database.contact_of(person).is_some() && !before.is_some_and(is_pending)
    })
}
