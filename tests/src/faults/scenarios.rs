//! The scenarios of the series. Each has a host, callers and a provider of its own.

use std::pin::Pin;
use std::time::Duration;

use super::{Disk, Fault, Plan, Receipts, Stage, Style, Verdict, clock};
use crate::HostConfig;

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How often the host is killed.
    pub kills: usize,
    /// Messages to each person, where their number ends a scenario.
    pub messages: u64,
    /// Of a hundred calls so many that hang: each takes the whole of the time that a call may take.
    pub hanging: u64,
    /// How long is waited for the last messages to be settled.
    pub settle: Duration,
    /// What the dice are thrown with.
    pub seed: u64,
}

/// What came of a scenario.
#[derive(Debug)]
pub enum Outcome {
    /// It was played.
    Judged(Box<Verdict>),
    /// This machine cannot play it, and why.
    Skipped(String),
}

type Playing = Pin<Box<dyn Future<Output = Outcome> + Send>>;

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
    Scenario { name: "kill -9 under load", play: |size| Box::pin(kills(size, well())) },
    Scenario { name: "kill -9, and every fault", play: |size| Box::pin(kills(size, faulty(&EVERY, 15))) },
    Scenario { name: "kill -9, no echoes", play: |size| Box::pin(kills(size, silent(well()))) },
    Scenario { name: "500", play: |size| Box::pin(fault(size, Fault::ServerError)) },
    Scenario { name: "429", play: |size| Box::pin(fault(size, Fault::Throttled)) },
    Scenario { name: "429 with retry-after", play: |size| Box::pin(fault(size, Fault::ThrottledFor(1))) },
    Scenario { name: "hanging", play: |size| Box::pin(hanging(size)) },
    Scenario { name: "closing in mid-reply", play: |size| Box::pin(fault(size, Fault::CutOff)) },
    Scenario { name: "breaking off", play: |size| Box::pin(fault(size, Fault::BreakOff)) },
    Scenario { name: "200 with an error inside", play: |size| Box::pin(fault(size, Fault::ErrorInside)) },
    Scenario { name: "not JSON", play: |size| Box::pin(fault(size, Fault::NotJson)) },
    Scenario { name: "10 MB", play: |size| Box::pin(fault(size, Fault::TenMegabytes)) },
    Scenario { name: "every fault, no echoes", play: |size| Box::pin(faults(size, silent(faulty(&EVERY, 25)))) },
    Scenario { name: "every fault, a look", play: |size| Box::pin(faults(size, looked_at(faulty(&EVERY, 25)))) },
    Scenario { name: "nobody listens", play: |size| Box::pin(unreachable(size)) },
    Scenario { name: "disk full", play: |size| Box::pin(full(size)) },
    Scenario { name: "store read-only", play: |size| Box::pin(read_only(size)) },
    Scenario { name: "a clock that jumps", play: |size| Box::pin(jumping(size)) },
    Scenario { name: "receipts in any order", play: |size| Box::pin(receipts(size)) },
    Scenario { name: "SIGTERM under load", play: |size| Box::pin(terms(size)) },
    Scenario { name: "callers give up, repeat", play: |size| Box::pin(impatience(size)) },
];

/// The scenario of this name.
#[must_use]
pub fn named(name: &str) -> Scenario {
    *ALL.iter().find(|scenario| scenario.name == name).unwrap_or_else(|| panic!("no scenario is called {name}"))
}

/// What a mixture holds; none that takes half a minute.
const EVERY: [Fault; 8] = [
    Fault::ServerError,
    Fault::Throttled,
    Fault::ThrottledFor(1),
    Fault::CutOff,
    Fault::BreakOff,
    Fault::ErrorInside,
    Fault::NotJson,
    Fault::TenMegabytes,
];

/// People that each caller writes to.
const PEOPLE: usize = 3;
/// More messages than any scenario lasts for.
const ENDLESS: u64 = 1_000_000;

/// A provider with nothing amiss, whose answers take a moment.
fn well() -> Plan {
    Plan { latency: Duration::from_millis(30), receipts: Some(Receipts::default()), ..Plan::default() }
}

/// One that fails so often; half of what it leaves open it carries out.
fn faulty(faults: &[Fault], percent: u64) -> Plan {
    Plan { faults: faults.to_vec(), percent, carried_out: 50, ..well() }
}

/// One of which nothing is heard again.
fn silent(plan: Plan) -> Plan {
    Plan { receipts: None, ..plan }
}

/// One of which nothing is heard again, but whose conversations can be looked at.
fn looked_at(plan: Plan) -> Plan {
    Plan { is_open: true, ..silent(plan) }
}

/// So many callers of each kind.
fn styles(of_each: usize) -> Vec<Style> {
    Style::ALL.iter().copied().cycle().take(of_each * Style::ALL.len()).collect()
}

