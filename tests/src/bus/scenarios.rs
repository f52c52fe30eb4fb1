//! The scenarios of the series. Each has a nats-server, a core, a host and Meta's stand-in of its own.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::sleep;

use super::{Stage, Verdict};
use crate::linktor::{Habits, Way};

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How often the host is killed, and how often whatever else goes wrong does so, at a tenth.
    pub kills: usize,
    /// How long something stays away that the scenario takes away.
    pub away: Duration,
    /// How long is waited for the last messages while nothing happens.
    pub settle: Duration,
    /// What the dice are thrown with.
    pub seed: u64,
}

impl Size {
    fn rounds(self) -> usize {
        self.kills.div_ceil(10)
    }
}

/// What came of a scenario: nothing where there is no nats-server.
type Playing = Pin<Box<dyn Future<Output = Option<Verdict>> + Send>>;

/// A scenario of the series.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// How it is called in the table.
    pub name: &'static str,
    /// Plays it.
    pub play: fn(Size) -> Playing,
}

/// All scenarios.
pub const ALL: &[Scenario] = &[
    Scenario { name: "kill -9 of the host", play: |size| Box::pin(kills(size)) },
    Scenario { name: "nats-server stopped", play: |size| Box::pin(stops(size, true)) },
    Scenario { name: "nats-server, kill -9", play: |size| Box::pin(stops(size, false)) },
    Scenario { name: "cut off", play: |size| Box::pin(cuts(size, Way::Shut)) },
    Scenario { name: "packets dropped", play: |size| Box::pin(cuts(size, Way::Silent)) },
    Scenario { name: "acknowledgements lost", play: |size| Box::pin(cuts(size, Way::Deaf)) },
    Scenario { name: "redelivery after six minutes", play: |size| Box::pin(late(size)) },
    Scenario { name: "core down, stream full", play: |size| Box::pin(full(size)) },
    Scenario { name: "core slow", play: |size| Box::pin(slow(size)) },
    Scenario { name: "core restarted", play: |size| Box::pin(restarts(size)) },
    Scenario { name: "core's database away", play: |size| Box::pin(no_database(size)) },
    Scenario { name: "everything at once", play: |size| Box::pin(everything(size)) },
];

/// The scenario of this name.
#[must_use]
pub fn named(name: &str) -> Scenario {
    *ALL.iter().find(|scenario| scenario.name == name).unwrap_or_else(|| panic!("no scenario is called {name}"))
}

/// So many messages flow both ways before and after something goes wrong.
const BETWEEN: usize = 20;

/// A core whose waits are a tenth as long as they are.
const HABITS: Habits = Habits {
    nak_delay: Duration::from_millis(500),
    ack_waits: [Duration::from_secs(3), Duration::from_secs(1)],
    ..Habits::TRUE
};

async fn kills(size: Size) -> Option<Verdict> {
    let mut stage = Stage::new(size.seed, HABITS).await?;
    stage.load();
    for _ in 0..size.kills {
        stage.kill_under_load().await;
        stage.start().await;
    }
    stage.flows(BETWEEN).await;
    Some(stage.judge(size.settle).await)
}

async fn stops(size: Size, asked: bool) -> Option<Verdict> {
    let mut stage = Stage::new(size.seed, HABITS).await?;
    stage.load();
    for _ in 0..size.rounds() {
        stage.flows(BETWEEN).await;
        if asked {
            stage.nats.stop().await;
        } else {
            stage.nats.kill().await;
        }
        // The host goes on to take what people write.
        stage.people().taken(BETWEEN).await;
        stage.nats.start_again().await;
    }
    stage.flows(BETWEEN).await;
    Some(stage.judge(size.settle).await)
}

async fn cuts(size: Size, way: Way) -> Option<Verdict> {
    let mut stage = Stage::new(size.seed, HABITS).await?;
    stage.load();
    for _ in 0..size.rounds() {
        stage.flows(BETWEEN).await;
        stage.door.set(way);
        stage.people().taken(BETWEEN).await;
        sleep(size.away / 4).await;
        stage.door.set(Way::Open);
    }
    stage.flows(BETWEEN).await;
    Some(stage.judge(size.settle).await)
}

/// What was published and not acknowledged is published again when the stream no longer knows its id.
async fn late(size: Size) -> Option<Verdict> {
    let window = Duration::from_secs(1);
    let mut stage = Stage::new(size.seed, Habits { duplicate_window: window, ..HABITS }).await?;
    stage.load();
    for _ in 0..size.rounds() {
        stage.flows(BETWEEN).await;
        stage.door.set(Way::Deaf);
        stage.people().taken(BETWEEN).await;
        sleep(3 * window).await;
        stage.door.set(Way::Open);
    }
    stage.flows(BETWEEN).await;
    Some(stage.judge(size.settle).await)
}

/// More is said than the stream has room for.
async fn full(size: Size) -> Option<Verdict> {
    let room = 64 * 1024;
    let mut stage = Stage::new(size.seed, Habits { max_bytes: room, ..HABITS }).await?;
    stage.load();
    stage.flows(BETWEEN).await;
    stage.core.pause().await;
    // A message takes some 700 bytes there: three streams full.
    stage.people().taken(3 * usize::try_from(room).unwrap_or(0) / 700).await;
    stage.core.resume().await;
    stage.flows(BETWEEN).await;
    Some(stage.judge(size.settle).await)
}

async fn slow(size: Size) -> Option<Verdict> {
    let mut stage = Stage::new(size.seed, HABITS).await?;
    stage.load();
    stage.flows(BETWEEN).await;
    stage.core.take_each(Duration::from_millis(300));
    sleep(size.away).await;
    stage.core.take_each(HABITS.pace);
    stage.flows(BETWEEN).await;
    Some(stage.judge(size.settle).await)
}

async fn restarts(size: Size) -> Option<Verdict> {
    let mut stage = Stage::new(size.seed, HABITS).await?;
    stage.load();
    for _ in 0..size.rounds() {
        stage.flows(BETWEEN).await;
        stage.core.pause().await;
        stage.people().taken(BETWEEN).await;
        stage.core.resume().await;
    }
    stage.flows(BETWEEN).await;
    Some(stage.judge(size.settle).await)
}

/// Longer than five deliveries take: what is healthy is given up.
async fn no_database(size: Size) -> Option<Verdict> {
    let mut stage = Stage::new(size.seed, HABITS).await?;
    stage.load();
    stage.flows(BETWEEN).await;
    stage.core.database_answers(false);
    sleep(size.away).await;
    stage.core.database_answers(true);
    stage.flows(BETWEEN).await;
    Some(stage.judge(size.settle).await)
}

async fn everything(size: Size) -> Option<Verdict> {
    let mut stage = Stage::new(size.seed, HABITS).await?;
    stage.load();
    for round in 0..size.rounds() {
        stage.door.set(Way::Deaf);
        stage.people().taken(BETWEEN).await;
        stage.kill_under_load().await;
        stage.door.set(Way::Open);
        stage.nats.kill().await;
        stage.start().await;
        stage.people().taken(BETWEEN).await;
        stage.nats.start_again().await;
        if round % 2 == 0 {
            stage.core.pause().await;
            stage.people().taken(BETWEEN).await;
            stage.core.resume().await;
        }
        stage.flows(BETWEEN).await;
    }
    Some(stage.judge(size.settle).await)
}
