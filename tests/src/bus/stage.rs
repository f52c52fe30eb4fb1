//! A nats-server, the core's stand-in, a host between it and Meta's stand-in, and those who write on both sides.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, interval, sleep};

use super::{Agents, Evidence, People, Said, Verdict};
use crate::faults::{Dice, Meta, Plan, Receipts, Whereabouts, paced};
use crate::linktor::{Core, Door, Habits, Nats};
use crate::{ConfigFile, HostProcess};

/// How many people take part.
const PEOPLE: usize = 8;
/// After how many messages the host is killed at the latest, and how much later.
const KILLED_WITHIN: (u64, u64) = (30, 20_000);
/// How long between two looks at what is still under way.
const LOOK: Duration = Duration::from_millis(100);

/// How much is said: the longest pause of a person, and of an agent.
const PAUSES: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(200)];

/// Everything that is running.
#[derive(Debug)]
pub struct Stage {
    /// The server.
    pub nats: Nats,
    /// The core.
    pub core: Arc<Core>,
    /// The host's way to the server.
    pub door: Door,
    /// Meta's stand-in.
    pub meta: Meta,
    host: Option<HostProcess>,
    config: ConfigFile,
    whereabouts: Whereabouts,
    ids: Vec<String>,
    people: Option<People>,
    agents: Option<Agents>,
    in_flight: usize,
    dice: Dice,
}

/// What the host is told of the bus: its waits at a tenth of their length, as those of the core are.
fn hasty() -> Value {
    json!({"look_every": "6s", "given_up_after": "18s", "probe_every": "6s"})
}

impl Stage {
    /// Both sides, with nobody writing yet. `None` where there is no nats-server.
    pub async fn new(seed: u64, habits: Habits) -> Option<Self> {
        let nats = Nats::start().await?;
        let core = Arc::new(Core::start(&nats, habits).await);
        let door = nats.door().await;
        let mut dice = Dice::new(seed);
        let whereabouts = Whereabouts::default();
        let receipts = Receipts { read: true, late: Duration::from_millis(300), ..Receipts::default() };
        let plan = Plan { latency: Duration::from_millis(30), receipts: Some(receipts), ..Plan::default() };
        let meta = Meta::start(plan, dice.fork(), whereabouts.clone()).await;
        let config = paced(&meta.url()).linktor(&door, hasty()).write();
        let ids = (0..PEOPLE).map(|person| format!("741100220000{person:04}")).collect();
        let (people, agents) = (None, None);
        let mut stage =
            Self { nats, core, door, meta, host: None, config, whereabouts, ids, people, agents, in_flight: 0, dice };
        stage.start().await;
        Some(stage)
    }

    /// Everybody begins to write.
    pub fn load(&mut self) {
        self.people = Some(People::start(&self.whereabouts, &self.ids, PAUSES[0], &mut self.dice));
        self.agents = Some(Agents::start(&self.core, &self.ids, PAUSES[1], &mut self.dice));
    }

    /// People.
    #[must_use]
    pub fn people(&self) -> &People {
        self.people.as_ref().expect("the load has begun")
    }

    /// Agents.
    #[must_use]
    pub fn agents(&self) -> &Agents {
        self.agents.as_ref().expect("the load has begun")
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &HostProcess {
        self.host.as_ref().expect("the host is there")
    }

    /// Starts the host again.
    pub async fn start(&mut self) {
        let host = self.config.serve().await;
        self.whereabouts.set(host.address());
        self.host = Some(host);
    }

    /// Ends the host as a crash does, at a moment that nobody chose, while it works both ways.
    pub async fn kill_under_load(&mut self) {
        let more = usize::try_from(1 + self.dice.below(KILLED_WITHIN.0)).unwrap_or(1);
        // Whichever way it is busier: an agent waits for statuses, which wait for the host.
        tokio::select! {
            () = self.meta.asked(more) => {}
            () = self.people().taken(more) => {}
        }
        sleep(Duration::from_micros(self.dice.below(KILLED_WITHIN.1))).await;
        let host = self.host.take().expect("the host is there");
        host.kill().await;
        self.in_flight += self.under_way();
    }

    /// People who are owed an answer that was taken: one call each may be under way.
    fn under_way(&self) -> usize {
        let calls = self.meta.calls();
        let done: HashSet<&str> = calls
            .iter()
            .filter(|call| call.is_known() && call.carried.is_some())
            .map(|call| call.text.as_str())
            .collect();
        let said = self.agents().said();
        let owed: HashSet<&str> =
            said.iter().filter(|said| !done.contains(said.text.as_str())).map(|said| said.person.as_str()).collect();
        owed.len()
    }

    /// Waits until messages flow both ways: so many more people's in the core, so many more answers at Meta.
    pub async fn flows(&self, more: usize) {
        let stored = self.core.look(|database| database.messages().len());
        tokio::join!(
            self.core.until("more messages", |database| (database.messages().len() >= stored + more).then_some(())),
            self.meta.asked(more),
        );
    }

    /// Everybody ends; waits until all has come to where it goes, or nothing has happened for so long; and judges.
    pub async fn judge(mut self, longest: Duration) -> Verdict {
        let agents = self.agents.take().expect("the load has begun").end().await;
        let people = self.people.take().expect("the load has begun").end().await;
        self.come_to_rest(&people, &agents, longest).await;
        let comes_to = "read";
        let (database, handled, calls) = (self.core.database(), self.core.handled(), self.meta.calls());
        let (kept, in_flight) = (self.host().kept().await, self.in_flight);
        Evidence { people, agents, database, handled, calls, kept, in_flight, comes_to }.judge()
    }

    async fn come_to_rest(&self, people: &[Said], agents: &[Said], longest: Duration) {
        let mut looks = interval(LOOK);
        let (mut before, mut since) = (0, Instant::now());
        while since.elapsed() < longest {
            looks.tick().await;
            let is_there = self.core.look(|database| {
                let has = |said: &&Said| said.is_taken && database.external(&said.id).is_none();
                let is_open = |said: &&Said| {
                    let status = database.message(&said.id).map(|message| message.status.as_str());
                    said.is_taken && !matches!(status, Some("read" | "failed"))
                };
                !people.iter().any(|said| has(&said)) && !agents.iter().any(|said| is_open(&said))
            });
            // What the host takes for unknown may still be settled.
            if is_there && self.host().settled(longest).await {
                return;
            }
            let now = self.core.handled().len() + self.meta.calls().len();
            if now != before {
                (before, since) = (now, Instant::now());
            }
        }
    }
}