async fn judged(stage: Stage, size: Size) -> Outcome {
    Outcome::Judged(Box::new(stage.judge(size.settle).await))
}

async fn kills(size: Size, plan: Plan) -> Outcome {
    let mut stage = Stage::new(size.seed, plan).await;
    stage.load(&styles(2), PEOPLE, ENDLESS);
    for _ in 0..size.kills {
        stage.kill_under_load().await;
        stage.start().await;
    }
    stage.callers().answered(50).await;
    judged(stage, size).await
}

/// The load runs to its end while this goes wrong; then Meta is well again.
async fn faults(size: Size, plan: Plan) -> Outcome {
    let mut stage = Stage::new(size.seed, plan).await;
    stage.load(&styles(2), PEOPLE, size.messages);
    Outcome::Judged(Box::new(stage.judge_all(size.settle).await))
}

async fn fault(size: Size, fault: Fault) -> Outcome {
    // Who is told to go slower does so.
    faults(size, faulty(&[fault], if fault.is_known() { 8 } else { 25 })).await
}

async fn hanging(size: Size) -> Outcome {
    faults(size, faulty(&[Fault::Hang], size.hanging)).await
}

async fn unreachable(size: Size) -> Outcome {
    let mut stage = Stage::new(size.seed, well()).await;
    stage.load(&styles(2), PEOPLE, ENDLESS);
    stage.meta.asked(50).await;
    stage.meta.close().await;
    // What was under way had no answer, as when the host itself breaks off.
    stage.broke_off();
    stage.callers().answered(20).await;
    stage.meta.open().await;
    stage.callers().answered(50).await;
    judged(stage, size).await
}

async fn terms(size: Size) -> Outcome {
    let mut stage = Stage::new(size.seed, well()).await;
    stage.load(&styles(2), PEOPLE, ENDLESS);
    for _ in 0..size.kills.div_ceil(5) {
        stage.meta.asked(50).await;
        let code = stage.terminate().await;
        assert_eq!(code, Some(0), "a host that is asked to end does so well");
        stage.start().await;
    }
    stage.callers().answered(50).await;
    judged(stage, size).await
}

async fn impatience(size: Size) -> Outcome {
    let slow = Plan { latency: Duration::from_millis(400), ..well() };
    let mut stage = Stage::new(size.seed, slow).await;
    let patience = Duration::from_millis(150);
    let styles: Vec<_> = styles(2).into_iter().map(|style| Style { patience, ..style }).collect();
    stage.load(&styles, 1, size.messages);
    Outcome::Judged(Box::new(stage.judge_all(size.settle).await))
}

async fn receipts(size: Size) -> Outcome {
    let late = Duration::from_secs(3);
    let receipts = Some(Receipts { read: true, twice: true, shuffled: true, late });
    faults(size, Plan { receipts, ..faulty(&EVERY, 10) }).await
}

async fn full(size: Size) -> Outcome {
    let disk = match Disk::small() {
        Ok(disk) => disk,
        Err(reason) => return Outcome::Skipped(reason),
    };
    let mut stage = Stage::with(size.seed, well(), |config| on(&disk, config)).await;
    stage.load(&styles(2), PEOPLE, ENDLESS);
    for _ in 0..3 {
        stage.callers().answered(50).await;
        disk.fill();
        stage.refusals(5).await;
        disk.free();
        stage.callers().answered(50).await;
    }
    judged(stage, size).await
}

async fn read_only(size: Size) -> Outcome {
    let disk = match Disk::breakable() {
        Ok(disk) => disk,
        Err(reason) => return Outcome::Skipped(reason),
    };
    let mut stage = Stage::with(size.seed, well(), |config| on(&disk, config)).await;
    stage.load(&styles(2), PEOPLE, ENDLESS);
    for _ in 0..2 {
        stage.callers().answered(100).await;
        disk.make_read_only();
        stage.refusals(5).await;
        // Such a disk is mended with nobody on it.
        stage.kill().await;
        disk.mend();
        stage.start().await;
    }
    stage.callers().answered(50).await;
    judged(stage, size).await
}

fn on(disk: &Disk, config: HostConfig) -> HostConfig {
    config.server("data_dir", disk.dir().to_string_lossy().into_owned())
}

async fn jumping(size: Size) -> Outcome {
    let clock = match clock::Clock::new() {
        Ok(clock) => clock,
        Err(reason) => return Outcome::Skipped(reason),
    };
    let mut stage = Stage::with(size.seed, faulty(&EVERY, 5), |config| clock.of(config)).await;
    stage.load(&styles(2), PEOPLE, ENDLESS);
    for to in ["+3h", "-3h", "+40d", "+0"] {
        stage.meta.asked(50).await;
        clock.jump(to);
        stage.callers().answered(100).await;
    }
    judged(stage, size).await
}
