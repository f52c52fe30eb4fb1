//! People who write, each one message after the other. Meta repeats a webhook until the host has taken it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::Method;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Said;
use crate::faults::{Dice, Whereabouts};
use crate::graph::locked;
use crate::webhook::{ago, at, between, body};
use crate::{exchange, ids, request, sign, within};

/// How long Meta waits before it delivers again. Shortened: Meta itself lets minutes pass.
const AGAIN: Duration = Duration::from_millis(50);
/// Every so manyth message is a tap on a quick reply.
const TAPS: u64 = 4;

/// People at work.
#[derive(Debug)]
pub struct People {
    tasks: JoinSet<()>,
    record: Arc<Record>,
    stop: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Record {
    said: Mutex<Vec<Said>>,
    taken: watch::Sender<usize>,
}

impl People {
    /// So many people begin to write, each with pauses of up to this.
    #[must_use]
    pub fn start(host: &Whereabouts, ids: &[String], pause: Duration, dice: &mut Dice) -> Self {
        let record = Arc::new(Record::default());
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for id in ids {
            let (host, id, record, stopped) = (host.clone(), id.clone(), Arc::clone(&record), stopped.clone());
            tasks.spawn(write(host, id, record, stopped, pause, dice.fork()));
        }
        Self { tasks, record, stop }
    }

    /// Waits until the host has taken so many more messages.
    pub async fn taken(&self, more: usize) {
        let mut count = self.record.taken.subscribe();
        let goal = *count.borrow() + more;
        within("the host to take messages", count.wait_for(|count| *count >= goal)).await.expect("the record lives on");
    }

    /// How much has been said so far.
    #[must_use]
    pub fn said(&self) -> Vec<Said> {
        locked(&self.record.said).clone()
    }

    /// Each says no more than what it is about to say.
    pub async fn end(mut self) -> Vec<Said> {
        self.stop.send_replace(true);
        within("people to end", async { while self.tasks.join_next().await.is_some() {} }).await;
        self.said()
    }
}

async fn write(
    host: Whereabouts,
    person: String,
    record: Arc<Record>,
    stopped: watch::Receiver<bool>,
    pause: Duration,
    mut dice: Dice,
) {
    let mut moment = ago(0);
    for number in 0.. {
        if *stopped.borrow() {
            return;
        }
        // Nobody writes two messages in one millisecond.
        moment = ago(0).max(moment + 1);
        let (mid, text) = (format!("m_in_{person}_{number}"), format!("{person} says {number}"));
        let place = {
            let (person, id, text) = (person.clone(), mid.clone(), text.clone());
            let mut said = locked(&record.said);
            said.push(Said { person, number, id, text, is_taken: false });
            said.len() - 1
        };
        let mut message = json!({"mid": mid, "text": text});
        if number % TAPS == TAPS - 1 {
            message["quick_reply"] = json!({"payload": format!("TAP_{number}")});
        }
        deliver(&host, body([at(between(&person, ids::PAGE, "message", message), moment)])).await;
        locked(&record.said)[place].is_taken = true;
        record.taken.send_modify(|taken| *taken += 1);
        let pause = dice.below(u64::try_from(pause.as_micros()).unwrap_or(u64::MAX));
        sleep(Duration::from_micros(pause)).await;
    }
}

async fn deliver(host: &Whereabouts, body: Vec<u8>) {
    let signature = sign(ids::APP_SECRET, &body);
    let path = format!("/api/v1/webhooks/facebook/{}", ids::CHANNEL);
    loop {
        let asked = request(Method::POST, &path, &[("x-hub-signature-256", &signature)], body.clone());
        if exchange(host.get(), asked).await.is_ok_and(|reply| reply.status == 200) {
            return;
        }
        sleep(AGAIN).await;
    }
}
